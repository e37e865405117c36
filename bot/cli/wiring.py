"""Opens what a command needs: configuration, ledger, pages, channels; and closes it again."""

from __future__ import annotations

import os
import random
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.channels.base import NETWORKS, Facilities, open_channel, specs
from bot.channels.http import Http
from bot.cli.simulate import Pretended, PretendedPen
from bot.compose.template import check_template
from bot.config import PageConfig, load
from bot.errors import ConfigError
from bot.ledger.opening import open_ledger, open_scratch_copy
from bot.news.parse import LAYOUTS
from bot.sync.herald import Herald, Shelf
from bot.wiki.file import FileSource

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from bot.channels.base import Channel, Memory
    from bot.config import Config
    from bot.model import NetworkSpec
    from bot.report.terminal import Terminal
    from bot.wiki.base import Pen
    from bot.wiki.page import WikiSource

CONFIG_VARIABLE = "WIKIHERALD_CONFIG"
CONFIG_FILE = "news.toml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """The options that every command understands, and where it speaks."""

    terminal: Terminal
    config_path: Path
    simulate: bool = False
    as_json: bool = False
    verbose: bool = False
    pywikibot: tuple[str, ...] = ()


def load_config(settings: Settings, *, require_secrets: bool, silent: bool = False) -> Config:
    """Read the configuration; its warnings are told, unless they have been."""
    config = load(
        settings.config_path,
        networks=specs(),
        environ=os.environ,
        require_secrets=require_secrets,
        layouts=LAYOUTS,
        check_template=check_template,
    )
    for warning in () if silent else config.warnings:
        settings.terminal.warning(warning)
    return config


@contextmanager
def opened(
    settings: Settings, *, only: Collection[str] = (), pretend: bool | None = None
) -> Iterator[Herald]:
    """Open all that a run needs; with ``pretend`` (usually ``--simulate``) nothing will be written anywhere.

    ``only`` names the channels to serve; empty means all.
    """
    pretend = settings.simulate if pretend is None else pretend
    config = load_config(settings, require_secrets=not pretend)
    chosen = _chosen(config, only)
    library = open_library(config, settings, simulate=pretend)
    with ExitStack() as stack:
        ledger = (open_scratch_copy if pretend else open_ledger)(
            config.ledger_url, password=config.ledger_password
        )
        stack.callback(ledger.close)
        yield Herald(
            config=config,
            ledger=ledger,
            shelves=library.shelves,
            wiki=library.wiki,
            channels={
                name: channel
                for name, channel in open_channels(
                    config,
                    settings,
                    pretend=pretend,
                    memory=lambda name: ledger.memory(name, clock=_now),
                ).items()
                if name in chosen
            },
            clock=_now,
            jitter=random.random,
            stop_page=library.stop_page,
            pen=library.pen,
            say=settings.terminal.say,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Library:
    """What a run reads from, and what it may write on the wiki.

    The sources of the configured pages, the wiki if one is opened, the question whether to go on, and what
    writes the bot's own pages.
    """

    shelves: tuple[Shelf, ...]
    wiki: WikiSource | None = None
    stop_page: Callable[[str | None], str | None] = lambda _: None
    pen: Pen | None = None


def open_library(config: Config, settings: Settings, *, simulate: bool) -> Library:
    """Open the sources of the configured pages, and the wiki where the bot has pages of its own there."""
    files = tuple(page for page in config.pages if page.file is not None)
    titles = tuple(page for page in config.pages if page.file is None)
    shelves = (Shelf(source=FileSource(files), pages=files),) if files else ()
    stop_pages = {channel.name: channel.stop_page for channel in config.channels if channel.stop_page}
    read = (config.gate.stop_page, config.gate.command_page, config.wiki.config_page, *stop_pages.values())
    talk_page = config.alerts.talk_page if config.alerts else None
    written = tuple(filter(None, (config.status.page, talk_page)))
    if not titles and not any(read) and not written:
        return Library(shelves=shelves)
    wiki = open_wiki_source(config, settings, simulate=simulate)
    if titles:
        shelves = (*shelves, Shelf(source=wiki, pages=titles))
    return Library(
        shelves=shelves,
        wiki=wiki,
        stop_page=wiki.stop_pages(config.gate.stop_page, stop_pages).why_stop,
        pen=_pen(config, wiki, written, simulate=simulate) if written else None,
    )


def _pen(config: Config, wiki: WikiSource, own: Collection[str], *, simulate: bool) -> Pen:
    sources = [page.title for page in config.pages if page.file is None]
    pen = wiki.pen(own=own, sources=sources, stop_page=config.gate.stop_page)
    return PretendedPen(pen) if simulate else pen


def open_wiki_source(config: Config, settings: Settings, *, simulate: bool) -> WikiSource:
    """Open the configured wiki. Pywikibot is imported here and not before: it takes its time."""
    from bot.wiki.page import open_wiki  # noqa: PLC0415 - offline commands never import Pywikibot

    return open_wiki(config.wiki, arguments=settings.pywikibot, simulate=simulate)


def open_channels(
    config: Config, settings: Settings, *, pretend: bool, memory: Callable[[str], Memory]
) -> dict[str, Channel]:
    """Open the channels by name; no request leaves. ``memory`` gives each channel its own, by its name."""
    http = Http(config.wiki.contact)
    known: Mapping[str, NetworkSpec] = specs()
    channels: dict[str, Channel] = {}
    for channel_config in config.channels:
        channel = open_channel(channel_config, Facilities(http=http, memory=memory(channel_config.name)))
        if pretend:
            channel = Pretended(
                channel,
                known[channel_config.network],
                asks=all(channel_config.secrets.values()),
                warn=settings.terminal.warning,
            )
        channels[channel_config.name] = channel
    return channels


def _now() -> datetime:
    return datetime.now(UTC)


def page_of(config: Config, title: str | None) -> PageConfig:
    """Return the page called ``title``, configured or not; without a title, the only one configured.

    Raises:
        ConfigError: no title was given and several pages are configured.
    """
    if title is not None:
        known = [page for page in config.pages if _same(page.title, title)]
        return known[0] if known else PageConfig(title=title)
    if len(config.pages) == 1:
        return config.pages[0]
    raise ConfigError(f"which page? The configuration has: {', '.join(page.title for page in config.pages)}")


def known_names(config: Config | None) -> frozenset[str]:
    """Return the names that a directive may use for a channel: the channels' own and the networks'."""
    channels = config.channels if config else ()
    return frozenset(NETWORKS) | {channel.name for channel in channels}


def default_config_path() -> Path:
    """Return where the configuration is looked for when no option says so."""
    return Path(os.environ.get(CONFIG_VARIABLE) or CONFIG_FILE)


def _chosen(config: Config, only: Collection[str]) -> frozenset[str]:
    names = frozenset(channel.name for channel in config.channels)
    if unknown := sorted(set(only) - names):
        raise ConfigError(
            f"--channel {unknown[0]}: there is no such channel; there is: {', '.join(sorted(names))}"
        )
    return frozenset(only) or names


def _same(one: str, other: str) -> bool:
    return one.replace("_", " ").strip() == other.replace("_", " ").strip()
