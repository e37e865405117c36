"""Reads what a pod of diaspora* answers; anything that is not what it should be raises.

The shapes are those of lib/schemas/api_v1.json in https://github.com/diaspora/diaspora.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from requests import codes

from bot.channels.diaspora_client import NEEDED
from bot.model import Receipt, RemotePost

if TYPE_CHECKING:
    import requests

Entity = Mapping[str, Any]

# A pod takes a shorter one for the number of a post in its database.
GUID = re.compile(r"[\w-]{16,255}", re.ASCII)
_OWN = "StatusMessage"
# Some pods' times are whole seconds, and the next page is of what was made before the last that was shown:
# another of that same second would be passed over.
_OVERLAP = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A page of an account's posts, newest first: its own, and the ``guids`` of all, ours or reshared.

    ``oldest`` is when the last of all was made, ``following`` the query of the next page (``None``: there is
    none).
    """

    posts: tuple[RemotePost, ...]
    guids: frozenset[str]
    oldest: datetime | None
    following: Mapping[str, str] | None


def entity(answer: requests.Response) -> Entity:
    """Return the object that the answer holds."""
    found = answer.json()
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found


def nothing(answer: requests.Response) -> None:
    """Accept the answer to a deletion, which holds nothing."""
    if answer.status_code != codes.no_content:
        raise ValueError("not what a pod answers")


def guid(found: Entity) -> str:
    """Return an object's identifier."""
    value = found["guid"]
    if not isinstance(value, str) or not GUID.fullmatch(value):
        raise TypeError("no guid")
    return value


def receipt(post: Entity, server: str) -> Receipt:
    """Read the identifier of a post that is there: one that was never stored has no time."""
    _made_at(post)
    return Receipt(remote_id=guid(post), url=f"{server}/posts/{guid(post)}")


def page(answer: requests.Response, server: str) -> Page:
    """Read a page of posts, and from its ``Link`` where the next begins.

    https://diaspora.github.io/api-documentation/#pagination. Of the address only the query is used: behind a
    proxy a pod may take itself for another host.
    """
    posts = answer.json()
    if not isinstance(posts, list):
        raise TypeError("not a list")
    following = answer.links.get("next", {}).get("url")
    return Page(
        posts=tuple(_remote_post(post, server) for post in posts if post["post_type"] == _OWN),
        guids=frozenset(guid(post) for post in posts),
        oldest=_made_at(posts[-1]) if posts else None,
        following=_overlapping(dict(parse_qsl(urlsplit(following).query))) if following else None,
    )


def text(body: str) -> str:
    """Return the plain text of a post's Markdown."""
    shown, _ = _shown(body)
    return shown


def own_rights(held: frozenset[str], found: Mapping[str, bool | None]) -> tuple[list[str], list[str]]:
    """Return what rights a token lacks, and which it has beyond those needed.

    ``held`` are those that the pod told, if any; ``found`` says of some what asking for something has shown.
    """
    if held:
        return [scope for scope in NEEDED if scope not in held], sorted(held - set(NEEDED))
    missing = [scope for scope in NEEDED if found.get(scope) is False]
    return missing, sorted(scope for scope, has in found.items() if has and scope not in NEEDED)


def _overlapping(query: dict[str, str]) -> dict[str, str]:
    before = query.get("before")
    if before is not None:
        query["before"] = (_time(before) + _OVERLAP).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return query


def _remote_post(post: Entity, server: str) -> RemotePost:
    shown, links = _shown(str(post["body"]))
    return RemotePost(receipt=receipt(post, server), text=shown, created_at=_made_at(post), links=links)


def _shown(body: str) -> tuple[str, tuple[str, ...]]:
    """Return the text and the links; what reads Markdown is imported when there is some to read."""
    found: tuple[str, tuple[str, ...]] = import_module("bot.channels.diaspora_text").read_body(body)
    return found


def _made_at(post: Entity) -> datetime:
    return _time(str(post["created_at"]))


def _time(told: str) -> datetime:
    found = datetime.fromisoformat(told)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
