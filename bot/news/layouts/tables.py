"""Items as rows of a table: a cell with a date, and cells with text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.news.layouts.blocks import Form
from bot.news.layouts.entries import Entry, Group, sections
from bot.news.layouts.nodes import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.news.layouts.blocks import Block
    from bot.news.layouts.reading import Reader
    from bot.news.layouts.scan import Node

_BETWEEN = " \N{EN DASH} "


def table_rows(block: Block, text: str, reader: Reader) -> Iterator[Group]:
    """Find one entry per row that has a date, or that stands below one whose date spans it."""
    for section in sections(block):
        for line in section.lines:
            node = line.pieces[0][1] if line.form is Form.TABLE else None
            entries = tuple(_rows(text, node, reader, section.under)) if node else ()
            if entries:
                place = (*block.place, "table")
                yield Group(layout="table", place=place, under=section.under, entries=entries)


def _rows(text: str, table: Node, reader: Reader, under: tuple[str, ...]) -> Iterator[Entry]:
    date, width = "", 0
    for row in rows(text, table):
        if all(cell.header for cell in row):
            continue
        codes = [text[cell.start : cell.end].strip() for cell in row]
        at = next((at for at, code in enumerate(codes) if reader.day(code)), None)
        if at is not None:
            date, width = codes[at], len(row)
        elif len(row) != width - 1:
            continue
        others = [code for place, code in enumerate(codes) if place != at]
        told = [code for code in others if reader.text(code)]
        pictures = [code for code in others if not reader.text(code)]
        yield Entry(
            start=row[0].start,
            end=row[-1].end,
            code=" ".join([*pictures, _BETWEEN.join(told)]),
            date=date,
            under=under,
        )
