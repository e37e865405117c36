"""A page's wikitext into its items.

Pure, and it never raises: what cannot be understood is a problem with its line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.model import Item, Link, MainLink, Media, News, Problem, Profile
from bot.news import directives, identity, plain
from bot.news.layouts import LAYOUTS, find
from bot.news.layouts.reading import Reader, without
from bot.news.layouts.reasons import described, reasons
from bot.news.layouts.scan import comments
from bot.news.layouts.source import Source

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bot.model import Directives, Page, RichText
    from bot.news.layouts.choose import Candidate
    from bot.news.layouts.reading import Reading

__all__ = ["AS_A_PAGE", "LAYOUTS", "parse"]

AS_A_PAGE = "page"  # the layout of a page that is one item
_LOOKING = Profile()
_UNIT = re.compile(r"T:([^_/\s<>]+)")
_HERALD = re.compile(r"herald\s*:", re.IGNORECASE)
_BLANK = re.compile(r"\s*")
_NOT_A_BREAK = re.compile(r"[^\n]")
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
    profile: Profile = _LOOKING,
    names: Collection[str] = (),
) -> News:
    """Find and understand the items of a page, in page order; no wikitext raises.

    ``language`` is the page's, for dates (``None``: the wiki's own). ``profile`` says how the items stand
    there, its ``layout`` being one of ``LAYOUTS``. ``names`` are the channels and networks that a directive
    may name. Items have fresh keys and no provenance; see ``identity.recognise``.
    """
    layout = profile.layout
    if len(page.wikitext) > _LONGEST:
        return News(
            layout=layout, problems=(Problem(message="the page is longer than 2 MiB; it is not read"),)
        )
    source = Source(page.wikitext)
    text, missing = _between(source.text, profile)
    if missing is not None:
        return News(layout=layout, problems=(missing,))
    reader = Reader(page, language=language or page.site.language, date_order=profile.date_order)
    choice = find(text, reader, profile)
    if choice.chosen is None:
        return News(layout=layout, problems=(_nothing(source),), reasons=tuple(reasons(choice)))
    spoken = language or (None if page.trusted else page.site.language)  # a file says nothing of its own
    parser = _Parser(source, reader, names, profile, spoken)
    items = tuple(item for reading in choice.chosen.readings if (item := parser.item(reading)))
    parser.look_for_strays(choice.chosen)
    parser.look_for_others(choice.chosen, choice.rivals)
    parser.look_for_undated(items)
    problems = tuple(sorted(parser.problems, key=lambda problem: problem.line or 0))
    return News(
        layout=choice.chosen.layout,
        items=identity.with_keys(items, page.title),
        problems=problems,
        reasons=tuple(reasons(choice)),
    )


def _between(text: str, profile: Profile) -> tuple[str, Problem | None]:
    """Return the source, blank outside the profile's bounds; or say which of these is missing."""
    start, end = 0, len(text)
    if profile.begin is not None:
        start = text.find(profile.begin)
        if start < 0:
            return text, _missing("begin", profile.begin)
        start += len(profile.begin)
    if profile.end is not None:
        end = text.find(profile.end, start)
        if end < 0:
            return text, _missing("end", profile.end)
    return _NOT_A_BREAK.sub(" ", text[:start]) + text[start:end], None


def _missing(key: str, wanted: str) -> Problem:
    return Problem(
        message=f"the text {wanted!r}, which the configuration's {key} names, is not on the page (any more): "
        "nothing was read"
    )


def _nothing(source: Source) -> Problem:
    if only := _ONLY_A_CALL.fullmatch(source.text):
        message = f"the page shows nothing but {only[0].strip()}: name the page that this stands for instead"
        return Problem(message=message)
    layouts = " or ".join(f'"{layout}"' for layout in LAYOUTS[1:])
    return Problem(message=_NOTHING.format(layouts=layouts))


