"""Files that were fetched and are no pictures: remembered, so that they are not fetched again in every run.

A version of a file is known by its hash: another one is looked at anew, and so is this one after a while, for
the bot may have learnt better.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.ledger.store import Ledger

_PLACE = ":pictures"  # no channel can be called so
_AGAIN = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedFiles:
    """What the ledger remembers of them."""

    ledger: Ledger
    clock: Callable[[], datetime]

    def reason(self, sha1: str | None) -> str | None:
        """Return what is wrong with that version of a file, ``None`` where nothing is known to be."""
        kept = self.ledger.memory(_PLACE, clock=self.clock).get(sha1) if sha1 else None
        if kept is None:
            return None
        since, _, reason = kept.partition(" ")
        return reason if datetime.fromisoformat(since) > self.clock() - _AGAIN else None

    def note(self, sha1: str | None, reason: str) -> None:
        """Remember what is wrong with that version of a file."""
        if sha1:
            value = f"{self.clock().isoformat()} {reason}"
            self.ledger.memory(_PLACE, clock=self.clock).put(sha1, value)
