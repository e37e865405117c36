"""The harmless half of the configuration, as a JSON page on the wiki: it lies over what the file says.

    {
      "channels": {"wikis-world": {"enabled": false, "hashtags": ["MediaWiki"]}},
      "gate": {"settle": "2h", "hold_words": ["election"]}
    }

Wording and hashtags may be others, a channel may be off, an edit need not be followed, and the gate may be
stricter. It is never looser than in the file, and no key here names a server, a secret or a path. A page with
anything wrong in it counts as a whole for nothing.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.config import checks
from bot.config.gate import read_rules
from bot.config.table import Table
from bot.errors import ConfigError
from bot.model import Long, OnEdit, Review

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.config.values import ChannelConfig, Config
    from bot.model import Capabilities, Gate

_MOST = 100_000  # characters
_REVIEWS = {
    Review.NONE: {Review.NONE, Review.FLAGGED, Review.PATROLLED},
    Review.FLAGGED: {Review.FLAGGED},
    Review.PATROLLED: {Review.PATROLLED},
}


def overlaid(
    config: Config,
    text: str,
    *,
    capabilities: Callable[[str], Capabilities],
    check_template: Callable[[str], str | None],
) -> Config:
    """Return the configuration with what the page says.

    Args:
        config: what the file says.
        text: the page's wikitext, a JSON object.
        capabilities: what a network can do, by its name.
        check_template: says in a sentence what is wrong with a post's template; ``None`` where nothing is.

    Raises:
        ConfigError: it cannot be used; it has all problems, each by its key.
    """
    problems: list[str] = []
    root = Table(_parsed(text), place="", problems=problems)
    gate_table = root.table("gate")
    gate = read_rules(gate_table, config.gate)
    gate_table.close()
    problems += (f"gate: {message}" for message in _looser(gate, config.gate))
    tables = root.table("channels")
    channels = []
    for channel in config.channels:
        table = tables.table(channel.name)
        channels.append(_read_channel(table, channel, capabilities(channel.network), check_template))
    tables.close()
    root.close()
    if problems:
        raise ConfigError(problems)
    return replace(config, gate=gate, channels=tuple(channels))


def _parsed(text: str) -> dict[str, object]:
    if len(text) > _MOST:
        raise ConfigError(f"it is longer than {_MOST} characters")
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"this is not JSON: {error}") from None
    if not isinstance(values, dict):
        raise ConfigError("this must be a JSON object: { ... }")
    return values


def _read_channel(
    table: Table,
    channel: ChannelConfig,
    able: Capabilities,
    check_template: Callable[[str], str | None],
) -> ChannelConfig:
    def template(value: object) -> str:
        source = checks.text(value)
        if "{%" in source or "{#" in source:
            raise checks.UnfitError("must consist of words and {{ variables }}, without statements {% ... %}")
        if wrong := check_template(source):
            raise checks.UnfitError(wrong)
        return source

    style = channel.style
    long = table.get("long", checks.member(Long), style.long)
    if long is Long.THREAD and not able.threads:
        table.problem(f'must be "shorten": the network {channel.network} has no threads', key="long")
    on_edit = table.get("on_edit", checks.member(OnEdit), channel.on_edit)
    if on_edit is OnEdit.EDIT and channel.on_edit is OnEdit.IGNORE:
        table.problem(
            'must be "ignore": the configuration file lets no edits be followed there', key="on_edit"
        )
    enabled = table.get("enabled", checks.flag, default=True)
    read = replace(
        channel,
        enabled=channel.enabled and enabled,
        on_edit=on_edit,
        style=replace(
            style,
            template=table.get("template", template, style.template),
            hashtags=table.get("hashtags", checks.listed(checks.hashtag), style.hashtags),
            long=long,
        ),
    )
    table.close()
    return read


def _looser(gate: Gate, base: Gate) -> Iterator[str]:
    """Yield what the page would loosen, key by key."""
    fewer = ("trusted_groups", "trusted_users", "allowed_domains", "required_protection")
    fits = {
        "settle": gate.settle >= base.settle,
        "min_age": gate.min_age >= base.min_age,
        "min_edits": gate.min_edits >= base.min_edits,
        "hold_words": gate.hold_words >= base.hold_words,
        "review": gate.review in _REVIEWS[base.review],
        "second_person": gate.second_person or not base.second_person,
        "max_new_items": gate.max_new_items <= base.max_new_items,
        "max_items_per_day": _at_most(gate.max_items_per_day, base.max_items_per_day),
        "max_mentions": _at_most(gate.max_mentions, base.max_mentions),
        **{key: getattr(gate, key) <= getattr(base, key) for key in fewer[:2]},
        # Of these an empty list is the loosest.
        **{key: _some_of(getattr(gate, key), getattr(base, key)) for key in fewer[2:]},
    }
    for key, fitting in fits.items():
        if not fitting:
            yield f"{key}: would be looser than in the configuration file; here it can only be stricter"


def _at_most(value: int | None, limit: int | None) -> bool:
    return limit is None or (value is not None and value <= limit)


def _some_of(entries: frozenset[str], of: frozenset[str]) -> bool:
    return not of or (bool(entries) and entries <= of)
