"""What is known of an item's past, as JSON: a list of objects without what is empty in them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.model import Change, ChangeKind, Revision

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def to_json(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Return the changes as they are kept."""
    return [_written(change) for change in changes]


def from_json(kept: Iterable[Mapping[str, Any]] | None) -> tuple[Change, ...]:
    """Return the changes that were kept; none where none were."""
    return tuple(_read(one) for one in kept or ())


def _written(change: Change) -> dict[str, Any]:
    revision = change.revision
    told = {
        "kind": change.kind.value,
        "revision": revision.id,
        "editor": revision.editor,
        "at": revision.saved_at.isoformat(),
        "comment": revision.comment,
        "tags": list(revision.tags),
        "sha1": revision.sha1,
        "hidden": revision.hidden,
        "form": change.form,
        "relinked": change.relinked,
        "reverting": change.reverting,
        "detail": change.detail,
    }
    return {name: value for name, value in told.items() if value}


def _read(kept: Mapping[str, Any]) -> Change:
    return Change(
        kind=ChangeKind(kept["kind"]),
        revision=Revision(
            id=kept.get("revision", 0),
            editor=kept.get("editor", ""),
            saved_at=datetime.fromisoformat(kept["at"]),
            comment=kept.get("comment", ""),
            tags=tuple(kept.get("tags", ())),
            sha1=kept.get("sha1", ""),
            hidden=kept.get("hidden", False),
        ),
        form=kept.get("form", ""),
        relinked=kept.get("relinked", False),
        reverting=kept.get("reverting", False),
        detail=kept.get("detail", ""),
    )
