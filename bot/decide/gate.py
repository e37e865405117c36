"""The gate: small rules, each able to hold an item with a reason that a volunteer understands.

A rule gets an item and what is known around it, and returns a ``Verdict`` or ``None``. The first that objects
decides. When something needed to judge is not known, a rule holds; it never guesses yes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.decide.characters import read_as_written
from bot.decide.domains import linked_domains, plain_addresses
from bot.decide.verdict import Rule, Surroundings, Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model import Item

__all__ = ["RULES", "Rule", "Surroundings", "Verdict", "moment", "trusted", "verdict"]


def held_by_editor(item: Item, _: Surroundings) -> Verdict | None:
    """Hold what an editor asked to hold."""
    if item.directives.hold is None:
        return None
    reason = item.directives.hold
    return Verdict(reason=f"held on the page: {reason}" if reason else "held on the page (directive hold)")


def not_yet(item: Item, around: Surroundings) -> Verdict | None:
    """Hold until the time that an editor asked for."""
    start = item.directives.not_before
    if start is None or start <= around.now:
        return None
    return Verdict(reason=f"not before {moment(start)}, says the page", until=start)


def unmistaken(item: Item, _: Surroundings) -> Verdict | None:
    """Hold what may be an item that is known already: only a person can tell."""
    recognition = item.recognition
    if recognition is None or recognition.doubt is None:
        return None
    return Verdict(
        reason=f"it may be the item {recognition.doubt} (their texts are {recognition.score:.0%} alike): "
        f"write id={recognition.doubt} into it if it is, else an id of its own"
    )


def understood(item: Item, _: Surroundings) -> Verdict | None:
    """Hold what was not understood in full: text that only the wiki could expand would be missing."""
    if item.unresolved:
        calls = ", ".join(item.unresolved)
        return Verdict(reason=f"its text depends on what could not be expanded: {calls}")
    if not item.text.strip() and not item.media:
        return Verdict(reason="it has no text")
    return None


def pictures_described(item: Item, _: Surroundings) -> Verdict | None:
    """Hold a picture without alt text: those who cannot see it are readers too."""
    for media in item.media:
        if not media.alt:
            return Verdict(
                reason=f"its picture {media.file} has no alt text: add alt=... to its link or as a directive"
            )
    return None


def settled(item: Item, around: Surroundings) -> Verdict | None:
    """Hold until the item has stood unchanged for the settle time, unless only trusted people wrote it."""
    if around.trusted_page:
        return None
    origin = item.provenance
    if origin is None:
        return Verdict(reason="it is not known who wrote it, and when")
    until = origin.since + around.gate.settle
    if until <= around.now or all(trusted(editor, around) for editor in origin.editors):
        return None
    return Verdict(reason=f"settling on the page until {moment(until)}", until=until)


RULES: tuple[Rule, ...] = (
    held_by_editor,
    not_yet,
    unmistaken,
    understood,
    read_as_written,
    pictures_described,
    plain_addresses,
    linked_domains,
    settled,
)


def verdict(item: Item, around: Surroundings, *, rules: tuple[Rule, ...] = RULES) -> Verdict | None:
    """Return the first objection to publishing ``item``, or ``None`` where it may go out."""
    return next((found for rule in rules if (found := rule(item, around))), None)


def trusted(editor: str, around: Surroundings) -> bool:
    """Tell whether ``editor`` is trusted by name or by group; a hidden name (``""``) never is."""
    if not editor:
        return False
    return editor in around.gate.trusted_users or not around.gate.trusted_groups.isdisjoint(
        around.groups.get(editor, frozenset())
    )


def moment(when: datetime) -> str:
    """Return a time as people on a wiki write it."""
    return f"{when:%Y-%m-%d %H:%M} UTC"
