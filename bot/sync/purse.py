"""What a channel spends: written down before it is spent, and never more than the month's budget."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.decide.budget import costs, month, most_for_reading, objection
from bot.errors import PermanentError, RateLimited
from bot.model import Cost

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.channels.base import Channel
    from bot.config import ChannelConfig
    from bot.decide.verdict import Verdict
    from bot.ledger.store import Ledger
    from bot.model import Post, RemotePost

FREE = Decimal(0)


class OverBudget(Exception):  # noqa: N818 - it is no error: the month's budget says not now
    """The budget has no room for a request; the message says why, and until when."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Purse:
    """The purse of one channel; on a network that charges nothing, all of it is free."""

    config: ChannelConfig
    ledger: Ledger
    clock: Callable[[], datetime]

    @property
    def has_budget(self) -> bool:
        """Whether the network charges at all."""
        return self.config.budget is not None

    @property
    def charged_for_reading(self) -> bool:
        """Whether the channel is read only to settle a doubt, because each post read costs money."""
        return self.config.prices is not None and self.config.prices.reading > 0

    def costs(self, post: Post) -> tuple[Decimal, ...]:
        """Return what each part of a post costs."""
        prices = self.config.prices
        return costs(post, prices) if prices is not None else (FREE,) * len(post.parts)

    def pictures(self, post: Post) -> Decimal:
        """Return what of a post's costs is charged even where the post is refused."""
        prices = self.config.prices
        return prices.picture * len(post.media) if prices is not None else FREE

    def pay_for_deleting(self) -> None:
        """Count the deletion of a post, which the budget never forbids: what was reverted must go."""
        prices = self.config.prices
        if prices is not None and prices.deleting:
            self.ledger.spend_on_deleting(self.config.name, prices.deleting, now=self.clock())

    def objection(self, cost: Decimal) -> Verdict | None:
        """Return why this much may not be spent now, or ``None``."""
        if self.config.budget is None or not cost:
            return None
        now = self.clock()
        return objection(cost, spent=self._spent(now), budget=self.config.budget, now=now)

    def read(self, channel: Channel, since: datetime) -> Sequence[RemotePost]:
        """Read a channel back to settle a doubt, if there is money for it.

        What it may cost is written down first, and what it did cost afterwards. A request that has failed may
        have been charged, unless the network surely refused it.

        Raises:
            OverBudget: there is not; nothing was asked.
            ChannelError: as ``Channel.recent``.
        """
        prices = self.config.prices
        if prices is None or not self.charged_for_reading:
            return channel.recent(since)
        most = most_for_reading(prices)
        if refused := self.objection(most):
            raise OverBudget(f"reading it back may be too dear: {refused.reason}")
        entry = self.ledger.spend_on_reading(self.config.name, most, now=self.clock())
        try:
            posts = channel.recent(since)
        except (PermanentError, RateLimited):
            self.ledger.correct(entry, FREE)
            raise
        self.ledger.correct(entry, prices.reading * len(posts))
        return posts

    def report(self, *, before: Decimal | None = None) -> Cost:
        """Return what is spent this month, and since ``total`` was ``before``."""
        return Cost(
            channel=self.config.name,
            run=None if before is None else self.total() - before,
            month=self._spent(self.clock()),
            budget=self.config.budget or FREE,
        )

    def total(self) -> Decimal:
        """Return all that was ever spent."""
        return self.ledger.spent(self.config.name)

    def _spent(self, now: datetime) -> Decimal:
        return self.ledger.spent(self.config.name, *month(now))
