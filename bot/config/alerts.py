"""Reads ``[alerts]``: whom to tell what needs a person."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.config import checks
from bot.config.values import Address, AlertsConfig
from bot.model import AlertPolicy, ConcernKind, Secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.config.table import Table

AFTER = timedelta(hours=1)

_ADDRESS = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]{0,30})://\S+", re.IGNORECASE)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def read_alerts(
    root: Table, *, environ: Mapping[str, str], require_secrets: bool, warnings: list[str]
) -> AlertsConfig | None:
    """Return whom to tell, ``None`` where nobody is to be told.

    Addresses that are missing in the environment, or are none, are a problem, or a warning where
    ``require_secrets`` is false. Whether apprise understands them is not looked at here: that takes its time.
    """
    there = "alerts" in root
    table = root.table("alerts")
    key = "urls_env"
    variable = table.get(key, checks.variable, "")
    talk_page = table.get("talk_page", checks.title, None)
    kinds = table.get("kinds", checks.listed(checks.member(ConcernKind), empty=False), tuple(ConcernKind))
    after = table.get("after", checks.duration(), AFTER)
    if there and key not in table and talk_page is None:
        message = "is missing: name the environment variable that holds the addresses, or a talk_page"
        table.problem(message, key=key)
    table.close()
    if not there:
        return None
    addresses = tuple(_addresses(environ.get(variable, "").split(), variable))
    wrong = [f"{one.place} does not begin with a service, as mailtos://" for one in addresses if not one.name]
    if variable and not addresses:
        wrong = [f"the environment variable {variable} is not set, or is empty"]
    for message in wrong:
        if require_secrets:
            table.problem(message, key=key)
        else:
            warnings.append(f"{table.place}: {key}: {message}")
    return AlertsConfig(
        addresses=tuple(one for one in addresses if one.name),
        policy=AlertPolicy(kinds=frozenset(kinds), after=after),
        talk_page=talk_page,
    )


def talk_page_of(alerts: AlertsConfig | None) -> str | None:
    """Say that the wiki has to be opened for notes, ``None`` where there is no page for them."""
    return f"the talk page {alerts.talk_page}" if alerts is not None and alerts.talk_page else None


def _addresses(urls: list[str], variable: str) -> Iterator[Address]:
    """Name each by its service, so that a new one of another service changes no other's name."""
    seen: Counter[str] = Counter()
    for number, url in enumerate(urls):
        ordinal = f"the {_ORDINALS[number]} address" if number < len(_ORDINALS) else f"address {number + 1}"
        found = _ADDRESS.fullmatch(url)
        name = found["scheme"].lower() if found else ""
        seen[name] += 1
        yield Address(
            name=f"{name} {seen[name]}" if name and seen[name] > 1 else name,
            url=Secret(url),
            place=f"{ordinal} in {variable}",
        )
