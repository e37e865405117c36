"""The ledger: what the rest of the house may ask it and tell it. Each call is one short transaction."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Self

from bot.errors import LedgerError
from bot.ledger import (
    commands,
    deliveries,
    expansions,
    overlays,
    overview,
    pages,
    runs,
    spending,
    transfer,
)
from bot.ledger.concerns import Concerns
from bot.ledger.memory import ChannelMemory
from bot.ledger.moving import Moving
from bot.model import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from decimal import Decimal
    from types import TracebackType

    from sqlalchemy import Connection

    from bot.ledger.database import Database
    from bot.model import (
        Delivery,
        Event,
        NewDelivery,
        Order,
        PageMemory,
        Receipt,
        RunMemory,
        Wording,
    )


class Ledger:
    """Pages, items, deliveries and every transition of these.

    What a method writes is committed when it returns, and not at all when it raises. Threads may share a
    ledger. Every method raises ``LedgerError`` where the database cannot be used; every ``now`` is aware.
    """

    def __init__(self, database: Database, *, lock: Callable[[], AbstractContextManager[None]]) -> None:
        self._database = database
        self._moving = Moving(database)
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

    def concerns(self) -> Concerns:
        """Return what messengers have told the operator of."""
        return Concerns(self._database)

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

    def expansions(self, site: str, title: str, revision: int) -> Mapping[str, str]:
        """Return what the wiki is known to have made of the template calls on a page at that revision."""
        with self._database.reading() as connection:
            return expansions.recall(connection, site, title, revision)

    def remember_expansions(
        self, site: str, title: str, revision: int, made: Mapping[str, str] | None, *, now: datetime
    ) -> None:
        """Write down what the wiki made of calls, by the call; of other revisions nothing is kept.

        With ``None``, of this one neither: the wiki is to be asked again.
        """
        with self._database.writing() as connection:
            expansions.remember(connection, site, title, revision, made, now=now)

    def orders(self, items: Collection[str]) -> tuple[Order, ...]:
        """Return what was ordered on the wiki about these items, in the order in which it was."""
        with self._database.reading() as connection:
            return commands.recall(connection, items)

    def latest_orders(self, most: int) -> tuple[Order, ...]:
        """Return what was ordered last, the newest first."""
        with self._database.reading() as connection:
            return commands.latest(connection, most)

    def answered(self, keys: Collection[str]) -> frozenset[str]:
        """Return which of these orders, by their keys, have their answer."""
        with self._database.reading() as connection:
            return commands.known(connection, keys)

    def obey(
        self,
        order: Order,
        rows: Sequence[Delivery],
        status: Status,
        *,
        now: datetime,
        detail: str,
        new: Sequence[NewDelivery] = (),
    ) -> None:
        """Write down an order with its answer, and what it does: all or nothing.

        It moves ``rows`` to ``status``, for the reason ``detail``, and writes down ``new`` deliveries.

        Raises:
            LedgerError: a row is no longer as the caller saw it, or the transition is not allowed.
        """
        with self._database.writing() as connection:
            commands.answer(connection, order)
            deliveries.create(connection, new, now=now)
            for row in rows:
                error = detail if status is Status.ADOPTED else None
                deliveries.move(connection, row, status, now=now, detail=detail, error=error, retry_at=None)

    def overlay(self, site: str, title: str) -> tuple[int, str] | None:
        """Return the last good configuration that stood on a page: its revision and its text."""
        with self._database.reading() as connection:
            return overlays.recall(connection, site, title)

    def remember_overlay(self, site: str, title: str, revision: int, text: str, *, now: datetime) -> None:
        """Write down a configuration on the wiki that is good."""
        with self._database.writing() as connection:
            overlays.remember(connection, site, title, revision, text, now=now)

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

    def latest_items(self, most: int, *, channels: int) -> tuple[tuple[str, str, str], ...]:
        """Return site, page and key of the items that were written down last, the newest first.

        ``channels`` is how many there are, as each has a delivery of an item.
        """
        with self._database.reading() as connection:
            return overview.latest_items(connection, most, channels=channels)

    def item_texts(self, site: str, title: str, keys: Collection[str]) -> Mapping[str, str]:
        """Return what items of a page were last seen to say, by key; one never seen there is left out."""
        with self._database.reading() as connection:
            return overview.texts(connection, site, title, keys)

    def last_run(self, command: str) -> RunMemory | None:
        """Return when and how the command last ran to its end, ``None`` where it never did."""
        with self._database.reading() as connection:
            return runs.recall(connection, command)

    def remember_run(self, memory: RunMemory) -> None:
        """Write down how a run has ended; of those before nothing is kept."""
        with self._database.writing() as connection:
            runs.remember(connection, memory)

    def remote_ids(self, channel: str) -> frozenset[str]:
        """Return the ids of all posts on the channel that the ledger knows: ours, and those adopted.

        The ids chosen for posts of ours are among them, be these posts there or not.
        """
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
        wording: Wording,
        now: datetime,
        chosen_id: str | None = None,
        cost: Decimal | None = None,
        pictures: Decimal | None = None,
    ) -> Delivery:
        """Write down that a request is about to leave: pending becomes sending.

        With it is written down which id was chosen for the post, where the delivery has none yet, and what
        the post may cost, and its ``pictures`` whatever becomes of the post, in US dollars. A claim whose
        fate is not known is no claim: it is taken back if it was written down after all.

        Raises:
            LedgerError: it is not pending, or no longer as the caller saw it, or the lock was lost, or nobody
                knows whether it was written down: the request must not leave.
        """
        with self._moving.claiming([delivery], now=now) as connection:
            _charge(connection, delivery, cost=cost, pictures=pictures, now=now)
            return deliveries.claim(connection, delivery, wording, now=now, chosen_id=chosen_id)

    def claim_digest(
        self,
        claims: Sequence[tuple[Delivery, Wording]],
        *,
        digest: str,
        now: datetime,
        cost: Decimal | None = None,
        pictures: Decimal | None = None,
    ) -> tuple[Delivery, ...]:
        """Claim deliveries that go out as one post, all or none; ``digest`` says which belong together.

        Raises:
            LedgerError: as for ``claim``.
        """
        with self._moving.claiming([delivery for delivery, _ in claims], now=now) as connection:
            _charge(connection, claims[0][0], cost=cost, pictures=pictures, now=now)
            return tuple(
                deliveries.claim(connection, delivery, wording, now=now, digest=digest)
                for delivery, wording in claims
            )

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
        free: bool = False,
    ) -> Delivery:
        """Write down what became of a delivery, from the state in which the caller saw it.

        ``error`` and ``retry_at`` replace what was there; a receipt stays unless there is a new one. The
        event says ``detail``, else the error, else the receipt. ``free`` says that the network surely did not
        charge for the last claim.

        Raises:
            LedgerError: it is no longer as the caller saw it, the transition is not allowed, or it is said to
                be sent and there is no receipt.
        """
        return self.settle_all(
            [delivery],
            status,
            now=now,
            receipt=receipt,
            error=error,
            retry_at=retry_at,
            detail=detail,
            free=free,
        )[0]

    def settle_all(
        self,
        seen: Sequence[Delivery],
        status: Status,
        *,
        now: datetime,
        receipt: Receipt | None = None,
        error: str | None = None,
        retry_at: datetime | None = None,
        detail: str = "",
        free: bool = False,
    ) -> tuple[Delivery, ...]:
        """Write down what became of deliveries that share their fate, all or none; as ``settle``."""
        if status is Status.SENDING:
            raise LedgerError("A delivery is claimed, not settled, to be sending: please report this fault.")
        if status is Status.SENT and receipt is None and any(row.remote_id is None for row in seen):
            raise LedgerError("A delivery without a receipt cannot be called sent: please report this fault.")
        changes: dict[str, object] = {"error": error, "retry_at": retry_at, **_receipt(receipt)}
        if {row.status for row in seen} == {Status.RETRACTED}:
            changes["chosen_id"] = None  # what comes back is another post
        said = detail or error or _where(receipt)
        return self._moving.move(seen, status, changes, now=now, detail=said, free=free)

    def edited(self, delivery: Delivery, *, wording: Wording, receipt: Receipt, now: datetime) -> Delivery:
        """Write down that what was sent now says this; it stays sent.

        Raises:
            LedgerError: it is no longer as the caller saw it, or was not sent.
        """
        changes = {"error": None, "retry_at": None, **asdict(wording), **_receipt(receipt)}
        return self._moving.move([delivery], Status.SENT, changes, now=now, detail="edited")[0]

    def note_error(
        self, delivery: Delivery, *, error: str, retry_at: datetime | None, now: datetime
    ) -> Delivery:
        """Write down what went wrong with a delivery that stays where it is, as when an edit has failed.

        Raises:
            LedgerError: it is no longer as the caller saw it, or its status does not let it stay.
        """
        changes = {"error": error, "retry_at": retry_at}
        return self._moving.move([delivery], delivery.status, changes, now=now, detail=error)[0]

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
        """Count the posts that were published on the channel from ``since`` to ``now``, or may have been.

        Each part of a thread is one; so is a digest.
        """
        with self._database.reading() as connection:
            return deliveries.claims_between(connection, channel, since, now)

    def items_since(self, since: datetime, *, now: datetime) -> frozenset[tuple[str, str, str]]:
        """Return the items, by site, page and key, that began to go out from ``since`` to ``now``."""
        with self._database.reading() as connection:
            return deliveries.items_between(connection, since, now)

    def spent(self, channel: str, since: datetime | None = None, until: datetime | None = None) -> Decimal:
        """Return what the channel may have cost from ``since`` until before ``until``, in US dollars."""
        with self._database.reading() as connection:
            return spending.total(connection, channel, since, until)

    def spend_on_reading(self, channel: str, amount: Decimal, *, now: datetime) -> int:
        """Write down what a request to read may cost, before it leaves; return what ``correct`` takes."""
        with self._database.writing() as connection:
            return spending.on_reading(connection, channel, amount, now=now)

    def spend_on_deleting(self, channel: str, amount: Decimal, *, now: datetime) -> None:
        """Write down what a request to delete may cost, before it leaves."""
        with self._database.writing() as connection:
            spending.on_deleting(connection, channel, amount, now=now)

    def correct(self, spending_id: int, amount: Decimal) -> None:
        """Write down what a request to read did cost."""
        with self._database.writing() as connection:
            spending.correct(connection, spending_id, amount)


def _charge(
    connection: Connection,
    delivery: Delivery,
    *,
    cost: Decimal | None,
    pictures: Decimal | None,
    now: datetime,
) -> None:
    """Write down what a claimed post may cost, and its pictures whatever becomes of it."""
    if cost is not None:
        spending.on_post(connection, delivery, cost, now=now)
    if pictures is not None:
        spending.on_pictures(connection, delivery.channel, pictures, now=now)


def _receipt(receipt: Receipt | None) -> dict[str, str | None]:
    return {} if receipt is None else {"remote_id": receipt.remote_id, "url": receipt.url}


def _where(receipt: Receipt | None) -> str:
    return "" if receipt is None else receipt.url or receipt.remote_id
