"""The items of a page in another language, paired with those of the page itself.

Under the Translate extension the page is put together as the extension does it, unit by unit, and read like
the original; elsewhere ``Page/de`` is read as it is. Either way an item gets a translation only where nothing
speaks against it: one that is outdated, partly untranslated, or cannot be told from its neighbours is a lack.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from bot.model import Provenance, Translation
from bot.news import units as units_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

    from bot.model import Item, Page, TranslatedUnits

    # Reads a page: without a language as the original was read, else what was found there, in that one.
    Understand = Callable[[Page, str | None], Sequence[Item]]

UNPAIRED = "it is not clear which item of its translation it is"


def by_units(
    page: Page, items: Sequence[Item], told: TranslatedUnits, language: str, understand: Understand
) -> Mapping[str, Translation]:
    """Return the translation of each item of a page under Translate, or the lack of one, by its key."""
    if told.lack:
        return {item.key: Translation(lack=told.lack) for item in items}
    here = _texts(page)
    texts = {id_: told.units[id_].text or "" for id_ in here if _unfit(id_, here, told, language) is None}
    marked = understand(replace(page, wikitext=units_of.in_words_of(page.wikitext, {})), None)
    if len(marked) != len(items):
        return {item.key: Translation(lack=UNPAIRED) for item in items}
    other_page = replace(page, wikitext=units_of.in_words_of(page.wikitext, texts))
    pairs = _in_groups(marked, understand(other_page, language))
    if any(marked[place].date != found.date for place, found in pairs.items()):
        # A date that is in no unit stands there in the language of the original.
        as_original = _in_groups(marked, understand(other_page, marked[0].language))
        pairs |= {place: item for place, item in as_original.items() if item.date == marked[place].date}

    def translation(item: Item, place: int) -> Translation:
        ids = marked[place].units
        if not ids:
            return Translation(lack="it is not marked for translation yet")
        lacks = (_unfit(id_, here, told, language) for id_ in ids)
        if lack := next(filter(None, lacks), None):
            return Translation(lack=lack)
        found = pairs.get(place)
        if found is None:
            return Translation(lack=UNPAIRED)
        return Translation(item=_said(item, found, language, _together(ids, told)))

    return {item.key: translation(item, place) for place, item in enumerate(items)}


def by_subpage(
    items: Sequence[Item], subpage: Page, editors: Sequence[str], language: str, understand: Understand
) -> Mapping[str, Translation]:
    """Return the translation of each item that the page's subpage has, or the lack of one, by its key.

    Nothing says there what was translated from what: an item that has changed since the subpage was saved has
    no translation. ``editors`` are all who may have written what has not settled on the subpage.
    """
    wikitext = units_of.foreign_marked(subpage.wikitext, language)
    found = understand(replace(subpage, wikitext=wikitext), language)
    pairs = _paired(items, found, language)
    origin = Provenance(revision=subpage.revision.id, editors=tuple(editors), since=subpage.since)

    def translation(item: Item, place: int) -> Translation:
        other = pairs.get(place)
        if other is None:
            return Translation(lack=f"{subpage.title} has no item that is clearly this one")
        if units_of.UNTRANSLATED in other.units:
            return Translation(lack=f"it is not translated into {language} yet")
        if units_of.OUTDATED in other.units:
            return Translation(lack=f"its translation into {language} is outdated")
        if item.provenance is None or subpage.since < item.provenance.since:
            return Translation(lack=f"{subpage.title} was not edited since the item was")
        return Translation(item=_said(item, other, language, origin))

    return {item.key: translation(item, place) for place, item in enumerate(items)}


def _texts(page: Page) -> Mapping[str, str]:
    """Return what each unit says; which of two of one id was marked for translation nobody can tell."""
    units = list(units_of.units(page.wikitext))
    times = Counter(unit.id for unit in units)
    return {unit.id: unit.text for unit in units if times[unit.id] == 1}


def _unfit(id_: str, texts: Mapping[str, str], told: TranslatedUnits, language: str) -> str | None:
    """Return why a unit's translation does not say what the unit says now."""
    unit = told.units.get(id_)
    if unit is None:
        return "it is not marked for translation yet"
    if id_ not in texts or not units_of.same_meaning(texts[id_], unit.definition):
        return "it was changed and not marked for translation since"
    if unit.text is None or not unit.text.strip():
        return f"it is not translated into {language} yet"
    return f"its translation into {language} is outdated" if unit.outdated else None


