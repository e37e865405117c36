"""Rules about who wrote an item, and when: its authors, their edits, and the page that it stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.decide.gate import Verdict, moment, trusted
from bot.model import Change, ChangeKind, Review, Revision

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.decide.gate import Surroundings
    from bot.model import Item, Provenance

# What a text takes to come to stand on a page.
MAKING = frozenset({ChangeKind.ADDED, ChangeKind.CHANGED, ChangeKind.RESTORED, ChangeKind.SHOWN})
APPROVE = "a trusted editor can approve it"


def timeline(origin: Provenance, templates: Iterable[Revision] = ()) -> tuple[Change, ...]:
    """Return all that changed what an item says, oldest first; where only its form is known, who may have.

    ``templates`` are the newest revisions of those that it uses.
    """
    changes = [
        change for change in origin.changes if change.kind in MAKING or change.kind is ChangeKind.REMOVED
    ]
    if not any(change.kind in MAKING for change in changes):
        changes = [
            Change(
                kind=ChangeKind.CHANGED,
                revision=Revision(id=origin.revision, editor=editor, saved_at=origin.since),
            )
            for editor in origin.editors or ("",)
        ]
    changes += [Change(kind=ChangeKind.SHOWN, revision=revision) for revision in templates]
    return tuple(sorted(changes, key=lambda change: change.revision.saved_at))


def standing(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Return the changes whose work is still there: what was changed back again is left out.

    Who changed it back stays: they, too, stand for what it says.
    """
    kept: list[Change] = []
    for change in changes:
        if change.kind not in MAKING:
            continue
        same = next((at for at, one in enumerate(kept) if change.form and one.form == change.form), None)
        if same is not None:
            kept = [*kept[: same + 1], *(one for one in kept[same + 1 :] if one.kind is ChangeKind.SHOWN)]
        kept.append(change)
    return tuple(kept)


def made_by(item: Item, around: Surroundings) -> tuple[Change, ...]:
    """Return the changes that the item as it stands is made of, as far as they are known."""
    return standing(_timeline(item, around))


def settled(item: Item, around: Surroundings) -> Verdict | None:
    """Hold until the item has stood unchanged for the settle time, unless only trusted people wrote it.

    What had settled before somebody trusted changed it does not have to settle again. A main link that leads
    elsewhere must, whoever changed it.
    """
    if around.trusted_page:
        return None
    if item.provenance is None:
        return Verdict(reason="it is not known who wrote it, and when")
    changes = _timeline(item, around)
    until = max(change.revision.saved_at for change in changes) + around.gate.settle
    if until <= around.now:
        return None
    for change in _unsettled(changes, around):
        if change.relinked:
            reason = f"its main link was changed by {_name(change)}: settling until {moment(until)}"
            return Verdict(reason=reason, until=until)
        if not trusted(change.revision.editor, around):
            return Verdict(reason=f"settling on the page until {moment(until)}", until=until)
    return None


def _unsettled(changes: Sequence[Change], around: Surroundings) -> Iterator[Change]:
    """Yield the changes that stand since the item had last settled, the newest first."""
    for change in reversed(standing(changes)):
        at = change.revision.saved_at
        later = (other.revision.saved_at for other in changes if other.revision.saved_at > at)
        if min(later, default=around.now) - at >= around.gate.settle:
            return
        yield change


def undisputed(item: Item, around: Surroundings) -> Verdict | None:
    """Hold what was reverted and put back, unless somebody trusted did that, or it has since changed."""
    if item.provenance is None or around.trusted_page:
        return None
    taken: Change | None = None
    for change in item.provenance.changes:
        if change.kind is ChangeKind.REMOVED and change.reverting:
            taken = change
        elif change.kind in MAKING and taken is not None and trusted(change.revision.editor, around):
            taken = None
    if taken is None:
        return None
    last = made_by(item, around)[-1]
    return Verdict(reason=f"it was reverted by {_name(taken)} and put back by {_name(last)}: {APPROVE}")


def unreverted(item: Item, around: Surroundings) -> Verdict | None:
    """Hold what the wiki says was reverted though it stands there: it is about to go, or nobody can tell."""
    if item.provenance is None or around.trusted_page:
        return None
    own = [change.revision for change in made_by(item, around) if change.kind is not ChangeKind.SHOWN]
    now = around.evidence.revisions.get(own[-1].id, own[-1])
    return (
        Verdict(reason=f"the edit by {now.editor or 'somebody'} was reverted: {APPROVE}")
        if now.was_reverted
        else None
    )


