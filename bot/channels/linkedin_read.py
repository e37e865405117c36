"""Reads what LinkedIn answers; anything that is not what it should be raises ``TypeError`` or ``ValueError``.

https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.compose.text import URL, urls
from bot.model import Receipt, RemotePost

Entity = Mapping[str, Any]

_POST = re.compile(r"urn:li:(?:share|ugcPost):\d+")
_IMAGE = re.compile(r"urn:li:image:[\w-]+")
_LITTLE = re.compile(
    r"\\(?P<escaped>.)"
    r"|\{hashtag\|\\?(?P<sign>[#\uFF03])\|(?P<tag>(?:\\.|[^\\|{}])+)\}"
    r"|@\[(?P<name>(?:\\.|[^\\\]])*)\]\s?\(urn:li:[^()\s]+\)",
    re.DOTALL,
)
_UNSEEN = re.compile(r"[\u200b-\u200d\u2060\ufeff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A post that was read; ``is_ours_to_show`` tells that it is one of the page's own, for everybody.

    ``changed_at`` is when it was last edited, or made.
    """

    post: RemotePost
    author: str
    changed_at: datetime
    is_ours_to_show: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page of an author's posts and whether there are more behind it."""

    found: tuple[Found, ...]
    has_more: bool


def entity(value: object) -> Entity:
    """Return ``value``, which must be an object of the API."""
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value


def text(found: Entity, name: str) -> str:
    """Return what ``found`` has under ``name``, which must be there."""
    value = found[name]
    if not isinstance(value, str) or not value:
        raise TypeError(f"no {name}")
    return value


def receipt(urn: str) -> Receipt:
    """Return the receipt of the post with this URN."""
    if not _POST.fullmatch(urn):
        raise ValueError("not a post's URN")
    return Receipt(remote_id=urn, url=f"https://www.linkedin.com/feed/update/{urn}")


def is_post(urn: str) -> bool:
    """Tell whether this is a post's URN."""
    return bool(_POST.fullmatch(urn))


def page(value: object) -> Page:
    """Read one page of a finder's answer: https://linkedin.github.io/rest.li/spec/protocol#collectionmetadata."""
    answer = entity(value)
    elements, paging = answer["elements"], entity(answer.get("paging", {}))
    if not isinstance(elements, list):
        raise TypeError("no list of posts")
    links = paging.get("links") or []
    total, start = paging.get("total"), paging.get("start", 0)
    more = any(isinstance(link, dict) and link.get("rel") == "next" for link in links)
    more = more or (isinstance(total, int) and start + len(elements) < total)
    return Page(found=tuple(post(element) for element in elements), has_more=more and bool(elements))


def post(value: object) -> Found:
    """Read a post; its text is plain, and its links are those in the text and that of its card."""
    found = entity(value)
    said = plain(str(found.get("commentary") or ""))
    created_at = _time(found.get("publishedAt", found.get("createdAt")))
    changed = found.get("lastModifiedAt")
    card = _at(found, "content", "article", "source")
    links = dict.fromkeys([*urls(said), *([card] if isinstance(card, str) and card else [])])
    feed = _at(found, "distribution", "feedDistribution")
    return Found(
        post=RemotePost(
            receipt=receipt(text(found, "id")),
            text=said,
            created_at=created_at,
            links=tuple(links),
        ),
        author=text(found, "author"),
        changed_at=created_at if changed is None else max(created_at, _time(changed)),
        is_ours_to_show=(
            # One that is only requested yet will be there.
            found.get("lifecycleState") not in {"DRAFT", "PUBLISH_FAILED"}
            and feed != "NONE"
            and "reshareContext" not in found
        ),
    )


def plain(commentary: str) -> str:
    """Return what a reader sees of little text.

    https://learn.microsoft.com/linkedin/marketing/community-management/shares/little-text-format
    """
    return _LITTLE.sub(_shown, commentary)


def says(found: RemotePost, words: str, link: str | None) -> bool:
    """Tell whether a post says these words, or where there are none but links, leads to the same place.

    URLs do not count: LinkedIn puts shorter ones of its own in their place.
    """
    ours, theirs = _folded(words), _folded(found.text)
    return ours == theirs and (bool(ours) or link is None or link in found.links)


def uploading(value: object) -> tuple[str, str]:
    """Return where a picture is to be put, and what it will be called."""
    answer = entity(entity(value)["value"])
    urn = text(answer, "image")
    if not _IMAGE.fullmatch(urn):
        raise ValueError("not a picture's URN")
    return text(answer, "uploadUrl"), urn


def duplicate_of(value: object) -> str | None:
    """Return the post that an error names as the one which is there already, or ``None``."""
    error = value if isinstance(value, dict) else {}
    inputs = _at(error, "errorDetails", "inputErrors")
    codes = (
        {one.get("code") for one in inputs if isinstance(one, dict)} if isinstance(inputs, list) else set()
    )
    said = str(error.get("message") or "")
    named = _POST.search(said)
    return named[0] if named and ("DUPLICATE_POST" in codes or "duplicate" in said.lower()) else None


def _at(found: Entity, *names: str) -> object:
    value: object = found
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _time(milliseconds: object) -> datetime:
    if not isinstance(milliseconds, int) or isinstance(milliseconds, bool):
        raise TypeError("no time")
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _shown(match: re.Match[str]) -> str:
    if match["escaped"]:
        return match["escaped"]
    return match["sign"] + plain(match["tag"]) if match["tag"] else plain(match["name"])


def _folded(words: str) -> str:
    return " ".join(_UNSEEN.sub("", URL.sub("", words)).split()).casefold()
