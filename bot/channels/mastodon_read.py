"""Reads what a server of Mastodon's API answers; anything that is not what it should be raises ``TypeError``.

The shapes are those of https://docs.joinmastodon.org/entities/, of which other servers leave some out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from bot.channels.mastodon_html import read_content
from bot.model import Limits, Receipt, RemotePost, Shareable
from bot.news.sharing import address_of

Entity = Mapping[str, Any]

_NEEDED = ("read:accounts", "read:statuses", "write:media", "write:statuses")
_FOR_SHARING = "read:search"
# Mastodon's words and Pleroma's.
_RIGHTS = re.compile(r"\bscopes?\b|insufficient permissions", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Statuses of a time-line, newest first: the account's own, and the ``last`` of all, ours or not."""

    posts: tuple[RemotePost, ...]
    last: RemotePost | None


def entity(value: object) -> Entity:
    """Return ``value``, which must be an object of the API."""
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value


def entities(value: object) -> Sequence[Entity]:
    """Return ``value``, which must be a list of objects of the API."""
    if not isinstance(value, list):
        raise TypeError("not a list")
    return [entity(one) for one in value]


def text(found: Entity, key: str, *, may_be_empty: bool = False) -> str:
    """Return a field that must be there, as text; an id may be a number on old servers."""
    value = found.get(key)
    if not isinstance(value, str | int) or (value == "" and not may_be_empty):
        raise TypeError(f"no {key}")
    return str(value)


def receipt(status: object) -> Receipt:
    """Read the id and the address of a status."""
    known = entity(status)
    addresses = (known.get("url"), known.get("uri"))
    url = next((address for address in addresses if address and isinstance(address, str)), None)
    return Receipt(remote_id=text(known, "id"), url=url)


def remote_post(status: Entity) -> RemotePost:
    """Read a status; a content warning is no part of its text, nor is it of a part's."""
    made = status.get("created_at")
    if not isinstance(made, datetime):
        raise TypeError("a status without a time")
    mentions = {str(account.get("url")): str(account.get("acct")) for account in status.get("mentions") or ()}
    content, links = read_content(text(status, "content", may_be_empty=True), mentions)
    return RemotePost(
        receipt=receipt(status),
        text=content,
        created_at=made.astimezone(UTC) if made.tzinfo else made.replace(tzinfo=UTC),
        links=links,
    )


def page(statuses: object) -> Page:
    """Read a page of a time-line; not every server leaves the boosts out when it is asked to."""
    found = entities(statuses)
    return Page(
        posts=tuple(remote_post(status) for status in found if not status.get("reblog")),
        last=remote_post(found[-1]) if found else None,
    )


def shareable(results: object, url: str, *, server: str) -> Shareable | None:
    """Return what a search for the post at ``url`` has found; ``None`` where that post is not among it.

    A server that cannot fetch a post may look for posts that name it instead.
    """
    for status in entities(entity(results).get("statuses")):
        if not _is_at(status, url, server):
            continue
        post = entity(status.get("reblog") or status)
        shared, post_id = post.get("reblogged"), text(post, "id")
        receipt = Receipt(remote_id=post_id, url=url) if shared is True else None
        return Shareable(id=post_id, receipt=receipt, looked=isinstance(shared, bool))
    return None


def is_about_rights(words: str) -> bool:
    """Tell whether a refusal is about what the token may do, and not about the token."""
    return bool(_RIGHTS.search(words))


def is_finished(upload: Entity) -> bool:
    """Tell whether an upload can be posted: until it is processed, it has no address.

    https://docs.joinmastodon.org/methods/media/#v2; Pleroma answers 202 all the same when it is done.
    """
    return bool(upload.get("url"))


def host(instance: Entity, account: Entity) -> str:
    """Return the name of a server, which is an address in what some servers say of themselves."""
    told = instance.get("domain") or instance.get("uri") or account.get("url")
    return urlsplit(str(told)).netloc or str(told)


def limits(instance: Entity, usual: Limits) -> Limits:
    """Read the limits of either version of the instance entity; what is missing is as ``usual``.

    Pleroma and its kin, which say so in their version, count an address as long as it is.
    """
    version = instance.get("version")
    whole = isinstance(version, str) and "(compatible; " in version
    configuration = _within(instance, "configuration")
    statuses = _within(configuration, "statuses")
    media = _within(configuration, "media_attachments")
    return Limits(
        text=_positive(statuses.get("max_characters"))
        or _positive(instance.get("max_toot_chars"))  # Pleroma
        or usual.text,
        url_weight=_positive(statuses.get("characters_reserved_per_url"))
        or (None if whole else usual.url_weight),
        media=_positive(statuses.get("max_media_attachments")) or usual.media,
        media_bytes=_positive(media.get("image_size_limit")) or usual.media_bytes,
        media_pixels=_positive(media.get("image_matrix_limit")) or usual.media_pixels,
        media_types=_taken(media.get("supported_mime_types"), usual) or usual.media_types,
        alt_text=_positive(media.get("description_limit"))
        or _positive(instance.get("description_limit"))  # Pleroma
        or usual.alt_text,
    )


def _taken(told: object, usual: Limits) -> tuple[str, ...]:
    """Return which pictures the server takes, of those that we have."""
    return tuple(kind for kind in usual.media_types if kind in told) if isinstance(told, list) else ()


def account_warnings(account: Entity) -> tuple[str, ...]:
    """Say what about an account is perhaps not meant."""
    told = {
        "limited": "the account is limited by the server's moderators: few will see its posts",
        "moved": "the account has moved to another one",
        "locked": "the account approves its followers by hand",
    }
    warnings = [words for key, words in told.items() if account.get(key)]
    if account.get("bot") is False:
        warnings.append("the account is not marked as automated; most servers ask that of a bot")
    return tuple(warnings)


def account_obstacles(account: Entity) -> tuple[str, ...]:
    """Say what about an account keeps it from posting."""
    return ("the account is suspended",) if account.get("suspended") else ()


def rights(scopes: object) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return notes and obstacles: the rights that a token has, and those that it lacks.

    ``scopes`` are those of its application, where the server tells.
    """
    if not isinstance(scopes, list):
        return (), ()
    held = {str(scope) for scope in scopes}
    missing = [scope for scope in _NEEDED if held.isdisjoint({scope, scope.partition(":")[0]})]
    enough = (*_NEEDED, _FOR_SHARING)
    more = "" if held <= set(enough) else f"; {', '.join(enough)} would do"
    notes = [f"the token has the rights {', '.join(sorted(held))}{more}"]
    if held.isdisjoint({_FOR_SHARING, "read"}):
        notes.insert(
            0, f"without the right {_FOR_SHARING}, posts of others cannot be shared there (share=...)"
        )
    return tuple(notes), (f"the token lacks {', '.join(missing)}",) if missing else ()


def _is_at(status: Entity, url: str, server: str) -> bool:
    """Tell whether a status is the post at ``url``: on its own server, or as our ``server`` shows it."""
    wanted, host = address_of(url), urlsplit(url).hostname
    if wanted is None:
        return False
    known = [urlsplit(str(status.get(key) or "")) for key in ("url", "uri")]
    its_own = any(one.hostname == host and one.path.rpartition("/")[2] == wanted.id for one in known)
    return its_own or (host == urlsplit(server).hostname and text(status, "id") == wanted.id)


def _within(found: Entity, key: str) -> Entity:
    value = found.get(key)
    return value if isinstance(value, dict) else {}


def _positive(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
