"""What the command line hands in to be shown, where the model has no word for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from decimal import Decimal

    from bot.model import Cost, Delivery, Event, Item, Post, Provenance, Recognition, Status


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """How one item will look on one channel.

    ``note`` is why it would not go out now (held, already sent, could not be composed) and empty where it
    would; ``post`` is ``None`` where it could not be composed, or where the item ``shares`` the post of that
    URL; ``cost`` is what the network charges for it,
    in US dollars, ``None`` where it charges nothing.
    """

    page: str
    item: Item
    channel: str
    network: str
    post: Post | None
    note: str = ""
    cost: Decimal | None = None
    shares: str | None = None


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where one item stands on one channel, for the status page.

    ``reason`` is why it waits, is held, failed or is in doubt, ``until`` the time where time alone will do.
    ``parts`` is how many posts of a thread there are.
    """

    channel: str
    status: Status
    url: str | None = None
    reason: str = ""
    until: datetime | None = None
    parts: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusRow:
    """An item on the status page; ``title`` is what it says, cut short, empty where that is not known."""

    page: str
    item: str
    title: str
    standings: tuple[Standing, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the bot answers to a command that an editor gave on the wiki."""

    command: str
    by: str
    answer: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusPage:
    """All that the status page on the wiki says.

    ``rows`` stand in their order, and ``left_out`` is how many items are not among them; ``refusal`` is why a
    brake ended the last run. ``changed`` is when what the page says last changed, ``every`` how often the bot
    runs, as far as that is known, and ``heartbeat`` after what time the page is written though nothing has
    changed, ``None`` for never.
    """

    channels: tuple[str, ...]
    rows: tuple[StatusRow, ...]
    last_run: datetime
    changed: datetime
    left_out: int = 0
    refusal: str | None = None
    troubles: tuple[str, ...] = ()
    costs: tuple[Cost, ...] = ()
    answers: tuple[Answer, ...] = ()
    notes: tuple[str, ...] = ()
    stop_page: str | None = None
    every: timedelta | None = None
    heartbeat: timedelta | None = None
