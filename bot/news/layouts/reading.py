"""What an entry says: its text without its date, the date, and what tells news from a list of links."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypedDict

import regex

from bot.model import RichText, Run
from bot.news import dates, richtext
from bot.news.layouts.nodes import arguments
from bot.news.layouts.scan import Kind, scan, tangled
from bot.news.richtext import Rendered

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from bot.model import DateOrder, Page
    from bot.news.dates import Label
    from bot.news.layouts.entries import Entry

# One word, or two signs of a script that does not set words apart.
_WORD = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]{2}|\p{L}[\p{L}\p{M}'\u2019-]*"
)
_ASIDE = regex.compile(r"[(\uFF08][^()\uFF08\uFF09]*[)\uFF09]")
_SENTENCE_END = regex.compile(r"[.!?:;\u2026\u3002\uFF01\uFF1F]$")
_SAID = regex.compile(r"[\p{L}\p{N}]")
_LONGEST_DATE = 200  # characters of wikitext


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """An entry, understood; its date is its own (``dated``) or that of a heading above (``under_date``)."""

    entry: Entry
    body: RichText
    rendered: Rendered
    date: date | None = None
    dated: bool = False
    under_date: bool = False
    words: int = 0  # outside links, brackets and the date
    troubles: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing is said, and nothing that the wiki could expand would say something."""
        return not self.rendered.unresolved and not _WORD.search(self.body.plain)

    @property
    def timed(self) -> bool:
        """It has a date, or the place for one."""
        return self.dated or self.under_date

    @property
    def prose(self) -> bool:
        """Something is said about the links, or without one ("[[A]] and [[B]]" is a list of links)."""
        return self.words >= (1 if self.timed else 2)


class _When(TypedDict):
    language: str
    today: date
    order: DateOrder | None


