"""Text with facets that stay where they belong, whatever is cut, replaced or put around it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.model import Facet

# One private character opens a facet, the next one closes it; cleaned text has none of them (see text.py).
_FIRST_MARK = 0xF0000
_MARK = regex.compile(r"[\U000F0000-\U0010FFFF]")


class Faceted(Protocol):
    """A text with facets, on its way (``Marked``) or ready to be sent (``Part``)."""

    @property
    def text(self) -> str:
        """What a reader sees."""
        ...

    @property
    def facets(self) -> tuple[Facet, ...]:
        """What ranges of it mean."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Marked:
    """A text and its facets. Every operation gives a new one."""

    text: str = ""
    facets: tuple[Facet, ...] = ()

    def __add__(self, more: str) -> Marked:
        return replace(self, text=self.text + more)

    def slice(self, start: int, end: int | None = None) -> Marked:
        """Return the piece from ``start`` to ``end``, with what it has of each facet."""
        end = len(self.text) if end is None else end
        facets = (
            replace(facet, start=max(facet.start, start) - start, end=min(facet.end, end) - start)
            for facet in self.facets
        )
        return Marked(text=self.text[start:end], facets=_not_empty(facets))

    def sub(
        self, pattern: regex.Pattern[str], new: str | Callable[[regex.Match[str]], str | Marked]
    ) -> Marked:
        """Return a text where each match is replaced: by the string ``new`` as it is, or by what it returns.

        A facet that covers a match covers what replaces it; one that begins or ends inside a match loses it.
        What replaces a match may bring facets of its own.
        """
        edits: list[_Edit] = []
        pieces: list[str] = []
        brought: list[Facet] = []
        at = length = 0
        for match in pattern.finditer(self.text):
            inserted = new if isinstance(new, str) else new(match)
            text = inserted if isinstance(inserted, str) else inserted.text
            if inserted != match[0]:
                pieces += self.text[at : match.start()], text
                length += match.start() - at
                if isinstance(inserted, Marked):
                    brought += (
                        replace(facet, start=facet.start + length, end=facet.end + length)
                        for facet in inserted.facets
                    )
                edits.append(_Edit(start=match.start(), end=match.end(), length=len(text)))
                at = match.end()
                length += len(text)
        if not edits:
            return self
        moved = (
            replace(facet, start=_moved_start(facet.start, edits), end=_moved_end(facet.end, edits))
            for facet in self.facets
        )
        return Marked(text="".join(pieces) + self.text[at:], facets=_not_empty([*moved, *brought]))

    def with_marks(self) -> str:
        """Return the text with a private character at each end of each facet; see ``from_marks``."""
        marks: list[tuple[int, bool, int]] = []
        for number, facet in enumerate(self.facets):
            marks += (facet.start, True, number), (facet.end, False, number)
        pieces: list[str] = []
        at = 0
        for position, opens, number in sorted(marks):
            pieces += self.text[at:position], chr(_FIRST_MARK + 2 * number + (not opens))
            at = position
        return "".join(pieces) + self.text[at:]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Edit:
    """``length`` characters stand where ``start`` to ``end`` was."""

    start: int
    end: int
    length: int

    @property
    def growth(self) -> int:
        return self.length - (self.end - self.start)


def from_marks(text: str, facets: Sequence[Facet]) -> Marked:
    """Return the text that ``with_marks`` wrote, after whatever a template did to it.

    ``facets`` are those of the marked text. One that lost an end is dropped; one that stands there twice is
    two.
    """
    found: list[Facet] = []
    open_at: dict[int, int] = {}
    pieces: list[str] = []
    length = at = 0
    for match in _MARK.finditer(text):
        pieces.append(text[at : match.start()])
        length += match.start() - at
        at = match.end()
        number, closes = divmod(ord(match[0]) - _FIRST_MARK, 2)
        if not closes:
            open_at[number] = length
        elif number in open_at and number < len(facets):
            found.append(replace(facets[number], start=open_at.pop(number), end=length))
    return Marked(text="".join(pieces) + text[at:], facets=_not_empty(found))


def _moved_start(position: int, edits: Sequence[_Edit]) -> int:
    shift = 0
    for edit in edits:
        if position >= edit.end:
            shift += edit.growth
        elif position <= edit.start:
            break
        else:
            return edit.start + edit.length + shift
    return position + shift


def _moved_end(position: int, edits: Sequence[_Edit]) -> int:
    shift = 0
    for edit in edits:
        if position <= edit.start:
            break
        if position < edit.end:
            return edit.start + shift
        shift += edit.growth
    return position + shift


def _not_empty(facets: Iterable[Facet]) -> tuple[Facet, ...]:
    return tuple(facet for facet in facets if facet.start < facet.end)
