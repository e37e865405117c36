"""What a layout finds: entries, in groups that stand together on the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.news.layouts.blocks import Form

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.news.layouts.blocks import Block, Line


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What may be an item: its wikitext, and where it stands in the source (with white space before it).

    ``label`` is the wikitext set apart from the text for a date or a title (a term, a heading); ``date`` that
    of a place for nothing but a date (a cell, a parameter). ``under`` are the headings above it, outermost
    first; ``fields`` the parameters of its template, by the names of directives; ``link`` the one for the
    main link.
    """

    start: int
    end: int
    code: str
    label: str = ""
    date: str = ""
    under: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    link: str = ""
    listed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Entries of one layout in one section. ``place`` is the block's, and what else tells this kind apart."""

    layout: str
    place: tuple[str, ...]
    under: tuple[str, ...]
    entries: tuple[Entry, ...]
    opens_page: bool = False  # nothing stands before the first of its headings


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """Lines with the headings above them, outermost first; a rule is an empty one above all others."""

    under: tuple[str, ...]
    lines: tuple[Line, ...]


def sections(block: Block) -> Iterator[Section]:
    """Divide a block at its headings and rules."""
    above: list[tuple[int, str]] = []
    held: list[Line] = []
    for line in block.lines:
        if line.form not in {Form.HEADING, Form.RULE}:
            held.append(line)
            continue
        yield Section(under=tuple(title for _, title in above), lines=tuple(held))
        held = []
        # What follows a rule is apart from what is above it: as under a heading that says nothing.
        above = [(level, title) for level, title in above if level < line.level]
        above.append((line.level, line.code))
    yield Section(under=tuple(title for _, title in above), lines=tuple(held))
