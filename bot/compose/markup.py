"""A part as the HTML that feeds, reports and Matrix show, and as Telegram's."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

import regex

from bot.compose.text import absolute
from bot.model import FacetKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.compose.marked import Faceted
    from bot.model import Facet

    Writer = Callable[[str], str]

_PARAGRAPH = regex.compile(r"[^\n]+(?:\n[^\n]+)*")
_LINKED = {FacetKind.LINK, FacetKind.MENTION}
_ELEMENTS = {FacetKind.BOLD: "b", FacetKind.ITALIC: "i"}


def to_html(part: Faceted) -> str:
    """Return ``part`` as a piece of HTML: paragraphs, line breaks, links, bold and italics, all else escaped.

    Only http(s) URLs become links; tags, and mentions without one, are left to the reader. Elements are
    properly nested whatever the facets overlap.
    """
    paragraphs = _PARAGRAPH.finditer(part.text)
    return "".join(f"<p>{_links(part, *match.span(), _with_breaks)}</p>" for match in paragraphs)


def to_telegram_html(part: Faceted) -> str:
    """Return ``part`` as Telegram's parse mode HTML: links, bold and italics; white space counts there.

    https://core.telegram.org/bots/api#html-style
    """
    return _links(part, 0, len(part.text), _bare)


def _with_breaks(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _bare(text: str) -> str:
    return escape(text, quote=False)


def _links(part: Faceted, start: int, end: int, write: Writer) -> str:
    """Return a range of the text, its links outermost, since one link must stay one element."""
    pieces: list[str] = []
    at = start
    for link in part.facets:
        left, right = max(link.start, at), min(link.end, end)
        if link.kind in _LINKED and left < right and absolute(link.url):
            inner = _emphasis(part, left, right, write)
            pieces += _emphasis(part, at, left, write), f'<a href="{escape(link.url or "")}">{inner}</a>'
            at = right
    return "".join(pieces) + _emphasis(part, at, end, write)


def _emphasis(part: Faceted, start: int, end: int, write: Writer) -> str:
    """Return the text from ``start`` to ``end``, cut up where the emphasis changes."""
    facets = [facet for facet in part.facets if facet.kind in _ELEMENTS]
    borders = {border for facet in facets for border in (facet.start, facet.end) if start < border < end}
    places = [start, *sorted(borders), end]
    return "".join(
        _element(write(part.text[left:right]), [f for f in facets if f.start <= left and right <= f.end])
        for left, right in pairwise(places)
        if left < right
    )


def _element(html: str, facets: Sequence[Facet]) -> str:
    for name in sorted({_ELEMENTS[facet.kind] for facet in facets}, reverse=True):
        html = f"<{name}>{html}</{name}>"
    return html
