"""What a channel already shows: is one of its posts ours, or somebody's own post of the same news?"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from difflib import SequenceMatcher
from typing import TYPE_CHECKING
from urllib.parse import unquote

import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from bot.model import Delivery, Item, RemotePost

CLOCK_SKEW = timedelta(hours=14)  # between the network's clock and ours: local time may pass for UTC with us
BY_HAND_BEFORE = timedelta(days=2)  # people post first and write on the wiki afterwards
ALIKE = 0.9  # of difflib's ratio: a mended typo stays above, other news far below

_URL = regex.compile(r"https?://\S+")
_INVISIBLE = regex.compile(r"\p{Cf}+")
_SPACE = regex.compile(r"\s+")
_NUMBER = regex.compile(r"\p{Nd}+")


def published(
    deliveries: Iterable[Delivery], posts: Iterable[RemotePost], *, taken: Collection[str]
) -> dict[int, RemotePost]:
    """Find the posts that claimed deliveries became, by delivery id; those that became none are left out.

    By the id that was chosen for the post, and by nothing else where there is one; by our own key where the
    network keeps it, then by the very text, then by nearly the same text with the same numbers and link (a
    server may touch up what it shows); each for all deliveries before the next, so that of two alike none
    takes the other's post. ``taken`` are the remote ids known to belong to other deliveries.
    """
    found: dict[int, RemotePost] = {}
    waiting = list(deliveries)
    free = [post for post in posts if post.receipt.remote_id not in taken]
    for is_it in (_same_id, _same_key, _same_text, _nearly_same_text):
        for delivery in list(waiting):
            post = next((post for post in free if is_it(delivery, post)), None)
            if post is not None:
                found[delivery.id] = post
                waiting.remove(delivery)
                free.remove(post)
    return found


def published_digest(deliveries: Sequence[Delivery], posts: Iterable[RemotePost]) -> RemotePost | None:
    """Find the post that deliveries claimed to go out as one became: it says what each of them says."""
    texts = [_normalised(delivery.text) for delivery in deliveries]
    left = min((at for delivery in deliveries if (at := left_at(delivery))), default=None)
    for post in posts:
        if post.key is not None and post.key == deliveries[0].digest:
            return post
        in_time = left is not None and post.created_at >= left - CLOCK_SKEW
        if in_time and all(text in _normalised(post.text) for text in texts):
            return post
    return None


def together(deliveries: Iterable[Delivery]) -> list[list[Delivery]]:
    """Return the deliveries of each digest together, all others each by itself."""
    groups: dict[str | int, list[Delivery]] = {}
    for delivery in deliveries:
        groups.setdefault(delivery.digest or delivery.id, []).append(delivery)
    return list(groups.values())


def posted_by_hand(item: Item, posts: Iterable[RemotePost], *, taken: Collection[str]) -> RemotePost | None:
    """Find a post of the same news that a person made: the same main link or nearly the same text, in time.

    ``taken`` are the remote ids of posts that the ledger knows: two news may well have the same main link.
    """
    earliest = noticed(item) - BY_HAND_BEFORE
    for post in posts:
        ours = post.receipt.remote_id in taken or post.key is not None
        if not ours and post.created_at >= earliest and _same_news(item, post):
            return post
    return None


def published_before(item: Item, *, key: str, text: str, posts: Iterable[RemotePost]) -> RemotePost | None:
    """Find the post that an item became, by us or by hand, when nothing else is remembered of it.

    ``key`` is what its idempotency key would be, ``text`` what would be sent now.
    """
    posts = list(posts)
    for post in posts:
        if post.key == key:
            return post
    for post in posts:
        if post.key is None and _normalised(post.text) == _normalised(text):
            return post
    earliest = noticed(item) - BY_HAND_BEFORE
    return next((post for post in posts if post.created_at >= earliest and _same_news(item, post)), None)


def noticed(item: Item) -> datetime:
    """Return when the news became news: its date, else when its present form was saved, else long ago."""
    if item.date is not None:
        return datetime.combine(item.date, time(), tzinfo=UTC)
    if item.provenance is not None:
        return item.provenance.since
    return datetime(2001, 1, 15, tzinfo=UTC)  # there was no wiki of ours before


def earliest_sign(deliveries: Sequence[Delivery], items: Sequence[Item], *, now: datetime) -> datetime:
    """Return since when a channel must be read back to find what these deliveries and items became."""
    claims = [left - CLOCK_SKEW for delivery in deliveries if (left := left_at(delivery))]
    return min([now, *claims, *(noticed(item) - BY_HAND_BEFORE for item in items)])


def left_at(delivery: Delivery) -> datetime | None:
    """Return when the request left that a delivery was claimed for.

    A claim dated later than what was written after it is from before the clock was put back: the later entry
    is then the best that is known.
    """
    return min(delivery.claimed_at, delivery.updated_at) if delivery.claimed_at else None


def _same_id(delivery: Delivery, post: RemotePost) -> bool:
    return delivery.chosen_id == post.receipt.remote_id


def _same_key(delivery: Delivery, post: RemotePost) -> bool:
    return delivery.chosen_id is None and post.key is not None and post.key == delivery.key


def _same_text(delivery: Delivery, post: RemotePost) -> bool:
    """Compare as the text is shown; one of nothing but links is told by these."""
    return _may_be(delivery, post, _says) and (
        bool(_normalised(delivery.text)) or all(_links_to(post, url) for url in _URL.findall(delivery.text))
    )


def _says(ours: str, theirs: str) -> bool:
    """Tell whether a post says what ours does, be it under a content warning (see ``Limits.gap``)."""
    said, shown = _normalised(ours), _normalised(theirs)
    below = _normalised(theirs.partition("\n\n")[2])
    return said == shown or (bool(said) and said == below)


def _nearly_same_text(delivery: Delivery, post: RemotePost) -> bool:
    return (not delivery.link or _links_to(post, delivery.link)) and _may_be(delivery, post, _alike)


def _may_be(delivery: Delivery, post: RemotePost, compare: Callable[[str, str], bool]) -> bool:
    """Compare texts where the times allow it; a post with a key or an id of ours is matched by that alone."""
    left = left_at(delivery)
    return (
        post.key is None
        and delivery.chosen_id is None
        and bool(delivery.text)
        and left is not None
        and post.created_at >= left - CLOCK_SKEW
        and compare(delivery.text, post.text)
    )


def _same_news(item: Item, post: RemotePost) -> bool:
    main_link = item.main_link.url if item.main_link else None
    return (main_link is not None and _links_to(post, main_link)) or _alike(item.text, post.text)


def _links_to(post: RemotePost, url: str) -> bool:
    """Compare URLs unquoted: what a network would cut off a URL is percent-encoded in what we send."""
    return unquote(url) in {unquote(link) for link in post.links}


def _normalised(text: str) -> str:
    """Fold what a server may change: case, white space, invisible characters, how URLs are shown."""
    return _SPACE.sub(" ", _INVISIBLE.sub("", _URL.sub("", text))).strip().casefold()


def _alike(one: str, other: str) -> bool:
    """Tell whether two texts are the same news: nearly the same words and exactly the same numbers."""
    one, other = _normalised(one), _normalised(other)
    if not one or _NUMBER.findall(one) != _NUMBER.findall(other):
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE
