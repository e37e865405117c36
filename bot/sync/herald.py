"""What a run needs, handed in from outside: nothing here opens anything."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.model import Follower
from bot.sync.purse import Purse
from bot.sync.refused import RefusedFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.channels.base import Channel
    from bot.config import ChannelConfig, Config, PageConfig
    from bot.ledger.store import Ledger
    from bot.wiki.base import Pen, Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelf:
    """A source and the pages that are read from it."""

    source: Source
    pages: tuple[PageConfig, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Herald:
    """Everything a run works with.

    ``channels`` are the opened ones by name, those that this run serves. ``wiki`` is where the bot's own
    pages stand, ``None`` where no wiki is opened; ``stop_page`` says whether it lets the bot go on, at all
    (``None``) or on the channel of that name: it returns the reason why not, or ``None``. ``jitter`` returns
    numbers from 0 to 1; ``pen`` writes the bot's own pages, ``None`` where it has none; ``say`` gets a line
    for a person now and then; ``stopping`` is set when the run should end soon.
    """

    config: Config
    ledger: Ledger
    shelves: tuple[Shelf, ...]
    channels: Mapping[str, Channel]
    clock: Callable[[], datetime]
    jitter: Callable[[], float]
    wiki: Source | None = None
    stop_page: Callable[[str | None], str | None] = lambda _: None
    pen: Pen | None = None
    say: Callable[[str], None] = lambda _: None
    stopping: threading.Event = field(default_factory=threading.Event)

    def channel_config(self, name: str) -> ChannelConfig:
        """Return the configuration of the channel ``name``."""
        return next(channel for channel in self.config.channels if channel.name == name)

    def purse(self, name: str) -> Purse:
        """Return what the channel ``name`` spends from."""
        return Purse(config=self.channel_config(name), ledger=self.ledger, clock=self.clock)

    @property
    def refused(self) -> RefusedFiles:
        """The files that were found to be no pictures."""
        return RefusedFiles(ledger=self.ledger, clock=self.clock)

    @property
    def followers(self) -> tuple[Follower, ...]:
        """The channels of this run as the decision sees them, in the order of the configuration."""
        return tuple(
            Follower(
                name=config.name,
                network=config.network,
                capabilities=self.channels[config.name].capabilities,
                pace=config.delivery,
                on_edit=config.on_edit,
                digest=config.digest,
                language=config.style.language,
                fallback=config.fallback,
                off=None if config.enabled else f"switched off in {self.config.wiki.config_page}",
            )
            for config in self.config.channels
            if config.name in self.channels
        )
