"""The commands that look into the ledger, or mend it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from bot.cli.publish import finish
from bot.cli.wiring import load_config, opened
from bot.errors import LedgerError
from bot.ledger.opening import open_ledger, open_scratch_copy
from bot.report import shapes
from bot.sync.explain import explain as explain_item
from bot.sync.purse import Purse
from bot.sync.rebuild import rebuild as rebuild_ledger
from bot.sync.resolve import Resolution
from bot.sync.resolve import resolve as resolve_delivery

if TYPE_CHECKING:
    from bot.cli.wiring import Settings


@click.command()
@click.pass_obj
def status(settings: Settings) -> None:
    """Show what was posted where; what waits, is held, failed, is in doubt."""
    config = load_config(settings, require_secrets=False)
    ledger = open_scratch_copy(config.ledger_url, password=config.ledger_password)
    try:
        deliveries = ledger.deliveries()
        purses = [
            Purse(config=channel, ledger=ledger, clock=lambda: datetime.now(UTC))
            for channel in config.channels
        ]
        costs = [purse.report() for purse in purses if purse.has_budget]
    finally:
        ledger.close()
    if settings.as_json:
        settings.terminal.json(shapes.status_shape(deliveries, costs))
    else:
        settings.terminal.status(deliveries, costs=costs, verbose=settings.verbose)


@click.command()
@click.argument("item")
@click.pass_obj
def explain(settings: Settings, item: str) -> None:
    """Say why ITEM is or is not on each channel, and all that happened to it."""
    with opened(settings, pretend=True) as herald:
        explained, troubles = explain_item(herald, item)
    for trouble in troubles:
        settings.terminal.warning(trouble.message)
    if settings.as_json:
        settings.terminal.json(shapes.explain_shape(explained))
    else:
        settings.terminal.explained(explained)


@click.command()
@click.pass_obj
def rebuild(settings: Settings) -> None:
    """Make a lost ledger anew, from the pages and the channels' own time-lines; nothing is posted."""
    with opened(settings) as herald:
        report = rebuild_ledger(herald)
    finish(settings, report, show=settings.terminal.synced)


@click.command()
@click.argument("item")
@click.argument("channel")
@click.option("--sent", "url", metavar="URL", help="It is there, at this address.")
@click.option("--retry", is_flag=True, help="It is not there: try again.")
@click.option("--skip", is_flag=True, help="Let it be.")
@click.pass_obj
def resolve(settings: Settings, item: str, channel: str, url: str | None, *, retry: bool, skip: bool) -> None:
    """Settle a delivery that is in doubt or has failed: a person has looked at the channel."""
    said = {Resolution.SENT: url is not None, Resolution.RETRY: retry, Resolution.SKIP: skip}
    if sum(said.values()) != 1:
        raise click.UsageError("say one of --sent URL, --retry, --skip")
    resolution = next(one for one, meant in said.items() if meant)
    config = load_config(settings, require_secrets=False)
    open_it = open_scratch_copy if settings.simulate else open_ledger
    with open_it(config.ledger_url, password=config.ledger_password) as ledger:
        settled = resolve_delivery(ledger, item, channel, resolution, now=datetime.now(UTC), url=url)
    if settings.as_json:
        settings.terminal.json(shapes.status_shape(settled))
    else:
        settings.terminal.status(settled, verbose=True)


@click.command("export")
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=True), default="-")
@click.pass_obj
def export_ledger(settings: Settings, file: TextIO) -> None:
    """Write the ledger as JSON lines into FILE (default: standard output)."""
    config = load_config(settings, require_secrets=False)
    with open_scratch_copy(config.ledger_url, password=config.ledger_password) as ledger:
        try:
            file.writelines(ledger.export())
        except OSError as error:
            raise LedgerError(f"{file.name}: cannot be written: {error.strerror}") from error


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def import_ledger(settings: Settings, file: Path) -> None:
    """Read what 'export' wrote in FILE into a ledger that is empty."""
    config = load_config(settings, require_secrets=False)
    open_it = open_scratch_copy if settings.simulate else open_ledger
    try:
        with (
            file.open(encoding="utf-8") as lines,
            open_it(config.ledger_url, password=config.ledger_password) as ledger,
            ledger.lock(),
        ):
            rows = ledger.restore(lines)
    except UnicodeDecodeError as error:
        raise LedgerError(f"{file} is not text in UTF-8; nothing was imported.") from error
    except OSError as error:
        raise LedgerError(f"{file}: cannot be read: {error.strerror}") from error
    settings.terminal.message(f"Imported: {rows} rows.")
