"""Amending what was published, by an edit or by taking back: both are safe to repeat and need no claim."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from bot.decide import retry
from bot.decide.concerns import kind_of
from bot.errors import ChannelError, PageError, PermanentError, PictureError, RejectedError
from bot.model import Receipt, Status
from bot.sync.desk import Rest, outgoing, wording

if TYPE_CHECKING:
    from bot.channels.base import SharingChannel
    from bot.decide.actions import Edit, Place, Retract
    from bot.model import Delivery, Item, Post
    from bot.sync.desk import Desk

REFUSED_EDIT = timedelta(days=1)  # until an edit that was refused is tried again


def edit(desk: Desk, action: Edit) -> None:
    """Make the published post say what the item says now.

    Raises:
        Rest: the channel can do no more in this run.
        PlanRefused: the stop page says so.
    """
    place = action.place
    try:
        post = desk.compose(action.item)
        _edit_parts(desk, place, action.item, post)
    except (ChannelError, PageError) as error:
        _put_off(desk, place, error)
        return
    desk.report(place, "edit", Status.SENT, post=post, url=place.rows[0].url)


def retract(desk: Desk, action: Retract) -> None:
    """Delete what was published, the end of a thread first.

    Raises:
        Rest: the channel can do no more in this run.
        PlanRefused: the stop page says so.
    """
    place = action.place
    for row in reversed([row for row in place.rows if row.status is Status.SENT]):
        desk.go_on()
        desk.purse.pay_for_deleting()
        try:
            _take_back(desk, row)
        except ChannelError as error:
            said = f"{place.item} could not be deleted: {error}"
            desk.ledger.note_error(row, error=said, retry_at=None, now=desk.now())
            desk.trouble(said, kind=kind_of(error), told=row.error == said)
            desk.report(place, "retract", Status.SENT, url=row.url, error=said)
            raise Rest(f"the channel rests until the next run: {error}", reported=True) from error
        desk.ledger.settle(row, Status.RETRACTED, now=desk.now(), error=action.reason, detail=action.reason)
    shares = next((row.shares for row in place.rows if row.shares), None)
    desk.report(place, "retract", Status.RETRACTED, error=action.reason, shares=shares)


def _take_back(desk: Desk, row: Delivery) -> None:
    """Delete what we have published, be it a share: that is ours, and not what was shared."""
    if row.shares is None:
        desk.channel.delete(_receipt(row))
    else:
        cast("SharingChannel", desk.channel).unshare(_receipt(row))


def _edit_parts(desk: Desk, place: Place, item: Item, post: Post) -> None:
    if len(post.parts) != len(place.rows):
        raise RejectedError(
            f"it was {len(place.rows)} messages and would now be {len(post.parts)}: edit it by hand"
        )
    attachments = desk.fetch(place, post)
    replying_to: str | None = None
    for number, row in enumerate(place.rows):
        message = outgoing(desk, row, post, number, item, attachments, replying_to)
        desk.go_on()
        receipt = desk.channel.edit(_receipt(row), message)
        desk.ledger.edited(row, wording=wording(message, item), receipt=receipt, now=desk.now())
        replying_to = receipt.remote_id


def _put_off(desk: Desk, place: Place, error: ChannelError | PageError) -> None:
    now = desk.now()
    said = f"the edit did not reach the channel: {error}"
    told = all(row.error == said for row in place.rows)
    for row in place.rows:
        wait = (
            REFUSED_EDIT
            if isinstance(error, PermanentError | PictureError)
            else retry.wait(desk.config.delivery, row.attempts, jitter=desk.herald.jitter())
        )
        desk.ledger.note_error(row, error=said, retry_at=now + wait, now=now)
    desk.trouble(f"{place.item}: {said}", kind=None, told=told)
    if isinstance(error, ChannelError) and not isinstance(error, RejectedError):
        raise Rest(f"the channel rests until the next run: {error}", reported=True)


def _receipt(row: Delivery) -> Receipt:
    return Receipt(remote_id=row.remote_id or "", url=row.url)
