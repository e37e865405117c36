"""What may die, lie and lag: a ledger and networks that are real but for the worst moments.

Nothing of the engine is patched: these are the objects at its edges. Every write of a ``MortalLedger`` is a
step before it and one when it is committed, every request of a ``Network`` one before it leaves, one when it
was accepted and one before its reply is read; a ``Fate`` says at which step of which channel's work the
process dies.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.errors import AmbiguousError, CredentialsError, PermanentError
from bot.ledger.store import Ledger
from tests.channels.memory import MemoryChannel, MemoryPost
from tests.fakes.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from bot.model import Delivery, NewDelivery, Outgoing, PageMemory, Receipt, RemotePost, Status

RUN = ""  # whose step it is where it is the run's and no channel's
WRITES = ("create", "claim", "settle", "note_error", "edited")
REQUESTS = ("publish", "recent", "edit", "delete")
CHANNEL_STEPS = (
    "publish: accepted",
    *(f"{request}: {moment}" for request in REQUESTS for moment in ("leaves", "reply")),
    *(f"{write}: {moment}" for write in WRITES for moment in ("before", "committed")),
)
RUN_STEPS = tuple(
    f"{write}: {moment}" for write in ("create", "remember_page") for moment in ("before", "committed")
)


class Died(BaseException):
    """The process dies here: nothing more of it is written or sent."""


@dataclass(kw_only=True)
class Fate:
    """What happens at which step.

    Channels work side by side, so each dies a death of its own: how far one had come when the process was
    killed says nothing of how far another had. The dead do nothing more, whatever the code around them tries.
    """

    _plans: dict[tuple[str, str], tuple[int, Callable[[], None]]] = field(default_factory=dict)
    _dead: set[str] = field(default_factory=set)

    def plan(self, who: str, step: str, what: Callable[[], None], *, skip: int = 0) -> None:
        """Do ``what`` when ``who`` comes to ``step``, once, after letting it pass ``skip`` times."""
        self._plans[who, step] = (skip, what)

    def begin(self) -> None:
        """Let a new process begin: nothing is planned for it yet."""
        self._plans.clear()
        self._dead.clear()

    def at(self, who: str, step: str) -> None:
        """Let ``who`` come to ``step``."""
        if who in self._dead:
            raise Died
        if (who, step) not in self._plans:
            return
        skip, what = self._plans.pop((who, step))
        if skip:
            self._plans[who, step] = (skip - 1, what)
            return
        try:
            what()
        except Died:
            self._dead.add(who)
            raise


class MortalLedger(Ledger):
    """A ledger whose process may die before and after every commit; ``touched`` are the rows it wrote."""

    def __init__(self, ledger: Ledger, fate: Fate) -> None:
        super().__init__(ledger._database, lock=ledger._lock)
        self._fate = fate
        self.touched: set[int] = set()

    @contextmanager
    def _writing(self, who: str, write: str) -> Iterator[None]:
        self._fate.at(who, f"{write}: before")
        yield
        self._fate.at(who, f"{write}: committed")

    def create(self, new: Sequence[NewDelivery], *, now: datetime) -> tuple[Delivery, ...]:
        channels = {one.channel for one in new}
        with self._writing(channels.pop() if len(channels) == 1 else RUN, "create"):
            rows = super().create(new, now=now)
            self.touched |= {row.id for row in rows}
        return rows

    def claim(self, delivery: Delivery, **form: Any) -> Delivery:
        with self._writing(delivery.channel, "claim"):
            row = super().claim(delivery, **form)
            self.touched.add(row.id)
        return row

    def settle(self, delivery: Delivery, status: Status, **how: Any) -> Delivery:
        with self._writing(delivery.channel, "settle"):
            row = super().settle(delivery, status, **how)
            self.touched.add(row.id)
        return row

    def edited(self, delivery: Delivery, **form: Any) -> Delivery:
        with self._writing(delivery.channel, "edited"):
            row = super().edited(delivery, **form)
            self.touched.add(row.id)
        return row

    def note_error(self, delivery: Delivery, **what: Any) -> Delivery:
        with self._writing(delivery.channel, "note_error"):
            row = super().note_error(delivery, **what)
            self.touched.add(row.id)
        return row

    def remember_page(self, memory: PageMemory, *, now: datetime) -> None:
        with self._writing(RUN, "remember_page"):
            super().remember_page(memory, now=now)


class Network(MemoryChannel):
    """A network that loses replies, takes requests late, shows its time-line late, and revokes credentials.

    ``witness`` is told of every request that publishes or edits (which of the two, and what) at the moment it
    leaves. ``lost`` are the keys of the requests whose fate nobody was told, ``refused`` those that were
    refused, ``deleted`` the ids of posts that were deleted. ``lag`` is how long a post made now is missing
    from ``recent``, ``late`` how long the coming request to publish travels while its sender hears nothing.
    """

    def __init__(
        self, name: str, *, fate: Fate, witness: Callable[[Network, str, Outgoing], None], **fields: Any
    ) -> None:
        super().__init__(name, at=self._reached, **fields)
        self.fate = fate
        self.witness = witness
        self.revoked = False
        self.lag = timedelta(0)
        self.late: timedelta | None = None
        self.travelling: list[tuple[datetime, Outgoing]] = []
        self.lost: set[str] = set()
        self.refused: set[str] = set()
        self.deleted: set[str] = set()
        self._shown_at: dict[str, datetime] = {}

    def publish(self, outgoing: Outgoing) -> Receipt:
        self.fate.at(self.name, "publish: leaves")
        self.witness(self, "publish", outgoing)
        try:
            self._travel(outgoing)
            receipt = super().publish(outgoing)
        except AmbiguousError:
            self.lost.add(outgoing.key)
            raise
        except PermanentError as error:
            if not isinstance(error, CredentialsError):
                self.refused.add(outgoing.key)
            raise
        self.fate.at(self.name, "publish: reply")
        return receipt

    def recent(self, since: datetime) -> tuple[RemotePost, ...]:
        with self._asking("recent"):
            return tuple(post for post in super().recent(since) if self.shows(post.receipt.remote_id))

    def edit(self, receipt: Receipt, outgoing: Outgoing) -> Receipt:
        with self._asking("edit"):
            self.witness(self, "edit", outgoing)
            return super().edit(receipt, outgoing)

    def delete(self, receipt: Receipt) -> None:
        with self._asking("delete"):
            super().delete(receipt)
            self.deleted.add(receipt.remote_id)

    def land(self) -> None:
        """Let the requests arrive whose time has come."""
        due = [one for one in self.travelling if one[0] <= self.clock()]
        self.travelling = [one for one in self.travelling if one not in due]
        for _, outgoing in due:
            if self._known(outgoing.key) is None:
                self._accept(outgoing)

    def shows(self, remote_id: str) -> bool:
        """Tell whether a post is in the time-line by now."""
        return self._shown_at[remote_id] <= self.clock()

    def recover(self) -> None:
        """Be well from now on."""
        self.revoked, self.lag, self.late = False, timedelta(0), None
        self._faults.clear()

    def _travel(self, outgoing: Outgoing) -> None:
        delay, self.late = self.late, None
        if delay is not None:
            self.calls.append("publish")
            self.travelling.append((self.clock() + delay, outgoing))
            raise AmbiguousError(f"{self.name}: no answer in time")

    @contextmanager
    def _asking(self, request: str) -> Iterator[None]:
        self.fate.at(self.name, f"{request}: leaves")
        yield
        self.fate.at(self.name, f"{request}: reply")

    def _reached(self, step: str) -> None:
        if step == "accepted":
            self.fate.at(self.name, "publish: accepted")

    def _next_fault(self, method: str) -> Fault | None:
        fault = super()._next_fault(method)
        return Fault.UNAUTHORISED if self.revoked else fault

    def _add(self, post: MemoryPost) -> MemoryPost:
        self._shown_at[post.remote_id] = self.clock() + self.lag
        return super()._add(post)
