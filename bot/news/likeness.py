"""Pairs the items found on a page with those known of it.

Rung by rung, surest first, and on each rung the best pair first; what is paired is out of the game. So an
item that stands there unchanged is never given away to one that merely looks like it.

How much likeness is asked depends on what the known item did. One that was there at the last look and is gone
now was probably edited: much is forgiven. One that had left before is put back, not rewritten: little is.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING
from urllib.parse import unquote

from rapidfuzz import fuzz

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

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


def pair(found: Sequence[Face], known: Sequence[Face]) -> dict[int, int]:
    """Return which found face is which known one, by their places; each occurs once at most."""
    pairs: dict[int, int] = {}
    for rung in _RUNGS:
        taken = set(pairs.values())
        scores = [
            (score, face.key == other.key, -here, -there)
            for here, face in enumerate(found)
            if here not in pairs
            for there, other in enumerate(known)
            if there not in taken and (score := rung(face, other)) is not None
        ]
        for _, _, minus_here, minus_there in sorted(scores, reverse=True):
            if -minus_here not in pairs and -minus_there not in taken:
                pairs[-minus_here] = -minus_there
                taken.add(-minus_there)
    return pairs


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
_STRICT_FLOOR = 0.9  # and the same numbers in the text: else it is the next of a series
_CONTAINED, _CONTAINED_CUTOFF, _CONTAINED_LENGTH = 0.9, 95, 15
_UNIT_FLOOR = 0.5
_UNIT_MOVED_FLOOR = 0.75


def _same_id(found: Face, known: Face) -> float | None:
    """The id itself, or one that was numbered because two items on the page had it."""
    if found.id is None:
        return None
    if known.key in {found.key, found.id}:
        return 1.0
    twin = re.fullmatch(rf"{re.escape(found.id)}-[0-9]+", known.key)
    return 2.0 if twin and found.fingerprint == known.fingerprint else None


def _same_fingerprint(found: Face, known: Face) -> float | None:
    """The same item, unless it comes again later: after an earlier one had left, the date must agree."""
    if found.fingerprint != known.fingerprint or _other_id(found, known):
        return None
    dates = _dates(found, known)
    if dates is _Date.FAR and not known.present:
        return None
    near = {_Date.SAME: 3.0, _Date.NEAR: 2.0, _Date.UNKNOWN: 1.0, _Date.FAR: 0.0}[dates]
    return 2 * near + known.present


def _same_unit(found: Face, known: Face) -> float | None:
    """The same unit, unless it was emptied and filled with other news."""
    if found.unit is None or found.unit != known.unit or _other_id(found, known):
        return None
    dates, links = _dates(found, known), _links(found, known)
    if dates is _Date.FAR and links not in _SAME_NEWS:
        return None
    if dates is _Date.UNKNOWN and links is _Link.OTHER:
        return None
    alike = _likeness(found, known)
    sure = dates is _Date.SAME or links is _Link.SAME
    floor = _UNIT_MOVED_FLOOR if links in {_Link.MOVED, _Link.NUMBERED, _Link.OTHER} else _UNIT_FLOOR
    return alike + known.present if sure or alike >= floor else None


def _same_date_and_link(found: Face, known: Face) -> float | None:
    if _other_id(found, known):
        return None
    if _dates(found, known) is not _Date.SAME or _links(found, known) is not _Link.SAME:
        return None
    return _likeness(found, known) + known.present


def _alike(found: Face, known: Face) -> float | None:
    if _other_id(found, known):
        return None
    floor = _floor(found, known)
    if floor is None:
        return None
    alike = _likeness(found, known)
    return alike if alike >= floor else None


def _floor(found: Face, known: Face) -> float | None:
    """Return how alike the texts must be; ``None`` where no likeness makes them one item."""
    dates, links = _dates(found, known), _links(found, known)
    if known.present and (dates, links) in _FLOORS:
        return _FLOORS[dates, links]
    possible = links is not _Link.OTHER if known.present else links in _SAME_NEWS
    if dates is _Date.FAR:
        possible = known.present and links in _SAME_NEWS
    return _STRICT_FLOOR if possible and _numbers(found.text) == _numbers(known.text) else None


def _other_id(found: Face, known: Face) -> bool:
    """Two explicit ids that reached a lower rung are not the same."""
    return found.id is not None and known.id is not None


def _likeness(found: Face, known: Face) -> float:
    """Compare texts; one that was only added to, or cut, is like itself whatever its length."""
    alike = fuzz.ratio(found.text, known.text) / 100
    if alike < _CONTAINED and min(len(found.text), len(known.text)) >= _CONTAINED_LENGTH:
        contained = fuzz.partial_ratio(found.text, known.text, score_cutoff=_CONTAINED_CUTOFF)
        return _CONTAINED if contained else alike
    return alike


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


def _page(url: str) -> str:
    """Leave out what does not change where it leads; Special:MyLanguage/ comes with being translatable."""
    plain = unquote(url).replace("Special:MyLanguage/", "")
    return re.sub(r"^https?://", "", plain).rstrip("/")


def _numbers(text: str) -> Counter[str]:
    return Counter(re.findall(r"\d+", text))


_RUNGS = (_same_id, _same_fingerprint, _same_unit, _same_date_and_link, _alike)
