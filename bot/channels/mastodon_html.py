"""A status's HTML as the plain text it was written as, and the links in it.

Mastodon cuts a long link with CSS alone: the anchor's text, invisible pieces included, is the whole URL. The
markup is described at https://docs.joinmastodon.org/spec/activitypub/#sanitization.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_BLOCKS = frozenset({"p", "div", "blockquote", "pre", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6"})
_NOT_LINKS = frozenset({"mention", "hashtag"})


def read_content(html: str, mentions: Mapping[str, str] | None = None) -> tuple[str, tuple[str, ...]]:
    """Return the text of ``html`` and the URLs linked in it, without mentions and hashtags, in reading order.

    Characters are kept as they are, zero-width ones too; paragraphs are parted by an empty line. ``mentions``
    maps the URL of a mentioned account to its whole name (``user@host``), which the HTML shortens.
    """
    reader = _Reader(mentions or {})
    reader.feed(html)
    reader.close()
    return "".join(reader.pieces).strip("\n"), tuple(dict.fromkeys(reader.links))


class _Reader(HTMLParser):
    def __init__(self, mentions: Mapping[str, str]) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.links: list[str] = []
        self._mentions = mentions
        self._in_mention = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.pieces.append("\n")
        elif tag in _BLOCKS:
            self._part()
        elif tag == "a":
            self._open_link(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._in_mention = False
        elif tag in _BLOCKS:
            self._part()

    def handle_data(self, data: str) -> None:
        if not self._in_mention:
            self.pieces.append(data)

    def _open_link(self, attributes: dict[str, str | None]) -> None:
        url = attributes.get("href") or ""
        if _NOT_LINKS.isdisjoint((attributes.get("class") or "").split()):
            if url:
                self.links.append(url)
        elif url in self._mentions:
            self.pieces.append("@" + self._mentions[url])
            self._in_mention = True

    def _part(self) -> None:
        if self.pieces and self.pieces[-1] != "\n\n":
            self.pieces.append("\n\n")
