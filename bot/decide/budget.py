"""What a network charges: the price of a post before it goes out, and whether the month's budget has room.

A month is a calendar month in UTC. All amounts are in US dollars, exact.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.decide.gate import moment
from bot.decide.verdict import Verdict
from bot.model import FacetKind

if TYPE_CHECKING:
    from bot.model import Part, Post, Prices

CENT = Decimal("0.01")


def costs(post: Post, prices: Prices) -> tuple[Decimal, ...]:
    """Return the price of each part of a post: more for one that has a link, or that a link goes with.

    The pictures go with the first.
    """
    linked = [_has_link(part) for part in post.parts]
    if post.link is not None and not any(_shows(part, post.link) for part in post.parts):
        linked[0] = True  # it goes with the first part, out of the text
    first, *others = (prices.post_with_link if has_link else prices.post for has_link in linked)
    return first + prices.picture * len(post.media), *others


def most_for_reading(prices: Prices) -> Decimal:
    """Return what reading a channel back once costs at most."""
    return prices.reading * prices.most_read


def month(now: datetime) -> tuple[datetime, datetime]:
    """Return when the month of ``now`` began and when the next one begins."""
    start = datetime(now.year, now.month, 1, tzinfo=UTC)
    return start, datetime(now.year + now.month // 12, now.month % 12 + 1, 1, tzinfo=UTC)


def objection(cost: Decimal, *, spent: Decimal, budget: Decimal, now: datetime) -> Verdict | None:
    """Refuse what would cost more than is left of the month's budget, until the next month begins."""
    if spent + cost <= budget:
        return None
    _, begins = month(now)
    left = max(budget - spent, Decimal(0))
    return Verdict(
        reason=(
            f"it costs {dollars(cost)}, and {dollars(left)} are left of the month's budget of "
            f"{dollars(budget)} ({dollars(spent)} are spent); the next month begins at {moment(begins)}"
        ),
        until=begins if cost <= budget else None,
    )


def dollars(amount: Decimal) -> str:
    """Return an amount as people write it, with all digits that matter."""
    exact = amount.quantize(CENT) if amount == amount.quantize(CENT) else amount.normalize()
    return f"${exact:f}"


def _has_link(part: Part) -> bool:
    return any(facet.kind is FacetKind.LINK for facet in part.facets)


def _shows(part: Part, link: str) -> bool:
    return link in part.text or any(facet.url == link for facet in part.facets)
