"""Reads what X's API v2 answers; anything that is not what it should be raises ``TypeError``.

The shapes are those of https://docs.x.com/x-api/fundamentals/data-dictionary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.model import Receipt, RemotePost

Entity = Mapping[str, Any]

# X writes these three, and no others, as HTML does; the ampersand is undone last.
_ESCAPED = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def data(answer: object) -> Entity:
    """Return the one object that an answer is about."""
    found = _object(answer).get("data")
    return _object(found)


def text(found: Entity, key: str) -> str:
    """Return a field that must be there and not be empty."""
    value = found.get(key)
    if not isinstance(value, str) or not value:
        raise TypeError(f"no {key}")
    return value


def receipt(post: Entity) -> Receipt:
    """Read a post's id; its address needs no user name, which would have to be asked for."""
    post_id = text(post, "id")
    return Receipt(remote_id=post_id, url=f"https://x.com/i/web/status/{post_id}")


def refusal(answer: object) -> str:
    """Return why nothing was done, which X may well say in a success: nothing but ``errors``; else ``""``."""
    whole = _object(answer)
    errors = whole.get("errors")
    if "data" in whole or not isinstance(errors, list):
        return ""
    return "; ".join(str(_object(error).get("detail") or _object(error).get("title")) for error in errors)


def page(answer: object) -> tuple[list[RemotePost], str | None]:
    """Read a page of posts, newest first, and the token of the next one; a page may well be empty."""
    whole = _object(answer)
    posts = whole.get("data", [])
    meta = _object(whole.get("meta"))
    if not isinstance(posts, list) or len(posts) != meta.get("result_count"):
        raise TypeError("not a list of posts, or not the whole")
    following = meta.get("next_token")
    return [_remote_post(_object(post)) for post in posts], text(meta, "next_token") if following else None


def processing(media: Entity) -> tuple[str, float]:
    """Return how far an upload is, and in how many seconds X wants to be asked again.

    ``"succeeded"`` where nothing is said: there is nothing to wait for
    (https://docs.x.com/x-api/media/quickstart/media-upload-chunked).
    """
    info = media.get("processing_info")
    if info is None:
        return "succeeded", 0
    state, seconds = text(_object(info), "state"), info.get("check_after_secs", 1)
    return state, float(seconds) if isinstance(seconds, int | float) else 1


def _remote_post(post: Entity) -> RemotePost:
    long = post.get("note_tweet")
    said = post if long is None else _object(long)
    urls = _urls(said)
    return RemotePost(
        receipt=receipt(post),
        text=_as_written(text(said, "text"), urls),
        created_at=_time(text(post, "created_at")),
        links=tuple(dict.fromkeys(text(url, "expanded_url") for url in urls if "media_key" not in url)),
    )


def _urls(said: Entity) -> Sequence[Entity]:
    found = _object(said.get("entities") or {}).get("urls") or []
    if not isinstance(found, list):
        raise TypeError("no list of URLs")
    return [_object(url) for url in found]


def _as_written(shown: str, urls: Sequence[Entity]) -> str:
    """Undo what X does to a text: HTML's escapes, links through t.co, one more of them for the pictures.

    The indices that come with each URL are not needed, for no two addresses of t.co are alike, and X's own
    documentation does not say whether they count the escaped text.
    """
    for escaped, char in _ESCAPED:
        shown = shown.replace(escaped, char)
    for url in urls:
        typed = "" if "media_key" in url else _typed(url)
        shown = shown.replace(text(url, "url"), typed)
    return shown.strip()


def _typed(url: Entity) -> str:
    """Return what the writer typed: an address, or a bare name of a host, of which X makes one."""
    expanded, display = text(url, "expanded_url"), url.get("display_url")
    bare = expanded.removeprefix("http://")
    return bare if bare == display and "/" not in bare else expanded


def _time(iso: str) -> datetime:
    try:
        when = datetime.fromisoformat(iso)
    except ValueError as error:
        raise TypeError("no time") from error
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)


def _object(value: object) -> Entity:
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value
