"""The command line: global options, the commands, and the exit code of whatever goes wrong."""

from __future__ import annotations

import logging
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from bot import __version__
from bot.cli import look, publish, records, start
from bot.cli.arguments import arrange
from bot.cli.wiring import CONFIG_FILE, Settings, default_config_path
from bot.errors import ConfigError, HeraldError
from bot.report import shapes
from bot.report.logs import Lines
from bot.report.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

log = logging.getLogger(__name__)

DEFAULT_COMMAND = "sync"
COMMANDS = (
    publish.sync,
    look.preview,
    look.parse,
    records.status,
    records.explain,
    records.resolve,
    records.rebuild,
    records.export_ledger,
    records.import_ledger,
    publish.adopt,
    look.check,
    start.init,
)


@click.group(context_settings={"help_option_names": ["--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="wikiherald")
@click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    help=f"The configuration; default: $WIKIHERALD_CONFIG, else {CONFIG_FILE}.",
)
@click.option("--simulate", is_flag=True, help="Show what would be done and write nothing anywhere.")
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON object on standard output, messages on stderr."
)
@click.option("-v", "--verbose", is_flag=True, help="Say more.")
@click.pass_context
def cli(
    ctx: click.Context, config_path: Path | None, *, simulate: bool, as_json: bool, verbose: bool
) -> None:
    """Publish the news of a wiki page on social media, each item once on each channel.

    Without a command: sync. Options may stand before or after the command; Pywikibot's own (-site:, -user:,
    -simulate, ...) keep their single dash.
    """
    ctx.obj = replace(
        ctx.obj,
        config_path=config_path or default_config_path(),
        simulate=simulate,
        as_json=as_json,
        verbose=verbose,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines("%(levelname)s %(name)s: %(message)s" if verbose else "%(message)s"))
    logging.basicConfig(handlers=[handler])
    if verbose:
        logging.getLogger("bot").setLevel(logging.DEBUG)


for command in COMMANDS:
    cli.add_command(command)


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run the command line ``argv`` (default: the process's) and exit with its code."""
    words = list(sys.argv[1:] if argv is None else argv)
    terminal = Terminal()
    try:
        arguments = arrange(words, default=DEFAULT_COMMAND)
        settings = Settings(
            terminal=terminal, config_path=default_config_path(), pywikibot=arguments.pywikibot
        )
        code = cli.main(
            args=list(arguments.ours), prog_name="wikiherald", standalone_mode=False, obj=settings
        )
    except click.ClickException as error:
        error.show()
        _shape_of_error([error.format_message()], words)
        sys.exit(error.exit_code)
    except ConfigError as error:
        for problem in error.problems:
            terminal.problem(problem)
        _shape_of_error(error.problems, words)
        sys.exit(error.exit_code)
    except HeraldError as error:
        terminal.problem(str(error))
        _shape_of_error([str(error)], words)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        terminal.problem("interrupted; whatever was claimed is settled by the next run")
        sys.exit(130)
    except Exception as error:
        log.debug("unexpected", exc_info=True)
        message = f"unexpected {type(error).__name__}: please report it with what -v shows"
        terminal.problem(message)
        _shape_of_error([message], words)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _shape_of_error(messages: Sequence[str], words: Sequence[str]) -> None:
    """Keep the promise of ``--json``, one object on standard output, when there is nothing but bad news."""
    if "--json" in words:
        click.echo(shapes.to_json({"problems": [{"message": message} for message in messages]}))
