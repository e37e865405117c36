"""What a rule of the gate says of an item that it objects to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Not now, because ``reason``; ``until`` where time alone will mend it."""

    reason: str
    until: datetime | None = None
