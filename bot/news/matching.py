"""Which of the items found on a page are which of those known of it, all taken together.

What stands there as it was, or says by an explicit id who it is, is settled first, in this order: it is never
given away to one that merely looks like it. The rest is an optimal assignment: of all ways to pair what was
found with what is known, the one with the greatest weight (``likeness.Bond``).

Two mistakes are possible. An edited item taken for new would be posted twice; a new one taken for known would
never be posted. So whatever is not clear is a ``Doubt``: the item is new, and a person is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.model import Rung
from bot.news import likeness
from bot.news.likeness import Bond, Face, bond

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

# A likeness this near its floor, on either side, decides nothing.
_BAND = 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """The known item, by its place, that one found is; by which rung; how alike their texts are (0 to 1)."""

    known: int
    rung: Rung
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """The known item, by its place, that one found may be, though nobody can tell."""

    known: int
    score: float


@dataclass(kw_only=True, slots=True)
class Pairing:
    """What was found, by its places: who it is, or may be. What is in neither is new."""

    matches: dict[int, Match] = field(default_factory=dict)
    doubts: dict[int, Doubt] = field(default_factory=dict)


def pair(found: Sequence[Face], known: Sequence[Face]) -> Pairing:
    """Pair the faces found with those known; each of these occurs once at most."""
    pairing = Pairing()
    _settle(pairing, found, known, Rung.UNCHANGED, likeness.unmoved, _of_one_form(found, known))
    _settle(pairing, found, known, Rung.ID, likeness.same_id, _with_ids(found, known))
    _settle(pairing, found, known, Rung.UNCHANGED, likeness.same_form, _of_one_form(found, known))
    left, open_ = _left_over(pairing, found, known)
    for here, there, speaks in _only_for_each_other(found, known, left, open_):
        _decide(pairing, here, there, speaks)
    left, open_ = _left_over(pairing, found, known)
    bonds = _bonds(found, known, left, open_) if left and open_ else {}
    chosen = _assign({places: bond.weight for places, bond in bonds.items() if bond.holds})
    for here, there in chosen.items():
        _decide(pairing, here, there, bonds[here, there])
    claims = {match.known: match for match in pairing.matches.values()}
    for here in left:
        if here not in pairing.matches and here not in pairing.doubts:
            doubt = _doubt(here, found, known, bonds, pairing, claims)
            if doubt is not None:
                pairing.doubts[here] = doubt
    return pairing


def _settle(
    pairing: Pairing,
    found: Sequence[Face],
    known: Sequence[Face],
    rung: Rung,
    rule: Callable[[Face, Face], float | None],
    candidates: Iterator[tuple[int, int]],
) -> None:
    """Make the pairs that ``rule`` is sure of: the best first, and in page order where they are equal."""
    taken = {match.known for match in pairing.matches.values()}
    scores = [
        (score, found[here].key == known[there].key, -here, -there)
        for here, there in candidates
        if here not in pairing.matches
        and there not in taken
        and (score := rule(found[here], known[there])) is not None
    ]
    for _, _, minus_here, minus_there in sorted(scores, reverse=True):
        if -minus_here not in pairing.matches and -minus_there not in taken:
            pairing.matches[-minus_here] = Match(known=-minus_there, rung=rung, score=1.0)
            taken.add(-minus_there)


def _with_ids(found: Sequence[Face], known: Sequence[Face]) -> Iterator[tuple[int, int]]:
    for here, face in enumerate(found):
        if face.id is not None:
            yield from ((here, there) for there in range(len(known)))


def _of_one_form(found: Sequence[Face], known: Sequence[Face]) -> Iterator[tuple[int, int]]:
    places: dict[str, list[int]] = {}
    for there, face in enumerate(known):
        places.setdefault(face.fingerprint, []).append(there)
    for here, face in enumerate(found):
        yield from ((here, there) for there in places.get(face.fingerprint, ()))


def _left_over(pairing: Pairing, found: Sequence[Face], known: Sequence[Face]) -> tuple[list[int], list[int]]:
    taken = {match.known for match in pairing.matches.values()}
    left = [here for here in range(len(found)) if here not in pairing.matches]
    return left, [there for there in range(len(known)) if there not in taken]


def _only_for_each_other(
    found: Sequence[Face], known: Sequence[Face], left: Sequence[int], open_: Sequence[int]
) -> Iterator[tuple[int, int, Bond]]:
    """Yield the pairs that every optimal assignment has: there are many, and they are quickly found.

    A unit or a link leads to the other and to nobody else, so whatever else the two could be paired with,
    there is nothing but likeness for it; and a surer rung outweighs any two of likeness.
    """
    from rapidfuzz import fuzz  # noqa: PLC0415 - a run that finds a page as it was needs none of this

    here_by, there_by = _by_sign(found, left), _by_sign(known, open_)
    for here in left:
        signs = set(likeness.signs(found[here]))
        there = next((place for sign in signs for place in there_by.get(sign, ())), None)
        if there is None:
            continue
        signs |= set(likeness.signs(known[there]))
        if any({*here_by.get(sign, (here,))} != {here} for sign in signs):
            continue
        if any({*there_by.get(sign, (there,))} != {there} for sign in signs):
            continue
        texts = found[here].text, known[there].text
        alike = likeness.likeness(*texts, fuzz.ratio(*texts) / 100)
        speaks = bond(found[here], known[there], alike)
        if speaks is not None and speaks.rung is not Rung.LIKENESS:
            yield here, there, speaks


def _by_sign(faces: Sequence[Face], places: Sequence[int]) -> dict[tuple[str, str], list[int]]:
    by: dict[tuple[str, str], list[int]] = {}
    for place in places:
        for sign in likeness.signs(faces[place]):
            by.setdefault(sign, []).append(place)
    return by


def _bonds(
    found: Sequence[Face], known: Sequence[Face], left: Sequence[int], open_: Sequence[int]
) -> dict[tuple[int, int], Bond]:
    """Return what speaks for each possible pair of those left over, by their places.

    Most pairs are none, and are not looked at closely: a page may have had thousands of items before.
    """
    import numpy as np  # noqa: PLC0415 - a run that finds a page as it was needs none of this
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - as above

    here, there = [found[place] for place in left], [known[place] for place in open_]
    texts, known_texts = [face.text for face in here], [face.text for face in there]
    ratios = process.cdist(texts, known_texts, scorer=fuzz.ratio, dtype=np.float32) / 100
    lengths = np.array([len(text) for text in texts])[:, None]
    known_lengths = np.array([len(text) for text in known_texts])[None, :]
    pieces = likeness.least_ratio(lengths, known_lengths, np.minimum)
    least = np.minimum(pieces, np.array(_least_floors(here, there), dtype=np.float32) - _BAND)
    pairs = {(row, column) for row, column in np.argwhere(ratios >= least).tolist()}
    pairs |= _akin(here, there)
    bonds: dict[tuple[int, int], Bond] = {}
    for row, column in sorted(pairs):
        alike = likeness.likeness(texts[row], known_texts[column], float(ratios[row, column]))
        speaks = bond(here[row], there[column], alike)
        if speaks is not None and speaks.alike >= speaks.floor - _BAND:
            bonds[left[row], open_[column]] = speaks
    return bonds


def _least_floors(found: Sequence[Face], known: Sequence[Face]) -> list[list[float]]:
    """Return what no floor is below, for each found face (a row) and each known one; once for each day."""
    rows: dict[date | None, list[float]] = {}
    for face in found:
        if face.date not in rows:
            floors: dict[tuple[date | None, bool], float] = {}
            for other in known:
                if (other.date, other.present) not in floors:
                    floors[other.date, other.present] = likeness.least_floor(face, other)
            rows[face.date] = [floors[other.date, other.present] for other in known]
    return [rows[face.date] for face in found]


def _akin(found: Sequence[Face], known: Sequence[Face]) -> set[tuple[int, int]]:
    """Return the pairs that may be one whatever their texts say."""
    places = _by_sign(known, range(len(known)))
    return {
        (row, column)
        for row, face in enumerate(found)
        for sign in likeness.signs(face)
        for column in places.get(sign, ())
    }


def _assign(weights: Mapping[tuple[int, int], float]) -> dict[int, int]:
    """Return the pairs of the greatest weight in all, each place once; a pair without a weight is none."""
    rows, columns = sorted({here for here, _ in weights}), sorted({there for _, there in weights})
    if len(rows) == len(columns) == len(weights):  # nothing is contended
        return dict(weights.keys())
    import numpy as np  # noqa: PLC0415 - seldom needed, and slow to import
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - as above

    row_of, column_of = (
        {here: n for n, here in enumerate(rows)},
        {there: n for n, there in enumerate(columns)},
    )
    matrix = np.zeros((len(rows), len(columns)))
    for (here, there), weight in weights.items():
        matrix[row_of[here], column_of[there]] = weight
    chosen = zip(*linear_sum_assignment(matrix, maximize=True), strict=True)
    pairs = ((rows[row], columns[column]) for row, column in chosen)
    return {here: there for here, there in pairs if (here, there) in weights}


def _decide(pairing: Pairing, here: int, there: int, speaks: Bond) -> None:
    """Make the pair; or leave it to a person where the texts are hardly alike enough."""
    if speaks.rung is Rung.LIKENESS and speaks.alike < min(speaks.floor + _BAND, likeness.CONTAINED):
        pairing.doubts[here] = Doubt(known=there, score=speaks.alike)
    else:
        pairing.matches[here] = Match(known=there, rung=speaks.rung, score=speaks.alike)


def _doubt(
    here: int,
    found: Sequence[Face],
    known: Sequence[Face],
    bonds: Mapping[tuple[int, int], Bond],
    pairing: Pairing,
    claims: Mapping[int, Match],
) -> Doubt | None:
    """Return the item on the page that this one, which is none of those known, may be all the same.

    Either nobody else is that item, and the two are nearly alike enough; or another one is, and this one says
    just the same or writes the same id, is a piece that was split off from it, or had hardly less claim to be
    it. ``claims`` are the matches made, by the places of those known.
    """
    face = found[here]
    contended = {doubt.known for doubt in pairing.doubts.values()}
    best: Doubt | None = None
    for there, other in enumerate(known):
        if not other.present:
            continue
        claim = claims.get(there)
        if claim is not None and face.id == other.key:
            return Doubt(known=there, score=1.0)
        if likeness.other_id(face, other):
            continue
        speaks = bonds.get((here, there))
        if claim is None:
            score = speaks.alike if speaks is not None and there not in contended else None
        else:
            score = _rival_claim(face, other, speaks, claim)
        if score is not None and (best is None or score > best.score):
            best = Doubt(known=there, score=score)
    return best


def _rival_claim(face: Face, other: Face, speaks: Bond | None, match: Match) -> float | None:
    if face.fingerprint == other.fingerprint and likeness.same_day(face, other):
        return 1.0
    if match.rung is Rung.LIKENESS and speaks is not None and speaks.holds:
        return speaks.alike
    was_changed = match.rung is not Rung.UNCHANGED
    if was_changed and likeness.same_day(face, other) and likeness.contained(face.text, other.text):
        return likeness.CONTAINED
    return None
