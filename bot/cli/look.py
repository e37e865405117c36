"""The commands that look at pages and accounts, and change nothing."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.checkup import check_all
from bot.cli.wiring import known_names, load_config, open_wiki_source, opened, page_of
from bot.config import PageConfig
from bot.errors import ConfigError
from bot.news.parse import LAYOUTS
from bot.report import html, shapes
from bot.sync.preview import preview_all
from bot.sync.read import read_one
from bot.wiki.file import FileSource

if TYPE_CHECKING:
    from bot.cli.wiring import Settings
    from bot.wiki.base import Source


@click.command()
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
        config = None
        wanted = PageConfig(title=file.name, file=file.absolute())
    else:
        config = load_config(settings, require_secrets=False)
        wanted = page_of(config, page)
    wanted = replace(
        wanted,
        language=language or wanted.language,
        profile=replace(wanted.profile, layout=layout) if layout else wanted.profile,
        article_path=article_path or wanted.article_path,
    )
    source: Source = (
        open_wiki_source(config, settings, simulate=True)
        if config is not None and wanted.file is None
        else FileSource((wanted,))
    )
    read, news = read_one(wanted, source, known_names(config))
    if settings.as_json:
        settings.terminal.json(shapes.parse_shape(read, news))
    else:
        settings.terminal.parsed(read, news, verbose=settings.verbose)


@click.command()
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


@click.command()
@click.option("--alert", is_flag=True, help="Send a test to everybody who would be told what needs a person.")
@click.pass_obj
def check(settings: Settings, *, alert: bool) -> None:
    """Look at everything a run needs: configuration, wiki, pages, ledger, channels."""
    findings = check_all(settings, alert=alert)
    if settings.as_json:
        settings.terminal.json(shapes.check_shape(findings))
    else:
        settings.terminal.checked(findings)
    if any(finding.verdict == "bad" for finding in findings):
        sys.exit(1)
