"""What a run did and did not do, for the reports."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model.ledger import Status
    from bot.model.post import Post


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of one item on one channel where something was to be sent.

    ``action`` is ``"publish"``, ``"edit"``, ``"retract"``, ``"adopt"`` (found there, posted by hand) or
    ``"settle"`` (left by an earlier run); ``post`` is what was sent, ``None`` where it could not be composed
    or was not ours. ``revision`` and ``editors`` say where on the wiki the item comes from as it stands there
    (see ``Provenance``), if it still does.
    """

    page: str
    item: str
    channel: str
    network: str
    action: str
    status: Status
    post: Post | None = None
    url: str | None = None
    error: str | None = None
    cost: Decimal | None = None
    revision: int | None = None
    editors: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """An item that is held, waits or is skipped on a channel, and why; ``until`` where time alone will do.

    ``revision`` and ``editors`` are as in ``Outcome``.
    """

    page: str
    item: str
    channel: str
    reason: str
    until: datetime | None = None
    revision: int | None = None
    editors: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Trouble:
    """Something that somebody should know; ``failure`` where it kept the run from doing its work."""

    message: str
    page: str | None = None
    line: int | None = None
    channel: str | None = None
    failure: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What a channel on a network that charges has spent, in US dollars: in this run, and this month (UTC).

    ``run`` is ``None`` where it is not about a run.
    """

    channel: str
    run: Decimal | None
    month: Decimal
    budget: Decimal

    @property
    def left(self) -> Decimal:
        """What may still be spent this month."""
        return max(self.budget - self.month, Decimal(0))


@dataclass(frozen=True, kw_only=True, slots=True)
class RunReport:
    """One run: what was sent, what is held or waits, what was passed over, what is wrong, what it cost.

    ``refusal`` is set where a brake or the stop page ended it: the reason.
    """

    posts: tuple[Outcome, ...] = ()
    held: tuple[Refusal, ...] = ()
    skipped: tuple[Refusal, ...] = ()
    problems: tuple[Trouble, ...] = ()
    refusal: str | None = None
    costs: tuple[Cost, ...] = ()
