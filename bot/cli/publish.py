"""The commands that publish, or take as done."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from bot.cli.alerting import tell_after_run, telling_of_a_break
from bot.cli.ending import end_on_sigterm
from bot.cli.wiring import opened
from bot.report import shapes
from bot.sync import run as engine
from bot.sync.ending import end_run

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.cli.wiring import Settings
    from bot.model import RunReport


@click.command()
@click.option("--channel", "only", multiple=True, metavar="C", help="Serve only this channel (repeatable).")
@click.option(
    "--backfill",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Publish the N newest items of a page seen for the first time; otherwise none.",
)
@click.option("--force", is_flag=True, help="Take the brakes off: a blanked page, too many new items.")
@click.pass_obj
def sync(settings: Settings, only: tuple[str, ...], backfill: int, *, force: bool) -> None:
    """Read the pages, decide, publish what is new (the default)."""
    with telling_of_a_break(settings), opened(settings, only=only) as herald:
        end_on_sigterm(herald)
        began = herald.clock()
        report = engine.run(herald, backfill=backfill, force=force)
        report = end_run(herald, report, began=began)
        report = tell_after_run(settings, herald, report)
    finish(settings, report, show=settings.terminal.synced)


@click.command()
@click.option("--channel", "only", multiple=True, metavar="C", help="Only for this channel (repeatable).")
@click.pass_obj
def adopt(settings: Settings, only: tuple[str, ...]) -> None:
    """Take all that is on the pages as done, without posting."""
    with opened(settings, only=only) as herald:
        report = engine.adopt(herald)
    finish(settings, report, show=settings.terminal.adopted)


def finish(settings: Settings, report: RunReport, *, show: Callable[..., None]) -> None:
    """Show a run and leave with its exit code."""
    if settings.as_json:
        settings.terminal.json(shapes.sync_shape(report, simulate=settings.simulate))
    else:
        show(report, simulate=settings.simulate, verbose=settings.verbose)
    if report.refusal:
        sys.exit(3)
    sys.exit(1 if report.needs_a_look else 0)
