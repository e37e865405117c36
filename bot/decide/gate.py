"""The words of the gate: what a rule is asked, by what it judges, and what it may answer.

A rule gets an item and what is known around it, and returns a ``Verdict`` or ``None``. Each is small, and
able to hold an item with a reason that a volunteer understands. When something needed to judge is not known,
it holds; it never guesses yes. The rules stand in content.py, wording.py, authors.py, approval.py and others,
and are put in order in rules.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.model import Gate, Item, Order, Person, Picture, Revision


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Not now, because ``reason``; ``until`` where time alone will mend it."""

    reason: str
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What the wiki said when it was asked about the items that might go out.

    ``people`` are those who wrote them, by name, and ``revisions`` their edits as they are now, by id; what
    the wiki does not know (any more) is in neither. ``patrolled`` are the ids of edits that are marked as
    patrolled. ``templates`` are the newest revisions of the templates that the items use, ``None`` where
    these could not be told; ``stale`` are the calls of which the wiki makes something else by now. ``lack``
    says why the wiki told nothing of all this.
    """

    people: Mapping[str, Person] = field(default_factory=dict)
    revisions: Mapping[int, Revision] = field(default_factory=dict)
    patrolled: frozenset[int] = frozenset()
    templates: tuple[Revision, ...] | None = ()
    stale: frozenset[str] = frozenset()
    lack: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What the rules judge by.

    ``trusted_page`` marks a page whose writers are trusted as such (a file on disk); ``own_host`` is the
    wiki's, always allowed to be linked. ``protection`` and ``reviewed`` are the page's, see ``Page``.
    ``orders`` are those about the item that were obeyed, oldest first; ``pictures`` has what the wiki says of
    the files that items show, by their names.
    """

    gate: Gate
    now: datetime
    trusted_page: bool = False
    own_host: str | None = None
    protection: frozenset[str] | None = None
    reviewed: bool | None = None
    evidence: Evidence = field(default_factory=Evidence)
    orders: tuple[Order, ...] = ()
    pictures: Mapping[str, Picture] = field(default_factory=dict)


Rule = Callable[["Item", Surroundings], Verdict | None]


def trusted(editor: str, around: Surroundings) -> bool:
    """Tell whether ``editor`` is trusted by name or by group; who is hidden (``""``) or blocked never is."""
    person = around.evidence.people.get(editor)
    if not editor or (person is not None and person.blocked):
        return False
    if editor in around.gate.trusted_users:
        return True
    return person is not None and not around.gate.trusted_groups.isdisjoint(person.groups)


def moment(when: datetime) -> str:
    """Return a time as people on a wiki write it."""
    return f"{when:%Y-%m-%d %H:%M} UTC"
