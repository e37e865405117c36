"""What the rest of the house sees of the configuration: frozen values, checked and complete."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

from bot.model import FALLBACK, Profile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal
    from pathlib import Path

    from bot.model import AlertPolicy, Gate, OnEdit, Pace, PageSet, Prices, Secret, Style

OptionValue: TypeAlias = "str | int | bool | tuple[str, ...] | Path | None"

# Without a host: nobody said where a file's internal links lead.
ARTICLE_PATH = "/wiki/$1"


@dataclass(frozen=True, kw_only=True, slots=True)
class WikiConfig:
    """The wiki, as Pywikibot names it; ``contact`` goes into every User-Agent.

    ``config_page`` is the page with the community's half of the configuration, see overlay.py.
    """

    family: str | None = None
    code: str | None = None
    contact: str = ""
    config_page: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PageConfig:
    """A news page: a ``title`` on the wiki, or a ``file`` on disk (an absolute path).

    With a ``collection`` it is no page but many, and the title only what they are called together.
    ``pictures_url`` is where the pictures beside a file can be fetched, with a slash at its end, if anywhere.
    ``profile`` says how the items stand there. ``language`` is ``None`` where the wiki's own is meant.
    """

    title: str
    file: Path | None = None
    article_path: str = ARTICLE_PATH
    language: str | None = None
    profile: Profile = field(default_factory=Profile)
    collection: PageSet | None = None
    pictures_url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelConfig:
    """One channel.

    ``server`` has no slash at its end, and is empty where the network has no server. ``options`` are the
    network's own keys, checked and with their defaults (a path is absolute); ``secrets`` maps each secret's
    name to it, ``None`` where it is missing and that was allowed. ``prices`` are the network's and ``budget``
    is in US dollars for a calendar month (UTC), both ``None`` where the network charges nothing; ``expires``
    is the day when the credentials die, as the maintainer knows it; ``digest`` says that all that is due goes
    out as one post. ``fallback`` is how long an item waits for a translation into the channel's language
    before it goes out as it is, ``None`` where it never does. ``stop_page`` is one that stops this channel
    only; one that is not ``enabled`` publishes nothing for now.
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
    stop_page: str | None = None
    enabled: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusConfig:
    """The status page on the wiki: its title, ``None`` where there is none.

    ``language`` is ``None`` where the wiki's own is meant. ``every`` is how often the bot is run, where the
    maintainer has said so; after the ``heartbeat`` the page is written though nothing has changed, never
    where it is 0.
    """

    page: str | None = None
    language: str | None = None
    every: timedelta | None = None
    heartbeat: timedelta = timedelta(days=1)


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
    """Whom to tell what needs a person, and of what; ``talk_page`` is one of the wiki's, for notes."""

    addresses: tuple[Address, ...]
    policy: AlertPolicy
    talk_page: str | None = None


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
    status: StatusConfig = field(default_factory=StatusConfig)
