"""What a token of Meta's may do, and when it dies, as the API tells it.

https://developers.facebook.com/docs/graph-api/reference/debug_token and
https://developers.facebook.com/documentation/threads/troubleshooting/debug-access-token
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.channels.graph import Entity, Graph, entity
from bot.errors import PermanentError


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

    def notes(self, told: Told | None) -> tuple[str, ...]:
        """Say what it may do."""
        if told is None:
            return ("what the token may do is not told",)
        having = [scope for scope in self.needed if scope in told.scopes]
        notes = [f"the token's permissions are {', '.join(having)}"] if having else []
        if told.data_until is not None:
            notes.append(
                f"the app may use the account until {told.data_until:%Y-%m-%d}: log in to it anew before"
            )
        return tuple(notes)

    def warnings(self, told: Told | None) -> tuple[str, ...]:
        """Say what it may do without need."""
        more = sorted(told.scopes - {*self.needed, *self.harmless}) if told else ()
        return (f"the token may do more than is needed ({', '.join(more)})",) if more else ()

    def obstacles(self, told: Told | None) -> tuple[str, ...]:
        """Say what it may not do."""
        missing = [scope for scope in self.needed if scope not in told.scopes] if told else ()
        return (f"the token lacks {', '.join(missing)}: make one that has it",) if missing else ()


def ask_rights(graph: Graph, token: str, *, asker: str) -> Told | None:
    """Ask about a token in the name of an ``asker``, which is one too; ``None`` where that is refused.

    It is where the app's people want to be asked by themselves; that the token is good is known otherwise.
    """
    path = f"{graph.version}/debug_token"
    try:
        return graph.about_token(path, _read, input_token=token, access_token=asker)
    except PermanentError:
        return None


def _read(answer: Entity) -> Told:
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
