"""A page's wikitext into its items.

Pure, and it never raises: what cannot be understood is a problem with its line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.model import Item, Link, Media, News, Problem
from bot.news import directives, identity, plain
from bot.news.layouts import LAYOUTS, Wanted, find
from bot.news.layouts.reading import Reader
from bot.news.layouts.scan import comments
from bot.news.layouts.source import Source

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bot.model import Directives, Page
    from bot.news.layouts.choose import Candidate
    from bot.news.layouts.reading import Reading

__all__ = ["LAYOUTS", "parse"]

_NONE: Mapping[str, str] = MappingProxyType({})
_UNIT = re.compile(r"T:([^_/\s<>]+)")
_HERALD = re.compile(r"herald\s*:", re.IGNORECASE)
_BLANK = re.compile(r"\s*")
_ONLY_A_CALL = re.compile(r"\s*\{\{([^{}|#<>\n]+)\}\}\s*")
_LONGEST = 2 << 20  # MediaWiki's own limit, $wgMaxArticleSize
_SHOWN = 60  # characters of a template call in a message
_NOTHING = (
    "no item was found on the page. Say in the configuration how they stand there: layout = {layouts}, or "
    "template = (with [pages.fields]) where each is a call of a template. An item is, for instance: "
    "* 2026-11-18: [[MediaWiki 1.46]] is out. <!-- herald: channels=mastodon -->"
)


def parse(
    page: Page,
    *,
    language: str | None = None,
    layout: str = "auto",
    template: str | None = None,
    fields: Mapping[str, str] = _NONE,
    names: Collection[str] = (),
) -> News:
    """Find and understand the items of a page, in page order; no wikitext raises.

    ``language`` is the page's, for dates (``None``: the wiki's own). ``layout`` is one of ``LAYOUTS``.
    ``template`` names the template whose calls are the items, ``fields`` which of its parameters is which
    part of one: ``text``, ``date``, ``link``, or a directive. ``names`` are the channels and networks that a
    directive may name. Items have fresh keys and no provenance; see ``identity.recognise``.
    """
    if len(page.wikitext) > _LONGEST:
        return News(
            layout=layout, problems=(Problem(message="the page is longer than 2 MiB; it is not read"),)
        )
    source = Source(page.wikitext)
    reader = Reader(page, language=language or page.site.language)
    wanted = Wanted(template=template, fields=fields)
    found = find(source.text, reader, layout=layout, wanted=wanted)
    if found is None:
        return News(layout=layout, problems=(_nothing(source),))
    parser = _Parser(source, reader, names)
    items = tuple(item for reading in found.readings if (item := parser.item(reading)))
    parser.look_for_strays(found)
    parser.look_for_others(found)
    parser.look_for_undated(items)
    problems = tuple(sorted(parser.problems, key=lambda problem: problem.line or 0))
    return News(layout=found.layout, items=identity.with_keys(items, page.title), problems=problems)


def _nothing(source: Source) -> Problem:
    if only := _ONLY_A_CALL.fullmatch(source.text):
        message = f"the page shows nothing but {only[0].strip()}: name the page that this stands for instead"
        return Problem(message=message)
    layouts = " or ".join(f'"{layout}"' for layout in LAYOUTS[1:])
    return Problem(message=_NOTHING.format(layouts=layouts))


class _Parser:
    """Makes items of readings and collects the problems."""

    def __init__(self, source: Source, reader: Reader, names: Collection[str]) -> None:
        self.problems: list[Problem] = []
        self._source = source
        self._reader = reader
        self._names = names

    def item(self, reading: Reading) -> Item | None:
        """Make an item; ``None`` for a reading that has nothing but problems."""
        line = self._line(reading.entry.start)
        self._report(line, *reading.troubles)
        if reading.empty:
            return None
        for call in reading.rendered.unresolved:
            shown = call if len(call) <= _SHOWN else f"{call[: _SHOWN - 3]}..."
            self._report(line, f"only the wiki can expand {shown}, and it did not: it is not published")
        asked = self._directives(reading, line)
        notes = reading.rendered.comments
        return Item(
            key="",
            line=line,
            body=reading.body,
            date=reading.date,
            main_link=self._main_link(reading),
            media=_media(reading.rendered.media, asked),
            directives=asked,
            unit=next((unit[1] for note in notes if (unit := _UNIT.fullmatch(note))), None),
            unresolved=reading.rendered.unresolved,
        )

    def look_for_strays(self, found: Candidate) -> None:
        """Report directives that belong to no item: an editor believes that they are heeded."""
        readings = sorted(found.readings, key=lambda reading: reading.entry.start)
        starts = [reading.entry.start for reading in readings]
        for offset, comment in comments(self._source.text):
            note = plain.fold(comment)
            before = bisect_right(starts, offset) - 1
            is_heeded = before >= 0 and note in readings[before].rendered.comments
            if _HERALD.match(note) and not is_heeded:
                line = self._source.line(offset)
                self._report(line, "this herald comment is in no item; put it into the item that it is for")

    def look_for_others(self, found: Candidate) -> None:
        """Report lists that were passed over."""
        message = (
            "a list that may be news too begins here, and was not read; if it is, say so with "
            f'layout = "{found.layout}" in the configuration'
        )
        for offset in found.passed_over:
            self._report(self._line(offset), message)

    def look_for_undated(self, items: Sequence[Item]) -> None:
        """Report items without a date where nearly all have one: theirs may be mistyped."""
        undated = [item for item in items if item.date is None]
        if 0 < len(undated) <= len(items) // 4:
            reported = {problem.line for problem in self.problems}
            for item in undated:
                if item.line not in reported:
                    self._report(item.line, "this item has no date, although most have one; is it mistyped?")

    def _report(self, line: int, *messages: str) -> None:
        self.problems.extend(Problem(message=message, line=line) for message in messages)

    def _line(self, offset: int) -> int:
        blank = _BLANK.match(self._source.text, offset)
        return self._source.line(blank.end() if blank else offset)

    def _directives(self, reading: Reading, line: int) -> Directives:
        written, faults = directives.read(reading.rendered.comments, line=line, names=self._names)
        fields = {name: self._reader.text(value) or value for name, value in reading.entry.fields.items()}
        given, more = directives.from_fields(fields, line=line, names=self._names)
        self.problems.extend([*faults, *more])
        return directives.combine(written, given)

    def _main_link(self, reading: Reading) -> Link | None:
        written = reading.entry.link
        if written:
            links = (
                self._reader.render(written).body.links or self._reader.render(f"[[{written}]]").body.links
            )
            if links:
                return links[0]
        links = reading.body.links
        return next((link for link in links if link.bold), links[0] if links else None)


def _media(found: Sequence[Media], asked: Directives) -> tuple[Media, ...]:
    """The image that a directive names rules; an alt text without one is for the picture that is there."""
    if asked.image is not None:
        same = next((media.alt for media in found if media.file == asked.image), None)
        return (Media(file=asked.image, alt=asked.alt if asked.alt is not None else same),)
    if asked.alt is not None and found:
        return (replace(found[0], alt=asked.alt), *found[1:])
    return tuple(found)
