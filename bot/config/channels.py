"""Reads ``[delivery]``, ``[handles]`` and ``[[channels]]``: where the news goes, and how."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.compose.handles import check_handle
from bot.config import checks
from bot.config.values import ChannelConfig, OptionValue
from bot.model import FALLBACK, LinkPolicy, Long, NetworkSpec, OnEdit, Option, OptionKind, Pace, Secret, Style
from bot.news import directives

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from decimal import Decimal

    from bot.config.table import Table

_NAME = re.compile(r"[a-z0-9._-]+")
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What a channel is read with, besides its own table.

    ``folder`` is what paths are relative to; ``check_template`` says what is wrong with a template, or
    ``None``; where ``require_secrets`` is false, a missing secret goes to ``warnings`` instead of the
    problems.
    """

    networks: Mapping[str, NetworkSpec]
    environ: Mapping[str, str]
    folder: Path
    check_template: Callable[[str], str | None]
    require_secrets: bool
    pace: Pace
    handles: Mapping[str, Mapping[str, str]]
    warnings: list[str]


def read_pace(table: Table, default: Pace) -> Pace:
    """Read the pace from ``[delivery]`` or from a channel; what it leaves out is as in ``default``."""
    return Pace(
        min_interval=table.get("min_interval", checks.duration(), default.min_interval),
        max_per_day=table.get("max_per_day", checks.whole(least=1), default.max_per_day),
        max_age=table.get("max_age", checks.duration(least=_SECOND), default.max_age),
        retry=table.get("retry", checks.duration(least=_SECOND), default.retry),
        give_up=table.get("give_up", checks.duration(least=_SECOND), default.give_up),
        grace=table.get("grace", checks.duration(), default.grace),
        retract_within=table.get("retract_within", checks.duration(), default.retract_within),
    )


def read_handles(root: Table, networks: Mapping[str, NetworkSpec]) -> Mapping[str, Mapping[str, str]]:
    """Read who is called what on which network; the keys of the result are networks."""
    handles: dict[str, dict[str, str]] = {network: {} for network in networks}
    everyone = root.table("handles")
    for name in everyone.keys():  # noqa: SIM118 - a Table is no mapping: its keys are only for this
        table = everyone.table(name)
        for network in networks:
            if handle := table.get(network, _account_on(network), ""):
                handles[network][name] = handle
        table.close()
    return handles


def _account_on(network: str) -> checks.Check[str]:
    def account(value: object) -> str:
        handle = checks.line(value)
        if wrong := check_handle(network, handle):
            raise checks.UnfitError(wrong)
        return handle

    return account


def read_channels(root: Table, around: Surroundings) -> tuple[ChannelConfig, ...]:
    """Read the channels, of which there is at least one."""
    tables = root.tables("channels", named=("name",), begun_with="name and network")
    channels = tuple(_read_channel(table, around) for table in tables)
    _refuse_doubles(tables, channels, around.networks)
    return tuple(channel for channel in channels if channel)


def _read_channel(table: Table, around: Surroundings) -> ChannelConfig | None:
    """Read one channel; ``None`` where its network is not known, so that nothing else can be judged."""
    name = table.need("name", channel_name, meanwhile="")
    network = table.need("network", checks.one_of(tuple(around.networks)), meanwhile="")
    if not network:
        return None
    if name != network and name in around.networks:
        table.problem(f"is the name of another network than this channel's, {network}", key="name")
    spec = around.networks[network]
    style = _read_style(table, spec, around)
    channel = ChannelConfig(
        name=name,
        network=network,
        server=_read_server(table, spec),
        style=style,
        on_edit=_read_on_edit(table, spec),
        delivery=read_pace(table, around.pace),
        options={option.name: _read_option(table, option, around.folder) for option in spec.options},
        secrets={secret: _read_secret(table, secret, around) for secret in _secrets(table, spec)},
        prices=spec.prices,
        budget=_read_budget(table, spec),
        expires=table.get("expires", checks.day, None),
        digest=_read_digest(table, spec, style.link),
        fallback=_read_fallback(table),
        stop_page=table.get("stop_page", checks.title, None),
    )
    table.close()
    return channel


def channel_name(value: object) -> str:
    """A channel's name, as editors write it in directives."""
    name = checks.line(value)
    if not _NAME.fullmatch(name):
        raise checks.UnfitError("must consist of a to z, 0 to 9 and . _ - only")
    if name in directives.NAMES:
        raise checks.UnfitError(f"must not be that of a directive ({', '.join(sorted(directives.NAMES))})")
    return name


def _read_server(table: Table, spec: NetworkSpec) -> str:
    address = checks.server_address(spec.schemes, spec.local_schemes)
    if spec.server is None:
        return table.need("server", address, meanwhile="", why="the address of the server")
    if spec.server == "":
        table.refuse("server", f"the network {spec.network} has no server: leave it out")
        return ""
    return table.get("server", address, spec.server)


def _read_style(table: Table, spec: NetworkSpec, around: Surroundings) -> Style:
    def template(value: object) -> str:
        source = checks.text(value)
        if wrong := around.check_template(source):
            raise checks.UnfitError(wrong)
        return source

    long = table.get("long", checks.member(Long), Style().long)
    if long is Long.THREAD and not spec.capabilities.threads:
        table.problem(f'must be "shorten": the network {spec.network} has no threads', key="long")
    return Style(
        template=table.get("template", template, Style().template),
        link=_read_link(table, spec),
        hashtags=table.get("hashtags", checks.listed(checks.hashtag), ()),
        long=long,
        rich=spec.rich,
        language=table.get("language", checks.language, None),
        handles=around.handles[spec.network],
    )


