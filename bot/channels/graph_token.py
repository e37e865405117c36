"""A token that dies after 60 days unless it is renewed before: those of Threads and of Instagram.

It can be renewed when it is a day old, and not any more when it is dead
(https://developers.facebook.com/docs/threads/get-started/long-lived-tokens and
https://developers.facebook.com/documentation/instagram-platform/reference/refresh_access_token). What comes
of that is kept sealed with the token that the environment holds: a new one there goes before it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.channels.clock import utc_now
from bot.channels.graph import checked, text
from bot.channels.seal import seal, unseal
from bot.model import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.channels.base import Memory
    from bot.channels.graph import Entity, Graph

YOUNG = timedelta(hours=25)  # with an hour for clocks that differ
EARLY = timedelta(days=30)  # before its end
_KEPT = "token"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Kept:
    """A token as it is kept; ``seen`` is since when, ``expires_at`` is ``None`` where nobody has said yet."""

    token: str = field(repr=False)
    seen: datetime
    expires_at: datetime | None


@dataclass(kw_only=True)
class LivingToken:
    """The token of the channel ``name``: the ``configured`` one, or what it has been renewed to.

    ``grant`` is what the API calls the renewal, ``account`` says whose token it is, for the sealing.
    """

    name: str
    configured: Secret | None
    memory: Memory
    grant: str
    account: str
    clock: Callable[[], datetime] = utc_now

    def secret(self) -> Secret:
        """Return the token to be used now; raises ``CredentialsError`` where there is none."""
        kept = self._kept()
        return Secret(kept.token) if kept is not None else checked(self.configured, self.name)

    def expires_at(self) -> datetime | None:
        """Return when it dies, ``None`` while nobody has said."""
        kept = self._kept()
        return kept.expires_at if kept is not None else None

    def renew(self, graph: Graph) -> None:
        """Renew it where it is time to: in the last 30 of its 60 days, or when nobody has said when it ends.

        Raises the errors of bot.errors; the token there is stays.
        """
        now, kept = self.clock(), self._kept()
        if kept is None:
            token = checked(self.configured, self.name).reveal()
            self._keep(_Kept(token=token, seen=now, expires_at=None))
            return
        if kept.expires_at is None:
            is_due = now >= kept.seen + YOUNG
        else:
            is_due = kept.expires_at - EARLY <= now < kept.expires_at
        if is_due:
            query = {"grant_type": self.grant, "access_token": kept.token}
            token, seconds = graph.about_token("refresh_access_token", _renewed, **query)
            self._keep(_Kept(token=token, seen=now, expires_at=now + timedelta(seconds=seconds)))

    def _kept(self) -> _Kept | None:
        """Return what was kept of this very token, and not of one that the environment held before."""
        try:
            configured = checked(self.configured, self.name)
            found = json.loads(unseal(self.memory.get(_KEPT), configured, purpose=self._purpose) or "{}")
            return _Kept(
                token=found["token"],
                seen=datetime.fromisoformat(found["seen"]),
                expires_at=datetime.fromisoformat(found["expires_at"]) if found["expires_at"] else None,
            )
        except (KeyError, TypeError, ValueError):
            return None

    def _keep(self, kept: _Kept) -> None:
        found = {
            "token": kept.token,
            "seen": kept.seen.isoformat(),
            "expires_at": kept.expires_at.isoformat() if kept.expires_at else None,
        }
        configured = checked(self.configured, self.name)
        self.memory.put(_KEPT, seal(json.dumps(found), configured, purpose=self._purpose))

    @property
    def _purpose(self) -> str:
        return f"token {self.account}"


def _renewed(answer: Entity) -> tuple[str, int]:
    """Read a new token, and how many seconds it lives."""
    seconds = answer.get("expires_in")
    if not isinstance(seconds, int) or not 0 < seconds < 10**9:
        raise TypeError("no time to live")
    return text(answer, "access_token"), seconds
