"""Which of the things on a page that look like items are the news.

Each entry of a candidate is worth, from 0 to 1, what speaks for its being news:

- it says something *about* what it links to: two words or more that are neither a link's nor in brackets
(one,
  where it has a date). What does not is a list of links (recent deaths, ongoing events, navigation), which is
  worth little, and nothing without a date;
- it has a date of its own (counts twice), or stands under a heading that is a date (counts once);
- it has a link.

A candidate's score is the mean worth of its entries times n / (n + 1) for its n entries: many are a better
sign than one, but no number of poor ones makes up for what they are. The best score wins, if it is good
enough for a single sentence with a link, or if it is a list where everything has a date. Candidates of one
layout that come near it (an archive of older items, say) are told apart by what news is: the newest wins,
then the first on the page.

A candidate is what stands in one block (the page, one argument, one column) in one layout. Of its sections,
the best one counts, and with it those of its kind: those under a year or a month, and those whose entries
have dates too. Like sections without dates may be anything (rules for editors, say): they are passed over
unless the layout was named, and the editor is told.
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
_EQUAL = 0.95
_LINK_LIST = 0.35


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """What may be the page's items: readings of one layout in one place, in page order.

    ``passed_over`` are the places in the source of lists much like it that were not taken.
    """

    layout: str
    place: tuple[str, ...]
    readings: tuple[Reading, ...]
    score: float
    newest: date
    passed_over: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    """A group, read. ``timed`` where half of it or more is; ``mean`` is what its entries are worth."""

    group: Group
    readings: tuple[Reading, ...]
    timed: bool
    mean: float
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What was chosen, ``None`` where nothing on the page is news; and what there was to choose from.

    ``considered`` begins with the best. ``rivals`` are as good as what was chosen, and stand elsewhere: only
    a person can tell.
    """

    chosen: Candidate | None
    considered: tuple[Candidate, ...]
    rivals: tuple[Candidate, ...] = ()


def choose(groups: Iterable[Group], reader: Reader, *, layout: str, named: bool) -> Choice:
    """Choose the candidate that is the page's news, if one is.

    Where the layout or the template was ``named``, any candidate is good enough.
    """
    places: dict[tuple[str, tuple[str, ...]], list[Group]] = {}
    for group in groups:
        if layout in {"auto", group.layout}:
            places.setdefault((group.layout, group.place), []).append(group)
    found = [_candidate(together, reader, named=named) for together in places.values()]
    considered = sorted((each for each in found if each), key=lambda each: -each.score)
    candidates = [each for each in considered if named or _good_enough(each)]
    if not candidates:
        return Choice(chosen=None, considered=tuple(considered))
    best = candidates[0]
    near = [each for each in candidates if each.layout == best.layout and each.score >= _NEAR * best.score]
    # Among equals the first on the page; the sort above is stable, but by score.
    chosen = max(near, key=lambda each: (each.newest, -each.readings[0].entry.start))
    rivals = tuple(each for each in candidates if each is not chosen and _rivals(each, chosen))
    return Choice(chosen=chosen, considered=tuple(considered), rivals=rivals)


def _rivals(other: Candidate, chosen: Candidate) -> bool:
    """Tell whether another candidate is as good, as new, and does not stand in the same lines."""
    if other.score < _EQUAL * chosen.score or other.newest < chosen.newest:
        return False
    ours = {(reading.entry.start, reading.entry.end) for reading in chosen.readings}
    return not any(
        start < reading.entry.end and reading.entry.start < end
        for reading in other.readings
        for start, end in ours
    )


def worth(reading: Reading) -> float:
    """Return what speaks for a reading's being news, from 0 to 1."""
    if reading.empty:
        return 0.0
    if not reading.prose:
        return _LINK_LIST if reading.timed else 0.0
    date_counts = 2 if reading.dated else int(reading.under_date)
    return (1 + date_counts + bool(reading.body.links)) / 4


def _good_enough(candidate: Candidate) -> bool:
    is_dated_list = candidate.layout in {"bullets", "definitions"} and all(
        reading.dated for reading in candidate.readings
    )
    return candidate.score >= _GOOD_ENOUGH or is_dated_list


def _candidate(groups: Sequence[Group], reader: Reader, *, named: bool) -> Candidate | None:
    parts = [part for part in _read(groups, reader) if part.readings and (named or _plausible(part))]
    if not parts:
        return None
    best = max(parts, key=lambda part: part.score)
    chosen: list[_Part] = []
    passed_over: list[_Part] = []
    for part in parts:
        if part is best or _belongs(part, best, reader):
            chosen.append(part)
        elif part.mean >= _NEAR * best.mean:
            if named:
                chosen.append(part)
            elif not best.timed:
                passed_over.append(part)
    readings = tuple(reading for part in chosen for reading in _without_pointers(part))
    past = [each.date for each in readings if each.date and each.date <= reader.today]
    return Candidate(
        layout=best.group.layout,
        place=best.group.place,
        readings=readings,
        score=_score(readings),
        newest=max(past, default=date.min),
        passed_over=tuple(part.readings[0].entry.start for part in passed_over),
    )


def _read(groups: Sequence[Group], reader: Reader) -> list[_Part]:
    """Read all groups of a place together: what is usual there shows in all of them."""
    read = iter(reader.read(entry for group in groups for entry in group.entries))
    parts = []
    for group in groups:
        some = islice(read, len(group.entries))
        readings = tuple(reading for reading in some if reading.troubles or not reading.empty)
        part = _Part(
            group=group,
            readings=readings,
            timed=2 * sum(reading.timed for reading in readings) >= len(readings),
            mean=sum(map(worth, readings)) / max(1, len(readings)),
            score=_score(readings),
        )
        parts.append(part)
    return parts


def _score(readings: Sequence[Reading]) -> float:
    return sum(map(worth, readings)) / (len(readings) + 1)


def _belongs(part: _Part, best: _Part, reader: Reader) -> bool:
    under = part.group.under
    if under and reader.temporal(under) and part.mean > 0:
        return True  # a year's or a month's items, not the links to its archive
    is_like = part.mean >= _NEAR * best.mean
    return is_like and (under == best.group.under or (part.timed and best.timed))


def _without_pointers(part: _Part) -> Iterable[Reading]:
    """Leave out a link without a date among items with one: it leads to the archive, or the like."""
    for reading in part.readings:
        says = reading.timed or reading.prose or reading.troubles or reading.rendered.unresolved
        if says or not part.timed:
            yield reading


def _plausible(part: _Part) -> bool:
    """Tell whether, without being told, one would take these for items."""
    readings = part.readings
    match part.group.layout:
        case "paragraphs" | "arguments" | "table":
            return part.timed  # running text is not news, nor is any table
        case "templates":
            return len(readings) > 1 or part.timed
        case "headings" if 2 * sum(each.entry.listed for each in readings) >= len(readings):
            return False  # the items of the lists are the news
        case "headings":
            # An article opens with its lead; a page that opens with a heading collects separate pieces.
            collected = part.group.opens_page and sum(each.prose for each in readings) > 1
            return part.timed or collected
        case _:
            return True
