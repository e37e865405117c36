"""Finds where the items stand on a page: one module per layout, and the choice between what they find.

Nothing here knows any page, any template or any language: see ``choose`` for what tells news from the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.news.layouts.blocks import blocks
from bot.news.layouts.calls import series, templates
from bot.news.layouts.choose import Candidate, Choice, choose
from bot.news.layouts.lists import bullets, definitions
from bot.news.layouts.scan import scan
from bot.news.layouts.tables import table_rows
from bot.news.layouts.texts import headings, issue, issues, paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.model import Profile
    from bot.news.layouts.entries import Group
    from bot.news.layouts.reading import Reader

__all__ = ["LAYOUTS", "Candidate", "Choice", "find"]

LAYOUTS: tuple[str, ...] = (
    "auto",
    "bullets",
    "definitions",
    "table",
    "templates",
    "arguments",
    "headings",
    "paragraphs",
    "page",
    "sections",
)


def find(text: str, reader: Reader, profile: Profile) -> Choice:
    """Return the readings that are the news in ``text``, which is a ``Source``'s, and why.

    A template that the profile names says what the layout is.
    """
    layout = profile.layout
    if profile.template is not None and layout not in {"templates", "arguments"}:
        layout = "templates" if profile.fields else "auto"
    named = layout != "auto" or profile.template is not None
    groups = (group for group in _groups(text, reader, profile) if _wanted(group, reader, profile))
    return choose(groups, reader, layout=layout, named=named)


def _wanted(group: Group, reader: Reader, profile: Profile) -> bool:
    """Tell whether a group stands where the profile says that the items do."""
    if profile.argument is not None:
        ends = (profile.argument, f"|{profile.argument}")
        if not any(place == ends[0] or place.endswith(ends[1]) for place in group.place):
            return False
    if profile.heading is None:
        return True
    above = {title for entry in group.entries for title in entry.under} | set(group.under)
    return any(reader.text(title).casefold() == profile.heading.casefold() for title in above)


def _groups(text: str, reader: Reader, profile: Profile) -> Iterator[Group]:
    for block in blocks(text, scan(text)):
        if profile.template is None:
            yield from bullets(block, lambda code: reader.day(code) is not None)
            yield from definitions(block)
            yield from table_rows(block, text, reader)
            yield from headings(block)
            yield from paragraphs(block)
        if profile.layout == "page":
            yield from issue(block, reader.title, reader.text)
        elif profile.layout == "sections":
            yield from issues(block, reader.title, reader.text)
        yield from templates(block, text, reader, profile)
        yield from series(block, text, reader, profile)