class _Parser:
    """Makes items of readings and collects the problems."""

    def __init__(
        self,
        source: Source,
        reader: Reader,
        names: Collection[str],
        profile: Profile,
        language: str | None,
    ) -> None:
        self.problems: list[Problem] = []
        self._source = source
        self._reader = reader
        self._names = names
        self._profile = profile
        self._language = language

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
        units = tuple(
            dict.fromkeys(unit[1] for note in reading.rendered.comments if (unit := _UNIT.fullmatch(note)))
        )
        return Item(
            key="",
            line=line,
            body=_stripped(reading.body, self._profile.strip),
            date=reading.date,
            main_link=self._main_link(reading),
            media=_media(reading.rendered.media, asked),
            directives=asked,
            unit=units[0] if units else None,
            units=units,
            unresolved=reading.rendered.unresolved,
            expanded=self._reader.expanded(reading.entry),
            misleading=self._misleading(reading),
            language=self._language,
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

    def look_for_others(self, found: Candidate, rivals: Sequence[Candidate]) -> None:
        """Report lists that were passed over, and what is as likely to be the news as what was taken."""
        message = (
            "a list that may be news too begins here, and was not read; if it is, say so with "
            f'layout = "{found.layout}" in the configuration'
        )
        for offset in found.passed_over:
            self._report(self._line(offset), message)
        for rival in rivals:
            line = self._line(rival.readings[0].entry.start)
            self._report(
                line, f"what begins here is as likely to be the news ({described(rival)}); say which"
            )

    def look_for_undated(self, items: Sequence[Item]) -> None:
        """Report items without a date where nearly all have one: theirs may be mistyped."""
        undated = [item for item in items if item.date is None]
        if 0 < len(undated) <= len(items) // 4:
            reported = {problem.line for problem in self.problems}
            for item in undated:
                if item.line not in reported:
                    self._report(item.line, "this item has no date, although most have one; is it mistyped?")

    def _leads_away(self, link: Link) -> bool:
        return urlsplit(link.url).hostname != urlsplit(self._reader.site.article_path).hostname

    def _report(self, line: int, *messages: str) -> None:
        self.problems.extend(Problem(message=message, line=line) for message in messages)

    def _line(self, offset: int) -> int:
        blank = _BLANK.match(self._source.text, offset)
        return self._source.line(blank.end() if blank else offset)

    def _directives(self, reading: Reading, line: int) -> Directives:
        written, faults = directives.read(reading.rendered.comments, line=line, names=self._names)
        fields = {name: self._field(name, value) for name, value in reading.entry.fields.items()}
        given, more = directives.from_fields(fields, line=line, names=self._names)
        self.problems.extend([*faults, *more])
        return directives.combine(written, given)

    def _misleading(self, reading: Reading) -> tuple[str, ...]:
        """Return what was misleading in the text, or in a parameter that says something for the item."""
        others = (
            self._reader.render(value) for value in (*reading.entry.fields.values(), reading.entry.link)
        )
        return tuple(dict.fromkeys(chain(reading.rendered.misleading, *(one.misleading for one in others))))

    def _field(self, name: str, value: str) -> str:
        """Return what a parameter says; a day as people write it is one from its beginning."""
        label = self._reader.day(value) if name in {"not-before", "until"} else None
        return label.day.isoformat() if label and label.day else self._reader.text(value) or value

    def _main_link(self, reading: Reading) -> Link | None:
        written = reading.entry.link
        if written:
            links = (
                self._reader.render(written).body.links or self._reader.render(f"[[{written}]]").body.links
            )
            if links:
                return links[0]
        links = reading.body.links
        match self._profile.main_link:
            case MainLink.BOLD:
                return next((link for link in links if link.bold), links[0] if links else None)
            case MainLink.FIRST:
                return links[0] if links else None
            case MainLink.LAST:
                return links[-1] if links else None
            case MainLink.EXTERNAL:
                return next((link for link in links if self._leads_away(link)), None)


def _stripped(body: RichText, texts: Sequence[str]) -> RichText:
    """Return the body without the ``texts`` that are no part of an item, and what was between them and it."""
    for unwanted in texts:
        start = body.plain.find(unwanted)
        while unwanted and start >= 0:
            body = without(body, start, start + len(unwanted))
            start = body.plain.find(unwanted)
    return body


def _media(found: Sequence[Media], asked: Directives) -> tuple[Media, ...]:
    """The image that a directive names rules; an alt text without one is for the picture that is there."""
    if asked.image is not None:
        same = next((media.alt for media in found if media.file == asked.image), None)
        return (Media(file=asked.image, alt=asked.alt if asked.alt is not None else same),)
    if asked.alt is not None and found:
        return (replace(found[0], alt=asked.alt), *found[1:])
    return tuple(found)
