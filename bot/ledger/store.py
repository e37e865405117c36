"""The ledger: what the rest of the house may ask it and tell it. Each call is one short transaction."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Self

from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from bot.errors import LedgerError
from bot.ledger import deliveries, pages, transfer
from bot.ledger.database import ConnectionLost
from bot.ledger.memory import ChannelMemory
from bot.model import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from types import TracebackType

    from bot.ledger.database import Database
    from bot.model import Delivery, Event, NewDelivery, PageMemory, Receipt

PAUSE = 0.2  # seconds between two attempts to reach a server that was lost


class Ledger:
    """Pages, items, deliveries and every transition of these.

    What a method writes is committed when it returns, and not at all when it raises. Threads may share a
    ledger. Every method raises ``LedgerError`` where the database cannot be used; every ``now`` is aware.
    """

    def __init__(self, database: Database, *, lock: Callable[[], AbstractContextManager[None]]) -> None:
        self._database = database
        self._lock = lock

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def export(self) -> Iterator[str]:
        """Return all there is as JSON lines, as of one moment."""
        with self._database.reading() as connection:
            yield from transfer.export(connection)

    def restore(self, lines: Iterable[str]) -> int:
        """Write what ``export`` returned into this ledger, which must be empty; return the number of rows.

        Raises:
            LedgerError: it is not empty, or a line is not of an export; nothing was written.
        """
        with self._database.writing() as connection:
            return transfer.restore(connection, lines)

    def close(self) -> None:
        """Let go of the database; closing twice is no harm."""
        self._database.close()

    def lock(self) -> AbstractContextManager[None]:
        """Hold the ledger for one run, until the block ends or the process dies.

        Raises:
            LedgerLocked: another run holds it; at once, naming it.
        """
        return self._lock()

    def memory(self, channel: str, *, clock: Callable[[], datetime]) -> ChannelMemory:
        """Return what the channel keeps for itself between runs; it is no part of an export."""
        return ChannelMemory(self._database, channel, clock=clock)

    def page(self, site: str, title: str, *, past: bool = True) -> PageMemory | None:
        """Return what is known of a page, items in the order they were first seen; ``None``: nothing yet.

        Without the ``past``, of the items only those that stood there when it was last seen: a page may have
        had thousands before.
        """
        with self._database.reading() as connection:
            return pages.recall(connection, site, title, past=past)

    def remember_page(self, memory: PageMemory, *, now: datetime) -> None:
        """Write down a page as it was just seen.

        Nothing is forgotten: an item that is not among ``memory.items`` stays known, as no longer present,
        and a channel goes on following the page though it is not among ``memory.channels``.
        """
        with self._database.writing() as connection:
            pages.remember(connection, memory, now=now)

    def deliveries(
        self,
        *,
        site: str | None = None,
        page: str | None = None,
        channel: str | None = None,
        statuses: Collection[Status] | None = None,
        items: Collection[str] | None = None,
        claimed_after: datetime | None = None,
    ) -> tuple[Delivery, ...]:
        """Return the deliveries that fit all that is given, in the order they were made.

        ``items`` are keys, which are unique on a page only.
        """
        with self._database.reading() as connection:
            return deliveries.find(
                connection,
                site=site,
                page_title=page,
                channel=channel,
                statuses=statuses,
                items=items,
                claimed_after=claimed_after,
            )

    def remote_ids(self, channel: str) -> frozenset[str]:
        """Return the ids of all posts on the channel that the ledger knows, ours and those adopted."""
        with self._database.reading() as connection:
            return deliveries.remote_ids(connection, channel)

    def create(self, new: Sequence[NewDelivery], *, now: datetime) -> tuple[Delivery, ...]:
        """Write down new deliveries, all or none, and return them in the order given.

        One whose item, channel and part have a row already is returned as it stands there.
        """
        with self._database.writing() as connection:
            return deliveries.create(connection, new, now=now)

    def claim(
        self,
        delivery: Delivery,
        *,
        text: str,
        link: str | None,
        fingerprint: str,
        revision: int | None,
        editor: str | None,
        now: datetime,
    ) -> Delivery:
        """Write down that a request with this form is about to leave: pending becomes sending.

        A claim whose fate is not known is no claim: it is taken back if it was written down after all.

        Raises:
            LedgerError: it is not pending, or no longer as the caller saw it, or the lock was lost, or nobody
                knows whether it was written down: the request must not leave.
        """
        if delivery.status is not Status.PENDING:
            raise LedgerError(f"A {delivery.status} delivery cannot be claimed: please report this fault.")
        try:
            with self._database.writing() as connection:
                return deliveries.move(
                    connection,
                    delivery,
                    Status.SENDING,
                    now=now,
                    detail="",
                    text=text,
                    link=link,
                    fingerprint=fingerprint,
                    revision=revision,
                    editor=editor,
                    attempts=delivery.attempts + 1,
                    claimed_at=now,
                )
        except ConnectionLost as lost:
            if lost.uncertain:
                with suppress(LedgerError):  # then the next run settles it, like any other claim
                    self._patiently(self._take_back, delivery, now=now)
            raise

    def settle(
        self,
        delivery: Delivery,
        status: Status,
        *,
        now: datetime,
        receipt: Receipt | None = None,
        error: str | None = None,
        retry_at: datetime | None = None,
        detail: str = "",
    ) -> Delivery:
        """Write down what became of a delivery, from the state in which the caller saw it.

        ``error`` and ``retry_at`` replace what was there; a receipt stays unless there is a new one. The
        event says ``detail``, else the error, else the receipt.

        Raises:
            LedgerError: it is no longer as the caller saw it, the transition is not allowed, or it is said to
                be sent and there is no receipt.
        """
        if status is Status.SENDING:
            raise LedgerError("A delivery is claimed, not settled, to be sending: please report this fault.")
        if status is Status.SENT and receipt is None and delivery.remote_id is None:
            raise LedgerError("A delivery without a receipt cannot be called sent: please report this fault.")
        return self._move(
            delivery,
            status,
            now=now,
            detail=detail or error or _where(receipt),
            error=error,
            retry_at=retry_at,
            **_receipt(receipt),
        )

    def edited(
        self,
        delivery: Delivery,
        *,
        text: str,
        link: str | None,
        fingerprint: str,
        revision: int | None,
        editor: str | None,
        receipt: Receipt,
        now: datetime,
    ) -> Delivery:
        """Write down that what was sent now has this form; it stays sent.

        Raises:
            LedgerError: it is no longer as the caller saw it, or was not sent.
        """
        return self._move(
            delivery,
            Status.SENT,
            now=now,
            detail="edited",
            text=text,
            link=link,
            fingerprint=fingerprint,
            revision=revision,
            editor=editor,
            error=None,
            retry_at=None,
            **_receipt(receipt),
        )

    def note_error(
        self, delivery: Delivery, *, error: str, retry_at: datetime | None, now: datetime
    ) -> Delivery:
        """Write down what went wrong with a delivery that stays where it is, as when an edit has failed.

        Raises:
            LedgerError: it is no longer as the caller saw it, or its status does not let it stay.
        """
        return self._move(delivery, delivery.status, now=now, detail=error, error=error, retry_at=retry_at)

    def events(self, delivery_id: int) -> tuple[Event, ...]:
        """Return a delivery's transitions, oldest first."""
        with self._database.reading() as connection:
            return deliveries.events(connection, delivery_id)

    def last_sent(self, channel: str, *, now: datetime) -> datetime | None:
        """Return when a request last left that published on the channel, or may have.

        What is dated later than ``now`` does not count: the clock has been put back since.
        """
        with self._database.reading() as connection:
            return deliveries.last_claim(connection, channel, until=now)

    def sent_since(self, channel: str, since: datetime, *, now: datetime) -> int:
        """Count the parts that were published on the channel from ``since`` to ``now``, or may have been."""
        with self._database.reading() as connection:
            return deliveries.claims_between(connection, channel, since, now)

    def _move(
        self, seen: Delivery, after: Status, *, now: datetime, detail: str, **changes: object
    ) -> Delivery:
        """Make a transition; one that tells what a network has done, even after the connection was lost.

        That needs no lock: whoever finds the row as it was seen knows that nobody else has settled it.
        """
        try:
            with self._database.writing() as connection:
                return deliveries.move(connection, seen, after, now=now, detail=detail, **changes)
        except ConnectionLost:
            if seen.status not in {Status.SENDING, Status.SENT}:
                raise  # it was only decided, and can be decided again
        return self._patiently(self._mend, seen, after, now=now, detail=detail, **changes)

    def _mend(
        self, seen: Delivery, after: Status, *, now: datetime, detail: str, **changes: object
    ) -> Delivery:
        with self._database.mending() as connection:
            done = deliveries.moved(connection, seen, after, now=now, detail=detail, **changes)
            return done or deliveries.move(connection, seen, after, now=now, detail=detail, **changes)

    def _take_back(self, seen: Delivery, *, now: datetime) -> None:
        """Undo the claim of ``seen`` if it was written down: its request has not left and never will."""
        reason = "the connection to the ledger was lost while it was claimed; nothing was sent"
        with self._database.mending() as connection:
            row = deliveries.current(connection, seen.id)
            ours = (Status.SENDING, seen.attempts + 1, now)
            if row is not None and (row.status, row.attempts, row.claimed_at) == ours:
                deliveries.move(
                    connection, row, Status.PENDING, now=now, detail=reason, error=reason, retry_at=None
                )

    @property
    def _patiently(self) -> Retrying:
        """What calls a function again while the server cannot be reached, until patience has an end."""
        return Retrying(
            retry=retry_if_exception_type(ConnectionLost),
            stop=stop_after_delay(self._database.patience),
            wait=wait_fixed(PAUSE),
            reraise=True,
        )


def _receipt(receipt: Receipt | None) -> dict[str, str | None]:
    return {} if receipt is None else {"remote_id": receipt.remote_id, "url": receipt.url}


def _where(receipt: Receipt | None) -> str:
    return "" if receipt is None else receipt.url or receipt.remote_id
