"""Items with a past, and what is known around them, for the rules about who wrote what."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.decide.gate import Surroundings
from bot.model import Change, ChangeKind, Gate, Provenance, Revision
from tests.builders import NOW, an_item, evidence

if TYPE_CHECKING:
    from bot.decide.gate import Evidence
    from bot.model import Item

SUE = {"Sue": {"sysop"}, "Tom": {"sysop"}}


def ago(minutes: float) -> timedelta:
    return timedelta(minutes=minutes)


def change(what: str, editor: str, minutes: float, form: str = "", **fields: Any) -> Change:
    """What ``editor`` did so many minutes ago; that numbers the revision where no ``id`` is given."""
    more: dict[str, Any] = {
        name: fields.pop(name) for name in ("tags", "hidden", "comment", "id") if name in fields
    }
    told = {
        "id": round(100_000 - minutes * 10),
        "editor": editor,
        "saved_at": NOW - ago(minutes),
        **more,
    }
    revision = Revision(**told)
    return Change(kind=ChangeKind(what), revision=revision, form=form or f"form {revision.id}", **fields)


def with_past(*changes: Change, **fields: Any) -> Item:
    """An item of which all this is known; its form is the last one's."""
    last = changes[-1].revision
    provenance = Provenance(
        revision=last.id, editors=(last.editor,), since=last.saved_at, changes=tuple(changes)
    )
    return an_item(provenance=provenance, **fields)


def around(
    *items: Item, gate: Gate | None = None, known: Evidence | None = None, **fields: Any
) -> Surroundings:
    """What is known around items by a wiki that tells everything; Sue and Tom are trusted."""
    return Surroundings(
        gate=gate or Gate(), now=NOW, evidence=known or evidence(*items, groups=SUE), **fields
    )
