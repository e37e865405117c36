"""Which of the things on a page that look like items are the news.

Each entry of a candidate is worth, from 0 to 1, what speaks for its being news:

- it says something *about* what it links to: two words or more that are neither a link's nor in brackets. What
  does not is a list of links (recent deaths, ongoing events, navigation), which is worth little, and nothing
  without a date;
- it has a date of its own (counts twice), or stands under a heading that is a date (counts once);
- it has a link.

A candidate's score is the mean worth of its entries times n / (n + 1) for its n entries: many are a better sign
than one, but no number of poor ones makes up for what they are. The best score wins, if it is good enough for a
single sentence with a link. Candidates of one layout that come near it (an archive of older items, say) are told
apart by what news is: the newest wins, then the first on the page.

A candidate is what stands in one block (the page, one argument, one column) in one layout. Of its sections, the
best one counts, and with it those of its kind: sections whose entries have dates too, or whose heading is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.news.layouts.entries import Group
    from bot.news.layouts.reading import Reader, Reading

_GOOD_ENOUGH = 0.25
_NEAR = 0.6
_LINK_LIST = 0.35


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """What may be the page's items: readings of one layout in one place, in page order."""

    layout: str
    readings: tuple[Reading, ...]
    score: float
    newest: date


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    """A group, read."""

    group: Group
    readings: tuple[Reading, ...]
    score: float

    @property
    def dated(self) -> bool:
        return 2 * sum(each.dated for each in self.readings) >= len(self.readings)


def choose(groups: Iterable[Group], reader: Reader, *, layout: str) -> Candidate | None:
    """Return the candidate that is the page's news, if one is.

    With a ``layout`` of its own, any candidate of that layout is good enough.
    """
    places: dict[tuple[str, tuple[str, ...]], list[Group]] = {}
    for group in groups:
        if layout in {"auto", group.layout}:
            places.setdefault((group.layout, group.place), []).append(group)
    named = layout != "auto"
    found = [_candidate(together, reader, named=named) for together in places.values()]
    candidates = [each for each in found if each and (named or each.score >= _GOOD_ENOUGH)]
    best = max(candidates, key=lambda each: each.score, default=None)
    if best is None:
        return None
    near = [each for each in candidates if each.layout == best.layout and each.score >= _NEAR * best.score]
    return max(near, key=lambda each: each.newest)  # the first of equals


def worth(reading: Reading) -> float:
    """Return what speaks for a reading's being news, from 0 to 1."""
    if reading.empty:
        return 0.0
    if not reading.prose:
        return _LINK_LIST if reading.dated else 0.0
    date_counts = 2 if reading.dated else int(reading.under_date)
    return (1 + date_counts + bool(reading.body.links)) / 4


def _candidate(groups: Sequence[Group], reader: Reader, *, named: bool) -> Candidate | None:
    parts = _read(groups, reader)
    parts = [part for part in parts if part.readings and (named or _plausible(part))]
    if not parts:
        return None
    best = max(parts, key=lambda part: part.score)
    chosen = [part for part in parts if part is best or _alike(part, best, reader, named=named)]
    readings = tuple(
        reading for part in chosen for reading in part.readings if not (part.dated and _is_pointer(reading))
    )
    past = [each.date for each in readings if each.date and each.date <= reader.today]
    return Candidate(
        layout=best.group.layout,
        readings=readings,
        score=_score(readings),
        newest=max(past, default=date.min),
    )


def _read(groups: Sequence[Group], reader: Reader) -> list[_Part]:
    """Read all groups of a place together: what is usual there shows in all of them."""
    read = iter(reader.read(entry for group in groups for entry in group.entries))
    parts = []
    for group in groups:
        readings = tuple(reading for reading in islice(read, len(group.entries)) if _counts(reading))
        parts.append(_Part(group=group, readings=readings, score=_score(readings)))
    return parts


def _counts(reading: Reading) -> bool:
    return not reading.empty or bool(reading.troubles)


def _is_pointer(reading: Reading) -> bool:
    """A link without a date among items with one leads to the archive, or the like."""
    return not reading.dated and not reading.prose and not reading.rendered.unresolved


def _mean(readings: Sequence[Reading]) -> float:
    return sum(map(worth, readings)) / max(1, len(readings))


def _score(readings: Sequence[Reading]) -> float:
    return sum(map(worth, readings)) / (len(readings) + 1)


def _alike(part: _Part, best: _Part, reader: Reader, *, named: bool) -> bool:
    under = part.group.under
    if under and reader.temporal(under) and (part.dated or not best.dated):
        return True  # a year's or a month's items, be they what they may
    if _mean(part.readings) < _NEAR * _mean(best.readings):
        return False
    return named or under == best.group.under or (part.dated and best.dated)


def _plausible(part: _Part) -> bool:
    """Tell whether, without being told, one would take these for items."""
    readings = part.readings
    match part.group.layout:
        case "paragraphs" | "arguments" | "table":
            return part.dated  # running text is not news, nor is any table
        case "templates":
            return len(readings) > 1 or part.dated
        case "headings":
            # An article opens with its lead; a page that opens with a heading collects separate pieces.
            collected = part.group.opens_page and sum(each.prose for each in readings) > 1
            return part.dated or collected
        case _:
            return True
