"""Which item is which, from one revision of a page to the next.

An item's text is no identity: it is edited for days. What stands there as it did is what it was. Else an item
found is the known one that, in this order, has its explicit id; its fingerprint; its Translate unit; its date
and main link; or a text much like its own. What matches nothing is new.

Two mistakes are possible. An edited item taken for new would be posted twice; a new one taken for known would
never be posted. Texts alone cannot tell "1.45.1 is released" from "1.45.2 is released", so likeness counts
only where dates and main links do not say otherwise, and what is nearly alike is left to a person: the item
gets a key of its own, and its ``recognition`` names the other one until an explicit id says which it is. The
rules stand in ``likeness``, the choice between all possible pairs in ``matching``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.model import Item, KnownItem, Recognition, Rung
from bot.news import likeness
from bot.news.likeness import Face
from bot.news.matching import pair
from bot.news.plain import fold
from bot.news.provenance import provenance

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bot.model import Page, PageMemory

_VERSION = "1"
_GENERATED_KEY = re.compile(r"(?:[0-9]{8}|undated)-[0-9a-f]{8}(?:-[0-9]+)?")


def fingerprint(item: Item) -> str:
    """Return a hash of what an item says; when it changes, its posts and its provenance are out of date.

    It covers text, links, main link, media, and the directives that change what is posted. It leaves out
    looks, white space, the date, when and where to post, and whatever is empty: a field that is added later
    changes the fingerprint of no item that does not use it. That of a translation ends with its language.
    """
    asked = item.directives
    meaning = {
        "text": fold(item.text),
        "links": [[fold(link.text), link.url] for link in item.body.links],
        "main_link": item.main_link.url if item.main_link else None,
        "media": [[media.file, media.alt or ""] for media in item.media],
        "content_warning": asked.content_warning,
        "language": asked.language,
        "image": asked.image,
        "alt": asked.alt,
        "share": asked.share,
        "texts": dict(asked.texts),
    }
    spoken = f":{item.language}" if item.translated else ""
    return f"{_VERSION}:{_hash({name: value for name, value in meaning.items() if value})[:32]}{spoken}"


def translated_into(fingerprint: str) -> str | None:
    """Return the language of the translation that a fingerprint is of; ``None`` where it is of none."""
    return fingerprint.rpartition(":")[2] if fingerprint.count(":") > 1 else None


def form(item: Item) -> str:
    """Return a hash of what an item says and of when and where it may go out: the form that settles.

    Whoever takes a ``hold`` or a ``skip`` away, or opens an item to more channels, must wait like one who
    changes its text. Where an item asks for nothing of the kind, its form is its fingerprint.
    """
    asked = item.directives
    bounds = {
        "hold": None if asked.hold is None else ["held", asked.hold],
        "channels": None if asked.channels is None else sorted(asked.channels),
        "skip": None if asked.skip is None else ["skipped", asked.skip],
        "not_before": asked.not_before.isoformat() if asked.not_before else None,
        "until": asked.until.isoformat() if asked.until else None,
    }
    bounds = {name: bound for name, bound in bounds.items() if bound is not None}
    content = fingerprint(item)
    return f"{_VERSION}:{_hash({'content': content, **bounds})[:32]}" if bounds else content


def with_keys(items: Sequence[Item], page_title: str) -> tuple[Item, ...]:
    """Give each item a key of its own: the explicit id, else one made of its date and of what it is.

    Of two that would have the same key, the upper one gets a number: news are added at the top, so counting
    from the bottom leaves alone what is there.
    """
    return _numbered([replace(item, key=_fresh_key(item, page_title)) for item in items], taken=())


def recognise(items: Sequence[Item], memory: PageMemory | None, page: Page) -> tuple[Item, ...]:
    """Give each item the key of the known item that it is, and its provenance; see the module's text.

    Where the page was saved more than once since the last look, nobody knows which revision did what: it may
    have been any. ``tracing.trace`` looks at each where their texts are there.
    """
    known = memory.items if memory else ()
    fresh = with_keys(items, page.title)
    faces = [_face(item) for item in fresh]
    pairing = pair(faces, [_known_face(item) for item in known])
    recognised = []
    for place, (item, face) in enumerate(zip(fresh, faces, strict=True)):
        match, doubt = pairing.matches.get(place), pairing.doubts.get(place)
        same = known[match.known] if match else None
        recognition = Recognition(
            by=match.rung if match else Rung.NEW,
            score=round(match.score if match else doubt.score if doubt else 0.0, 3),
            doubt=known[doubt.known].key if doubt else None,
        )
        recognised.append(
            replace(
                item,
                key=same.key if same else item.key,
                provenance=provenance(item, face.fingerprint, same, page),
                recognition=_as_remembered(recognition, same, item),
            )
        )
    taken = [item.key for item in known]
    numbered = _numbered(recognised, taken=taken, settled=set(pairing.matches))
    return numbered if memory is None else _with_twins_in_doubt(numbered, faces)


def remember(items: Sequence[Item]) -> tuple[KnownItem, ...]:
    """Return what to keep of recognised items; raises ``ValueError`` for one without a provenance."""
    return tuple(_known(item) for item in items)


def _as_remembered(recognition: Recognition, known: KnownItem | None, item: Item) -> Recognition:
    """Return what is to be remembered: an unchanged item's last change, and a doubt until an id ends it."""
    before = known.recognition if known else None
    if before is None:
        return recognition
    if recognition.by is Rung.UNCHANGED:
        recognition = before
    is_told = item.directives.id not in {None, before.doubt}
    return replace(recognition, doubt=None if is_told else before.doubt)


