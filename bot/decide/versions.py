"""In which language an item is said on a channel: its own, a translation, or not at all for now.

A channel that speaks another language than an item waits for the translation. What has been published stays
in the language that it was published in: an edit is followed there, and never from one to the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.decide.gate import moment
from bot.model import OnEdit, Status
from bot.news.identity import translated_into
from bot.news.units import same_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.model import Delivery, Follower, Item, Translation

# How long a published translation is looked at again, in case it is mended.
LATELY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Lack:
    """There is no translation to publish: why, and until when it is waited for.

    ``ends`` tells that nothing else is ever published there; without it and ``until``, nobody can tell yet.
    """

    reason: str
    until: datetime | None = None
    ends: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """An item as a channel is to say it; with a ``lack``, the item as it is, which is not to go out."""

    item: Item
    lack: Lack | None = None


def version(
    item: Item, rows: Sequence[Delivery], follower: Follower, told: Mapping[str, Translation], now: datetime
) -> Version:
    """Return the item as ``follower`` is to say it; ``told`` are the translations of it, by language."""
    language = _wanted(item, rows, follower)
    if language is None:
        return Version(item=item)
    translation = told.get(language)
    if translation is not None and translation.item is not None:
        return Version(item=translation.item)
    lack = _lack(item, rows, follower, translation, now)
    if lack.until is not None and lack.until <= now and not _published(rows):
        return Version(item=item)
    return Version(item=item, lack=lack)


def _lack(
    item: Item,
    rows: Sequence[Delivery],
    follower: Follower,
    translation: Translation | None,
    now: datetime,
) -> Lack:
    if translation is None or not translation.told:
        asked = "has not been looked up" if translation is None else f"cannot be told: {translation.lack}"
        return Lack(reason=f"its translation {asked}")
    if follower.fallback is None:
        reason = f'{translation.lack}; it goes out in no other language here (fallback = "skip")'
        return Lack(reason=reason, ends=True)
    until = _begun(item, rows, now) + follower.fallback
    return Lack(reason=f"{translation.lack}; it goes out as it is at {moment(until)}", until=until)


def wants_translation(item: Item, rows: Sequence[Delivery], follower: Follower, now: datetime) -> str | None:
    """Return the language into which a translation of the item must be known to decide about it."""
    language = _wanted(item, rows, follower)
    statuses = {row.status for row in rows}
    if language is None or statuses - {Status.PENDING, Status.HELD, Status.SENT}:
        return None
    if statuses != {Status.SENT}:
        return language
    follows = follower.on_edit is OnEdit.EDIT and follower.capabilities.edit
    fresh = any(row.claimed_at is not None and row.claimed_at > now - LATELY for row in rows)
    return language if follows and fresh else None


def _wanted(item: Item, rows: Sequence[Delivery], follower: Follower) -> str | None:
    """Return the language into which the item is to be translated for the channel, ``None`` for its own.

    What the item says for itself goes first: ``lang=``, or a text for that very channel. What shares
    somebody's post says nothing.
    """
    asked = item.directives
    if asked.share is not None or follower.name in asked.texts or follower.network in asked.texts:
        return None
    if published := _published(rows):
        return translated_into(published[0].fingerprint)
    if follower.language is None or item.language is None or asked.language is not None:
        return None
    return None if same_language(item.language, follower.language) else follower.language


def _published(rows: Sequence[Delivery]) -> list[Delivery]:
    return [row for row in rows if row.status is Status.SENT]


def _begun(item: Item, rows: Sequence[Delivery], now: datetime) -> datetime:
    """Return since when the item waits; an edit of it does not begin the wait anew."""
    since = item.provenance.since if item.provenance is not None else now
    return min([since, *(row.created_at for row in rows)])
