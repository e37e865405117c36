"""What a run did and did not do, for the reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.model.concern import Alerts
from bot.model.ledger import Status

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model.concern import ConcernKind
    from bot.model.post import Post


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of one item on one channel where something was to be sent.

    ``action`` is ``"publish"``, ``"share"``, ``"edit"``, ``"retract"``, ``"adopt"`` (found there, posted by
    hand) or ``"settle"`` (left by an earlier run); ``post`` is what was sent, ``None`` where it could not be
    composed or was not ours. ``shares`` is the URL of the post that was shared instead. ``revision`` and
    ``editors`` say where on the wiki the item comes from as it stands there (see ``Provenance``), if it still
    does.
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
    shares: str | None = None
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
    """Something that somebody should know; ``failure`` where it kept the run from doing its work.

    ``kind`` is what a channel's trouble is to be told of as, ``None`` where it is not worth an alert.
    """

    message: str
    page: str | None = None
    line: int | None = None
    channel: str | None = None
    failure: bool = False
    kind: ConcernKind | None = None


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
class PageEdit:
    """A page of the wiki that the bot has written; ``revision`` is ``None`` where it only would have."""

    page: str
    summary: str
    text: str
    revision: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RunReport:
    """One run: what was sent, what is held or waits, what was passed over, what is wrong, what it cost.

    ``refusal`` is set where a brake or the stop page ended it: the reason; ``refused_by`` then names it, in
    the same words each time (see ``PlanRefused``). ``edits`` are those of the bot's own pages on the wiki,
    ``alerts`` what the operator was told afterwards.
    """

    posts: tuple[Outcome, ...] = ()
    held: tuple[Refusal, ...] = ()
    skipped: tuple[Refusal, ...] = ()
    problems: tuple[Trouble, ...] = ()
    refusal: str | None = None
    costs: tuple[Cost, ...] = ()
    refused_by: str | None = None
    alerts: Alerts = field(default_factory=Alerts)
    edits: tuple[PageEdit, ...] = ()

    @property
    def needs_a_look(self) -> bool:
        """Whether something failed, is in doubt or unsettled, or kept the run from doing its work."""
        unwell = {Status.FAILED, Status.IN_DOUBT, Status.SENDING}
        return any(post.status in unwell for post in self.posts) or any(one.failure for one in self.problems)