def _together(ids: Sequence[str], told: TranslatedUnits) -> Provenance | None:
    """Return where all these units come from; ``None`` where that is not known of one of them."""
    origins = [told.units[id_].provenance for id_ in ids]
    known = [origin for origin in origins if origin is not None]
    if len(known) < len(origins):
        return None
    return Provenance(
        revision=max(origin.revision for origin in known),
        editors=tuple(dict.fromkeys(editor for origin in known for editor in origin.editors)),
        since=max(origin.since for origin in known),
    )


def _said(item: Item, found: Item, language: str, origin: Provenance | None) -> Item:
    """Return the item as its translation says it; when and where it goes out is the original's to say."""
    same_files = [media.file for media in item.media] == [media.file for media in found.media]
    warning = found.directives.content_warning if item.directives.content_warning else None
    return replace(
        item,
        body=found.body,
        main_link=found.main_link or item.main_link,
        media=found.media if same_files and all(media.alt for media in found.media) else item.media,
        unresolved=found.unresolved,
        misleading=found.misleading,
        expanded=found.expanded,
        directives=replace(
            item.directives, content_warning=warning or item.directives.content_warning, texts={}
        ),
        language=language,
        translated=True,
        provenance=origin,
    )


def _in_groups(marked: Sequence[Item], found: Sequence[Item]) -> dict[int, Item]:
    """Pair items of the same units, where these have as many items in both languages."""
    originals, others = _grouped(marked, lambda item: item.units), _grouped(found, lambda item: item.units)
    return dict(_even(originals, others, found))


def _paired(items: Sequence[Item], found: Sequence[Item], language: str) -> dict[int, Item]:
    """Pair items by their ids, else by day and main link, else by day and order; or the only one with it."""
    if len(items) == len(found) == 1 and items[0].date == found[0].date:
        return {0: found[0]}

    def day_and_link(item: Item) -> Hashable | None:
        return (item.date, _target(item.main_link.url, language)) if item.main_link else None

    pairs: dict[int, Item] = {}
    for sign in (_id, day_and_link, _day):
        taken = {id(item) for item in pairs.values()}
        left = [item if place not in pairs else None for place, item in enumerate(items)]
        others = [item if id(item) not in taken else None for item in found]
        pairs |= _even(_grouped(left, sign), _grouped(others, sign), found)
    return pairs


def _grouped(
    items: Sequence[Item | None], sign: Callable[[Item], Hashable | None]
) -> Mapping[Hashable, list[int]]:
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        if item is not None and (shared := sign(item)) is not None:
            groups[shared].append(place)
    return groups


def _even(
    originals: Mapping[Hashable, list[int]], others: Mapping[Hashable, list[int]], found: Sequence[Item]
) -> Iterator[tuple[int, Item]]:
    for sign, places in originals.items():
        there = others.get(sign, ())
        if len(places) == len(there):
            yield from ((place, found[other]) for place, other in zip(places, there, strict=True))


def _id(item: Item) -> Hashable | None:
    return item.directives.id


def _day(item: Item) -> Hashable | None:
    return item.date


def _target(url: str, language: str) -> str:
    """Return where a link leads, whatever the language of the page there."""
    plain = unquote(url).replace("_", " ").replace("Special:MyLanguage/", "")
    return re.sub(rf"/{re.escape(language)}(?=#|$)", "", plain, flags=re.IGNORECASE)
