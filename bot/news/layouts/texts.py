"""Items in running text: sections with a heading, paragraphs, and the issues of a newsletter."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.news.layouts.blocks import Form
from bot.news.layouts.entries import Entry, Group, sections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.news.layouts.blocks import Block, Line

_POINTS = 3  # of a list that an issue begins with


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


def issue(block: Block, title: str, read: Callable[[str], str]) -> Iterator[Group]:
    """Find one entry: the page as a whole, called by its title, with its first words and a link to it.

    ``read`` gives the plain text of wikitext.
    """
    entry = None if block.place else _issue(block.lines, read, label=title, link=title)
    if entry:
        yield Group(layout="page", place=(), under=(), entries=(entry,))


def issues(block: Block, title: str, read: Callable[[str], str]) -> Iterator[Group]:
    """Find one entry per section of the highest level, with its first words and a link to it.

    ``read`` gives the plain text of wikitext, which of a heading is the section's anchor.
    """
    levels = [line.level for line in block.lines if line.form is Form.HEADING]
    if block.place or not levels:
        return
    entries: list[Entry] = []
    heading: Line | None = None
    body: list[Line] = []
    for line in (*block.lines, None):
        if line and not (line.form is Form.HEADING and line.level == min(levels)):
            body.append(line)
            continue
        if heading:
            link = f"{title}#{read(heading.code)}"
            found = _issue(body, read, label=heading.code, link=link)
            entries += [replace(found, start=heading.start)] if found else []
        heading, body = line, []
    if entries:
        yield Group(layout="sections", place=(), under=(), entries=tuple(entries), opens_page=True)


def _issue(lines: Sequence[Line], read: Callable[[str], str], *, label: str, link: str) -> Entry | None:
    """Return an entry of the first paragraph, or of the first few points where these come first."""
    told = [line for line in lines if line.form in {Form.TEXT, Form.LIST} and read(line.code)]
    if not told:
        return None
    code = told[0].code
    if told[0].form is Form.LIST:
        points = [line.code.strip() for line in told if len(line.marker) == 1]
        code = "; ".join(point.rstrip(".;") for point in points[:_POINTS]) or code
    return Entry(start=told[0].start, end=told[-1].end, code=code, label=label, link=link)
