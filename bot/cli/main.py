"""The commands. Each opens what it needs, calls one function of a lower layer, and shows what it returned."""

from __future__ import annotations

import logging
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from bot import __version__
from bot.channels.base import specs
from bot.cli.arguments import arrange
from bot.cli.checkup import check_all
from bot.cli.ending import end_on_sigterm
from bot.cli.wiring import (
    CONFIG_FILE,
    Settings,
    default_config_path,
    known_names,
    load_config,
    open_wiki_source,
    opened,
    page_of,
)
from bot.config import PageConfig, starter
from bot.errors import ConfigError, HeraldError, PageError
from bot.ledger.opening import open_ledger, open_scratch_copy
from bot.model import Status
from bot.news.parse import LAYOUTS
from bot.report import html, shapes
from bot.report.terminal import Terminal
from bot.sync import run as engine
from bot.sync.preview import preview_all
from bot.sync.read import understand
from bot.sync.resolve import Resolution
from bot.sync.resolve import resolve as resolve_delivery
from bot.wiki.base import Wanted
from bot.wiki.file import FileSource

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.model import RunReport
    from bot.wiki.base import Source

log = logging.getLogger(__name__)

DEFAULT_COMMAND = "sync"
NEEDS_A_LOOK = {Status.FAILED, Status.IN_DOUBT, Status.SENDING}


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
    if verbose:
        logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
        logging.getLogger("bot").setLevel(logging.DEBUG)


def _finish(settings: Settings, report: RunReport, *, show: Callable[..., None]) -> None:
    """Show a run and leave with its exit code."""
    if settings.as_json:
        settings.terminal.json(shapes.sync_shape(report, simulate=settings.simulate))
    else:
        show(report, simulate=settings.simulate, verbose=settings.verbose)
    if report.refusal:
        sys.exit(3)
    failed = any(outcome.status in NEEDS_A_LOOK for outcome in report.posts)
    sys.exit(1 if failed or any(problem.failure for problem in report.problems) else 0)


@cli.command()
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
    with opened(settings, only=only) as herald:
        end_on_sigterm(herald)
        report = engine.run(herald, backfill=backfill, force=force)
    _finish(settings, report, show=settings.terminal.synced)


@cli.command()
@click.option("--channel", "only", multiple=True, metavar="C", help="Only for this channel (repeatable).")
@click.pass_obj
def adopt(settings: Settings, only: tuple[str, ...]) -> None:
    """Take all that is on the pages as done, without posting."""
    with opened(settings, only=only) as herald:
        report = engine.adopt(herald)
    _finish(settings, report, show=settings.terminal.adopted)


@cli.command()
@click.argument("page", required=False)
@click.option("--file", type=click.Path(path_type=Path), help="A page in a local file; no wiki is asked.")
@click.option("--language", metavar="L", help="The page's language (default: the configured, or English).")
@click.option("--layout", type=click.Choice(LAYOUTS), help="How the items stand on the page.")
@click.option("--article-path", metavar="URL", help="For a file: where its internal links lead, with $1.")
@click.pass_obj
def parse(
    settings: Settings,
    page: str | None,
    file: Path | None,
    language: str | None,
    layout: str | None,
    article_path: str | None,
) -> None:
    """Show the items found on a page: a configured one, any PAGE of the wiki, or a file."""
    if file is not None and page is not None:
        raise click.UsageError("give a PAGE or a --file, not both")
    if file is not None:
        wanted = PageConfig(title=file.name, file=file.absolute(), article_path=article_path or "/wiki/$1")
        source: Source = FileSource((wanted,))
        names = known_names(None)
    else:
        config = load_config(settings, require_secrets=False)
        names = known_names(config)
        try:
            wanted = page_of(config, page)
        except ConfigError:
            if page is None:
                raise
            wanted = PageConfig(title=page)
        source = (
            FileSource((wanted,))
            if wanted.file is not None
            else open_wiki_source(config, settings, simulate=True)
        )
    wanted = replace(wanted, language=language or wanted.language, layout=layout or wanted.layout)
    found = source.read([Wanted(title=wanted.title)])[wanted.title]
    if isinstance(found, PageError):
        raise found
    read, news = understand(found, wanted, source, names)
    if settings.as_json:
        settings.terminal.json(shapes.parse_shape(read, news))
    else:
        settings.terminal.parsed(read, news, verbose=settings.verbose)


