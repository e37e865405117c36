"""What the rest of the house sees of the configuration: frozen values, checked and complete."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from bot.model import FALLBACK, Profile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, timedelta
    from decimal import Decimal
    from pathlib import Path

    from bot.model import AlertPolicy, Gate, OnEdit, Pace, PageSet, Prices, Secret, Style

OptionValue: TypeAlias = "str | int | bool | tuple[str, ...] | Path | None"

# Without a host: nobody said where a file's internal links lead.
ARTICLE_PATH = "/wiki/$1"


@dataclass(frozen=True, kw_only=True, slots=True)
class WikiConfig:
    """The wiki, as Pywikibot names it; ``contact`` goes into every User-Agent."""

    family: str | None = None
    code: str | None = None
    contact: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageConfig:
    """A news page: a ``title`` on the wiki, or a ``file`` on disk (an absolute path).

    With a ``collection`` it is no page but many, and the title only what they are called together.
    ``profile`` says how the items stand there. ``language`` is ``None`` where the wiki's own is meant.
    """

    title: str
    file: Path | None = None
    article_path: str = ARTICLE_PATH
    language: str | None = None
    profile: Profile = field(default_factory=Profile)
    collection: PageSet | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelConfig:
    """One channel.

    ``server`` has no slash at its end, and is empty where the network has no server. ``options`` are the
    network's own keys, checked and with their defaults (a path is absolute); ``secrets`` maps each secret's
    name to it, ``None`` where it is missing and that was allowed. ``prices`` are the network's and ``budget``
    is in US dollars for a calendar month (UTC), both ``None`` where the network charges nothing; ``expires``
    is the day when the credentials die, as the maintainer knows it; ``digest`` says that all that is due goes
    out as one post. ``fallback`` is how long an item waits for a translation into the channel's language
    before it goes out as it is, ``None`` where it never does.
    """

    name: str
    network: str
    server: str
    style: Style
    on_edit: OnEdit
    delivery: Pace
    options: Mapping[str, OptionValue] = field(default_factory=dict)
    secrets: Mapping[str, Secret | None] = field(default_factory=dict)
    prices: Prices | None = None
    budget: Decimal | None = None
    expires: date | None = None
    digest: bool = False
    fallback: timedelta | None = FALLBACK


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """One way to the operator: an apprise URL, which may hold a password.

    ``name`` is its service's, with a number where there are several; ``place`` says where it stands.
    """

    name: str
    url: Secret
    place: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertsConfig:
    """Whom to tell what needs a person, and of what."""

    addresses: tuple[Address, ...]
    policy: AlertPolicy


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """All of it.

    ``ledger_url`` is without its password, which is ``None`` where there is none; ``warnings`` are problems
    that do not stop this command (a missing secret in a preview). ``alerts`` is ``None`` where nobody is to
    be told of anything.
    """

    path: Path
    wiki: WikiConfig
    pages: tuple[PageConfig, ...]
    ledger_url: str
    gate: Gate
    run_timeout: timedelta
    channels: tuple[ChannelConfig, ...]
    ledger_password: Secret | None = None
    alerts: AlertsConfig | None = None
    warnings: tuple[str, ...] = ()
