"""Approval: what a trusted editor's word lifts, and where nothing goes out without it.

An approval is a directive whose adding revision is that editor's, or an order on the bot's command page. It
is never a name or a signature in the text, which anybody can write.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.decide.authors import made_by
from bot.decide.gate import Verdict, trusted
from bot.model import ChangeKind, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.decide.gate import Surroundings
    from bot.model import Item, Revision

HOW = "write approve into its herald comment, as a trusted editor who is not its author"


@dataclass(frozen=True, kw_only=True, slots=True)
class Approval:
    """Somebody trusted approved of what they saw: what was saved before their own revision."""

    editor: str
    at: datetime
    revision: int

    def covers(self, made: Revision) -> bool:
        """Tell whether it is another one's word, given after that revision was saved.

        Many revisions are saved in one second; the wiki numbers them as they come.
        """
        return self.editor != made.editor and self.at >= made.saved_at and self.revision > made.id


def approvals(item: Item, around: Surroundings) -> Iterator[Approval]:
    """Yield the approvals that count: those still on the page, and those ordered, by trusted people."""
    on_page: list[Approval] = []
    for change in item.provenance.changes if item.provenance else ():
        if change.kind is ChangeKind.APPROVED:
            by = change.revision
            on_page.append(Approval(editor=by.editor, at=by.saved_at, revision=by.id))
        elif change.kind is ChangeKind.WITHDRAWN and change.detail == "approve":
            on_page.clear()
    yield from (one for one in on_page if trusted(one.editor, around))
    # Whether they were trusted was looked at when their order was obeyed.
    yield from (
        Approval(editor=one.editor, at=one.at, revision=one.revision)
        for one in around.orders
        if one.verb is Verb.APPROVE
    )


def unapproved(item: Item, around: Surroundings) -> Verdict | None:
    """Return whose part of an item no trusted editor but themselves has approved of since."""
    given = list(approvals(item, around))
    changes = made_by(item, around)
    begun = min(
        (one.revision.saved_at for one in changes if one.kind is not ChangeKind.SHOWN), default=around.now
    )
    for change in changes:
        made = change.revision
        if change.kind is ChangeKind.SHOWN and made.saved_at <= begun:
            continue  # whoever wrote the item, or approved of it, has seen what it shows
        if not any(one.covers(made) for one in given):
            by = made.editor or "somebody"
            return Verdict(reason=f"nobody has approved what {by} wrote in revision {made.id}: {HOW}")
    return None


def approved(item: Item, around: Surroundings) -> bool:
    """Tell whether a trusted editor, other than whoever made it, has approved of each of its changes."""
    return item.provenance is not None and unapproved(item, around) is None


def second_person(item: Item, around: Surroundings) -> Verdict | None:
    """Hold what only its author stands for, where the gate wants four eyes."""
    if not around.gate.second_person or around.trusted_page:
        return None
    if item.provenance is None:
        return Verdict(reason="it is not known who wrote it, and when")
    return unapproved(item, around)