def default_on_edit(spec: NetworkSpec) -> OnEdit:
    """Return what follows an edit on a channel that does not say."""
    return OnEdit.EDIT if spec.capabilities.edit else OnEdit.IGNORE


def _read_on_edit(table: Table, spec: NetworkSpec) -> OnEdit:
    on_edit = table.get("on_edit", checks.member(OnEdit), default_on_edit(spec))
    if on_edit is OnEdit.EDIT and not spec.capabilities.edit:
        table.problem(f'must be "ignore": posts on {spec.network} cannot be edited', key="on_edit")
    return on_edit


def _read_link(table: Table, spec: NetworkSpec) -> LinkPolicy:
    policy = table.get("link", checks.member(LinkPolicy), LinkPolicy.ALWAYS)
    if policy is LinkPolicy.FIRST_REPLY and not spec.capabilities.threads:
        table.problem(f'must be "always" or "never": the network {spec.network} has no threads', key="link")
    return policy


def _read_budget(table: Table, spec: NetworkSpec) -> Decimal | None:
    """Read what a month may cost; a network that charges nothing has no such key."""
    if spec.prices is None:
        if "budget" in table:
            table.refuse("budget", f"posting on {spec.network} costs nothing: leave it out")
        return None
    return table.get("budget", checks.dollars, spec.prices.budget)


def _read_digest(table: Table, spec: NetworkSpec, link: LinkPolicy) -> bool:
    if spec.capabilities.digest:
        digest = table.get("digest", checks.flag, default=False)
        if digest and link is LinkPolicy.FIRST_REPLY:
            table.problem("must be false where the link goes into a reply of its own", key="digest")
        return digest
    if "digest" in table:
        table.refuse("digest", f"on {spec.network} each item is a post of its own: leave it out")
    return False


def _read_fallback(table: Table) -> timedelta | None:
    """Read how long an item waits for its translation; only a channel's own language makes it wait."""
    if "language" not in table:
        table.refuse("fallback", "has no meaning without language, which says what to translate into")
    return table.get("fallback", checks.fallback, FALLBACK)


def _read_option(table: Table, option: Option, folder: Path) -> OptionValue:
    def path(value: object) -> Path:
        return folder / checks.path(value)

    def line(value: object) -> str:
        text = checks.line(value)
        if option.wrong and (wrong := option.wrong(text)):
            raise checks.UnfitError(wrong)
        return text

    kinds: dict[OptionKind, checks.Check[OptionValue]] = {
        OptionKind.TEXT: checks.one_of(option.choices) if option.choices else line,
        OptionKind.URL: checks.web_address,
        OptionKind.PATH: path,
        OptionKind.NUMBER: checks.whole(),
        OptionKind.FLAG: checks.flag,
        OptionKind.LIST: checks.listed(line, empty=not option.required),
    }
    check = kinds[option.kind]
    default: OptionValue = option.default
    if option.kind is OptionKind.PATH and default is not None:
        default = path(default)
    if option.required:
        return table.need(option.name, check, meanwhile=default, why=option.help)
    return table.get(option.name, check, default)


def _secrets(table: Table, spec: NetworkSpec) -> tuple[str, ...]:
    """Return the names of the secrets that this channel needs."""
    needed = list(spec.secrets)
    for secret, option in spec.optional_secrets.items():
        if option in table:
            needed.append(secret)
        else:
            table.refuse(f"{secret}_env", f"has no meaning without {option}, which says whose {secret} it is")
    return tuple(needed)


def _read_secret(table: Table, secret: str, around: Surroundings) -> Secret | None:
    key = f"{secret}_env"
    variable = table.get(key, checks.variable, "")
    value = around.environ.get(variable, "").strip() if variable else ""
    if value:
        return Secret(value)
    if key not in table:
        missing = f"is missing: name the environment variable that holds the {secret}"
    elif variable:
        missing = f"the environment variable {variable} is not set, or is empty"
    else:
        return None  # what is wrong with its name has been said
    if around.require_secrets:
        table.problem(missing, key=key)
    else:
        around.warnings.append(f"{table.place}: {key}: {missing}")
    return None


def _refuse_doubles(
    tables: Sequence[Table],
    channels: Sequence[ChannelConfig | None],
    networks: Mapping[str, NetworkSpec],
) -> None:
    """Refuse two channels of one name, and two that are the same account: it would say everything twice."""
    names: dict[str, Table] = {}
    accounts: dict[object, Table] = {}
    for table, channel in zip(tables, channels, strict=True):
        if channel is None:
            continue
        if channel.name in names:
            table.problem(f"must be another than that of {names[channel.name].place}", key="name")
        elif channel.name:
            names[channel.name] = table
        account = _account(channel, networks[channel.network].places)
        if account is not None and account in accounts:
            table.problem(f"publishes where {accounts[account].place} does: all news would be there twice")
        accounts.setdefault(account, table)


def _account(channel: ChannelConfig, places: tuple[str, ...] | None) -> object:
    """Return what two channels share that publish at one place; ``None`` where that cannot be told.

    ``places`` are the options that say where that is.
    """
    paths = tuple(value for value in channel.options.values() if isinstance(value, Path))
    if paths:
        return channel.network, paths
    secrets = [secret.reveal() for secret in channel.secrets.values() if secret]
    if len(secrets) < len(channel.secrets):
        return None
    where = channel.options if places is None else places
    return channel.network, channel.server, tuple(secrets), tuple(channel.options[name] for name in where)
