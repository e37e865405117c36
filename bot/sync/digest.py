"""Publishing all that is due on one channel as one post.

What goes out together is claimed together, settled together, and in doubt together. A post that may be public
is never made again by itself: the next one would be put together anew, and its key would be another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from bot.decide.keys import digest_key
from bot.errors import AmbiguousError, ChannelError, PageError, PictureError, RejectedError
from bot.model import Status
from bot.sync.desk import outgoing, wording
from bot.sync.failure import ask, fail, put_off, record, rest
from bot.sync.purse import FREE
from bot.sync.rows import rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from bot.channels.base import DigestChannel
    from bot.decide.actions import Place, Publish
    from bot.model import Delivery, Outgoing, Post, Receipt, Wording
    from bot.sync.desk import Desk
    from bot.sync.failure import Left


@dataclass(frozen=True, kw_only=True, slots=True)
class _Entry:
    """One item of a digest."""

    place: Place
    row: Delivery
    post: Post
    message: Outgoing
    wording: Wording


def publish_digest(desk: Desk, actions: Sequence[Publish]) -> None:
    """Publish the items as one post; one that cannot be composed or has no picture is left out.

    Raises:
        Rest: the channel can do no more in this run.
        PlanRefused: the stop page says so.
    """
    entries = [entry for action in actions if (entry := _entry(desk, action)) is not None]
    if not entries:
        return
    pictures = sum((desk.purse.pictures(entry.post) for entry in entries), FREE)
    price = pictures + max(
        desk.purse.costs(entry.post)[0] - desk.purse.pictures(entry.post) for entry in entries
    )
    if refused := desk.purse.objection(price):
        for entry in entries:
            desk.wait(entry.place, entry.row, refused)
        return
    desk.go_on()
    claimed = desk.ledger.claim_digest(
        [(entry.row, entry.wording) for entry in entries],
        digest=digest_key(entry.message.key for entry in entries),
        cost=price - pictures or None,
        pictures=pictures or None,
        now=desk.now(),
    )
    desk.herald.say(f"{desk.channel.name}: publishing {len(entries)} items as one post")
    channel = cast("DigestChannel", desk.channel)
    try:
        receipt = ask(desk, lambda: channel.publish_digest([entry.message for entry in entries]))
    except ChannelError as error:
        charged = price if isinstance(error, AmbiguousError) else FREE
        _report(desk, entries, record(desk, claimed, error), cost=charged)
        rest(desk, claimed, error)
        return
    desk.ledger.settle_all(claimed, Status.SENT, now=desk.now(), receipt=receipt)
    _report(desk, entries, {row.id: (Status.SENT, None) for row in claimed}, cost=price, receipt=receipt)


def _entry(desk: Desk, action: Publish) -> _Entry | None:
    """Return what a digest says of an item, or record why it says nothing of it."""
    place = action.place
    row = rows(desk, place, 1)[0]
    try:
        post = _in_one_part(desk.compose(action.item))
        message = outgoing(desk, row, post, 0, action.item, desk.fetch(place, post), None)
    except RejectedError as error:
        status, said = fail(desk, row, str(error))
        desk.report(place, "publish", status, error=said)
        return None
    except PictureError as error:
        desk.hold(place, [row], str(error))
        return None
    except PageError as error:
        put_off(desk, [row], str(error))
        desk.report(place, "publish", Status.PENDING, post=post, error=str(error))
        return None
    return _Entry(place=place, row=row, post=post, message=message, wording=wording(message, action.item))


def _in_one_part(post: Post) -> Post:
    if len(post.parts) > 1:
        raise RejectedError(
            f"it would be {len(post.parts)} messages, and a digest takes one of each: shorten it, or set "
            'long = "shorten"'
        )
    return post


def _report(
    desk: Desk,
    entries: Sequence[_Entry],
    left: Mapping[int, Left],
    *,
    cost: Decimal,
    receipt: Receipt | None = None,
) -> None:
    """Say of each item what became of it; the cost of all is that of the first."""
    url = receipt.url if receipt else None
    for number, entry in enumerate(entries):
        status, error = left[entry.row.id]
        desk.report(
            entry.place,
            "publish",
            status,
            post=entry.post,
            url=url,
            error=error,
            cost=FREE if number else cost,
        )
