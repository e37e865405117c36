"""What ``check`` looks at: everything a run needs, each with a verdict and a remedy."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.cli.alerting import check_alerts
from bot.cli.check_overlay import check_overlay
from bot.cli.standing import SUBJECT, check_standing, writes
from bot.cli.wiring import load_config, open_channels, open_library
from bot.decide.budget import dollars
from bot.decide.expiry import end_of_credentials, warning
from bot.errors import ChannelError, HeraldError, PageError
from bot.ledger.opening import open_scratch_copy
from bot.model import Status
from bot.report.values import Finding, Verdict
from bot.report.wiki import MARK
from bot.report.words import count
from bot.sync.herald import Herald
from bot.sync.read import read_shelf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from bot.channels.base import Channel
    from bot.cli.wiring import Library, Settings
    from bot.config import ChannelConfig, Config
    from bot.ledger.store import Ledger
    from bot.model import Account, Limits, Prices


def check_all(settings: Settings, *, alert: bool = False) -> list[Finding]:
    """Check the configuration, the ledger, the wiki and its pages, and every channel; nothing is written.

    With ``alert`` a test goes to everybody who would be told what needs a person; but for a simulation.

    Raises:
        ConfigError: the configuration cannot be used, so that there is nothing else to look at.
    """
    config = load_config(settings, require_secrets=False)
    size = f"{count(len(config.pages), 'page')}, {count(len(config.channels), 'channel')}"
    findings = [_good("configuration", f"{settings.config_path}: {size}")]
    findings += check_alerts(config, tell=alert and not settings.simulate)
    try:
        ledger = open_scratch_copy(config.ledger_url, password=config.ledger_password)
    except HeraldError as error:
        return [*findings, _bad("ledger", str(error))]
    try:
        findings += _check_ledger(ledger)
        findings += _check_pages(config, settings, ledger)
        # What a channel keeps counts here too: a token that was renewed is another than the environment's.
        channels = open_channels(
            config, settings, pretend=False, memory=lambda name: ledger.memory(name, clock=_now)
        )
        for name, channel in channels.items():
            channel_config = next(entry for entry in config.channels if entry.name == name)
            findings += _check_channel(channel, channel_config)
    finally:
        ledger.close()
    return findings


def _now() -> datetime:
    return datetime.now(UTC)


def _check_ledger(ledger: Ledger) -> Iterator[Finding]:
    deliveries = ledger.deliveries()
    yield _good("ledger", count(len(deliveries), "delivery", "deliveries"))
    doubtful = [row for row in deliveries if row.status is Status.IN_DOUBT]
    if doubtful:
        places = ", ".join(f"{row.item} on {row.channel}" for row in doubtful)
        yield Finding(
            subject="ledger",
            verdict=Verdict.WARNING,
            message=f"in doubt: {places}",
            remedy="look at the channel; 'wikiherald status' shows the rest",
        )


def _check_pages(config: Config, settings: Settings, ledger: Ledger) -> Iterator[Finding]:
    try:
        library = open_library(config, settings, simulate=True)
    except HeraldError as error:
        yield _bad("wiki", str(error))
        return
    yield from _check_account(config, library)
    names = {name for channel in config.channels for name in (channel.name, channel.network)}
    now = datetime.now(UTC)
    for shelf in library.shelves:
        sight = read_shelf(shelf, ledger, names, watched=now, now=now)
        for reading in sight.readings:
            items = len(reading.view.items)
            message = f"revision {reading.page.revision.id} of {shelf.source.name}: {count(items, 'item')}"
            if items:
                yield _good(reading.view.title, message)
            else:
                yield _bad(reading.view.title, message)
        for trouble in sight.troubles:
            where = f"line {trouble.line}: " if trouble.line else ""
            finding = _bad if trouble.failure else _warning
            yield finding(trouble.page or "pages", f"{where}{trouble.message}")
    yield from _check_stop_pages(config, library)
    yield from _check_status_page(config, library)
    yield from check_overlay(
        Herald(
            config=config,
            ledger=ledger,
            shelves=library.shelves,
            channels={},
            clock=lambda: datetime.now(UTC),
            jitter=lambda: 0.0,
            wiki=library.wiki,
        )
    )


def _check_stop_pages(config: Config, library: Library) -> Iterator[Finding]:
    titles = {None: config.gate.stop_page} | {
        channel.name: channel.stop_page for channel in config.channels if channel.stop_page
    }
    for channel, title in titles.items():
        if stopped := library.stop_page(channel):
            yield _warning("stop page", stopped)
        elif title is not None:
            yield _good("stop page", f"{title} says run")


def _check_account(config: Config, library: Library) -> Iterator[Finding]:
    if library.wiki is None:
        return
    try:
        yield from check_standing(library.wiki.standing(), writes=writes(config))
    except HeraldError as error:
        yield _bad(SUBJECT, str(error))


def _check_status_page(config: Config, library: Library) -> Iterator[Finding]:
    if library.pen is None or not config.status.page:
        return
    try:
        library.pen.examine(config.status.page, mark=MARK)
    except PageError as error:
        yield _bad("status page", str(error))
    else:
        yield _good("status page", f"{config.status.page}: {library.pen.site.bot} may write it")


def _check_channel(channel: Channel, config: ChannelConfig) -> Iterator[Finding]:
    missing = [name for name, secret in config.secrets.items() if secret is None]
    if missing:
        yield Finding(
            subject=channel.name,
            verdict=Verdict.BAD,
            message=f"{config.network}: no credentials ({', '.join(missing)})",
            remedy="put them in the environment variables that the configuration names",
        )
        return
    try:
        account = channel.account()
        limits = channel.limits()
    except ChannelError as error:
        yield _bad(channel.name, f"{config.network}: {error}")
        yield from _check_expiry(config, None)
        return
    address = f", {account.url}" if account.url else ""
    yield _good(channel.name, f"{config.network}: {account.name}{address}; {_in_words(limits)}")
    for note in account.notes:
        yield _good(channel.name, note)
    yield from _check_expiry(config, account)
    if config.prices is not None and config.budget is not None:
        yield _good(channel.name, _what_it_costs(config.prices, config.budget))
    for told in account.warnings:
        yield _warning(channel.name, told)
    for told in account.obstacles:
        yield _bad(channel.name, told)


def _check_expiry(config: ChannelConfig, account: Account | None) -> Iterator[Finding]:
    end = end_of_credentials(config.expires, account.expires_at if account else None)
    if said := warning(end, now=datetime.now(UTC)):
        yield _warning(config.name, said)
    elif end is not None:
        yield _good(config.name, f"its credentials are good until {end:%Y-%m-%d}")
    elif config.secrets:
        yield _good(
            config.name, 'its credentials have no known end; if they have one, "expires" names the day'
        )


def _what_it_costs(prices: Prices, budget: Decimal) -> str:
    return (
        f"a post costs {dollars(prices.post)}, with a link {dollars(prices.post_with_link)}; the budget of a "
        f"month is {dollars(budget)}"
    )


def _in_words(limits: Limits) -> str:
    said = [f"{limits.text} {limits.unit} a post" if limits.text else "posts of any length"]
    if limits.with_media is not None:
        said.append(f"{limits.with_media} with a file")
    if limits.bytes is not None:
        said.append(f"at most {limits.bytes} bytes")
    if limits.url_weight is not None:
        said.append(f"a link counts {limits.url_weight}")
    said.append(f"up to {count(limits.media, 'file')}" if limits.media else "no files")
    if limits.alt_text is not None and limits.media:
        said.append(f"alt texts of {limits.alt_text} characters")
    return ", ".join(said)


def _good(subject: str, message: str) -> Finding:
    return Finding(subject=subject, verdict=Verdict.GOOD, message=message, remedy=None)


def _warning(subject: str, message: str) -> Finding:
    return Finding(subject=subject, verdict=Verdict.WARNING, message=message, remedy=None)


def _bad(subject: str, message: str) -> Finding:
    return Finding(subject=subject, verdict=Verdict.BAD, message=message, remedy=None)
