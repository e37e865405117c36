"""A text as Slack's mrkdwn (https://docs.slack.dev/messaging/formatting-message-text).

Only ``&``, ``<`` and ``>`` can be escaped. Other signs are kept from meaning something by what stands beside
them: ``*``, ``_`` and ``~`` are markup only where there is white space on one side and none on the other, and
a zero-width space, which nobody sees, is white space for Slack.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import regex

from bot.compose.text import absolute
from bot.model import FacetKind

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.compose.marked import Faceted

APART = "\u200b"  # ZERO WIDTH SPACE

_NATIVE_MENTION = regex.compile(r"<@[A-Z0-9]+>")
# Between two letters, as in snake_case, it is no markup; a quotation begins a line.
_SIGN = regex.compile(r"(?<!\w)[*_~]|[*_~](?!\w)|^>", regex.MULTILINE)
# One line, with no sign at its ends that would be kept apart from what is to be emphasis.
_EMPHASISABLE = regex.compile(r"(?![*_~>])[^\n]+(?<![*_~])")
_CONTROL = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_OF_URLS = {"|": "%7C", "&": "&amp;"}
_EMPHASIS = {FacetKind.BOLD: "*", FacetKind.ITALIC: "_"}


def to_mrkdwn(text: Faceted) -> str:
    """Return ``text`` with its links and its emphasis; nothing else in it means anything to Slack.

    It is for a text object that is ``verbatim``, in which Slack looks for no links of its own. Mentions are
    those that were meant: ``<@U012AB3CD>`` in a text is none.
    """
    pieces: list[str] = []
    at = 0
    for facet in text.facets:
        url = absolute(facet.url)
        shown = text.text[facet.start : facet.end]
        if facet.start < at:
            continue
        if facet.kind is FacetKind.MENTION and _NATIVE_MENTION.fullmatch(shown):
            element = shown
        elif facet.kind is FacetKind.LINK and url:
            looks = _looks(text, facet.start, facet.end)
            element = _in(_link(url, shown), looks, text.text, (facet.start, facet.end))
        else:
            continue
        pieces += _emphasised(text, at, facet.start), element
        at = facet.end
    return "".join(pieces) + _emphasised(text, at, len(text.text))


def _link(url: str, shown: str) -> str:
    """Return a link; its words cannot hold the sign that ends the address."""
    address = "".join(_OF_URLS.get(sign, sign) for sign in url)
    words = " ".join(shown.split()).replace("|", "\u00a6") if shown != url else ""
    return f"<{address}|{_controlled(words)}>" if words else f"<{address}>"


def _emphasised(text: Faceted, start: int, end: int) -> str:
    """Return the text from ``start`` to ``end``, cut up where its emphasis changes."""
    ends = {border for facet in text.facets if facet.kind in _EMPHASIS for border in (facet.start, facet.end)}
    places = [start, *sorted(border for border in ends if start < border < end), end]
    pieces = []
    for left, right in pairwise(places):
        inner = text.text[left:right]
        core = inner.strip()
        looks = _looks(text, left, right)
        if not looks or not _EMPHASISABLE.fullmatch(core):
            pieces.append(_literal(inner))
            continue
        begin = left + len(inner) - len(inner.lstrip())
        stop = begin + len(core)
        pieces += (
            text.text[left:begin],
            _in(_literal(core), looks, text.text, (begin, stop)),
            text.text[stop:right],
        )
    return "".join(pieces)


def _looks(text: Faceted, start: int, end: int) -> list[str]:
    """Return the signs of what a range of the text looks like as a whole."""
    kinds = {facet.kind for facet in text.facets if facet.start <= start and end <= facet.end}
    return [sign for kind, sign in _EMPHASIS.items() if kind in kinds]


def _in(inner: str, looks: Collection[str], whole: str, place: tuple[int, int]) -> str:
    """Return ``inner`` between the signs of its looks, apart from what touches it in the ``whole`` text."""
    if not looks:
        return inner
    start, end = place
    for sign in looks:
        inner = f"{sign}{inner}{sign}"
    before = APART if whole[start - 1 : start].strip() else ""
    behind = APART if whole[end : end + 1].strip() else ""
    return f"{before}{inner}{behind}"


def _literal(text: str) -> str:
    """Return ``text`` with nothing in it that Slack would take for markup."""
    return _controlled(_SIGN.sub(rf"{APART}\g<0>{APART}", text))


def _controlled(text: str) -> str:
    return "".join(_CONTROL.get(sign, sign) for sign in text)
