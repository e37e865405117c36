"""Dates as editors write them, in the page's language.

The names of months and days come from dateparser's data (https://dateparser.readthedocs.io); the shapes that
count as a date are spelt out here, because a parser that guesses makes a date of "may", "now" or "1". What is
not surely a date is none.

A range counts as its last day: the news is as young as that. A date without a year is in the year of the
heading above it, else in the one that puts it nearest to ``today``, the day when the page was saved, but not
more than two months ahead.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import regex

from bot.news.plain import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.model import DateOrder

_AHEAD = timedelta(days=62)
_LONGEST = 80  # characters of a date with its separator
_OLDEST = 1900

# Languages that dateparser has under another code: MediaWiki's own codes, and those close enough to read.
_ALSO = {
    "als": ("gsw", "de"),
    "bar": ("de",),
    "be-tarask": ("be",),
    "be-x-old": ("be",),
    "lb": ("lb", "de"),
    "no": ("nb",),
    "sh": ("sr-Latn", "hr"),
    "sr": ("sr", "sr-Latn"),
}
_MONTHS = [name.lower() for name in calendar.month_name[1:]]  # dateparser's keys are English
_DAYS = [name.lower() for name in calendar.day_name]

_Y, _N, _D = r"(?P<y>\d{4})(?!\d)", r"(?P<n>\d{1,2})(?!\d)", r"(?P<d>\d{1,2})(?!\d)"
_YEAR_FIRST = rf"{_Y}(?P<s>[-/.]){_N}(?P=s){_D}"
_NEVER = r"(?!)"
_LINES = r"\-\u2013\u2014"  # hyphen, en dash, em dash
_SUFFIXES = (
    r"st|nd|rd|th|er|\.|[\u00BA\u00AA\u00B0]"  # English, French, and the signs of Romance languages
    r"|-?\u0433\u043E|:?[ae](?!\w)|-a(?!\w)"  # Russian, Swedish, Esperanto
)
_ORDINAL = rf"(?:{_SUFFIXES})?"
_DASH = rf"\s*[{_LINES}/]\s*"
_TO = rf"(?:{_DASH}(?P<e>\d{{1,2}})(?!\d){_ORDINAL})?"  # the last day of a range within a month
_OF = r"\s*(?:\b(?:of|de|di|do|del|ng\u00E0y|na)\b\s*|\bd['\u2019]\s*)?"
_BEFORE_YEAR = r"\s+n\u0103m"  # Vietnamese
_TIME = r"(?:(?:T|,?\s+)\d{1,2}:\d{2}(?::\d{2})?(?:\s*(?:UTC|GMT|CES?T|Z))?)?"
_ISO = regex.compile(r"\d{4}-\d{1,2}-\d{1,2}(?!\w)")
_ISO_LABEL = regex.compile(r"\d{4}-\d{1,2}-\d{1,2}(?=:\s)")  # nothing of a date can follow
# Commas, colons and brackets, those of Arabic, Chinese and Japanese too.
_COMMAS = frozenset(",\u060c\u3001\uff0c")
_COMMA = f"[{''.join(sorted(_COMMAS))}]"
_COLON = r"[:\uFF1A]"
_BRACKETS = {"(": ")", "[": "]", "\uff08": "\uff09"}
_EDGES = " :.,;-\u2013\u2014\u200e\u200f"
# What may stand between a label and the news, and before a label at the end of it.
_SEPARATOR = regex.compile(rf"\s*(?:{_COLON}|\||\.(?=\s)|[{_LINES}]+(?=\s)|{_COMMA}(?!\s*\d{{1,2}}\b))\s*")
_NEW_SENTENCE = regex.compile(r"\s+\p{Lu}")
_BEFORE_TRAILING = regex.compile(
    rf"(?:{_COMMA}|{_COLON}|\s[{_LINES}]+|(?<=[.!?\u2026\u3002\uFF01\uFF1F\"\u201D\u00BB)])(?=\s))\s*$"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """A date that labels a text: ``text[start:end]`` is the date with its separator.

    ``day`` is ``None`` for what is written as a date but is no day of the calendar (30 February).
    ``enclosed`` is true for one in brackets.
    """

    day: date | None
    written: str
    start: int
    end: int
    enclosed: bool = False


def read(
    text: str, *, language: str, today: date, year: int | None = None, order: DateOrder | None = None
) -> date | None:
    """Return the date that ``text`` as a whole is, or ``None``.

    A month with its year is its first day; a month alone counts only where ``year`` is given. ``order`` is
    that of dates in figures, ``None`` for the language's own.
    """
    label = whole(text, language=language, today=today, year=year, order=order)
    return label.day if label else None


def whole(
    text: str, *, language: str, today: date, year: int | None = None, order: DateOrder | None = None
) -> Label | None:
    """Do as ``read`` does, but tell a date that is no day of the calendar from what is no date."""
    if len(text) > _LONGEST:
        return None
    bare = fold(text).strip(_EDGES)
    if bare[:1] in _BRACKETS and bare[-1:] == _BRACKETS[bare[0]]:
        bare = bare[1:-1].strip(_EDGES)
    reader = _Reader(_grammar(language, order), today, year)
    if not bare or not (found := reader.resolve(bare, months=True)):
        return None
    return Label(day=found.day, written=bare, start=0, end=len(text))


def leading(
    text: str,
    *,
    language: str,
    today: date,
    year: int | None = None,
    order: DateOrder | None = None,
    bold_to: int = 0,
) -> Label | None:
    """Return the date that ``text`` begins with, where it is a label and not part of the sentence.

    It is a label when a separator follows it, when it stands in brackets, when nothing but it is bold
    (``bold_to`` is the length of the bold stretch that the text begins with), or in ISO's form, which is no
    way to begin a sentence.
    """
    bracket = text[:1] if text[:1] in _BRACKETS else ""
    # On many a page all dates are of this kind, and the names of a language take longer than all the rest.
    grammar = _iso_grammar() if _ISO_LABEL.match(text) else _grammar(language, order)
    match = grammar.start.match(text[:_LONGEST], len(bracket))
    if not match:
        return None
    end = match.end()
    if bracket:
        if text[end : end + 1] != _BRACKETS[bracket]:
            return None
        end += 1
    separator = _SEPARATOR.match(text, end)
    alone = bold_to >= end and not text[end:bold_to].strip(_EDGES)
    sentence = match[0].endswith(".") and _NEW_SENTENCE.match(text, end)
    if not (separator or sentence or bracket or alone or end == len(text) or _ISO.fullmatch(match[0])):
        return None
    found = _Reader(grammar, today, year).resolve(match[0])
    if not found:
        return None
    end = max(separator.end() if separator else end, bold_to if alone else 0)
    end += len(text[end:]) - len(text[end:].lstrip())
    return Label(day=found.day, written=match[0], start=0, end=end, enclosed=bool(bracket))


def trailing(
    text: str, *, language: str, today: date, year: int | None = None, order: DateOrder | None = None
) -> Label | None:
    """Return the date that ``text`` ends with, where it may be a label.

    It may be one in brackets, or set off by a comma, a dash or the end of a sentence. Whether it is one, or
    part of the sentence ("Hackathon in Berlin, 4 May"), only the texts beside it can tell.
    """
    grammar = _grammar(language, order)
    offset = max(0, len(text) - _LONGEST)
    tail = text[offset:]
    if (match := grammar.bracketed.search(tail)) and _BRACKETS[match["open"]] == match["shut"]:
        found = _Reader(grammar, today, year).resolve(match["date"])
        start = offset + len(tail[: match.start()].rstrip())
        enclosed = True
    elif match := _set_off(tail, grammar):
        found = _Reader(grammar, today, year).resolve(match["date"])
        start = offset + len(_BEFORE_TRAILING.sub("", tail[: match.start()]))
        enclosed = False
    else:
        return None
    if not found:
        return None
    return Label(day=found.day, written=match["date"], start=start, end=len(text), enclosed=enclosed)


def _set_off(tail: str, grammar: _Grammar) -> regex.Match[str] | None:
    """Find the date at the end that something sets off from the sentence.

    "On Tuesday, 20 July" may be the day of the week in the sentence, then the label; the end of a range is
    none.
    """
    longest = None
    for match in grammar.end.finditer(tail, overlapped=True):
        before = _BEFORE_TRAILING.search(tail[: match.start()])
        if before and (longest is None or before[0].strip() in _COMMAS):
            return match
        longest = longest or match
    return None


def year_in(heading: str, *, today: date) -> int | None:
    """Return the year that a heading names, where it names just one."""
    years = {int(year) for year in regex.findall(r"(?<![\d.])(?:19|20)\d\d(?![\d.])", heading)}
    return years.pop() if len(years) == 1 and max(years) <= today.year + 1 else None


@dataclass(frozen=True, slots=True)
class _Found:
    day: date | None


class _Grammar:
    """The shapes of a date in one language: each by itself, and where one may stand.

    ``loose`` are the shapes that count only where nothing but a date can stand; ``month`` and ``weekday``
    are patterns of names. What is not asked for is not compiled: each of these takes a while.
    """

    def __init__(
        self,
        shapes: list[str],
        *,
        loose: Sequence[str] = (),
        month: str = _NEVER,
        weekday: str = _NEVER,
        months: Mapping[str, int] | None = None,
    ) -> None:
        self.months = months or {}
        self._shapes = [*shapes, *loose]
        self._month = month
        self._weekday = weekday
        self._one, self._any_one = (
            _unnamed(self._around(_maybe_range(some))) for some in (shapes, self._shapes)
        )

    @cached_property
    def shapes(self) -> tuple[regex.Pattern[str], ...]:
        return tuple(_compile(shape) for shape in self._shapes)

    @cached_property
    def month(self) -> regex.Pattern[str]:
        return _compile(rf"(?:{self._month}(?:,?\s*(?P<y>\d{{4}}))?|(?P<y2>\d{{4}})-(?P<n>\d{{2}}))")

    @cached_property
    def around(self) -> regex.Pattern[str]:
        return _compile(self._around(".+?"))

    @cached_property
    def start(self) -> regex.Pattern[str]:
        return _compile(rf"{self._one}(?!\w)")

    @cached_property
    def end(self) -> regex.Pattern[str]:
        return _compile(rf"(?<!\w)(?P<date>{self._one})\.?$")

    @cached_property
    def bracketed(self) -> regex.Pattern[str]:
        return _compile(rf"(?P<open>[(\[\uFF08])\s*(?P<date>{self._any_one})\s*(?P<shut>[)\]\uFF09])[\s.]*$")

    def _around(self, core: str) -> str:
        day = self._weekday
        return rf"(?:{day}\.?,?\s*)?(?P<core>{core}){_TIME}(?:\s*[(\uFF08]{day}[)\uFF09])?"


class _Reader:
    """Turns a stretch that has the shape of a date into a day."""

    def __init__(self, grammar: _Grammar, today: date, year: int | None) -> None:
        self._grammar = grammar
        self._today = today
        self._year = year

    def resolve(self, text: str, *, months: bool = False) -> _Found | None:
        if match := self._grammar.around.fullmatch(text):
            text = match["core"]
        for dash in regex.finditer(_DASH, text):
            before, after = text[: dash.start()], text[dash.end() :]
            if (last := self._single(after)) and self._single(before):
                return last
        return self._single(text) or (self._month(text) if months else None)

    def _single(self, text: str) -> _Found | None:
        for shape in self._grammar.shapes:
            if match := shape.fullmatch(text):
                parts = match.groupdict()
                month = parts.get("n") or self._number(parts["m"])
                return self._day(parts.get("y"), int(month), int(parts.get("e") or parts["d"]))
        return None

    def _month(self, text: str) -> _Found | None:
        match = self._grammar.month.fullmatch(text)
        if not match:
            return None
        month = match["n"] or self._number(match["m"])
        year = match["y"] or match["y2"] or self._year
        return self._day(str(year), int(month), 1) if year else None

    def _number(self, name: str) -> int:
        return self._grammar.months[name.casefold().rstrip(".")]

    def _day(self, written: str | None, month: int, day: int) -> _Found | None:
        if not written and not (1 <= month <= 12 and 1 <= day <= 31):
            return None  # a version, a score
        if not written and self._year is None:
            return _Found(_nearest(month, day, self._today))
        year = int(written or self._year or 0)
        if not _OLDEST <= year <= self._today.year + 1:
            return None  # a number, a version, or another calendar
        return _Found(_checked(year, month, day))


def _nearest(month: int, day: int, today: date) -> date | None:
    """A leap day may be eight years away."""
    years = range(max(1, today.year - 8), today.year + 2)
    days = [found for year in years if (found := _checked(year, month, day))]
    past = [found for found in days if found - today <= _AHEAD]
    return min(past, key=lambda found: abs(found - today), default=None)


def _checked(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@lru_cache(maxsize=64)
def _grammar(language: str, date_order: DateOrder | None = None) -> _Grammar:
    infos = [info for code in ("en", *_codes(language)) if (info := _locale(code))]
    months: dict[str, int] = {}
    days: set[str] = set()
    for info in infos:  # the page's own language comes last and rules
        for number, key in enumerate(_MONTHS, start=1):
            months |= {name.casefold().rstrip("."): number for name in info.get(key, ())}
        days.update(name.casefold() for key in _DAYS for name in info.get(key, ()))
    order = date_order or (infos[-1].get("date_order", "DMY") if infos else "DMY")
    month = rf"(?P<m>{_any(months)})\b\.?"
    # A day and a month alone, "28.2", has a version's shape too: it counts only where nothing else can stand.
    loose = [rf"{_D}\.{_N}"] if order.startswith("D") else []
    weekday = rf"(?:{_any(days)})\b"
    return _Grammar(_shapes(month, order), loose=loose, month=month, weekday=weekday, months=months)


@lru_cache(maxsize=1)
def _iso_grammar() -> _Grammar:
    return _Grammar([_YEAR_FIRST])


def _compile(pattern: str) -> regex.Pattern[str]:
    return regex.compile(pattern, regex.IGNORECASE)


def _shapes(month: str, order: str) -> list[str]:
    first, second = (_N, _D) if order.startswith("M") else (_D, _N)
    return [
        _YEAR_FIRST,  # 2021-03-04
        rf"{_D}\.\s?{_N}\.\s?{_Y}",  # 4.3.2021
        rf"{first}(?P<s>[-/]){second}(?P=s){_Y}",  # 3/4/2021, in the order of the language
        rf"{_D}\.\s?{_N}\.(?!\d)",  # 4.3.
        rf"(?:{_Y}\s*[\u5E74\uB144]\s*)?{_N}\s*[\u6708\uC6D4]\s*{_D}\s*[\u65E5\uC77C\u865F\u53F7]",  # CJK
        rf"{_D}{_ORDINAL}{_TO}{_OF}{month}(?:(?:,?|{_OF}|{_BEFORE_YEAR})\s*{_Y})?",  # 4 March 2021
        rf"{month}\s*{_D}{_ORDINAL}{_TO}(?:,?\s*{_Y})?",  # March 4th, 2021
        rf"{_Y}\.?\s*{month}\s*{_D}\.?",  # 2021. március 4., in Hungarian
    ]


def _maybe_range(shapes: list[str]) -> str:
    single = "|".join(shapes)
    return rf"(?:{single})(?:{_DASH}(?:{single}))?"


def _unnamed(pattern: str) -> str:
    """Let a pattern stand in a larger one: its names would stand there twice."""
    pattern = pattern.replace("(?P<s>[-/.])", "[-/.]").replace("(?P<s>[-/])", "[-/]")
    pattern = pattern.replace("(?P=s)", "[-/.]")
    return str(regex.sub(r"\(\?P<\w+>", "(?:", pattern))


def _any(names: dict[str, int] | set[str]) -> str:
    return "|".join(regex.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))


def _codes(language: str) -> tuple[str, ...]:
    code = language.lower().replace("_", "-")
    base, _, script = code.partition("-")
    return _ALSO.get(code) or (base, f"{base}-{script.capitalize()}")


def _locale(code: str) -> dict[str, Any] | None:
    # Imported here: it takes longer than everything else that reads a page.
    from dateparser.languages.loader import default_loader  # noqa: PLC0415

    try:
        info: dict[str, Any] = default_loader.get_locale(code).info
    except ValueError:
        return None
    return info
