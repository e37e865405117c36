"""How much speaks for it that an item found on a page is one that is known of it: the rungs of a ladder.

Each rung is a rule that looks at one pair. Which of the possible pairs are made is decided in ``matching``.

How much likeness is asked depends on what the known item did. One that was there at the last look and is gone
now was probably edited: much is forgiven. One that had left before is put back, not rewritten: little is.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote

from bot.model import Rung

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

_Lengths: TypeAlias = Any  # an int, or numpy's array of ints

_NUMBER = re.compile(r"\d+")
_DAYS_NEAR = 3
_DAYS_IN_YEAR = 365


@dataclass(frozen=True, kw_only=True, slots=True)
class Face:
    """What an item is recognised by.

    ``id`` is an explicit one; ``text`` comes folded and without case; ``link`` is the main link and ``links``
    all that are known; ``present`` says of a known item that it was on the page at the last look.
    """

    key: str
    fingerprint: str
    text: str
    id: str | None = None
    unit: str | None = None
    date: date | None = None
    link: str | None = None
    links: frozenset[str] = frozenset()
    present: bool = True


class _Date(Enum):
    SAME = auto()
    NEAR = auto()  # a slip, or an event that was moved a little
    FAR = auto()
    UNKNOWN = auto()  # one of the two has none


class _Link(Enum):
    SAME = auto()
    KEPT = auto()  # another main link, and the former one is still in the item
    MOVED = auto()  # another page: the same one renamed, or other news
    NUMBERED = auto()  # it was renamed and a number came or went: a year, or a later version
    OTHER = auto()  # other numbers are in it: another release, another issue
    UNKNOWN = auto()  # one of the two has none


_NEARNESS = {_Date.SAME: 3.0, _Date.NEAR: 2.0, _Date.UNKNOWN: 1.0, _Date.FAR: 0.0}

# How alike the texts of an edited item are at least, as a share of equal characters: unrelated sentences of
# one language come to 0.4 or so, one with its second half rewritten to 0.7, a corrected slip to 0.97. Of what
# is not listed here more is asked, in _floor.
_FLOORS = {
    (_Date.SAME, _Link.SAME): 0.5,
    (_Date.SAME, _Link.UNKNOWN): 0.6,
    (_Date.SAME, _Link.KEPT): 0.6,
    (_Date.SAME, _Link.MOVED): 0.75,
    (_Date.NEAR, _Link.SAME): 0.5,
    (_Date.NEAR, _Link.UNKNOWN): 0.6,
    (_Date.NEAR, _Link.KEPT): 0.6,
    (_Date.NEAR, _Link.MOVED): 0.75,
    (_Date.UNKNOWN, _Link.SAME): 0.6,
    (_Date.UNKNOWN, _Link.UNKNOWN): 0.75,
    (_Date.UNKNOWN, _Link.KEPT): 0.75,
}
_SAME_NEWS = frozenset({_Link.SAME, _Link.UNKNOWN, _Link.KEPT})
STRICT_FLOOR = 0.9  # and the same numbers in the text: else it is the next of a series
_LEAST_FLOORS = {
    dates: min((floor for (other, _), floor in _FLOORS.items() if other is dates), default=STRICT_FLOOR)
    for dates in _Date
}
CONTAINED, _CONTAINED_CUTOFF, _CONTAINED_LENGTH = 0.9, 95, 15
_ROUNDING = 0.01
_UNIT_FLOOR = 0.5
_UNIT_MOVED_FLOOR = 0.75


def unmoved(found: Face, known: Face) -> float | None:
    """What stands there as it did at the last look, and does not say that it is another one.

    Nobody else can take its identity by writing its id: who could, could have a post edited or deleted.
    """
    if not known.present or found.fingerprint != known.fingerprint or found.id not in {None, known.key}:
        return None
    return 4.0 * (found.id is not None) + _NEARNESS[_dates(found, known)]


def same_id(found: Face, known: Face) -> float | None:
    """The id itself, or one that was numbered because two items on the page had it.

    Of two that write one id, it is the one whose link and date are the known ones.
    """
    if found.id is None:
        return None
    if known.key in {found.key, found.id}:
        return 1.0 + (_links(found, known) is _Link.SAME) / 2 + (_dates(found, known) is _Date.SAME) / 4
    twin = re.fullmatch(rf"{re.escape(found.id)}-[0-9]+", known.key)
    return 2.0 if twin and found.fingerprint == known.fingerprint else None


def same_form(found: Face, known: Face) -> float | None:
    """The same item, unless it comes again later: after an earlier one had left, the date must agree."""
    if found.fingerprint != known.fingerprint or other_id(found, known):
        return None
    dates = _dates(found, known)
    if dates is _Date.FAR and not known.present:
        return None
    return 2 * _NEARNESS[dates] + known.present


def same_day(found: Face, known: Face) -> bool:
    """Tell whether the dates leave it open that the two are one."""
    return _dates(found, known) is not _Date.FAR


@dataclass(frozen=True, kw_only=True, slots=True)
class Bond:
    """What speaks for a pair: the rung, how alike the texts are (0 to 1), and how alike they must be.

    It ``holds`` from its ``floor`` on.
    """

    rung: Rung
    alike: float
    floor: float
    present: bool

    @property
    def holds(self) -> bool:
        """Whether the two may be one."""
        return self.alike >= self.floor

    @property
    def weight(self) -> float:
        """What the pair is worth in an assignment: one of a surer rung more than any two of the next.

        On a rung it is the log-odds of the likeness, so that what is nearly the same outweighs two halves.
        """
        odds = min(max(self.alike, 0.01), 0.99)
        here = self.present and self.rung is not Rung.LIKENESS
        return _WEIGHTS[self.rung] + math.log(odds / (1 - odds)) + here


_WEIGHTS = {Rung.UNIT: 55.0, Rung.DATE_AND_LINK: 15.0, Rung.LIKENESS: 0.01}


def bond(found: Face, known: Face, alike: float) -> Bond | None:
    """Return what speaks for the two being one, on the surest rung; ``alike`` is the likeness of their texts.

    ``None`` where nothing can: two explicit ids are two items, and dates or links may say so too.
    """
    if other_id(found, known):
        return None
    dates, links = _dates(found, known), _links(found, known)
    if found.unit is not None and found.unit == known.unit:
        floor = _unit_floor(dates, links)
        if floor is not None and alike >= floor:
            return Bond(rung=Rung.UNIT, alike=alike, floor=floor, present=known.present)
    if dates is _Date.SAME and links is _Link.SAME:
        return Bond(rung=Rung.DATE_AND_LINK, alike=alike, floor=0.0, present=known.present)
    floor = _floor(found, known, dates, links)
    if floor is None:
        return None
    return Bond(rung=Rung.LIKENESS, alike=alike, floor=floor, present=known.present)


def _unit_floor(dates: _Date, links: _Link) -> float | None:
    """The same unit, unless it was emptied and filled with other news."""
    if dates is _Date.FAR and links not in _SAME_NEWS:
        return None
    if dates is _Date.UNKNOWN and links is _Link.OTHER:
        return None
    if dates is _Date.SAME or links is _Link.SAME:
        return 0.0
    return _UNIT_MOVED_FLOOR if links in {_Link.MOVED, _Link.NUMBERED, _Link.OTHER} else _UNIT_FLOOR


def _floor(found: Face, known: Face, dates: _Date, links: _Link) -> float | None:
    """Return how alike the texts must be; ``None`` where no likeness makes them one item."""
    if known.present and (dates, links) in _FLOORS:
        return _FLOORS[dates, links]
    possible = links is not _Link.OTHER if known.present else links in _SAME_NEWS
    if dates is _Date.FAR:
        possible = known.present and links in _SAME_NEWS
    return STRICT_FLOOR if possible and _numbers(found.text) == _numbers(known.text) else None


def other_id(found: Face, known: Face) -> bool:
    """Two explicit ids that reached a lower rung are not the same."""
    return found.id is not None and known.id is not None


def contained(one: str, other: str) -> bool:
    """Tell whether one text is a piece of the other, but for a slip."""
    if min(len(one), len(other)) < _CONTAINED_LENGTH:
        return False
    from rapidfuzz import fuzz  # noqa: PLC0415 - a run that finds a page as it was needs none of this

    return fuzz.partial_ratio(one, other, score_cutoff=_CONTAINED_CUTOFF) > 0


def likeness(found: str, known: str, ratio: float) -> float:
    """Return how alike two texts are, from 0 to 1, where ``ratio`` is their share of equal characters.

    One that was only added to, or cut, is like itself whatever its length.
    """
    if ratio >= CONTAINED:
        return ratio
    is_possible = ratio >= least_ratio(len(found), len(known), min)
    return CONTAINED if is_possible and contained(found, known) else ratio


def least_ratio(one: _Lengths, other: _Lengths, least: Callable[..., _Lengths]) -> _Lengths:
    """Return how alike two texts are at least if one contains the other.

    Given are their lengths, or arrays of lengths, and the function that finds the ``least`` of two. What the
    shorter one shares with its place in the longer one, it shares with the whole.
    """
    return 2 * least(one, other) * (_CONTAINED_CUTOFF / 100) / (one + other + 1) - _ROUNDING


def least_floor(found: Face, known: Face) -> float:
    """Return what no floor of the pair is below, seen by their dates alone: quick to tell."""
    if not known.present:
        return STRICT_FLOOR
    return _LEAST_FLOORS[_dates(found, known)]


def signs(face: Face) -> Iterator[tuple[str, str]]:
    """Yield what may make two faces one whatever their texts say: the unit, and the main link."""
    if face.unit is not None:
        yield "unit", face.unit
    if face.link is not None:
        yield "link", _page(face.link)


def _dates(found: Face, known: Face) -> _Date:
    """Compare dates; of an item that stayed on the page the year may have been mended."""
    if found.date is None or known.date is None:
        return _Date.UNKNOWN
    days = abs((found.date - known.date).days)
    if known.present and found.date.year != known.date.year:
        apart = abs(found.date.timetuple().tm_yday - known.date.timetuple().tm_yday)
        same_day = (found.date.month, found.date.day) == (known.date.month, known.date.day)
        days = 0 if same_day else min(days, max(1, min(apart, _DAYS_IN_YEAR - apart)))
    if days == 0:
        return _Date.SAME
    return _Date.NEAR if days <= _DAYS_NEAR else _Date.FAR


def _links(found: Face, known: Face) -> _Link:
    if found.link is None or known.link is None:
        return _Link.UNKNOWN
    here, there = _page(found.link), _page(known.link)
    if here == there:
        return _Link.SAME
    if there in map(_page, found.links):
        return _Link.KEPT
    ours, theirs = _numbers(here), _numbers(there)
    if ours == theirs:
        return _Link.MOVED
    return _Link.NUMBERED if ours <= theirs or theirs <= ours else _Link.OTHER


@lru_cache(maxsize=1 << 14)
def _page(url: str) -> str:
    """Leave out what does not change where it leads; Special:MyLanguage/ comes with being translatable."""
    plain = unquote(url).replace("Special:MyLanguage/", "")
    return re.sub(r"^https?://", "", plain).rstrip("/")


@lru_cache(maxsize=1 << 14)
def _numbers(text: str) -> frozenset[tuple[str, int]]:
    """Return the numbers in a text, each with which of its kind it is: one that stands there twice is two."""
    seen = Counter(_NUMBER.findall(text))
    return frozenset((number, place) for number, count in seen.items() for place in range(count))
