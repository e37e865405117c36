"""Finds where the items stand on a page: one module per layout, and the choice between what they find.

Nothing here knows any page, any template or any language: see ``choose`` for what tells news from the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.news.layouts.blocks import blocks
from bot.news.layouts.calls import Wanted, series, templates
from bot.news.layouts.choose import Candidate, choose
from bot.news.layouts.lists import bullets, definitions
from bot.news.layouts.scan import scan
from bot.news.layouts.tables import table_rows
from bot.news.layouts.texts import headings, paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.news.layouts.entries import Group
    from bot.news.layouts.reading import Reader

__all__ = ["LAYOUTS", "Wanted", "find"]

LAYOUTS: tuple[str, ...] = (
    "auto",
    "bullets",
    "definitions",
    "table",
    "templates",
    "arguments",
    "headings",
    "paragraphs",
)


def find(text: str, reader: Reader, *, layout: str, wanted: Wanted) -> Candidate | None:
    """Return the readings that are the news in ``text``, which is a ``Source``'s, or ``None``.

    A ``wanted`` template says what the layout is.
    """
    if wanted.template is not None and layout not in {"templates", "arguments"}:
        layout = "templates" if wanted.fields else "auto"
    named = layout != "auto" or wanted.template is not None
    return choose(_groups(text, reader, wanted), reader, layout=layout, named=named)


def _groups(text: str, reader: Reader, wanted: Wanted) -> Iterator[Group]:
    for block in blocks(text, scan(text)):
        if wanted.template is None:
            yield from bullets(block, lambda code: reader.day(code) is not None)
            yield from definitions(block)
            yield from table_rows(block, text, reader)
            yield from headings(block)
            yield from paragraphs(block)
        yield from templates(block, text, reader, wanted)
        yield from series(block, text, reader, wanted)
