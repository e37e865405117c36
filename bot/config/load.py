"""Reads the configuration file as a whole: every problem in it is reported at once."""

from __future__ import annotations

import re
import tomllib
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.config import checks
from bot.config.alerts import read_alerts, talk_page_of
from bot.config.channels import Surroundings, read_channels, read_handles, read_pace
from bot.config.gate import read_gate
from bot.config.ledger import read_ledger
from bot.config.pages import config_page_of, read_pages, read_wiki, same_title
from bot.config.status import read_status
from bot.config.table import Table
from bot.config.values import Config
from bot.errors import ConfigError
from bot.model import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from bot.config.values import ChannelConfig, PageConfig, StatusConfig
    from bot.model import Gate, NetworkSpec

RUN_TIMEOUT = timedelta(minutes=10)


def load(
    path: Path,
    *,
    networks: Mapping[str, NetworkSpec],
    environ: Mapping[str, str],
    layouts: Collection[str],
    check_template: Callable[[str], str | None],
    require_secrets: bool = True,
) -> Config:
    """Read ``path`` and check all of it.

    Args:
        path: the file; paths in it are relative to its folder.
        networks: what is known of each network, by name.
        environ: where the secrets are.
        layouts: the names of the layouts that a page can have.
        check_template: says in a sentence what is wrong with a post's template; ``None`` where nothing is.
        require_secrets: whether a missing secret is a problem, or only a warning.

    Raises:
        ConfigError: the file cannot be read or used; it has all problems, each by its key.
    """
    path = path.absolute()
    problems: list[str] = []
    warnings: list[str] = []
    root = Table(_parse(path), place="", problems=problems)
    pages = read_pages(root, path.parent, layouts)
    ledger_url, ledger_password = read_ledger(
        root, folder=path.parent, environ=environ, require_secrets=require_secrets, warnings=warnings
    )
    gate = read_gate(root)
    pace, run_timeout = _read_delivery(root)
    around = Surroundings(
        networks=networks,
        environ=environ,
        folder=path.parent,
        check_template=check_template,
        require_secrets=require_secrets,
        pace=pace,
        handles=read_handles(root, networks),
        warnings=warnings,
    )
    channels = read_channels(root, around)
    alerts = read_alerts(root, environ=environ, require_secrets=require_secrets, warnings=warnings)
    status = read_status(root, pages=pages)
    opened_for = _opened_for(pages, gate, channels, status) or config_page_of(root) or talk_page_of(alerts)
    wiki = read_wiki(root, opened_for=opened_for, spoken_for=opened_for or _spoken_for(channels))
    root.close()
    config = Config(
        path=path,
        wiki=wiki,
        pages=pages,
        ledger_url=ledger_url,
        ledger_password=ledger_password,
        alerts=alerts,
        gate=gate,
        run_timeout=run_timeout,
        channels=channels,
        warnings=tuple(warnings),
        status=status,
    )
    problems += _mixed_up(config)
    if problems:
        raise ConfigError(problems)
    return config


def _parse(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: there is no such file. 'wikiherald init' writes one to begin with; "
            "'wikiherald --config FILE' takes another."
        ) from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{path}: is not UTF-8 (its byte {error.start + 1}): save it in that encoding"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: {_where(error)}") from None
    except RecursionError:
        raise ConfigError(f"{path}: its lists or tables are nested too deeply") from None


def _where(error: tomllib.TOMLDecodeError) -> str:
    said = re.fullmatch(r"(?P<what>.*) \(at (?P<place>.*)\)", str(error), re.DOTALL)
    if said is None:
        return f"this is not TOML: {error}"
    return f"{said['place']}: this is not TOML: {said['what']}. Texts stand in quotes, lists in [ ]."


def _read_delivery(root: Table) -> tuple[Pace, timedelta]:
    table = root.table("delivery")
    pace = read_pace(table, Pace())
    run_timeout = table.get("run_timeout", checks.duration(least=timedelta(seconds=1)), RUN_TIMEOUT)
    table.close()
    return pace, run_timeout


def _opened_for(
    pages: Sequence[PageConfig], gate: Gate, channels: Sequence[ChannelConfig], status: StatusConfig
) -> str | None:
    """Say what the wiki has to be opened for, ``None`` where every page is a file."""
    for page in pages:
        if page.file is None and page.title:
            return f"the page {page.title}"
    for title in (gate.stop_page, *(channel.stop_page for channel in channels)):
        if title is not None:
            return f"the stop page {title}"
    if gate.command_page:
        return f"the command page {gate.command_page}"
    return f"the status page {status.page}" if status.page else None


def _mixed_up(config: Config) -> Iterator[str]:
    """Yield where one page of the wiki is to be two things; channels may share a stop page."""
    taken = {same_title(page.title): "a page with news" for page in config.pages if page.file is None}
    own = [
        ("gate: stop_page", config.gate.stop_page),
        *((f"{channel.name}: stop_page", channel.stop_page) for channel in config.channels),
        ("gate: command_page", config.gate.command_page),
        ("wiki: config_page", config.wiki.config_page),
        ("alerts: talk_page", config.alerts.talk_page if config.alerts else None),
        ("status: page", config.status.page),
    ]
    for key, title in own:
        if title is None:
            continue
        before = taken.setdefault(same_title(title), key)
        both_stop = before.endswith("stop_page") and key.endswith("stop_page")
        if before != key and not both_stop:
            yield f"{key}: {title} is {before} already: it needs a page of its own"


def _spoken_for(channels: Sequence[ChannelConfig]) -> str | None:
    return next((f"the channel {channel.name}" for channel in channels if channel.server), None)
