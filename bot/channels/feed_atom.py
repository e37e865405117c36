"""The feed as Atom (RFC 4287)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from bot import __version__
from bot.channels.feed_state import content_html, permalink

if TYPE_CHECKING:
    from datetime import datetime

    from bot.channels.feed_state import Entry, Feed, Settings

GENERATOR = "Wikiherald"
# Everything that is not a Char of XML 1.0: https://www.w3.org/TR/xml/#charsets
_FORBIDDEN = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def allowed(text: str) -> str:
    """Return ``text`` without the characters that no XML document may hold."""
    return _FORBIDDEN.sub("", text)


def render(feed: Feed, settings: Settings) -> bytes:
    """Return the feed as an Atom document; the same feed gives the same bytes."""
    root = ET.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom"})
    if settings.language:
        root.set("xml:lang", settings.language)
    _add(root, "id", feed.id)
    _add(root, "title", settings.title)
    if settings.description:
        _add(root, "subtitle", settings.description)
    _add(root, "updated", _time(feed.updated))
    _add(ET.SubElement(root, "author"), "name", settings.title)
    _add(root, "generator", GENERATOR, version=__version__)
    if settings.url:
        _add(root, "link", rel="self", type="application/atom+xml", href=f"{settings.url}atom.xml")
        _add(root, "link", rel="alternate", type="text/html", href=settings.url)
    for entry in feed.entries:
        _add_entry(root, entry, settings.url)
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _add_entry(root: ET.Element, entry: Entry, url: str | None) -> None:
    element = ET.SubElement(root, "entry")
    if entry.language:
        element.set("xml:lang", entry.language)
    _add(element, "id", entry.id)
    _add(element, "title", entry.title)
    _add(element, "published", _time(entry.published))
    _add(element, "updated", _time(entry.updated))
    target = entry.link or permalink(entry, url)
    if target:
        _add(element, "link", rel="alternate", href=target)
    if entry.source:
        _add(element, "link", rel="via", href=entry.source)
    for one in entry.enclosures:
        href = (url or "") + one.path
        _add(element, "link", rel="enclosure", href=href, type=one.mime_type, length=str(one.size))
    if entry.content_warning:
        _add(element, "summary", entry.content_warning)
    _add(element, "content", content_html(entry, url), type="html")


def _add(parent: ET.Element, tag: str, content: str = "", /, **attributes: str) -> None:
    element = ET.SubElement(parent, tag, {name: allowed(value) for name, value in attributes.items()})
    element.text = allowed(content) or None


def _time(when: datetime) -> str:
    return when.isoformat(timespec="seconds").replace("+00:00", "Z")
