"""What a feed is: its entries, and the JSON Feed that is both published and read back as the feed's memory.

JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/) lets a writer add objects of its own under a name with
an underscore; ours hold what a later run must know and no reader shows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import escape
from typing import Any

from bot.errors import HeraldError

VERSION = 1  # of what stands under _OURS; a newer one is not touched
_OURS = "_wikiherald"
_FORMAT = "https://jsonfeed.org/version/1.1"
_REMEMBERED = 1000  # keys of entries that have left the feed
_PICTURES = "<figure>"  # begins what follows the text in an entry's HTML


class NotOurFeedError(HeraldError):
    """A feed.json that this program did not write, or that is damaged; the text says which."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """How the feed presents itself; ``url`` is the folder's public address and ends with a slash."""

    title: str
    description: str | None = None
    url: str | None = None
    language: str | None = None
    most: int = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Enclosure:
    """A file beside the feed: its path from there, its size in bytes, and its alt text."""

    path: str
    mime_type: str
    size: int
    alt: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One entry. ``id`` never changes; ``made`` is when we wrote it first, ``published`` the news's own date.

    ``html`` is the text's, without the enclosures; ``source`` is where the wiki shows what it comes from.
    """

    key: str
    id: str
    anchor: str
    made: datetime
    updated: datetime
    published: datetime
    title: str
    text: str
    html: str
    link: str | None = None
    links: tuple[str, ...] = ()
    content_warning: str | None = None
    language: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    source: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """The feed as a whole, newest entry first; ``dropped`` are the keys of entries there is no room for."""

    id: str
    updated: datetime
    entries: tuple[Entry, ...] = ()
    dropped: tuple[str, ...] = field(default=(), repr=False)

    def with_new(self, entry: Entry, most: int) -> Feed:
        """Return the feed with ``entry`` on top and at most ``most`` entries."""
        entries = (entry, *self.entries)
        gone = tuple(old.key for old in entries[most:])
        return replace(
            self,
            entries=entries[:most],
            updated=entry.made,
            dropped=(*gone, *self.dropped)[:_REMEMBERED],
        )

    def with_changed(self, entry: Entry) -> Feed:
        """Return the feed with ``entry`` in the place of the one with its id."""
        entries = tuple(entry if old.id == entry.id else old for old in self.entries)
        return replace(self, entries=entries, updated=entry.updated)

    def without(self, gone: Entry, now: datetime) -> Feed:
        """Return the feed without ``gone``."""
        return replace(self, entries=tuple(old for old in self.entries if old.id != gone.id), updated=now)


def content_html(entry: Entry, url: str | None) -> str:
    """Return the entry's HTML with its pictures; the only part that depends on where the feed lies."""
    return entry.html + "".join(
        f'{_PICTURES}<img src="{escape((url or "") + one.path)}" alt="{escape(one.alt)}"></figure>'
        for one in entry.enclosures
    )


def permalink(entry: Entry, url: str | None) -> str | None:
    """Return where on the public page the entry stands, if there is a public page."""
    return f"{url}#{entry.anchor}" if url else None


def dump(feed: Feed, settings: Settings) -> bytes:
    """Return the feed as a JSON Feed; the same feed gives the same bytes."""
    document = {
        "version": _FORMAT,
        "title": settings.title,
        "home_page_url": settings.url,
        "feed_url": f"{settings.url}feed.json" if settings.url else None,
        "description": settings.description,
        "language": settings.language,
        "authors": [_present({"name": settings.title, "url": settings.url})],
        _OURS: {
            "version": VERSION,
            "id": feed.id,
            "updated": feed.updated.isoformat(),
            "dropped": list(feed.dropped),
        },
        "items": [_dump_entry(entry, settings.url) for entry in feed.entries],
    }
    return (json.dumps(_present(document), ensure_ascii=False, indent=1) + "\n").encode()


def load(content: bytes) -> Feed:
    """Return the feed that ``dump`` wrote; raises ``NotOurFeedError``."""
    try:
        document = json.loads(content)
        ours = document[_OURS]
        version = int(ours["version"])
    except (ValueError, KeyError, TypeError) as error:
        raise NotOurFeedError("it is damaged or was not written by this program") from error
    if version > VERSION:
        raise NotOurFeedError(f"it was written by a newer release (version {version}, known is {VERSION})")
    try:
        return Feed(
            id=ours["id"],
            updated=_time(ours["updated"]),
            entries=tuple(_load_entry(item) for item in document["items"]),
            dropped=tuple(ours["dropped"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotOurFeedError("it is damaged") from error


def _dump_entry(entry: Entry, url: str | None) -> dict[str, Any]:
    attachments = [
        _present(
            {
                "url": (url or "") + one.path,
                "mime_type": one.mime_type,
                "title": one.alt,
                "size_in_bytes": one.size,
            }
        )
        for one in entry.enclosures
    ]
    return _present(
        {
            "id": entry.id,
            "url": permalink(entry, url),
            "external_url": entry.link,
            "title": entry.title,
            "content_html": content_html(entry, url),
            "content_text": entry.text,
            "summary": entry.content_warning,
            "date_published": entry.published.isoformat(),
            "date_modified": entry.updated.isoformat(),
            "language": entry.language,
            "attachments": attachments or None,
            _OURS: _present(
                {
                    "key": entry.key,
                    "anchor": entry.anchor,
                    "made": entry.made.isoformat(),
                    "links": list(entry.links),
                    "files": [one.path for one in entry.enclosures],
                    "source": entry.source,
                }
            ),
        }
    )


def _load_entry(item: dict[str, Any]) -> Entry:
    ours = item[_OURS]
    return Entry(
        key=ours["key"],
        id=item["id"],
        anchor=ours["anchor"],
        made=_time(ours["made"]),
        updated=_time(item["date_modified"]),
        published=_time(item["date_published"]),
        title=item["title"],
        text=item["content_text"],
        html=item["content_html"].partition(_PICTURES)[0],
        link=item.get("external_url"),
        links=tuple(ours["links"]),
        content_warning=item.get("summary"),
        language=item.get("language"),
        enclosures=tuple(
            Enclosure(
                path=path,
                mime_type=attachment["mime_type"],
                size=attachment["size_in_bytes"],
                alt=attachment["title"],
            )
            for path, attachment in zip(ours["files"], item.get("attachments", ()), strict=True)
        ),
        source=ours.get("source"),
    )


def _present(found: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if value is not None}


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