def unhidden(item: Item, around: Surroundings) -> Verdict | None:
    """Hold what was written in an edit of which an administrator has hidden something, or that is gone."""
    if item.provenance is None or around.trusted_page:
        return None
    for change in made_by(item, around):
        if change.kind is ChangeKind.SHOWN or not change.revision.id:
            continue
        now = around.evidence.revisions.get(change.revision.id)
        if now is None:
            return Verdict(
                reason=f"the wiki does not show revision {change.revision.id}, which made it what it is"
            )
        if now.hidden:
            return Verdict(
                reason=f"an administrator has hidden something of revision {now.id}, which made it what it is"
            )
    return None


def unblocked(item: Item, around: Surroundings) -> Verdict | None:
    """Hold what somebody wrote who is blocked."""
    if item.provenance is None or around.trusted_page:
        return None
    for change in made_by(item, around):
        editor = change.revision.editor
        if not editor:
            continue
        person = around.evidence.people.get(editor)
        if person is None:
            return Verdict(reason=f"the wiki does not tell who {editor} is, who wrote on it")
        if person.blocked:
            return Verdict(reason=f"{editor}, who wrote on it, is blocked: {APPROVE}")
    return None


def seasoned(item: Item, around: Surroundings) -> Verdict | None:
    """Hold what newcomers wrote, where the gate asks for a number of edits or an age."""
    gate = around.gate
    if item.provenance is None or around.trusted_page or not (gate.min_edits or gate.min_age):
        return None
    for change in made_by(item, around):
        editor = change.revision.editor
        if trusted(editor, around):
            continue
        person = around.evidence.people.get(editor)
        if person is None:
            return Verdict(
                reason=f"it is not known how long {editor or 'somebody'}, who wrote on it, has been here"
            )
        if person.edits < gate.min_edits:
            return Verdict(
                reason=f"{editor}, who wrote on it, has made {person.edits} edits, fewer than min_edits = "
                f"{gate.min_edits}: {APPROVE}"
            )
        if gate.min_age and (
            person.registered_at is None or around.now - person.registered_at < gate.min_age
        ):
            return Verdict(
                reason=f"{editor}, who wrote on it, has no account that is as old as min_age asks: {APPROVE}"
            )
    return None


def reviewed(item: Item, around: Surroundings) -> Verdict | None:
    """Hold what nobody has reviewed or patrolled, where the gate asks for that."""
    if around.trusted_page or around.gate.review is Review.NONE:
        return None
    if around.gate.review is Review.FLAGGED:
        return None if around.reviewed else Verdict(reason="no revision of the page has been reviewed yet")
    if item.provenance is None:
        return Verdict(reason="it is not known who wrote it, and when")
    for change in made_by(item, around):
        if change.kind is not ChangeKind.SHOWN and change.revision.id not in around.evidence.patrolled:
            return Verdict(
                reason=f"revision {change.revision.id} by {_name(change)} has not been patrolled, as far as "
                "the wiki tells"
            )
    return None


def protected(_: Item, around: Surroundings) -> Verdict | None:
    """Hold all that stands on a page which more people can edit than the gate wants."""
    required = around.gate.required_protection
    if around.trusted_page or not required:
        return None
    if around.protection is None:
        return Verdict(reason="the wiki does not tell whether the page is protected")
    if required.isdisjoint(around.protection):
        return Verdict(
            reason=f"the page is not protected (required_protection: {', '.join(sorted(required))})"
        )
    return None


def told(_: Item, around: Surroundings) -> Verdict | None:
    """Hold everything while the wiki does not answer: nobody knows who wrote it."""
    if around.evidence.lack is None or around.trusted_page:
        return None
    return Verdict(reason=f"the wiki could not be asked who wrote it: {around.evidence.lack}")


def fresh(item: Item, around: Surroundings) -> Verdict | None:
    """Hold what uses templates that make something else of it by now, or of which nothing is known."""
    if not item.expanded or around.trusted_page:
        return None
    if around.evidence.templates is None:
        return Verdict(reason="the wiki does not tell who wrote the templates that it uses")
    if not around.evidence.stale.isdisjoint(item.expanded):
        return Verdict(
            reason="a template that it uses has changed since the page was read: the next run reads it anew"
        )
    return None


def _timeline(item: Item, around: Surroundings) -> tuple[Change, ...]:
    templates = around.evidence.templates or () if item.expanded else ()
    return timeline(item.provenance, templates) if item.provenance else ()


def _name(change: Change) -> str:
    return change.revision.editor or "somebody"
