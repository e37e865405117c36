"""Which network somebody's post is on, and what it is called there: read off its address, nobody is asked.

A post is shared by the network's own function, so only a channel on that very network can do it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

TITLES: Mapping[str, str] = {"mastodon": "Mastodon", "bluesky": "Bluesky", "x": "X"}
"""The networks whose posts can be told by their addresses."""

_X = re.compile(r"(?:(?:www|mobile|m)\.)?(?:x|twitter)\.com")
_ON_X = re.compile(r"/(?P<author>\w+|i/web)/status(?:es)?/(?P<id>[0-9]{1,19})(?:/.*)?")
_BLUESKY = re.compile(r"(?:www\.)?bsky\.app")
_ON_BLUESKY = re.compile(r"/profile/(?P<author>[\w.:%-]+)/post/(?P<id>[\w.:~-]+)")
_AT_URI = re.compile(
    r"at://([\w.:%-]+)/app\.bsky\.feed\.post/([\w.:~-]+)"
)  # https://atproto.com/specs/at-uri-scheme
# The addresses that the servers give their posts, for people (url) and for each other (uri).
_ON_THE_FEDIVERSE = tuple(
    re.compile(pattern)
    for pattern in (
        r"/@(?P<author>[^/@]+(?:@[^/@]+)?)/(?P<id>[0-9]+)",  # Mastodon
        r"/@(?P<author>[^/@]+)/statuses/(?P<id>\w+)",  # GoToSocial
        r"/(?:ap/)?users/(?P<author>[^/]+)/statuses/(?P<id>\w+)",  # Mastodon and GoToSocial
        r"(?P<author>)/notice/(?P<id>\w+)",  # Pleroma and Akkoma
        r"(?P<author>)/objects/(?P<id>[\w-]+)",  # the same
        r"(?P<author>)/notes/(?P<id>\w+)",  # Misskey and its kin
        r"/p/(?P<author>[^/]+)/(?P<id>[0-9]+)",  # Pixelfed
    )
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PostAddress:
    """Where a post is: its network, who wrote it (``""`` where the address does not tell), and its id."""

    network: str
    author: str
    id: str


def address_of(url: str) -> PostAddress | None:
    """Read a post's address; ``None`` where it is of no network whose posts are told by their addresses."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:  # "http://[": half an IPv6 address
        return None
    path = unquote(parts.path).rstrip("/")
    if parts.scheme not in {"http", "https"} or not host:
        return None
    if _X.fullmatch(host):
        return _read("x", _ON_X.fullmatch(path))
    if _BLUESKY.fullmatch(host):
        return _read("bluesky", _ON_BLUESKY.fullmatch(path))
    found = (pattern.fullmatch(path) for pattern in _ON_THE_FEDIVERSE)
    return _read("mastodon", next(filter(None, found), None))


def on_the_web(uri: str) -> str:
    """Return the web address of a post that is named by an ``at://`` URI; any other address as it is."""
    named = _AT_URI.fullmatch(uri)
    return f"https://bsky.app/profile/{named[1]}/post/{named[2]}" if named else uri


def _read(network: str, match: re.Match[str] | None) -> PostAddress | None:
    return None if match is None else PostAddress(network=network, author=match["author"], id=match["id"])
