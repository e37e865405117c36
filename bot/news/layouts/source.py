"""What a page shows where it is transcluded, and which line each character of that came from.

The rules are MediaWiki's and Translate's:
https://www.mediawiki.org/wiki/Transclusion#Partial_transclusion and
https://www.mediawiki.org/wiki/Help:Extension:Translate/Page_translation_administration
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_RAW = ("nowiki", "pre", "syntaxhighlight", "source")  # inside these, no tag means anything
_TOKEN = re.compile(
    r"(?P<comment><!--)"
    rf"|<(?P<raw>{'|'.join(_RAW)})(?:\s[^<>]*)?>"
    r"|<(?P<close>/?)(?P<tag>noinclude|includeonly|onlyinclude)\s*>"
    r"|<translate(?:\s[^<>]*)?>\n?|\n?</translate\s*>|<languages\s*/?>\n?"
    r"|<tvar\s*\|[^<>]*>|<tvar(?:\s[^<>]*)?>|</tvar\s*>|</>",
    re.IGNORECASE,
)
_RAW_END = re.compile(rf"</({'|'.join(_RAW)})\s*>", re.IGNORECASE)
_UNIT = re.compile(r"<!--T:[^_/\n<>]+-->")
_NOTHING_SAID = re.compile(r"[\W_]*")


class Source:
    """The transcluded part of a page: ``text``, and ``line(offset)`` of it on the page itself."""

    def __init__(self, wikitext: str) -> None:
        kept = [piece for piece in _kept(wikitext) if piece.start < piece.end]
        self.text = "".join(wikitext[piece.start : piece.end] for piece in kept)
        self._origins = [piece.start for piece in kept]
        self._starts: list[int] = []
        position = 0
        for piece in kept:
            self._starts.append(position)
            position += piece.end - piece.start
        self._newlines = [match.start() for match in re.finditer("\n", wikitext)]

    def line(self, offset: int) -> int:
        """Return the line, from 1, of the page that the character at ``offset`` of ``text`` stands on."""
        if not self._starts:
            return 1
        part = max(0, bisect_right(self._starts, offset) - 1)
        origin = self._origins[part] + offset - self._starts[part]
        return bisect_right(self._newlines, origin - 1) + 1


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    only: bool  # inside an onlyinclude


def _kept(wikitext: str) -> Iterator[_Piece]:
    """Yield the stretches of the page that are transcluded, in order."""
    pieces = list(_pieces(wikitext))
    only = any(piece.only for piece in pieces)
    return (piece for piece in pieces if piece.only or not only)


def _pieces(wikitext: str) -> Iterator[_Piece]:
    """Yield all but noinclude parts and tags; what is not closed reaches to the end."""
    start, hidden, only = 0, False, False
    for cut, tag, closes in _cuts(wikitext):
        if not hidden:
            yield _Piece(start, cut.start, only)
        start = cut.stop
        if tag == "noinclude":
            hidden = not closes
        elif tag == "onlyinclude":
            if closes and not hidden:
                yield _Piece(start, start, only)  # an empty one counts too
            only = not closes
    if not hidden:
        yield _Piece(start, len(wikitext), only)


def _cuts(wikitext: str) -> Iterator[tuple[range, str, bool]]:
    """Yield what is cut out: where it stands, the name of a tag that hides something, whether it closes."""
    closers = {match[1].lower(): match.end() for match in _RAW_END.finditer(wikitext)}  # the last of each
    position = 0
    while token := _TOKEN.search(wikitext, position):
        position = token.end()
        if token["comment"]:
            end = wikitext.find("-->", position)
            position = len(wikitext) if end < 0 else end + len("-->")
            if _UNIT.fullmatch(wikitext, token.start(), position):
                # The marker itself is kept: it is an item's identity.
                yield range(position, position + _after_marker(wikitext, token.start(), position)), "", False
        elif token["raw"]:
            position = _raw_end(wikitext, token["raw"].lower(), position, closers)
        else:
            yield range(token.start(), token.end()), (token["tag"] or "").lower(), bool(token["close"])


def _after_marker(wikitext: str, start: int, end: int) -> int:
    """Return how many characters after a unit's marker go with it.

    Translate drops a newline or a space there, but not the newline after a heading; nor do we after a text.
    """
    follows = wikitext[end : end + 1]
    if follows == "\n":
        before = wikitext[wikitext.rfind("\n", 0, start) + 1 : start]
        return 1 if _NOTHING_SAID.fullmatch(re.sub(r"<[^<>]*>", "", before)) else 0
    return 1 if follows == " " else 0


def _raw_end(wikitext: str, name: str, position: int, closers: dict[str, int]) -> int:
    """Return where the raw tag that was opened ends; one that is not closed is text."""
    at = position
    while at < closers.get(name, 0):
        closing = _RAW_END.search(wikitext, at)
        if closing is None:
            break
        at = closing.end()
        if closing[1].lower() == name:
            return at
    return position
