"""What a rule of the gate is, what it judges by, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.model import Gate, Item


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Not now, because ``reason``; ``until`` where time alone will mend it."""

    reason: str
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What the rules judge by.

    ``trusted_page`` marks a page whose writers are trusted as such (a file on disk); ``groups`` has the user
    groups of everyone who wrote on the page since it was last seen; ``own_host`` is the wiki's, always
    allowed to be linked.
    """

    gate: Gate
    now: datetime
    trusted_page: bool = False
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    own_host: str | None = None


Rule = Callable[["Item", Surroundings], Verdict | None]