class Reader:
    """Reads entries of one page; what was read once is remembered."""

    def __init__(self, page: Page, *, language: str, date_order: DateOrder | None = None) -> None:
        self.site = page.site
        self._page = page
        self.title = page.title
        self.today = page.revision.saved_at.date()
        self._when = _When(language=language, today=self.today, order=date_order)
        self._rendered: dict[str, Rendered | None] = {}
        self._days: dict[tuple[str, int | None], Label | None] = {}

    def render(self, code: str) -> Rendered:
        """Understand wikitext; nothing comes of what is too tangled to be an item."""
        found = self._render(code)
        return found or Rendered(body=RichText())

    def text(self, code: str) -> str:
        """Return the plain text of wikitext."""
        return self.render(code).body.plain

    def expanded(self, entry: Entry) -> tuple[str, ...]:
        """Return the template calls in an entry that the wiki has expanded."""
        return tuple(call for call in self._page.expansions if call in entry.code or call in entry.label)

    def words(self, code: str) -> int:
        """Count the words that are neither a link's nor in brackets."""
        return _free_words(self.render(code).body)

    def day(self, code: str, year: int | None = None) -> Label | None:
        """Return the date that wikitext is as a whole."""
        if len(code) > _LONGEST_DATE or not _SAID.search(code):
            return None
        key = code, year
        if key not in self._days:
            shown = self.text(self._calls_as_dates(code, year))
            self._days[key] = dates.whole(shown, year=year, **self._when)
        return self._days[key]

    def year(self, under: Sequence[str]) -> int | None:
        """Return the year that the nearest heading with one names."""
        years = (dates.year_in(self.text(title), today=self.today) for title in reversed(under))
        return next((year for year in years if year), None)

    def temporal(self, under: Sequence[str]) -> bool:
        """Tell whether the nearest heading is a date, a month or a year."""
        year = self.year(under)
        return bool(under) and (self.text(under[-1]) == str(year) or self.day(under[-1], year) is not None)

    def read(self, entries: Iterable[Entry]) -> list[Reading]:
        """Read the entries of one place.

        A date at the end of an entry may be part of its sentence ("Hackathon in Berlin, 4 May"). It is a
        label where two thirds of the entries end in one.
        """
        first = [self._read(entry) for entry in entries]
        ends = [None if each.dated else self._trailing(each) for each in first]
        said = sum(1 for each in first if not each.empty)
        usual = 3 * sum(1 for end in ends if end) >= 2 * said
        several = sum(1 for end in ends if end) > 1
        return [
            self._without(each, end) if end and usual and (end.enclosed or several) else each
            for each, end in zip(first, ends, strict=True)
        ]

    def _render(self, code: str) -> Rendered | None:
        if code not in self._rendered:
            found = None
            if not tangled(code):
                expansions, title = self._page.expansions, self._page.title
                found = richtext.render(code, self.site, expansions=expansions, title=title)
            self._rendered[code] = found
        return self._rendered[code]

    def _read(self, entry: Entry) -> Reading:
        year = self.year(entry.under)
        dateline, code = self._dateline(entry, year)
        rendered = self._render(self._calls_as_dates(code, year, only_ends=True))
        if rendered is None:
            trouble = "it is too long or its brackets are not closed; it is left out until that is mended"
            nothing = Rendered(body=RichText())
            return Reading(entry=entry, body=nothing.body, rendered=nothing, troubles=(trouble,))
        reading = Reading(entry=entry, body=rendered.body, rendered=rendered)
        if code.count("[[") != code.count("]]"):
            reading = replace(reading, troubles=("a link in it is not closed: [[ and ]] do not match",))
        reading = self._titled(reading, year)
        if not reading.dated and dateline:
            reading = self._dated(reading, dateline)
        for find_date in (self._from_field, self._from_text, self._from_notes, self._from_headings):
            if not reading.dated:
                reading = find_date(reading, year)
        return replace(reading, words=_free_words(reading.body))

    def _dateline(self, entry: Entry, year: int | None) -> tuple[Label | None, str]:
        """Take the date off the text below a title, where it stands on a first line of its own."""
        line, _, rest = entry.code.partition("\n")
        label = self.day(line, year) if entry.label and rest else None
        return (label, rest) if label else (None, entry.code)

    def _titled(self, reading: Reading, year: int | None) -> Reading:
        """Take the date from the label; what else the label says goes before the text."""
        if not reading.entry.label.strip():
            return reading
        if label := self.day(reading.entry.label, year):
            return self._dated(reading, label)
        rendered = self.render(reading.entry.label)
        title = rendered.body
        found = dates.leading(title.plain, year=year, **self._when)
        found = found or dates.trailing(title.plain, year=year, **self._when)
        if found:
            start, end = (found.end, len(title.plain)) if found.start == 0 else (0, found.start)
            title = _cut(title, start, end)
            reading = self._dated(reading, found)
        both = replace(
            reading.rendered,
            comments=(*rendered.comments, *reading.rendered.comments),
            unresolved=(*rendered.unresolved, *reading.rendered.unresolved),
            misleading=(*rendered.misleading, *reading.rendered.misleading),
        )
        return replace(reading, body=_joined(title, reading.body), rendered=both)

    def _from_field(self, reading: Reading, year: int | None) -> Reading:
        if not reading.entry.date.strip():
            return reading
        if label := self.day(reading.entry.date, year):
            return self._dated(reading, label)
        trouble = f"the date {self.text(reading.entry.date) or reading.entry.date.strip()!r} cannot be read"
        return replace(reading, troubles=(*reading.troubles, f"{trouble}; write it like 2026-11-18"))

    def _from_text(self, reading: Reading, year: int | None) -> Reading:
        text = reading.body.plain
        label = dates.leading(text, year=year, bold_to=_bold_to(reading.body), **self._when)
        if label is None:
            return reading
        return self._dated(replace(reading, body=_cut(reading.body, label.end, len(text))), label)

    def _from_notes(self, reading: Reading, year: int | None) -> Reading:
        for comment in reading.rendered.comments:
            label = dates.whole(comment, year=year, **self._when)
            if label and any(character.isdigit() for character in comment):
                return self._dated(reading, label)
        return reading

    def _from_headings(self, reading: Reading, year: int | None) -> Reading:
        for title in reversed(reading.entry.under):
            if label := self.day(title, year):
                return replace(reading, date=label.day, under_date=True)
        return reading

    def _trailing(self, reading: Reading) -> Label | None:
        return dates.trailing(reading.body.plain, year=self.year(reading.entry.under), **self._when)

    def _without(self, reading: Reading, label: Label) -> Reading:
        body = _cut(reading.body, 0, label.start)
        return replace(self._dated(replace(reading, body=body), label), words=_free_words(body))

    @staticmethod
    def _dated(reading: Reading, label: Label) -> Reading:
        troubles = reading.troubles
        if label.day is None:
            trouble = f"{label.written} is no day of the calendar, so the item has no date; mend the date"
            troubles = (*troubles, trouble)
        return replace(reading, date=label.day, dated=True, under_date=False, troubles=troubles)

    def _calls_as_dates(self, code: str, year: int | None, *, only_ends: bool = False) -> str:
        """Write a template call whose arguments are a date (``{{Date|2 March 2021-}}``) as that date.

        ``only_ends``: only at the beginning or the end of something, where a date is a label; elsewhere the
        wiki must say what the template makes of it.
        """
        if "{{" not in code or tangled(code):
            return code
        calls = [node for node in scan(code) if node.kind is Kind.TEMPLATE]
        for call in reversed(calls[:1] + calls[1:][-1:] if only_ends else calls):
            before, after = code[: call.start], code[call.end :]
            if only_ends and self._says(before) == self._says(after):
                continue
            said = [code[each.start : each.end] for each in arguments(code, call) if each.name.isdecimal()]
            for written in (self.text(" ".join(said)).rstrip("-"), self.text("-".join(said))):
                if dates.whole(written, year=year, **self._when):
                    code = before + written + after
                    break
        return code

    def _says(self, code: str) -> bool:
        return _SAID.search(code) is not None and _SAID.search(self.text(code)) is not None


def _free_words(body: RichText) -> int:
    text = "".join(run.text if run.url is None else " · " for run in body.runs)
    return len(_WORD.findall(_ASIDE.sub(" ", text)))


def _bold_to(body: RichText) -> int:
    length = 0
    for run in body.runs:
        if not run.bold:
            break
        length += len(run.text)
    return length


def _cut(body: RichText, start: int, end: int) -> RichText:
    """Return the characters from ``start`` to ``end``, nothing blank at the ends."""
    plain = body.plain[start:end]
    start, end = start + len(plain) - len(plain.lstrip()), end - (len(plain) - len(plain.rstrip()))
    runs: list[Run] = []
    position = 0
    for run in body.runs:
        text = run.text[max(0, start - position) : max(0, end - position)]
        position += len(run.text)
        if text:
            runs.append(replace(run, text=text))
    return RichText(runs=tuple(runs))


def without(body: RichText, start: int, end: int) -> RichText:
    """Return the body without the characters from ``start`` to ``end``, one space at most where they were."""
    before, after = _cut(body, 0, start), _cut(body, end, len(body.plain))
    between = (Run(text=" "),) if before.plain and after.plain[:1].isalnum() else ()
    return RichText(runs=(*before.runs, *between, *after.runs))


def _joined(title: RichText, body: RichText) -> RichText:
    if not title.plain or not body.plain:
        return body if body.plain else title
    between = " " if _SENTENCE_END.search(title.plain) else ": "
    return RichText(runs=(*title.runs, Run(text=between), *body.runs))
