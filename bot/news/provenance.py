"""What each revision of the page did to an item: who brought it, who changed it, who took it away.

An item that nobody touched keeps its provenance. Every other change is written down with the revision that
made it; where several were saved between two looks and their texts are not there, each of them may have.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.model import Change, ChangeKind, Provenance, Revision

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.model import Item, KnownItem, Page

MOST = 100  # changes of an item that are kept: the one that brought it, and the last ones

# The directives of which it matters who wrote them, and what it is called when one comes.
_SPOKEN = {"approve": ChangeKind.APPROVED, "retry": ChangeKind.RETRIED}


def provenance(item: Item, form: str, known: KnownItem | None, page: Page) -> Provenance:
    """Return where the item's form on ``page`` comes from.

    ``known`` is the item as it was before the revisions of ``page.history``, ``None`` for a new one; ``form``
    tells its forms apart.
    """
    before = known.provenance if known is not None else None
    changes = _changes(item, form, known, page)
    spoken = _spoken(item, before.changes if known is not None and known.present and before else (), page)
    if not changes and before is not None:
        return replace(before, changes=_kept((*before.changes, *spoken))) if spoken else before
    past = before.changes if before is not None else ()
    editors = page.editors
    if known is not None and known.present and known.fingerprint == form and before is not None:
        editors = tuple(dict.fromkeys((*before.editors, *editors)))  # if it was away, others brought it back
    return Provenance(
        revision=page.revision.id,
        editors=editors,
        since=page.since,
        changes=_kept((*past, *_in_time([*_shown(page), *changes]), *spoken)),
    )


def shown(item: Item, by: Iterable[Revision]) -> Item:
    """Return the item with the revisions without which it would not be shown to anybody."""
    origin = item.provenance
    if origin is None:
        return item
    there = {change.revision.id for change in origin.changes if change.kind is ChangeKind.SHOWN}
    more = [Change(kind=ChangeKind.SHOWN, revision=one) for one in by if one.id not in there]
    return replace(item, provenance=replace(origin, changes=_kept((*_in_time([*origin.changes, *more]),))))


def removed(known: KnownItem, page: Page, *, reverting: bool) -> KnownItem:
    """Return the item as it is after a revision without it."""
    change = Change(kind=ChangeKind.REMOVED, revision=one_of(_revisions(page)), reverting=reverting)
    origin = replace(known.provenance, changes=_kept((*known.provenance.changes, change)))
    return replace(known, present=False, provenance=origin)


def _changes(item: Item, form: str, known: KnownItem | None, page: Page) -> list[Change]:
    """Return what happened to what the item says; nothing where it has stood there all the time."""
    revisions = _revisions(page)
    first, later = ChangeKind.ADDED, ChangeKind.CHANGED
    relinked = False
    if known is not None:
        same = known.fingerprint == form and not _renewed(item, known)
        if known.present and same and len(revisions) == 1:
            return []
        first = ChangeKind.CHANGED if known.present else ChangeKind.RESTORED
        relinked = known.main_link != (item.main_link.url if item.main_link else None)
    kinds = [first, *[later] * (len(revisions) - 1)]
    return [
        Change(kind=kind, revision=revision, form=form, relinked=relinked)
        for kind, revision in zip(kinds, revisions, strict=True)
    ]


def _renewed(item: Item, known: KnownItem) -> bool:
    """Tell whether it is now said to be of a later day: what is too old to go out could be made new."""
    before = known.date or known.provenance.since.date()
    return item.date is not None and item.date > before


def _spoken(item: Item, before: Iterable[Change], page: Page) -> list[Change]:
    """Return the directives that came, changed or went, of those where it matters who wrote them."""
    revision = one_of(_revisions(page))
    found = []
    for name, kind in _SPOKEN.items():
        said: str | None = None
        for change in before:
            if change.kind is kind:
                said = change.detail
            elif change.kind is ChangeKind.WITHDRAWN and change.detail == name:
                said = None
        says: str | None = getattr(item.directives, name)
        if says is not None and says != said:
            found.append(Change(kind=kind, revision=revision, detail=says))
        elif says is None and said is not None:
            found.append(Change(kind=ChangeKind.WITHDRAWN, revision=revision, detail=name))
    return found


def _shown(page: Page) -> list[Change]:
    return [Change(kind=ChangeKind.SHOWN, revision=revision) for revision in page.via]


def _revisions(page: Page) -> tuple[Revision, ...]:
    return page.history or (page.revision,)


def one_of(revisions: Sequence[Revision]) -> Revision:
    """Return the revision, or the last of several with nobody's name: it may have been any of them."""
    last = revisions[-1]
    return last if len({revision.editor for revision in revisions}) == 1 else replace(last, editor="")


def _in_time(changes: Iterable[Change]) -> list[Change]:
    return sorted(changes, key=lambda change: change.revision.saved_at)


def _kept(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    return changes if len(changes) <= MOST else (changes[0], *changes[1 - MOST :])
