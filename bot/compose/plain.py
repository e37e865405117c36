"""Plain text for networks that read it in ways of their own, and where its facets are in bytes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import regex

from bot.compose.text import HASH, absolute
from bot.model import FacetKind

if TYPE_CHECKING:
    from bot.compose.marked import Faceted
    from bot.model import Facet

_RESERVED = regex.compile(r"[\\|{}@\[\]()<>#*_~]")
_URN = regex.compile(r"urn:li:[A-Za-z]+:[A-Za-z0-9_-]+")


def to_little_text(text: Faceted) -> str:
    """Return ``text`` as LinkedIn's little text: its signs escaped, without which the rest would be lost.

    A hashtag is written as its template; a mention whose facet leads to an entity's URN as the mention of it.
    https://learn.microsoft.com/linkedin/marketing/community-management/shares/little-text-format
    """
    pieces: list[str] = []
    at = 0
    for facet in sorted(text.facets, key=lambda facet: facet.start):
        shown = text.text[facet.start : facet.end]
        if facet.start < at:
            continue
        if facet.kind is FacetKind.TAG and shown[:1] in HASH:
            element = rf"{{hashtag|\#|{_escaped(shown[1:])}}}"
        elif facet.kind is FacetKind.MENTION and _URN.fullmatch(facet.url or ""):
            element = f"@[{_escaped(shown)}]({facet.url})"
        else:
            continue
        pieces += _escaped(text.text[at : facet.start]), element
        at = facet.end
    return "".join(pieces) + _escaped(text.text[at:])


def to_footnotes(text: Faceted) -> str:
    """Return ``text`` with a number behind each linked word, and what the numbers lead to below it.

    A URL that stands in the text itself needs no number.
    """
    notes: dict[str, int] = {}
    pieces: list[str] = []
    at = 0
    for facet in sorted(text.facets, key=lambda facet: facet.end):
        url = absolute(facet.url)
        if facet.kind is FacetKind.LINK and url and text.text[facet.start : facet.end] != url:
            number = notes.setdefault(url, len(notes) + 1)
            pieces += text.text[at : facet.end], f" [{number}]"
            at = facet.end
    body = "".join(pieces) + text.text[at:]
    return (
        "\n\n".join([body, "\n".join(f"[{number}] {url}" for url, number in notes.items())])
        if notes
        else body
    )


def in_bytes(text: Faceted) -> tuple[Facet, ...]:
    """Return the facets with their ranges in bytes of UTF-8, as Bluesky counts them.

    https://docs.bsky.app/docs/advanced-guides/post-richtext
    """
    return tuple(
        replace(
            facet,
            start=len(text.text[: facet.start].encode()),
            end=len(text.text[: facet.end].encode()),
        )
        for facet in text.facets
    )


def _escaped(text: str) -> str:
    return _RESERVED.sub(r"\\\g<0>", text)
