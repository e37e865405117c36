"""Rules about what an item says and asks for: nothing that anybody approves of can lift them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.decide.gate import Verdict, moment
from bot.model import Verb

if TYPE_CHECKING:
    from bot.decide.gate import Surroundings
    from bot.model import Item


def held_by_editor(item: Item, _: Surroundings) -> Verdict | None:
    """Hold what an editor asked to hold."""
    if item.directives.hold is None:
        return None
    reason = item.directives.hold
    return Verdict(reason=f"held on the page: {reason}" if reason else "held on the page (directive hold)")


def held_by_order(_: Item, around: Surroundings) -> Verdict | None:
    """Hold what somebody trusted ordered to hold, until somebody trusted approves of it."""
    last = next((order for order in reversed(around.orders) if order.verb in {Verb.HOLD, Verb.APPROVE}), None)
    if last is None or last.verb is not Verb.HOLD:
        return None
    return Verdict(reason=f"held by {last.editor}, by order; 'approve' lifts that")


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
    if recognition.doubt == item.directives.id:
        return Verdict(
            reason=f"another item on the page has its id={recognition.doubt}: give each an id of its own"
        )
    return Verdict(
        reason=f"it may be the item {recognition.doubt} (their texts are {recognition.score:.0%} alike): "
        f"write id={recognition.doubt} into it if it is, else an id of its own"
    )


def understood(item: Item, _: Surroundings) -> Verdict | None:
    """Hold what was not understood in full: text that only the wiki could expand would be missing."""
    if item.directives.share is not None:  # nothing is said of it
        return None
    if item.unresolved:
        calls = ", ".join(item.unresolved)
        return Verdict(reason=f"its text depends on what could not be expanded: {calls}")
    if not item.text.strip() and not item.media:
        return Verdict(reason="it has no text")
    return None
