"""Reads the lists of posts that Meta's Graph APIs give, page by page, newest first.

https://developers.facebook.com/docs/graph-api/results
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.channels.graph import Entity, Graph, entity, text
from bot.errors import TransientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.model import RemotePost

_PAGE = 100  # the most that is given at once
_URL = re.compile(r"https?://\S+")
_TRAILING = ".,;:!?'\")]}»”"


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """A list of posts: where it is, which ``fields`` are asked for, and what ``read`` makes of each.

    What is to be left out becomes ``None``. ``by_time`` says that the API can begin at a time.
    """

    path: str
    fields: str
    read: Callable[[Entity], RemotePost | None]
    created: str = "timestamp"
    by_time: bool = True


def recent(graph: Graph, listing: Listing, since: datetime, *, pages: int) -> list[RemotePost]:
    """Return all posts of a list made at or after ``since``, newest first.

    Raises ``TransientError`` rather than return only some of them.
    """
    since = since.replace(microsecond=0)  # the APIs' times are whole seconds
    query = {"fields": listing.fields, "limit": str(_PAGE)}
    if listing.by_time:
        # Whether what was made in that very second counts is not said.
        query["since"] = str(int(since.timestamp()) - 1)
    posts: list[RemotePost] = []
    for _ in range(pages):
        found, newest, cursor = graph.get(listing.path, lambda answer: _page(answer, listing), **query)
        posts += [post for post in found if post.created_at >= since]
        if cursor is None or (newest is not None and newest < since):
            return sorted(posts, key=lambda post: post.created_at, reverse=True)
        query["after"] = cursor
    raise TransientError(
        f"{graph.host}: more than {pages * _PAGE} posts since {since:%Y-%m-%d %H:%M} UTC, too many to look "
        "through"
    )


def time(iso: str) -> datetime:
    """Read a time such as "2026-11-18T12:00:00+0000"; raises ``TypeError`` where it is none."""
    try:
        when = datetime.fromisoformat(iso)
    except ValueError as error:
        raise TypeError("no time") from error
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)


def links(said: str) -> tuple[str, ...]:
    """Return the addresses in a text; the punctuation behind one is not its own."""
    return tuple(dict.fromkeys(_without_end(found) for found in _URL.findall(said)))


def _without_end(url: str) -> str:
    while url[-1] in _TRAILING and not (url[-1] == ")" and url.count("(") >= url.count(")")):
        url = url[:-1]
    return url


def _page(answer: Entity, listing: Listing) -> tuple[list[RemotePost], datetime | None, str | None]:
    """Return a page's posts, the time of its newest entry, which may be a pinned one, and the next page."""
    found = answer.get("data")
    if not isinstance(found, list):
        raise TypeError("no list")
    entries = [entity(one) for one in found]
    posts = [post for one in entries if (post := listing.read(one)) is not None]
    newest = max((time(text(one, listing.created)) for one in entries), default=None)
    paging = answer.get("paging")
    if not isinstance(paging, dict) or not paging.get("next"):
        return posts, newest, None
    return posts, newest, text(entity(paging.get("cursors")), "after")
