"""What an earlier run left between claim and receipt: look for it before anything is posted again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.decide.match import earliest_sign, left_at, published
from bot.decide.retry import UNSEEN
from bot.errors import ChannelError
from bot.model import FOREVER, Outcome, Status, Trouble

if TYPE_CHECKING:
    from datetime import datetime

    from bot.channels.base import Channel
    from bot.model import Delivery
    from bot.sync.herald import Herald


PUT_BACK = "interrupted before the clock was put back"


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
        where it is safe to repeat, else in doubt. One that can be read but not now: nothing changes, the next
        run tries again. Looking comes before repeating, which may never happen: the item may be held by now.
        """
        now = self.herald.clock()
        due = self._due(now)
        if not due:
            return
        if self.channel.capabilities.read_back:
            self._look(due, now)
        elif self.channel.capabilities.idempotent == FOREVER:
            self._settle(due, Status.PENDING, UNSEEN)
        else:
            doubt = "it may be public, and this network cannot be read: look there and use 'resolve'"
            self._settle(due, Status.IN_DOUBT, doubt)

    def _due(self, now: datetime) -> list[Delivery]:
        """Return those whose grace is over; where the clock was put back it begins when that is noticed."""
        grace = self.herald.channel_config(self.channel.name).delivery.grace
        due = []
        for row in self.herald.ledger.deliveries(channel=self.channel.name, statuses={Status.SENDING}):
            left = left_at(row)
            if left is not None and left > now:
                self.herald.ledger.note_error(row, error=PUT_BACK, retry_at=None, now=now)
            elif left is None or left + grace <= now:
                due.append(row)
        return due

    def _look(self, due: list[Delivery], now: datetime) -> None:
        try:
            posts = self.channel.recent(earliest_sign(due, (), now=now))
        except ChannelError as error:
            message = f"{len(due)} deliveries wait to be settled, but the channel cannot be read: {error}"
            self.troubles.append(Trouble(message=message, channel=self.channel.name, failure=True))
            return
        found = published(due, posts, taken=self.herald.ledger.remote_ids(self.channel.name))
        for row in due:
            if row.id not in found:
                self._settle([row], Status.PENDING, "interrupted; it is not on the channel")
                continue
            receipt = found[row.id].receipt
            self.herald.ledger.settle(
                row, Status.SENT, now=now, receipt=receipt, detail="found on the channel"
            )
            self._report(row, Status.SENT, url=receipt.url)

    def _settle(self, rows: list[Delivery], status: Status, reason: str) -> None:
        for row in rows:
            self.herald.ledger.settle(row, status, now=self.herald.clock(), error=reason, detail=reason)
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
            )
        )
