"""What an account may do in a room on Matrix, read from the server's answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.model import Limits

    Entity = Mapping[str, Any]

_CREATORS_RULE = 12  # the first version of rooms whose creators may do anything


def limits(config: Entity, usual: Limits) -> Limits:
    """Read how large a file may be: https://spec.matrix.org/v1.15/client-server-api/#content-repository."""
    size = config.get("m.upload.size")
    if isinstance(size, int) and not isinstance(size, bool) and size > 0:
        return replace(usual, media_bytes=size)
    return usual


def token_warnings(me: Entity) -> tuple[str, ...]:
    """Say what is wrong with a token; transactions are those of its device."""
    if me.get("device_id"):
        return ()
    return ("the token belongs to no device, so that a repeated request would not be known: log in for one",)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rights:
    """What an account may do, lacks, and cannot post without; in sentences, as in ``Account``."""

    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()

    def __add__(self, other: Rights) -> Rights:
        return Rights(
            notes=self.notes + other.notes,
            warnings=self.warnings + other.warnings,
            obstacles=self.obstacles + other.obstacles,
        )


def in_room(user: str, *, create: Entity, levels: Entity) -> Rights:
    """Say what the account may do: https://spec.matrix.org/v1.15/client-server-api/#mroompower_levels."""
    all_is_well = Rights(notes=(f"{user} may post there, and change and delete its posts",))
    if user in _creators(create):
        return all_is_well
    users, events = _within(levels, "users"), _within(levels, "events")
    own = _level(users.get(user, levels.get("users_default")), 0)
    usual = _level(levels.get("events_default"), 0)
    needed = {"post": "m.room.message", "delete what it has posted": "m.room.redaction"}
    lacking = {
        words: (f"{user} may not {words} in the room: give it a higher power level",)
        for words, kind in needed.items()
        if own < _level(events.get(kind), usual)
    }
    if not lacking:
        return all_is_well
    return Rights(obstacles=lacking.get("post", ()), warnings=lacking.get("delete what it has posted", ()))


def _creators(create: Entity) -> frozenset[str]:
    content = _within(create, "content")
    version = str(content.get("room_version") or "1")
    if not version.isdecimal() or int(version) < _CREATORS_RULE:
        return frozenset()
    more = content.get("additional_creators")
    return frozenset({str(create.get("sender")), *(more if isinstance(more, list) else ())})


def _level(value: object, usual: int) -> int:
    """Return a power level; old rooms may have it as text."""
    try:
        return int(str(value)) if value is not None else usual
    except ValueError:
        return usual


def _within(found: Entity, name: str) -> Entity:
    value = found.get(name)
    return value if isinstance(value, dict) else {}
