"""Whom to tell what needs a person, opened from the configuration; and the telling around a run."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.alerts.addresses import AddressMessenger, objection
from bot.alerts.talk import NAME, TalkMessenger
from bot.cli.wiring import load_config
from bot.errors import ConfigError, HeraldError, LedgerLocked
from bot.ledger.opening import open_ledger, open_scratch_copy
from bot.report.notice import trial
from bot.report.values import Finding, Verdict
from bot.report.wikitext import escape
from bot.report.words import count, of_trouble
from bot.sync.alert import AlertDesk, alert_after_break, alert_after_run, in_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.alerts.base import Messenger
    from bot.cli.wiring import Settings
    from bot.config import Config
    from bot.ledger.store import Ledger
    from bot.model import AlertPolicy, Notice, RunReport
    from bot.sync.herald import Herald
    from bot.wiki.base import Pen

SUBJECT = "alerts"  # what reports call all of this


class _Silent:
    """A messenger that only pretends: the one of a simulation."""

    def __init__(self, name: str) -> None:
        self.name = name

    def tell(self, notice: Notice) -> None:
        """Tell nothing."""


def open_messengers(config: Config, *, pretend: bool, herald: Herald | None = None) -> tuple[Messenger, ...]:
    """Return all that tell the operator; those that pretend need no address.

    Only with a ``herald`` there is something to write on the wiki with.
    """
    if config.alerts is None:
        return ()
    addresses, title = config.alerts.addresses, config.alerts.talk_page
    found: list[Messenger] = [
        _Silent(address.name) if pretend else AddressMessenger(address) for address in addresses
    ]
    if title is not None and herald is not None and herald.pen is not None:
        found.append(_Silent(NAME) if pretend else _talk_messenger(herald, herald.pen, title))
    if pretend and not found:
        found.append(_Silent(SUBJECT))
    return tuple(found)


def _talk_messenger(herald: Herald, pen: Pen, title: str) -> Messenger:
    return TalkMessenger(pen, title, escape=escape, stopped=lambda: herald.stop_page(None))


def tell_after_run(settings: Settings, herald: Herald, report: RunReport) -> RunReport:
    """Tell what a run has come upon; its report says afterwards what was told."""
    if herald.config.alerts is None:
        return report
    desk = _desk(herald.config, herald.config.alerts.policy, herald.ledger, settings, herald)
    return alert_after_run(desk, report, herald)


@contextmanager
def telling_of_a_break(settings: Settings) -> Iterator[None]:
    """Tell of whatever ends the run in this block before there is a report of it, and let it pass.

    Not told is that another run is at work, and that the configuration cannot be used: it says whom to tell.
    """
    try:
        yield
    except (ConfigError, LedgerLocked):
        raise
    except Exception as error:
        try:
            _tell_of_a_break(settings, error)
        except HeraldError as another:
            settings.terminal.warning(f"{SUBJECT}: nobody could be told of what follows: {another}")
        raise


def _tell_of_a_break(settings: Settings, error: Exception) -> None:
    config = load_config(settings, require_secrets=False, silent=True)
    if config.alerts is None:
        return
    open_it = open_scratch_copy if settings.simulate else open_ledger
    with open_it(config.ledger_url, password=config.ledger_password) as ledger:
        desk = _desk(config, config.alerts.policy, ledger, settings, None)
        for trouble in alert_after_break(desk, error):
            settings.terminal.warning(of_trouble(trouble))


def _desk(
    config: Config, policy: AlertPolicy, ledger: Ledger, settings: Settings, herald: Herald | None
) -> AlertDesk:
    return AlertDesk(
        messengers=open_messengers(config, pretend=settings.simulate, herald=herald),
        policy=policy,
        ledger=ledger,
        clock=lambda: datetime.now(UTC),
        about=_about(config),
        say=settings.terminal.say,
        stopping=herald.stopping.is_set if herald else lambda: False,
    )


def _about(config: Config) -> str:
    return ", ".join(page.title for page in config.pages)


def check_alerts(config: Config, *, tell: bool) -> Iterator[Finding]:
    """Say whom a run would tell, and what is wrong with that; with ``tell``, a test is sent to each."""
    if config.alerts is None:
        if tell:
            yield _finding(
                Verdict.BAD, "there is nobody to tell", "name somebody: see [alerts] in the manual"
            )
        return
    addresses, talk_page = config.alerts.addresses, config.alerts.talk_page
    wrong = {address.name: said for address in addresses if (said := objection(address))}
    if addresses:
        names = ", ".join(address.name for address in addresses)
        yield _finding(Verdict.GOOD, f"{count(len(addresses), 'address', 'addresses')} ({names})")
    elif talk_page is None:
        yield _finding(Verdict.BAD, "no address", "put them in the variable that alerts.urls_env names")
    if talk_page is not None:
        yield _finding(Verdict.GOOD, f"notes on {talk_page}")
    for said in wrong.values():
        yield _finding(Verdict.BAD, said)
    if not tell:
        return
    messengers = [one for one in open_messengers(config, pretend=False) if one.name not in wrong]
    failures = in_time(messengers, lambda messenger: messenger.tell(trial(about=_about(config))))
    for messenger in messengers:
        if messenger.name in failures:
            yield _finding(Verdict.BAD, failures[messenger.name])
        else:
            yield _finding(Verdict.GOOD, f"{messenger.name} has taken a test: see whether it has arrived")


def _finding(verdict: Verdict, message: str, remedy: str | None = None) -> Finding:
    return Finding(subject=SUBJECT, verdict=verdict, message=message, remedy=remedy)
