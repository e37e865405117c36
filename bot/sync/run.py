"""The order of a run: lock, settle, read, decide, record the decision, publish per channel, report."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from bot.decide.actions import Adopt, Edit, Hold, Publish, Retract, Share, Skip, Wait
from bot.decide.concerns import kind_of
from bot.decide.keys import idempotency_key
from bot.decide.plan import plan
from bot.errors import STOP_PAGE, HeraldError, PlanRefused
from bot.model import NewDelivery, Outcome, Refusal, RunReport, Status, Trouble
from bot.sync.deliver import deliver
from bot.sync.desk import Desk
from bot.sync.expiry import warn_of_expiry
from bot.sync.limit import TimeLimit
from bot.sync.look import look
from bot.sync.parallel import side_by_side
from bot.sync.read import Reading, circumstances, read_all
from bot.sync.settle import Settling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from decimal import Decimal

    from bot.channels.base import Channel
    from bot.decide.actions import Action
    from bot.model import Cost, Provenance
    from bot.sync.herald import Herald
    from bot.sync.purse import Purse

log = logging.getLogger(__name__)

_Told = TypeVar("_Told", Outcome, Refusal)


@dataclass(kw_only=True, slots=True)
class _Draft:
    """The report while it grows."""

    posts: list[Outcome] = field(default_factory=list)
    held: list[Refusal] = field(default_factory=list)
    skipped: list[Refusal] = field(default_factory=list)
    problems: list[Trouble] = field(default_factory=list)
    refusal: str | None = None
    refused_by: str | None = None
    costs: list[Cost] = field(default_factory=list)

    origins: dict[tuple[str, str], Provenance] = field(default_factory=dict)

    def finished(self) -> RunReport:
        return RunReport(
            posts=tuple(map(self._with_origin, self.posts)),
            held=tuple(map(self._with_origin, self.held)),
            skipped=tuple(map(self._with_origin, self.skipped)),
            problems=tuple(self.problems),
            refusal=self.refusal,
            refused_by=self.refused_by,
            costs=tuple(self.costs),
        )

    def _with_origin(self, one: _Told) -> _Told:
        """Return it with who wrote its item, where that stands on a page."""
        origin = self.origins.get((one.page, one.item))
        return replace(one, revision=origin.revision, editors=origin.editors) if origin else one


def run(herald: Herald, *, backfill: int = 0, force: bool = False) -> RunReport:
    """Publish what is new on the pages, on each channel once.

    ``backfill`` is how many of the newest items go out on a page that a channel sees for the first time,
    where otherwise none does; ``force`` takes the brakes off.

    Raises:
        LedgerLocked: another run is at work.
        LedgerError: the ledger cannot be read or written.
    """
    draft = _Draft()
    with herald.ledger.lock():
        limit = TimeLimit(herald)
        if reason := herald.stop_page(None):
            draft.refusal, draft.refused_by = reason, STOP_PAGE
            return draft.finished()
        purses = [purse for purse in map(herald.purse, herald.channels) if purse.has_budget]
        spent = [purse.total() for purse in purses]
        settling = {
            name: Settling(herald=herald, channel=channel) for name, channel in herald.channels.items()
        }
        _serve(herald, lambda channel: _begin(herald, channel, settling[channel.name]), limit, draft)
        for settled in settling.values():
            draft.posts += settled.outcomes
            draft.problems += settled.troubles
        looked = look(herald, backfill=backfill, force=force)
        herald, readings = looked.herald, looked.readings
        draft.problems += looked.troubles
        draft.origins |= _origins(readings)
        try:
            actions = plan([reading.view for reading in readings], herald.followers, looked.around)
        except PlanRefused as refused:
            draft.refusal, draft.refused_by = str(refused), refused.by
            draft.costs += _costs(purses, spent)
            return draft.finished()
        _record(herald, actions, readings)
        _mention(actions, draft)
        sources = {reading.view.title: reading.source for reading in readings}
        desks = {
            name: Desk(herald=herald, channel=channel, sources=sources, limit=limit)
            for name, channel in herald.channels.items()
        }

        def work(channel: Channel) -> None:
            own = [action for action in actions if action.place.channel == channel.name]
            deliver(desks[channel.name], own)

        _serve(herald, work, limit, draft)
        for desk in desks.values():  # also of one that was left behind: what it has done is done
            draft.posts += desk.outcomes
            draft.held += desk.held
            draft.problems += desk.troubles
            draft.refusal = draft.refusal or desk.refusal
            draft.refused_by = STOP_PAGE if draft.refusal else None
        draft.costs += _costs(purses, spent)
    return draft.finished()


def _begin(herald: Herald, channel: Channel, settling: Settling) -> None:
    """Do what comes first on a channel, whatever is on the pages."""
    settling.troubles += warn_of_expiry(herald, channel)
    settling.do()


def _costs(purses: Sequence[Purse], before: Sequence[Decimal]) -> list[Cost]:
    return [purse.report(before=spent) for purse, spent in zip(purses, before, strict=True)]


def adopt(herald: Herald) -> RunReport:
    """Take all that is on the pages as done, on every channel, without posting."""
    draft = _Draft()
    with herald.ledger.lock():
        sight = read_all(herald)
        readings = sight.readings
        draft.problems += sight.troubles
        draft.origins |= _origins(readings)
        open_statuses = {Status.PENDING, Status.HELD, Status.FAILED}
        actions: list[Action] = [
            Adopt(place=action.place, item=action.item, reason="taken as done by 'adopt'")
            for action in plan(
                [reading.view for reading in readings],
                herald.followers,
                circumstances(herald, force=True),
            )
            if not isinstance(action, Edit | Retract)
            and action.item is not None
            and all(row.status in open_statuses for row in action.place.rows)
        ]
        _record(herald, actions, readings)
        _mention(actions, draft)
    return draft.finished()


def _serve(herald: Herald, task: Callable[[Channel], None], limit: TimeLimit, draft: _Draft) -> None:
    """Do a task for each channel side by side; what breaks or hangs is the trouble of that channel alone."""
    channels = herald.channels.values()
    results = side_by_side(channels, task, over=limit.over)
    for channel in channels:
        error = results.get(channel.name)
        if channel.name not in results:
            message = "did not answer before the run had to end; the next run settles what was under way"
        elif isinstance(error, HeraldError):
            message = str(error)
        elif error is not None:
            log.debug("channel %s", channel.name, exc_info=error)
            message = f"unexpected {type(error).__name__}: please report it with what -v shows"
        else:
            continue
        draft.problems.append(
            Trouble(message=message, channel=channel.name, failure=True, kind=kind_of(error))
        )


def _origins(readings: Iterable[Reading]) -> dict[tuple[str, str], Provenance]:
    """Return where the items come from, by page and key."""
    return {
        (reading.view.title, item.key): item.provenance
        for reading in readings
        for item in reading.view.items
        if item.provenance is not None
    }


# Which deliveries a decision moves; of a thread, some parts may have come to their end already.
_MOVES = {
    Status.PENDING: {Status.HELD},
    Status.HELD: {Status.PENDING, Status.HELD},
    Status.ADOPTED: {Status.PENDING, Status.HELD, Status.FAILED},
}


def _record(herald: Herald, actions: Iterable[Action], readings: Iterable[Reading]) -> None:
    """Write the decision down: first the deliveries, then the pages as seen.

    In this order: a page that is remembered while its items' deliveries are not would make its old items new.
    """
    now = herald.clock()
    new = []
    for action in actions:
        target = _target(action)
        if target is None:
            continue
        status, reason = target
        if not action.place.rows:
            new.append(_new_delivery(action, status, reason))
        for row in action.place.rows:
            if row.status not in _MOVES[status] or (row.status, row.error) == (status, reason):
                continue
            herald.ledger.settle(row, status, now=now, error=reason, detail=reason or "")
    herald.ledger.create(new, now=now)
    followers = frozenset(herald.channels)
    for reading in readings:
        memory = reading.view.memory
        herald.ledger.remember_page(
            reading.memory(followers | (memory.channels if memory else frozenset())), now=now
        )


def _target(action: Action) -> tuple[Status, str | None] | None:
    """Return the status, and the reason for it, that an action asks of the deliveries not yet sent."""
    match action:
        case Publish() | Share() | Wait():
            return Status.PENDING, None
        case Hold(reason=reason):
            return Status.HELD, reason
        case Adopt(reason=reason):
            return Status.ADOPTED, reason
        case _:
            return None


def _new_delivery(action: Action, status: Status, reason: str | None) -> NewDelivery:
    place = action.place
    item = None if isinstance(action, Retract) else action.item
    origin = item.provenance if item is not None else None
    return NewDelivery(
        site=place.site,
        page=place.page,
        item=place.item,
        channel=place.channel,
        part=0,
        status=status,
        key=idempotency_key(place.site, place.page, place.item, place.channel, 0),
        reason=reason or "",
        revision=origin.revision if origin else None,
        editor=", ".join(origin.editors) if origin else None,
    )


def _mention(actions: Iterable[Action], draft: _Draft) -> None:
    """Report what is held, waits, or is passed over."""
    for action in actions:
        place = action.place
        if isinstance(action, Hold | Wait):
            draft.held.append(
                Refusal(
                    page=place.page,
                    item=place.item,
                    channel=place.channel,
                    reason=action.reason,
                    until=action.until,
                )
            )
        elif isinstance(action, Skip | Adopt):
            reason = f"adopted: {action.reason}" if isinstance(action, Adopt) else action.reason
            draft.skipped.append(
                Refusal(page=place.page, item=place.item, channel=place.channel, reason=reason)
            )
