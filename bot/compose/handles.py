"""Accounts on the networks: how each writes them, and how a mention of one is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from bot.compose.marked import Marked
from bot.model import Facet, FacetKind

if TYPE_CHECKING:
    from collections.abc import Mapping

_HOST = r"(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,}"
_LINKEDIN = regex.compile(r"@\[(?P<name>[^\[\]()]+)\]\((?P<urn>urn:li:(?:organization|person):[\w-]+)\)")
_NO_MENTION = frozenset({"email", "facebook", "feed", "irc"})

# What an account looks like, and how that is said to a person.
_HANDLES: Mapping[str, tuple[regex.Pattern[str], str]] = {
    network: (regex.compile(pattern, regex.IGNORECASE), example)
    for network, pattern, example in (
        ("bluesky", r"@?(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*[a-z0-9]", "@name.bsky.social"),
        ("diaspora", rf"@?[a-z0-9_.-]+@{_HOST}(?::\d+)?", "name@pod.example"),
        ("discord", r"<@[!&]?\d+>", "<@1234567890>, or <@&1234567890> for a role"),
        ("instagram", r"@?[a-z0-9_](?:[a-z0-9_.]{0,28}[a-z0-9_])?", "@name"),
        ("linkedin", _LINKEDIN.pattern, "@[Name](urn:li:organization:1234)"),
        ("mastodon", rf"@?[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?(?:@{_HOST})?", "@name@server.example"),
        ("matrix", rf"@[^\s:@]+:{_HOST}(?::\d+)?", "@name:server.example"),
        ("slack", r"<@[A-Z0-9]+>", "<@U12345678>"),
        ("telegram", r"@?[a-z][a-z0-9_]{3,31}", "@name, of 4 to 32 letters, digits and _"),
        ("threads", r"@?[a-z0-9_](?:[a-z0-9_.]{0,28}[a-z0-9_])?", "@name"),
        ("x", r"@?[a-z0-9_]{1,15}", "@name, of at most 15 letters, digits and _"),
    )
}


def check_handle(network: str, handle: str) -> str | None:
    """Return what is wrong with ``handle`` as an account on ``network``, or ``None`` if nothing is."""
    pattern, example = _HANDLES.get(network, (None, ""))
    if pattern is None or pattern.fullmatch(handle):
        return None
    return f"is no account on {network}, where one is written {example}"


def mention(network: str, handle: str) -> Marked:
    """Return what is written to mention the account; where a network has no mentions, its name.

    The facet's URL is what the network needs besides the text: LinkedIn the URN, Matrix a link.
    """
    if network in _NO_MENTION:
        return Marked(text=handle)
    url = None
    text = handle if handle.startswith(("@", "<")) else f"@{handle}"
    if network == "linkedin" and (match := _LINKEDIN.fullmatch(handle)):
        text, url = match["name"], match["urn"]
    elif network == "matrix":
        url = f"https://matrix.to/#/{text}"
    return Marked(text=text, facets=(Facet(start=0, end=len(text), kind=FacetKind.MENTION, url=url),))
