"""A part as HTML, for the channels and reports that show it so."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

import regex

from bot.compose.text import absolute
from bot.model import FacetKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Facet, Part

_PARAGRAPH = regex.compile(r"[^\n]+(?:\n[^\n]+)*")
_ELEMENTS = {FacetKind.BOLD: "b", FacetKind.ITALIC: "i"}


def to_html(part: Part) -> str:
    """Return ``part`` as a piece of HTML: paragraphs, line breaks, links, bold and italics, all else escaped.

    Only http(s) links become links; tags and mentions are left to the reader. Elements are properly nested
    whatever the facets overlap.
    """
    return "".join(f"<p>{_links(part, *match.span())}</p>" for match in _PARAGRAPH.finditer(part.text))


def _links(part: Part, start: int, end: int) -> str:
    """Return a paragraph, its links outermost, since one link must stay one element."""
    pieces: list[str] = []
    at = start
    for link in part.facets:
        left, right = max(link.start, at), min(link.end, end)
        if link.kind is FacetKind.LINK and left < right and absolute(link.url):
            inner = _emphasis(part, left, right)
            pieces += _emphasis(part, at, left), f'<a href="{escape(link.url or "")}">{inner}</a>'
            at = right
    return "".join(pieces) + _emphasis(part, at, end)


def _emphasis(part: Part, start: int, end: int) -> str:
    """Return the text from ``start`` to ``end``, cut up where the emphasis changes."""
    facets = [facet for facet in part.facets if facet.kind in _ELEMENTS]
    borders = {border for facet in facets for border in (facet.start, facet.end) if start < border < end}
    places = [start, *sorted(borders), end]
    return "".join(
        _element(part.text[left:right], [f for f in facets if f.start <= left and right <= f.end])
        for left, right in pairwise(places)
        if left < right
    )


def _element(text: str, facets: Sequence[Facet]) -> str:
    html = escape(text).replace("\n", "<br>")
    for name in sorted({_ELEMENTS[facet.kind] for facet in facets}, reverse=True):
        html = f"<{name}>{html}</{name}>"
    return html
