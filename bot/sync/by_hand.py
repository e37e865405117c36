"""Taking as done what a person has posted on a channel by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.decide.actions import Hold, Publish
from bot.decide.match import earliest_sign, posted_by_hand, published, published_digest, together
from bot.errors import ChannelError
from bot.model import Status
from bot.sync.rows import rows as rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.decide.actions import Action, Place
    from bot.model import RemotePost
    from bot.sync.desk import Desk

BY_HAND = "somebody posted it there by hand"
LOST = {Status.SENDING, Status.IN_DOUBT}


def adopt_posted_by_hand(desk: Desk, actions: Sequence[Action]) -> frozenset[Place]:
    """Adopt what a person has posted there already, be it due or held; return the places.

    Where each post read costs money nobody looks.
    """
    considered = [
        action
        for action in actions
        if isinstance(action, Publish | Hold)
        and action.item
        and action.item.directives.share is None  # bot.sync.share looks for those
        and _untouched(action.place)
    ]
    if not considered or not desk.channel.capabilities.read_back or desk.purse.charged_for_reading:
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
            rows_of(desk, action.place, 1)[0],
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
    alone = [row for row in lost if row.digest is None]
    found = [*published(alone, posts, taken=known).values()]
    digests = [rows for rows in together(lost) if rows[0].digest is not None]
    found += [post for rows in digests if (post := published_digest(rows, posts))]
    return {*known, *(post.receipt.remote_id for post in found)}


def _untouched(place: Place) -> bool:
    """Tell whether nothing of the item has been published on the channel."""
    return all(row.status is not Status.SENT for row in place.rows)
