"""Reads what a server of Mastodon's API answers; anything that is not what it should be raises ``TypeError``.

The shapes are those of https://docs.joinmastodon.org/entities/, of which other servers leave some out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.channels.mastodon_html import read_content
from bot.model import Limits, Receipt, RemotePost

Entity = Mapping[str, Any]


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
    return Receipt(remote_id=text(known, "id"), url=known.get("url") or known.get("uri"))


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


def limits(instance: Entity, usual: Limits) -> Limits:
    """Read the limits of either version of the instance entity; what is missing is as ``usual``."""
    configuration = _within(instance, "configuration")
    statuses = _within(configuration, "statuses")
    media = _within(configuration, "media_attachments")
    return Limits(
        text=_positive(statuses.get("max_characters"))
        or _positive(instance.get("max_toot_chars"))  # Pleroma
        or usual.text,
        url_weight=_positive(statuses.get("characters_reserved_per_url")) or usual.url_weight,
        media=_positive(statuses.get("max_media_attachments")) or usual.media,
        alt_text=_positive(media.get("description_limit")) or usual.alt_text,
    )


def account_warnings(account: Entity) -> tuple[str, ...]:
    """Say what about an account could stand in the way."""
    told = {
        "suspended": "the account is suspended",
        "limited": "the account is limited by the server's moderators: few will see its posts",
        "moved": "the account has moved to another one",
        "locked": "the account approves its followers by hand",
    }
    warnings = [words for key, words in told.items() if account.get(key)]
    if account.get("bot") is False:
        warnings.append("the account is not marked as automated; most servers ask that of a bot")
    return tuple(warnings)


def _within(found: Entity, key: str) -> Entity:
    value = found.get(key)
    return value if isinstance(value, dict) else {}


def _positive(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
