"""Publishing one item on one channel: claim, publish, settle, part by part.

Each transition is committed before the next step begins: the claim before the request leaves, the receipt as
soon as it is here. What can go wrong is sorted by what may have happened (bot/errors.py), and after anything
but a refusal of one very post the channel rests until the next run.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.decide import retry
from bot.decide.actions import Hold, Publish
from bot.decide.keys import idempotency_key
from bot.decide.match import earliest_sign, posted_by_hand, published
from bot.errors import (
    AmbiguousError,
    ChannelError,
    CredentialsError,
    PageError,
    PermanentError,
    RateLimited,
    RejectedError,
)
from bot.model import NewDelivery, Status
from bot.sync.desk import Rest, outgoing, wording

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.decide.actions import Action, Place
    from bot.model import Delivery, Item, Outgoing, Post, Receipt, RemotePost
    from bot.sync.desk import Desk

log = logging.getLogger(__name__)

BY_HAND = "somebody posted it there by hand"
SHORTER = "the item has become shorter"
LOST = {Status.SENDING, Status.IN_DOUBT}


def adopt_posted_by_hand(desk: Desk, actions: Sequence[Action]) -> frozenset[Place]:
    """Adopt what a person has posted there already, be it due or held; return the places."""
    considered = [
        action
        for action in actions
        if isinstance(action, Publish | Hold) and action.item and _untouched(action.place)
    ]
    if not considered or not desk.channel.capabilities.read_back:
        return frozenset()
    items = [action.item for action in considered if action.item]
    try:
        posts = desk.channel.recent(earliest_sign((), items, now=desk.now()))
    except ChannelError:
        if any(isinstance(action, Publish) for action in considered):
            raise
        return frozenset()  # nothing is about to be posted twice: the next run looks again
    taken = _ours(desk, posts)
    adopted = set()
    for action in considered:
        post = posted_by_hand(action.item, posts, taken=taken) if action.item else None
        if post is None:
            continue
        taken.add(post.receipt.remote_id)
        desk.ledger.settle(
            _rows(desk, action.place, 1)[0],
            Status.ADOPTED,
            now=desk.now(),
            receipt=post.receipt,
            error=BY_HAND,
            detail=BY_HAND,
        )
        desk.report(action.place, "adopt", Status.ADOPTED, url=post.receipt.url, error=BY_HAND)
        adopted.add(action.place)
    return frozenset(adopted)


def _ours(desk: Desk, posts: Sequence[RemotePost]) -> set[str]:
    """Return the ids of the posts that are no person's: those that we know to be ours, or may have lost.

    Another item's post that is not settled yet may well have the same main link, as each issue of a weekly.
    """
    known = desk.ledger.remote_ids(desk.channel.name)
    lost = desk.ledger.deliveries(channel=desk.channel.name, statuses=LOST)
    return {*known, *(post.receipt.remote_id for post in published(lost, posts, taken=known).values())}


def publish(desk: Desk, action: Publish) -> None:
    """Publish the item, or what is missing of its thread.

    Raises:
        Rest: the channel can do no more in this run.
        PlanRefused: the stop page says so.
    """
    place, item = action.place, action.item
    try:
        post = desk.compose(item)
    except RejectedError as error:
        _fail(desk, _rows(desk, place, 1)[0], place, None, str(error))
        return
    try:
        attachments = desk.fetch(place, post)
    except PageError as error:
        _put_off(desk, _rows(desk, place, 1)[0], str(error))
        desk.report(place, "publish", Status.PENDING, post=post, error=str(error))
        return
    receipt: Receipt | None = None
    replying_to: str | None = None
    for number, row in enumerate(_rows(desk, place, len(post.parts))):
        if row.status is Status.SENT:
            replying_to = row.remote_id
            continue
        message = outgoing(row, post, number, item, attachments, replying_to)
        receipt = _send(desk, row, message, item, place, post)
        if receipt is None:
            return
        replying_to = receipt.remote_id
    desk.report(place, "publish", Status.SENT, post=post, url=receipt.url if receipt else None)


def _send(
    desk: Desk, row: Delivery, message: Outgoing, item: Item, place: Place, post: Post
) -> Receipt | None:
    """Claim, publish, settle; ``None`` when the network refused this very post."""
    desk.go_on()
    try:
        message = desk.identified(message)
    except ChannelError as error:
        _after(desk, error, row, place, post)
        return None
    claimed = desk.ledger.claim(
        row, wording=wording(message, item), chosen_id=message.remote_id, now=desk.now()
    )
    desk.herald.say(f"{desk.channel.name}: publishing {item.key}")
    try:
        receipt = desk.channel.publish(message)
    except ChannelError as error:
        _after(desk, error, claimed, place, post)
        return None
    except Exception as error:
        # A channel lets nothing but ChannelErrors out; if one does, the post may be public all the same.
        log.debug("unexpected error of channel %s", desk.channel.name, exc_info=True)
        said = f"unexpected {type(error).__name__} in the channel's code; please report it"
        _after(desk, AmbiguousError(said), claimed, place, post)
        return None
    desk.ledger.settle(claimed, Status.SENT, now=desk.now(), receipt=receipt)
    return receipt


def _after(desk: Desk, error: ChannelError, claimed: Delivery, place: Place, post: Post) -> None:
    """Record what an error leaves; return where the next item may go out all the same, else rest."""
    said = str(error)
    pace = desk.config.delivery
    if isinstance(error, PermanentError) and not isinstance(error, CredentialsError):
        _fail(desk, claimed, place, post, said)
        return
    if isinstance(error, AmbiguousError):
        desk.ledger.note_error(claimed, error=said, retry_at=None, now=desk.now())
        desk.report(place, "publish", Status.SENDING, post=post, error=said)
    elif retry.given_up(desk.ledger.events(claimed.id), pace, now=desk.now()):
        _fail(desk, claimed, place, post, f"given up after {pace.give_up}: {said}")
    else:
        _put_off(desk, claimed, said, error)
        desk.report(place, "publish", Status.PENDING, post=post, error=said)
    desk.trouble(said, told=claimed.error == said)
    raise Rest(f"the channel rests until the next run: {said}", reported=True)


def _put_off(desk: Desk, row: Delivery, said: str, error: ChannelError | None = None) -> None:
    """Leave a delivery pending, with its next time; mended credentials are worth a try at once."""
    now = desk.now()
    if isinstance(error, RateLimited):
        retry_at: datetime | None = error.retry_at
    elif isinstance(error, CredentialsError):
        retry_at = None
    else:
        retry_at = now + retry.wait(desk.config.delivery, row.attempts, jitter=desk.herald.jitter())
    if row.status is Status.PENDING:
        desk.ledger.note_error(row, error=said, retry_at=retry_at, now=now)
    else:
        desk.ledger.settle(row, Status.PENDING, now=now, error=said, retry_at=retry_at)


def _fail(desk: Desk, row: Delivery, place: Place, post: Post | None, said: str) -> None:
    """Give it up: failed, unless an earlier try may be public after all."""
    status = Status.FAILED
    if row.status is Status.SENDING and retry.may_be_public(desk.ledger.events(row.id)):
        status = Status.IN_DOUBT
        said = f"{said}; an earlier try may be public: look there and use 'resolve'"
    desk.ledger.settle(row, status, now=desk.now(), error=said)
    desk.report(place, "publish", status, post=post, error=said)


def _rows(desk: Desk, place: Place, parts: int) -> tuple[Delivery, ...]:
    """Return the ledger's rows for this many parts, as they are now.

    Those that are missing are made, pending; parts that the item has lost since an earlier try are closed,
    and opened again where it has got them back.
    """
    ledger, now = desk.ledger, desk.now()
    rows = ledger.create(
        [
            NewDelivery(
                site=place.site,
                page=place.page,
                item=place.item,
                channel=place.channel,
                part=part,
                status=Status.PENDING,
                key=idempotency_key(place.site, place.page, place.item, place.channel, part),
            )
            for part in range(max(parts, len(place.rows)))
        ],
        now=now,
    )
    for row in rows[parts:]:
        if row.status is Status.PENDING:
            ledger.settle(row, Status.ADOPTED, now=now, error=SHORTER, detail=SHORTER)
    return tuple(
        ledger.settle(row, Status.PENDING, now=now) if row.status is Status.ADOPTED else row
        for row in rows[:parts]
    )


def _untouched(place: Place) -> bool:
    """Tell whether nothing of the item has been published on the channel."""
    return all(row.status is not Status.SENT for row in place.rows)
