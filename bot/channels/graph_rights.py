"""What a token of Meta's may do, and when it dies, as the API tells it.

https://developers.facebook.com/docs/graph-api/reference/debug_token
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.channels.graph import Entity, entity


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What is told of a token; an end is ``None`` where there is none."""

    scopes: frozenset[str]
    expires_at: datetime | None
    data_until: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Rights:
    """The permissions that are needed; with one of the ``harmless`` beside them, nothing can be broken."""

    needed: tuple[str, ...]
    harmless: frozenset[str] = frozenset({"public_profile"})

    def notes(self, told: Told) -> tuple[str, ...]:
        """Say what it may do."""
        having = [scope for scope in self.needed if scope in told.scopes]
        notes = [f"the token's permissions are {', '.join(having)}"] if having else []
        if told.data_until is not None:
            notes.append(
                f"the app may use the account until {told.data_until:%Y-%m-%d}: log in to it anew before"
            )
        return tuple(notes)

    def warnings(self, told: Told) -> tuple[str, ...]:
        """Say what it may do without need."""
        more = sorted(told.scopes - {*self.needed, *self.harmless})
        return (f"the token may do more than is needed ({', '.join(more)})",) if more else ()

    def obstacles(self, told: Told) -> tuple[str, ...]:
        """Say what it may not do."""
        missing = [scope for scope in self.needed if scope not in told.scopes]
        return (f"the token lacks {', '.join(missing)}: make one that has it",) if missing else ()


def read_rights(answer: Entity) -> Told:
    """Read what is told of a token; raises ``TypeError`` where it is nothing."""
    found = entity(answer.get("data"))
    scopes = found.get("scopes")
    if not isinstance(scopes, list):
        raise TypeError("no scopes")
    return Told(
        scopes=frozenset(scope for scope in scopes if isinstance(scope, str)),
        expires_at=_end(found.get("expires_at")),
        data_until=_end(found.get("data_access_expires_at")),
    )


def _end(seconds: object) -> datetime | None:
    """Return a time in seconds since 1970; 0 stands for never."""
    if not isinstance(seconds, int) or seconds <= 0:
        return None
    return datetime.fromtimestamp(seconds, UTC)
