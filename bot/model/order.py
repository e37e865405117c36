"""What people order the bot to do on the wiki, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class Verb(StrEnum):
    """What may be ordered."""

    HOLD = "hold"
    APPROVE = "approve"
    SKIP = "skip"
    RETRY = "retry"


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """An order about an item, on one channel or (``None``) on all.

    ``key`` tells it from every other order; it was given by ``editor`` in ``revision``, saved ``at``.
    ``answer`` says what came of it, in a sentence; empty until it was dealt with.
    """

    key: str
    verb: Verb
    item: str
    revision: int
    editor: str
    at: datetime
    channel: str | None = None
    obeyed: bool = False
    answer: str = ""
