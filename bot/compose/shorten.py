"""Cuts a text where a reader would: to what fits into one part, or into several.

Both functions ask ``fits`` whether a piece will do, and take it that of two pieces with the same links and
hashtags the shorter one fits if the longer one does; with more of them a piece may fit better, since what
stands in the text need not be put after it. Where even that does not hold (a word cut short may look like a
link, which costs more), a piece is a little shorter than it might be, never longer.

A cut never falls inside a grapheme, a URL, a mention or a hashtag; nor inside the text of a link, unless the
text begins with a link that is too long for the room. A text is cut at white space, or between any two
characters of a script that is written without; at a grapheme where a word is so long that cutting in front of
it would waste more than half of the room.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import regex

from bot.compose.length import graphemes
from bot.compose.text import AT, HASH, TOKEN, urls
from bot.model import FacetKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.compose.marked import Marked

ELLIPSIS = "…"

_SIGNS = tuple(f"{AT}{HASH}$/")
_WHOLE = frozenset({FacetKind.LINK, FacetKind.MENTION, FacetKind.TAG})
# Scripts that are written without spaces between words, with their punctuation.
_UNSPACED = regex.compile(
    r"[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]"
)
_NEVER_FIRST = regex.compile(r"[\p{Pe}\p{Pf}\p{Po}\sー]")
_NEVER_LAST = regex.compile(r"[\p{Ps}\p{Pi}\s]")
_SENTENCE_END = regex.compile(r"[.!?…؟।][\p{Pe}\p{Pf}\"']*(?=\s)|[。\uFF01\uFF1F][\p{Pe}\p{Pf}]*|\S(?=\s*\n)")
# What looks lost in front of an ellipsis.
_LOOSE_ENDS = regex.compile(r"[\s\p{Ps}\p{Pd}\p{Pi},;:.…·/、。\uFF0C\uFF1A\uFF1B]")


def shorten(text: Marked, fits: Callable[[Marked], bool]) -> Marked | None:
    """Return ``text`` if it fits, else as much of it as fits with an ellipsis; ``None`` if nothing does."""
    if fits(text):
        return text
    places = _Places.of(text)
    end = places.longest((places.words, places.graphemes), lambda end: fits(_broken_off(text, end)))
    shorter = _broken_off(text, end)
    return shorter if shorter.text else None


def split(text: Marked, fits: Callable[[Marked, int], bool], *, most: int) -> list[Marked]:
    """Return ``text`` as at most ``most`` pieces, each of which fits at its place, counted from 0.

    Pieces end with a sentence, unless that would waste more than half of the room. What does not go into
    ``most`` pieces is left out, and the last piece ends with an ellipsis. The first piece is empty where
    nothing fits at its place.
    """
    pieces: list[Marked] = []
    start = begun = 0
    while start < len(text.text):
        number = len(pieces)
        rest = text.slice(start)
        if number == most - 1 or fits(rest, number):
            last = shorten(rest, partial(_fits_at, fits, number))
            return [*pieces, last] if last else pieces
        length = _sentences(rest, partial(_fits_at, fits, number))
        if not length and number:
            # What comes next is one thing too long for any part: the text breaks off before it.
            again = shorten(text.slice(begun), partial(_fits_at, fits, number - 1))
            return [*pieces[:-1], again] if again else pieces
        pieces.append(_stripped(rest, length))
        begun, start = start, start + length
        start += len(text.text[start:]) - len(text.text[start:].lstrip())
    return pieces


def _fits_at(fits: Callable[[Marked, int], bool], number: int, piece: Marked) -> bool:
    return fits(piece, number)


def _sentences(text: Marked, fits: Callable[[Marked], bool]) -> int:
    """Return the end of a piece of sentences, or else of words, or else of graphemes; 0 if nothing fits."""
    places = _Places.of(text)
    kinds = (places.sentences, places.words, places.graphemes)
    return places.longest(kinds, lambda end: fits(_stripped(text, end)))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Places:
    """Where a text may be cut: ends of pieces, in rising order."""

    sentences: Sequence[int]
    words: Sequence[int]
    graphemes: Sequence[int]
    inside_links: Sequence[int]
    seams: Sequence[int]

    @classmethod
    def of(cls, text: Marked) -> _Places:
        # A mention or a hashtag that is none because of what stands before it would be one at the beginning.
        ends = [end for end in _grapheme_ends(text.text) if text.text[end : end + 1] not in _SIGNS]
        tokens = [match.span() for match in TOKEN.finditer(text.text)]
        wholes = [(facet.start, facet.end) for facet in text.facets if facet.kind in _WHOLE]
        outside_tokens = _outside(ends, tokens)
        outside = _outside(outside_tokens, wholes)
        sentences = {match.end() for match in _SENTENCE_END.finditer(text.text)}
        return cls(
            sentences=[end for end in outside if end in sentences],
            words=[end for end in outside if _ends_word(text.text, end)],
            graphemes=outside,
            inside_links=outside_tokens,
            seams=sorted({0, *(end for _, end in (*tokens, *wholes))}),
        )

    def longest(self, kinds: Sequence[Sequence[int]], fits: Callable[[int], bool]) -> int:
        """Return the end of the longest piece that fits, of the first kind that wastes less than half.

        0 means that nothing fits.
        """
        most = self._last(kinds[-1], fits)
        if not most:
            return self._last(self.inside_links, fits)
        for ends in kinds:
            end = self._last(ends, fits)
            if 2 * end >= most:
                return end
        return most

    def _last(self, ends: Sequence[int], fits: Callable[[int], bool]) -> int:
        """Return the last of ``ends`` that fits, or 0: of those behind the last seam, else before it, ..."""
        high = len(ends)
        for seam in reversed(self.seams):
            low = bisect_left(ends, seam, hi=high)
            if end := _last_between(ends, low, high, fits):
                return end
            high = low
        return 0


def _last_between(ends: Sequence[int], low: int, high: int, fits: Callable[[int], bool]) -> int:
    """Return the last of ``ends[low:high]`` that fits, or 0.

    The search begins with the shortest, since counting takes time and most of a very long text is far beyond.
    """
    tried, step = low, 1
    while tried + step <= high and fits(ends[tried + step - 1]):
        tried, step = tried + step, 2 * step
    beyond = bisect_left(ends, x=True, lo=tried, hi=min(tried + step, high), key=lambda end: not fits(end))
    return ends[beyond - 1] if beyond > low else 0


def _grapheme_ends(text: str) -> list[int]:
    ends: list[int] = []
    end = 0
    for grapheme in graphemes(text):
        end += len(grapheme)
        ends.append(end)
    return ends


def _outside(ends: Sequence[int], ranges: Sequence[tuple[int, int]]) -> list[int]:
    """Return those of ``ends`` that are not inside any of the ``ranges``."""
    inside: set[int] = set()
    for start, end in ranges:
        inside.update(ends[bisect_right(ends, start) : bisect_left(ends, end)])
    return [end for end in ends if end not in inside]


def _ends_word(text: str, end: int) -> bool:
    """Tell whether a piece that ends at ``end`` ends with a whole word, of whatever script."""
    before, after = text[end - 1], text[end : end + 1]
    if not after or after.isspace():
        return not before.isspace()
    if _NEVER_LAST.match(before) or _NEVER_FIRST.match(after):
        return False
    return bool(_UNSPACED.match(before) or _UNSPACED.match(after))


def _stripped(text: Marked, end: int) -> Marked:
    """Return the piece up to ``end`` without white space behind it."""
    return text.slice(0, len(text.text[:end].rstrip()))


def _broken_off(text: Marked, end: int) -> Marked:
    """Return the piece up to ``end`` with an ellipsis, or nothing where nothing is left of it.

    White space keeps the ellipsis from becoming a part of a URL in front of it.
    """
    tokens = list(TOKEN.finditer(text.text, 0, end))
    floor = tokens[-1].end() if tokens else 0
    pieces = graphemes(text.text[:end])
    while end > floor and _LOOSE_ENDS.fullmatch(pieces[-1]):
        end -= len(pieces.pop())
    kept = text.slice(0, end)
    if not end:
        return kept
    joins = urls(kept.text + ELLIPSIS) != urls(kept.text)
    return kept + (f" {ELLIPSIS}" if joins else ELLIPSIS)
