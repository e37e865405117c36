"""The configuration: read, checked as a whole, and turned into frozen values.

Every problem is reported at once, by key and never by value. Secrets come from the environment only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bot.model import Secret, Style


class OnEdit(StrEnum):
    """What becomes of a published post when its item is edited."""

    EDIT = "edit"
    IGNORE = "ignore"


@dataclass(frozen=True, kw_only=True, slots=True)
class WikiConfig:
    """The wiki, as Pywikibot names it; ``contact`` goes into every User-Agent."""

    family: str | None = None
    code: str | None = None
    contact: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageConfig:
    """A news page: a ``title`` on the wiki, or a ``file`` on disk.

    ``template`` and ``fields`` say, for a page of template calls, which template makes an item and which of
    its parameters is which part of one (``text``, ``date``, ``link``, ``image``, ``alt``, or a directive).
    ``language`` is ``None`` where the wiki's own is meant.
    """

    title: str
    file: Path | None = None
    article_path: str = "/wiki/$1"
    language: str | None = None
    layout: str = "auto"
    template: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class GateConfig:
    """The safety rules."""

    settle: timedelta = timedelta(minutes=30)
    max_new_items: int = 5
    trusted_groups: frozenset[str] = frozenset({"sysop"})
    trusted_users: frozenset[str] = frozenset()
    allowed_domains: frozenset[str] = frozenset()
    stop_page: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryConfig:
    """Pace and patience of one channel."""

    min_interval: timedelta = timedelta(0)
    max_per_day: int = 10
    max_age: timedelta = timedelta(days=14)
    retry: timedelta = timedelta(minutes=1)
    give_up: timedelta = timedelta(days=3)
    grace: timedelta = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelConfig:
    """One channel.

    ``options`` are the network's own keys, checked and with their defaults (a path is absolute); ``secrets``
    maps each secret's name to it, ``None`` where it is missing and that was allowed.
    """

    name: str
    network: str
    server: str
    style: Style
    on_edit: OnEdit
    delivery: DeliveryConfig
    options: Mapping[str, str | int | bool | Path | None] = field(default_factory=dict)
    secrets: Mapping[str, Secret | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """All of it. ``warnings`` are problems that do not stop this command (a missing secret in a preview)."""

    path: Path
    wiki: WikiConfig
    pages: tuple[PageConfig, ...]
    ledger_url: str
    gate: GateConfig
    run_timeout: timedelta
    channels: tuple[ChannelConfig, ...]
    warnings: tuple[str, ...] = ()
