"""What the command line hands in to be shown, where the model has no word for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from bot.model import Delivery, Event, Item, Post, Provenance, Recognition


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """How one item will look on one channel.

    ``note`` is why it would not go out now (held, already sent, could not be composed) and empty where it
    would; ``post`` is ``None`` where it could not be composed; ``cost`` is what the network charges for it,
    in US dollars, ``None`` where it charges nothing.
    """

    page: str
    item: Item
    channel: str
    network: str
    post: Post | None
    note: str = ""
    cost: Decimal | None = None


class Verdict(StrEnum):
    """What a finding of ``check`` means."""

    GOOD = "good"  # works
    WARNING = "warning"  # works, but somebody should know
    BAD = "bad"  # does not work


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that ``check`` looked at: what it is, what was found, and what to do about it."""

    subject: str
    verdict: Verdict
    message: str
    remedy: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Explained:
    """Why an item is or is not on a channel.

    ``decision`` is what the next run would do, with its ``reason``, and ``until`` where it waits for a time;
    ``deliveries`` and their ``events`` are what the ledger knows. ``recognition`` is how the item on the page
    was told from the others, and ``provenance`` what is known of its past; ``None`` where it is not there any
    more.
    """

    page: str
    item: str
    channel: str
    decision: str
    reason: str
    until: datetime | None
    deliveries: tuple[Delivery, ...]
    events: tuple[Event, ...]
    recognition: Recognition | None = None
    provenance: Provenance | None = None
