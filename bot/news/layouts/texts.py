"""Items in running text: sections with a heading, and paragraphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.news.layouts.blocks import Form
from bot.news.layouts.entries import Entry, Group, sections

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.news.layouts.blocks import Block, Line


def headings(block: Block) -> Iterator[Group]:
    """Find one entry per section that has text, for each level of heading."""
    first = next((line for line in block.lines if line.form is not Form.BLANK), None)
    if first is None:
        return
    levels = sorted({line.level for line in block.lines if line.form is Form.HEADING})
    for level in levels:
        entries = tuple(_sections(block.lines, level))
        if entries:
            yield Group(
                layout="headings",
                place=(*block.place, f"level {level}"),
                under=(),
                entries=entries,
                opens_page=first.form is Form.HEADING,
            )


def _sections(lines: Sequence[Line], level: int) -> Iterator[Entry]:
    above: list[Line] = []
    title: Line | None = None
    body: list[Line] = []
    for line in (*lines, None):
        ends = line is None or line.form is Form.RULE or (line.form is Form.HEADING and line.level <= level)
        if not ends and line is not None:
            body.append(line)
            continue
        shown = [each for each in body if each.form not in {Form.BLANK, Form.TABLE}]
        if title and shown:
            yield Entry(
                start=title.start,
                end=shown[-1].end,
                code="\n".join(each.code for each in shown),
                label=title.code,
                under=tuple(heading.code for heading in above),
                listed=not any(each.form is Form.TEXT for each in shown),
            )
        body = []
        title = line if line and line.form is Form.HEADING and line.level == level else None
        if line and line.form is Form.HEADING and line.level < level:
            above = [*(heading for heading in above if heading.level < line.level), line]


def paragraphs(block: Block) -> Iterator[Group]:
    """Find one entry per paragraph."""
    for section in sections(block):
        entries: list[Entry] = []
        held: list[Line] = []
        for line in (*section.lines, None):
            if line and line.form is Form.TEXT:
                held.append(line)
                continue
            if held:
                code = "\n".join(each.code for each in held)
                entries.append(Entry(start=held[0].start, end=held[-1].end, code=code, under=section.under))
            held = []
        if entries:
            yield Group(layout="paragraphs", place=block.place, under=section.under, entries=tuple(entries))
