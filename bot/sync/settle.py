"""What an earlier run left between claim and receipt: look for it before anything is posted again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.decide.match import earliest_sign, published
from bot.errors import ChannelError
from bot.model import FOREVER, Outcome, Status, Trouble

if TYPE_CHECKING:
    from bot.channels.base import Channel
    from bot.model import Delivery
    from bot.sync.herald import Herald


def settle_channel(herald: Herald, channel: Channel) -> tuple[list[Outcome], list[Trouble]]:
    """Settle the channel's deliveries in ``sending`` whose grace is over.

    Found on the channel: sent. Surely not there, or safe to repeat: pending again. A channel that cannot be
    read: in doubt. One that could be read but not now: nothing changes, the next run tries again.
    """
    now = herald.clock()
    grace = herald.channel_config(channel.name).delivery.grace
    due = [
        delivery
        for delivery in herald.ledger.deliveries(channel=channel.name, statuses={Status.SENDING})
        if delivery.claimed_at is None or delivery.claimed_at + grace <= now
    ]
    if not due:
        return [], []
    if channel.capabilities.idempotent == FOREVER:
        again = "interrupted; the network takes the same post only once, so it is safe to repeat"
        return [_settled(herald, row, Status.PENDING, again) for row in due], []
    if not channel.capabilities.read_back:
        doubt = "it may be public, and this network cannot be read: look there and use 'resolve'"
        return [_settled(herald, row, Status.IN_DOUBT, doubt) for row in due], []
    try:
        posts = channel.recent(earliest_sign(due, (), now=now))
    except ChannelError as error:
        message = f"{len(due)} deliveries wait to be settled, but the channel cannot be read: {error}"
        return [], [Trouble(message=message, channel=channel.name, failure=True)]
    found = published(due, posts, taken=known_posts(herald, channel.name))
    outcomes = []
    for row in due:
        if row.id in found:
            receipt = found[row.id].receipt
            herald.ledger.settle(row, Status.SENT, now=now, receipt=receipt, detail="found on the channel")
            outcomes.append(_outcome(herald, row, Status.SENT, url=receipt.url))
        else:
            outcomes.append(_settled(herald, row, Status.PENDING, "interrupted; it is not on the channel"))
    return outcomes, []


def known_posts(herald: Herald, channel: str) -> frozenset[str]:
    """Return the remote ids of all posts on ``channel`` that the ledger knows."""
    rows = herald.ledger.deliveries(channel=channel)
    return frozenset(row.remote_id for row in rows if row.remote_id is not None)


def _settled(herald: Herald, row: Delivery, status: Status, reason: str) -> Outcome:
    herald.ledger.settle(row, status, now=herald.clock(), error=reason, detail=reason)
    return _outcome(herald, row, status, error=reason)


def _outcome(
    herald: Herald, row: Delivery, status: Status, *, url: str | None = None, error: str | None = None
) -> Outcome:
    return Outcome(
        page=row.page,
        item=row.item,
        channel=row.channel,
        network=herald.channel_config(row.channel).network,
        action="settle",
        status=status,
        url=url,
        error=error,
    )