@cli.command()
@click.option("--channel", "only", multiple=True, metavar="C", help="Only this channel (repeatable).")
@click.option("--html", "html_file", type=click.Path(path_type=Path), help="Write a page to look at.")
@click.pass_obj
def preview(settings: Settings, only: tuple[str, ...], html_file: Path | None) -> None:
    """Show how each item will look on each channel; nothing is published."""
    with opened(settings, only=only, pretend=True) as herald:
        previews, troubles = preview_all(herald)
    for trouble in troubles:
        settings.terminal.warning(f"{trouble.page}: {trouble.message}" if trouble.page else trouble.message)
    if html_file is not None:
        try:
            html_file.write_text(html.preview_page(previews, now=datetime.now(UTC)), encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"--html {html_file}: cannot be written: {error.strerror}") from error
        settings.terminal.message(f"Written: {html_file}")
    if settings.as_json:
        settings.terminal.json(shapes.preview_shape(previews))
    elif html_file is None:
        settings.terminal.previewed(previews)
    if any(trouble.failure for trouble in troubles):
        sys.exit(1)


@cli.command()
@click.pass_obj
def status(settings: Settings) -> None:
    """Show what was posted where; what waits, is held, failed, is in doubt."""
    config = load_config(settings, require_secrets=False)
    ledger = open_scratch_copy(config.ledger_url)
    try:
        deliveries = ledger.deliveries()
    finally:
        ledger.close()
    if settings.as_json:
        settings.terminal.json(shapes.status_shape(deliveries))
    else:
        settings.terminal.status(deliveries, verbose=settings.verbose)


@cli.command()
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
    with open_it(config.ledger_url) as ledger:
        settled = resolve_delivery(ledger, item, channel, resolution, now=datetime.now(UTC), url=url)
    if settings.as_json:
        settings.terminal.json(shapes.status_shape(settled))
    else:
        settings.terminal.status(settled, verbose=True)


@cli.command()
@click.pass_obj
def check(settings: Settings) -> None:
    """Look at everything a run needs: configuration, wiki, pages, ledger, channels."""
    findings = check_all(settings)
    if settings.as_json:
        settings.terminal.json(shapes.check_shape(findings))
    else:
        settings.terminal.checked(findings)
    if any(finding.verdict == "bad" for finding in findings):
        sys.exit(1)


@cli.command()
@click.option("--page", "title", metavar="TITLE", help="The news page; left out: a file to try things with.")
@click.option("--family", default="mediawiki", show_default=True, help="The wiki's family, as in Pywikibot.")
@click.option("--code", default="mediawiki", show_default=True, help="The wiki's code in that family.")
@click.option("--host", default="www.mediawiki.org", show_default=True, help="The wiki's host name.")
@click.option("--username", help="The bot's account on the wiki.")
@click.option("--contact", help="Where the wiki's people find you: a page or an e-mail address.")
@click.pass_obj
def init(
    settings: Settings,
    title: str | None,
    family: str,
    code: str,
    host: str,
    username: str | None,
    contact: str | None,
) -> None:
    """Write a commented news.toml and user-config.py here; existing files are left as they are."""
    texts = starter(
        networks=specs(),
        title=title,
        family=family,
        code=code,
        host=host,
        username=username,
        contact=contact,
    )
    folder = settings.config_path.parent
    written, left = [], []
    for name, text in texts.items():
        path = settings.config_path if name == CONFIG_FILE else folder / name
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
            if path.suffix == ".py":
                path.chmod(0o600)  # Pywikibot passes over a user-config.py that others may write to
            written.append(str(path))
        except FileExistsError:
            left.append(str(path))
        except OSError as error:
            raise ConfigError(f"{path}: cannot be written: {error.strerror}") from error
    if settings.as_json:
        settings.terminal.json({"written": written, "left": left})
        return
    for path_written in written:
        settings.terminal.message(f"Written: {path_written}")
    for path_left in left:
        settings.terminal.message(f"Left as it is: {path_left}")
    if written:
        settings.terminal.message("Next: edit it, then 'wikiherald check', then 'wikiherald --simulate'.")


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
