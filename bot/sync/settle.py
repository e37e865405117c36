"""What an earlier run left between claim and receipt: look for it before anything is posted again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from bot.decide.concerns import kind_of
from bot.decide.match import earliest_sign, published, published_digest, together
from bot.decide.retry import LONGEST_WAIT, UNSEEN
from bot.errors import ChannelError, RejectedError
from bot.model import FOREVER, Outcome, Sharing, Status, Trouble
from bot.sync.purse import OverBudget

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.channels.base import Channel, SharingChannel
    from bot.model import Delivery, Receipt
    from bot.sync.herald import Herald


PUT_BACK = "interrupted before the clock was put back"
NOT_THERE = "interrupted; it is not on the channel"
UNREADABLE = "it may be public, and this network cannot be read: look there and use 'resolve'"


@dataclass(kw_only=True, slots=True)
class Settling:
    """The settling of one channel's deliveries in ``sending`` whose grace is over."""

    herald: Herald
    channel: Channel
    outcomes: list[Outcome] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)

    def do(self) -> None:
        """Settle what can be.

        Found on the channel: sent. Surely not there: pending again. On a channel that cannot be read: pending
        where it is safe to repeat, else in doubt. One that can be read but not now: nothing changes, a later
        run tries again. Looking comes before repeating, which may never happen: the item may be held by now.
        """
        now = self.herald.clock()
        due = self._due(now)
        if self.channel.capabilities.shares:
            for row in due:
                if row.shares is not None:
                    self._look_for_share(row, row.shares, now)
            due = [row for row in due if row.shares is None]
        if not due:
            return
        if self.channel.capabilities.read_back:
            self._look(due, now)
            return
        for rows in together(due):
            # What is due may be put together in another way next time, and no key would tell.
            repeatable = self.channel.capabilities.idempotent == FOREVER and rows[0].digest is None
            if repeatable:
                self._settle(rows, Status.PENDING, UNSEEN)
            else:
                self._settle(rows, Status.IN_DOUBT, UNREADABLE)

    def _due(self, now: datetime) -> list[Delivery]:
        """Return those whose grace is over.

        It begins with what was written last: the claim; or that nobody answered, for the request may have
        left long after its claim, behind a large picture, say; or that the clock was put back.
        """
        grace = self.herald.channel_config(self.channel.name).delivery.grace
        due = []
        for row in self.herald.ledger.deliveries(channel=self.channel.name, statuses={Status.SENDING}):
            if row.updated_at > now:
                self.herald.ledger.note_error(row, error=PUT_BACK, retry_at=None, now=now)
            elif row.updated_at + grace <= now and not _waits(row, now):
                due.append(row)
        return due

    def _look(self, due: list[Delivery], now: datetime) -> None:
        purse = self.herald.purse(self.channel.name)
        try:
            posts = purse.read(self.channel, earliest_sign(due, (), now=now))
        except OverBudget as refused:
            self._settle(due, Status.IN_DOUBT, f"it may be public: look there and use 'resolve'; {refused}")
            return
        except ChannelError as error:
            self._could_not_look(due, error, now=now, charged=purse.charged_for_reading)
            return
        chosen = {row.chosen_id for row in due}
        taken = self.herald.ledger.remote_ids(self.channel.name) - chosen
        found = published([row for row in due if row.digest is None], posts, taken=taken)
        for rows in together(due):
            post = found.get(rows[0].id) if rows[0].digest is None else published_digest(rows, posts)
            if post is None:
                self._settle(rows, Status.PENDING, NOT_THERE)
            else:
                self._found(rows, post.receipt, now)

    def _look_for_share(self, row: Delivery, url: str, now: datetime) -> None:
        """Look where that costs nothing; what is not found then may be shared again without harm."""
        channel = cast("SharingChannel", self.channel)
        try:
            found = channel.find(Sharing(key=row.key, url=url, remote_id=row.chosen_id))
        except RejectedError:
            found = None  # what is gone is shared by nobody; the next try says so
        except ChannelError as error:
            self._could_not_look([row], error, now=now, charged=False)
            return
        if found is None or not found.looked:
            self._settle([row], Status.PENDING, UNSEEN)
        elif found.receipt is None:
            self._settle([row], Status.PENDING, NOT_THERE)
        else:
            self._found([row], found.receipt, now)

    def _could_not_look(
        self, due: list[Delivery], error: ChannelError, *, now: datetime, charged: bool
    ) -> None:
        """Tell of it; a request that costs money even when it fails is not made again in each run."""
        message = f"{len(due)} deliveries wait to be settled, but the channel cannot be read: {error}"
        self.troubles.append(
            Trouble(message=message, channel=self.channel.name, failure=True, kind=kind_of(error))
        )
        if charged:
            for row in due:
                self.herald.ledger.note_error(row, error=message, retry_at=now + LONGEST_WAIT, now=now)

    def _found(self, rows: Sequence[Delivery], receipt: Receipt, now: datetime) -> None:
        self.herald.ledger.settle_all(
            rows, Status.SENT, now=now, receipt=receipt, detail="found on the channel"
        )
        for row in rows:
            self._report(row, Status.SENT, url=receipt.url)

    def _settle(self, rows: Sequence[Delivery], status: Status, reason: str) -> None:
        self.herald.ledger.settle_all(rows, status, now=self.herald.clock(), error=reason, detail=reason)
        for row in rows:
            self._report(row, status, error=reason)

    def _report(
        self, row: Delivery, status: Status, *, url: str | None = None, error: str | None = None
    ) -> None:
        self.outcomes.append(
            Outcome(
                page=row.page,
                item=row.item,
                channel=row.channel,
                network=self.herald.channel_config(row.channel).network,
                action="settle",
                status=status,
                url=url,
                error=error,
                shares=row.shares,
            )
        )


def _waits(row: Delivery, now: datetime) -> bool:
    """Tell whether it is too early to look again; a time from before the clock was put back means nothing."""
    return row.retry_at is not None and row.updated_at <= now < row.retry_at