def _with_twins_in_doubt(items: Sequence[Item], faces: Sequence[Face]) -> tuple[Item, ...]:
    """Doubt new items that say what another new one on the page says: the lowest of them is the news."""
    first: dict[str, list[int]] = {}
    result = list(items)
    for place in reversed(range(len(items))):
        item, face = items[place], faces[place]
        if item.recognition is None or item.recognition.by is not Rung.NEW:
            continue
        others = first.setdefault(face.fingerprint, [])
        alike = [other for other in others if likeness.same_day(face, faces[other])]
        twin = next((other for other in alike if face.id in {None, faces[other].id}), None)
        if twin is not None and item.recognition.doubt is None:
            result[place] = replace(
                item, recognition=Recognition(by=Rung.NEW, score=1.0, doubt=items[twin].key)
            )
        others.append(place)
    return tuple(result)


def _known(item: Item) -> KnownItem:
    if item.provenance is None:
        raise ValueError(f"item {item.key} was never recognised: it has no provenance")
    return KnownItem(
        key=item.key,
        text=fold(item.text),
        fingerprint=form(item),
        provenance=item.provenance,
        date=item.date,
        main_link=item.main_link.url if item.main_link else None,
        unit=item.unit,
        recognition=item.recognition,
    )


def _fresh_key(item: Item, page_title: str) -> str:
    if item.directives.id:
        return item.directives.id
    day = item.date.isoformat() if item.date else None
    if item.unit:
        what = {"unit": item.unit}
    elif day and item.main_link:
        what = {"date": day, "link": item.main_link.url}
    else:
        what = {"text": fold(item.text)}
    return f"{(day or 'undated').replace('-', '')}-{_hash({'page': page_title, **what})[:8]}"


def _numbered(
    items: Sequence[Item], *, taken: Collection[str], settled: Collection[int] = ()
) -> tuple[Item, ...]:
    """Make keys unique from the bottom up: those at ``settled`` places stay, ``taken`` ones are not given."""
    used = set(taken)
    numbers: Counter[str] = Counter()  # the last number given to a key: twins are many on a broken page
    numbered: list[Item] = []
    for place in reversed(range(len(items))):
        item = items[place]
        if place not in settled:
            key = item.key
            while key in used:
                numbers[item.key] += 1
                key = f"{item.key}-{numbers[item.key] + 1}"
            used.add(key)
            item = replace(item, key=key)
        numbered.append(item)
    return tuple(reversed(numbered))


def _face(item: Item) -> Face:
    return Face(
        key=item.key,
        fingerprint=form(item),
        text=fold(item.text).casefold(),
        id=item.directives.id,
        unit=item.unit,
        date=item.date,
        link=item.main_link.url if item.main_link else None,
        links=frozenset(link.url for link in item.body.links),
    )


def _known_face(item: KnownItem) -> Face:
    return Face(
        key=item.key,
        fingerprint=item.fingerprint,
        text=fold(item.text).casefold(),
        id=None if _GENERATED_KEY.fullmatch(item.key) else item.key,
        unit=item.unit,
        date=item.date,
        link=item.main_link,
        present=item.present,
    )


def _hash(meaning: object) -> str:
    return hashlib.sha256(json.dumps(meaning, sort_keys=True).encode()).hexdigest()
