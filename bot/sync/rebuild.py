"""A ledger made anew, from the pages and from what the channels show: after the old one was lost.

What is on a page now must never be posted again because of the loss. So every item is taken as done: what is
found on a channel with its post; what is not found, or cannot be looked for, without; and a person who knows
better says ``resolve ITEM CHANNEL --retry``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.compose.post import compose
from bot.decide.keys import idempotency_key
from bot.decide.match import earliest_sign, published_before
from bot.errors import ChannelError, ConfigError, RejectedError
from bot.model import NewDelivery, Outcome, RunReport, Status, Trouble
from bot.news.identity import fingerprint
from bot.sync.read import read_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.channels.base import Channel
    from bot.model import Item, RemotePost
    from bot.sync.herald import Herald
    from bot.sync.read import Reading

NOT_FOUND = "rebuilt: not found on the channel; if it was never posted: resolve --retry"
NOT_LOOKED = "rebuilt: this channel could not be read"
A_SHARE = "rebuilt: what was shared is not looked for; if it was never shared: resolve --retry"
TOO_DEAR = "rebuilt: reading this channel costs money, so it was not read"


def rebuild(herald: Herald) -> RunReport:
    """Write an empty ledger anew and report where each item was found.

    Raises:
        ConfigError: the ledger is not empty.
        LedgerLocked: a run is at work.
    """
    with herald.ledger.lock():
        if herald.ledger.deliveries():
            raise ConfigError(
                "the ledger is not empty, so it is not rebuilt: move it away first. To take all that is on "
                "the pages as done without losing what it knows, use 'adopt'."
            )
        sight = read_all(herald)
        readings, problems = sight.readings, list(sight.troubles)
        outcomes: list[Outcome] = []
        for channel in herald.channels.values():
            posts, trouble = _shown(channel, readings, herald)
            problems += [trouble] if trouble else []
            for reading in readings:
                outcomes += _write(herald, channel, reading, posts)
        for reading in readings:
            herald.ledger.remember_page(reading.memory(frozenset(herald.channels)), now=herald.clock())
    return RunReport(posts=tuple(outcomes), problems=tuple(problems))


def _shown(
    channel: Channel, readings: Sequence[Reading], herald: Herald
) -> tuple[list[RemotePost] | None, Trouble | None]:
    """Return what the channel shows since the oldest item; ``None`` where it cannot be read for nothing."""
    if not channel.capabilities.read_back or herald.purse(channel.name).charged_for_reading:
        return None, None
    items = [item for reading in readings for item in reading.view.items]
    try:
        return list(channel.recent(earliest_sign((), items, now=herald.clock()))), None
    except ChannelError as error:
        return None, Trouble(message=str(error), channel=channel.name, failure=True)


def _write(
    herald: Herald, channel: Channel, reading: Reading, posts: list[RemotePost] | None
) -> list[Outcome]:
    """Write the deliveries of one page on one channel; a post that was found is taken out of ``posts``."""
    outcomes = []
    new = []
    unread = TOO_DEAR if herald.purse(channel.name).charged_for_reading else NOT_LOOKED
    for item in reading.view.items:
        place = (reading.view.site.name, reading.view.title, item.key, channel.name)
        key = idempotency_key(*place, 0)
        shares = item.directives.share
        text = "" if shares else _text(herald, channel, item)
        post = None if posts is None or shares else published_before(item, key=key, text=text, posts=posts)
        if post is not None and posts is not None:
            posts.remove(post)
        missed = A_SHARE if shares else unread if posts is None else NOT_FOUND
        reason = "" if post else missed
        new.append(
            NewDelivery(
                site=place[0],
                page=place[1],
                item=item.key,
                channel=channel.name,
                part=0,
                status=Status.ADOPTED,
                key=key,
                reason=reason or "rebuilt: found on the channel",
                text=text,
                link=item.main_link.url if item.main_link else None,
                fingerprint=fingerprint(item),
                remote_id=post.receipt.remote_id if post else None,
                url=post.receipt.url if post else None,
            )
        )
        outcomes.append(
            Outcome(
                page=place[1],
                item=item.key,
                channel=channel.name,
                network=herald.channel_config(channel.name).network,
                action="rebuild",
                status=Status.ADOPTED,
                url=post.receipt.url if post else None,
                error=reason or None,
            )
        )
    herald.ledger.create(new, now=herald.clock())
    return outcomes


def _text(herald: Herald, channel: Channel, item: Item) -> str:
    """Return what the item would have become there, as far as can be told."""
    config = herald.channel_config(channel.name)
    try:
        post = compose(
            item,
            channel=config.name,
            network=config.network,
            style=config.style,
            limits=channel.limits(),
        )
    except (RejectedError, ChannelError):
        return item.text
    return post.parts[0].text
