"""What the gate has to know of the items that may go out: who wrote them, and what became of their edits.

Only for these the wiki is asked, in few requests however many there are: who people are, whether edits were
reverted or hidden meanwhile, and, where the gate wants it, whether they were patrolled. What the wiki does
not tell stays unknown, and the gate holds what it cannot judge.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.decide.authors import standing, timeline
from bot.decide.gate import Evidence
from bot.decide.plan import undecided
from bot.errors import PageError
from bot.model import ChangeKind, Review, Trouble
from bot.news.units import is_translatable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bot.decide.views import Circumstances
    from bot.model import Item, Page, Provenance, Revision, Translation
    from bot.sync.herald import Herald
    from bot.sync.read import Reading
    from bot.wiki.base import Source


def with_evidence(
    herald: Herald, readings: Sequence[Reading], around: Circumstances
) -> tuple[list[Reading], list[Trouble]]:
    """Return the readings with what the wiki says of the items that may go out, or be edited or deleted."""
    found: list[Reading] = []
    troubles: list[Trouble] = []
    for reading in readings:
        keys = undecided(reading.view, herald.followers, around)
        if reading.view.trusted or not (keys or reading.view.reverts):
            found.append(reading)
            continue
        try:
            evidence = _gathered(herald, reading, keys, around)
        except PageError as error:
            evidence = Evidence(templates=None, lack=str(error))
            message = f"the gate cannot be asked, so that what is new there is held: {error}"
            troubles.append(Trouble(message=message, page=reading.view.title, failure=True))
        found.append(replace(reading, view=replace(reading.view, evidence=evidence)))
    return found, troubles


def _gathered(herald: Herald, reading: Reading, keys: frozenset[str], around: Circumstances) -> Evidence:
    view, source = reading.view, reading.source
    names: set[str] = {revert.editor for revert in view.reverts.values()}
    ids: set[int] = set()
    templates: list[Revision] = []
    stale: set[str] = set()
    patrolled: set[int] = set()
    for page, items in reading.groups:
        due = [item for item in items if item.key in keys]
        for home, calls in _called(page, due, view.translations):
            stale |= _stale(herald, source, home, calls)
            templates += source.templates(home, calls)
        for origin in _origins(due, view.translations):
            revisions = list(_looked_at(origin))
            names.update(revision.editor for revision in revisions)
            ids.update(revision.id for revision in revisions if revision.id)
        if due and around.gate.review is Review.PATROLLED:
            patrolled |= source.patrolled(page)
    names.update(revision.editor for revision in templates)
    return Evidence(
        people=source.people(sorted(names - {""}), reading.page) if names - {""} else {},
        revisions=source.revisions(sorted(ids)) if ids else {},
        patrolled=frozenset(patrolled),
        templates=tuple(templates),
        stale=frozenset(stale),
    )


def _called(
    page: Page, items: Sequence[Item], translations: Mapping[str, Mapping[str, Translation]]
) -> Iterator[tuple[Page, tuple[str, ...]]]:
    """Yield the template calls of items and of their translations, each with the page that it stands on.

    A translation stands on the page itself, put together of its units, or on a subpage.
    """
    if calls := _calls(items):
        yield page, calls
    for language in sorted({language for item in items for language in translations.get(item.key, {})}):
        told = [translations[item.key].get(language) for item in items if item.key in translations]
        said = [one.item for one in told if one is not None and one.item is not None]
        if calls := _calls(said):
            origin = said[0].provenance
            on_page = is_translatable(page.wikitext) or origin is None
            title = page.title if on_page else f"{page.title}/{language.lower()}"
            number = page.revision.id if on_page or origin is None else origin.revision
            yield replace(page, title=title, revision=replace(page.revision, id=number)), calls


def _calls(items: Iterable[Item]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(call for item in items for call in item.expanded))


def _stale(herald: Herald, source: Source, home: Page, calls: Sequence[str]) -> set[str]:
    """Return the calls of which the wiki makes something else by now; the next run then asks anew."""
    known = herald.ledger.expansions(source.name, home.title, home.revision.id)
    made = source.expand(home, calls)
    stale = {call for call in calls if made.get(call) != known.get(call)}
    if stale:
        herald.ledger.remember_expansions(source.name, home.title, home.revision.id, None, now=herald.clock())
    return stale


def _origins(
    items: Iterable[Item], translations: Mapping[str, Mapping[str, Translation]]
) -> Iterator[Provenance]:
    """Yield where items come from, and what is known of their translations."""
    for item in items:
        said = [told.item for told in translations.get(item.key, {}).values()]
        for one in (item, *said):
            if one is not None and one.provenance is not None:
                yield one.provenance


def _looked_at(origin: Provenance) -> Iterator[Revision]:
    """Yield the revisions by which an item is judged: those it is made of, and those that approve of it."""
    yield from (
        change.revision for change in standing(timeline(origin)) if change.kind is not ChangeKind.SHOWN
    )
    for change in origin.changes:
        if change.kind in {ChangeKind.SHOWN, ChangeKind.APPROVED}:
            yield replace(change.revision, id=0)  # its author matters, and not what became of it
