"""Telling the operator, after a run, what needs a person: once, and once when it is over.

What there is to tell is written down first, then told, then written down as told. So a process that dies in
between tells again in the next run, and nothing is lost; what cannot be written down is not told either, for
it would be told in every run. No failure here fails a run.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.decide.alerts import due
from bot.decide.concerns import TO_BE_SETTLED, UNDER_WAY, after_break, after_run
from bot.errors import HeraldError, LedgerError, LedgerLocked
from bot.model import Alert, Alerts, Trouble
from bot.report.notice import notice
from bot.sync.parallel import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from bot.alerts.base import Messenger
    from bot.decide.alerts import Due
    from bot.decide.concerns import Sight
    from bot.ledger.store import Ledger
    from bot.model import AlertPolicy, KnownConcern, RunReport
    from bot.sync.herald import Herald

log = logging.getLogger(__name__)

PATIENCE = 60.0  # seconds that all messengers together may take; an IRC server may need half of it
TRY = "the next run tells again; try it with: wikiherald check --alert"
UNANSWERED = "did not answer in time, and may have told all the same"


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertDesk:
    """What is needed to tell: whom, what of, from where.

    ``about`` says in the notice which bot it is; ``stopping`` whether the process is to end soon; ``say``
    gets a line for a person now and then.
    """

    messengers: Sequence[Messenger]
    policy: AlertPolicy
    ledger: Ledger
    clock: Callable[[], datetime]
    about: str
    stopping: Callable[[], bool] = lambda: False
    say: Callable[[str], None] = lambda _: None
    patience: float = PATIENCE


@dataclass(kw_only=True, slots=True)
class _Told:
    """What has been told, while it grows; by key, and whether it is over."""

    alerts: dict[tuple[str, bool], Alert] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)

    def add(self, messenger: Messenger, concerns: Sequence[KnownConcern], *, over: bool) -> None:
        for one in concerns:
            place = one.concern.key, over
            earlier = self.alerts[place].messengers if place in self.alerts else ()
            messengers = (*earlier, messenger.name)
            self.alerts[place] = Alert(concern=one.concern, since=one.since, messengers=messengers)

    def finished(self) -> Alerts:
        return Alerts(
            told=tuple(alert for (_, over), alert in self.alerts.items() if not over),
            over=tuple(alert for (_, over), alert in self.alerts.items() if over),
        )


def alert_after_run(desk: AlertDesk, report: RunReport, herald: Herald) -> RunReport:
    """Tell what a run has come upon, and return its report with what was told, and what could not be."""

    def sight() -> Sight:
        return after_run(
            report,
            desk.ledger.deliveries(statuses=TO_BE_SETTLED | UNDER_WAY),
            served=herald.channels,
            configured=[channel.name for channel in herald.config.channels],
            now=desk.clock(),
        )

    told = _alert(desk, sight)
    return replace(report, alerts=told.finished(), problems=(*report.problems, *told.troubles))


def alert_after_break(desk: AlertDesk, error: Exception) -> Sequence[Trouble]:
    """Tell that a run broke off, if it is not the first time; return what could not be told."""
    return _alert(desk, lambda: after_break(error)).troubles


def _alert(desk: AlertDesk, sight: Callable[[], Sight]) -> _Told:
    told = _Told()
    if not desk.messengers or desk.stopping():
        return told  # the next run has all of it
    try:
        with desk.ledger.lock():
            _tell(desk, _dues(desk, sight()), told)
    except LedgerLocked:
        log.debug("another run is at work, and tells")
    except LedgerError as error:
        message = f"nobody was told of anything, as it could not be written down: {error}"
        told.troubles.append(Trouble(message=message))
    return told


def _dues(desk: AlertDesk, sight: Sight) -> Mapping[str, Due]:
    """Return what each messenger has to tell, once that is written down."""
    known = desk.ledger.concerns().recall()
    names = {messenger.name for messenger in desk.messengers}
    if not known.keys() <= names:
        desk.ledger.concerns().keep_only(names)
    dues = {name: due(known.get(name, ()), sight, desk.policy, now=desk.clock()) for name in names}
    for name, one in dues.items():
        if one.new or one.forgotten:
            desk.ledger.concerns().prepare(name, one.new, one.forgotten)
    return {name: one for name, one in dues.items() if one.begun or one.over}


def _tell(desk: AlertDesk, dues: Mapping[str, Due], told: _Told) -> None:
    """Let each messenger tell; what one has told is remembered as soon as it has."""
    messengers = [messenger for messenger in desk.messengers if messenger.name in dues]

    for messenger in messengers:
        desk.say(f"telling what needs a person: {messenger.name}")

    def task(messenger: Messenger) -> None:
        one = dues[messenger.name]
        messenger.tell(notice(one.begun, one.over, about=desk.about))
        desk.ledger.concerns().told(messenger.name, one.begun, one.over, now=desk.clock())

    failures = in_time(messengers, task, patience=desk.patience, stopping=desk.stopping)
    for messenger in messengers:
        if messenger.name in failures:
            told.troubles.append(Trouble(message=f"alerts: {failures[messenger.name]} ({TRY})"))
        else:
            told.add(messenger, dues[messenger.name].begun, over=False)
            told.add(messenger, dues[messenger.name].over, over=True)


def in_time(
    messengers: Sequence[Messenger],
    task: Callable[[Messenger], None],
    *,
    patience: float = PATIENCE,
    stopping: Callable[[], bool] = lambda: False,
) -> Mapping[str, str]:
    """Let messengers do something side by side, and return by their names what went wrong with which."""
    end = time.monotonic() + patience
    results = side_by_side(messengers, task, over=lambda: stopping() or time.monotonic() >= end)
    failures = {messenger.name: f"{messenger.name} {UNANSWERED}" for messenger in messengers}
    for name, error in results.items():
        if error is None:
            del failures[name]
        elif isinstance(error, LedgerError):
            failures[name] = f"{name} has told, and will again: it could not be written down: {error}"
        elif isinstance(error, HeraldError):
            failures[name] = str(error)
        else:
            failures[name] = f"{name}: unexpected {type(error).__name__}; please report it"
    return failures
