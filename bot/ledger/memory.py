"""What one channel keeps between runs: it fits ``Memory`` in bot/channels/base.py."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from bot.errors import LedgerError
from bot.ledger.schema import memory

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.ledger.database import Database

log = logging.getLogger(__name__)


class ChannelMemory:
    """Names and values of one channel, each kept as soon as it is put.

    Nothing is raised where the ledger cannot be used: what is kept here only saves time, and a post that has
    just been accepted must not seem to have failed for it. Whoever has something to lose notices soon enough.
    """

    def __init__(self, database: Database, channel: str, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._channel = channel
        self._clock = clock

    def get(self, name: str) -> str | None:
        """Return what was put under ``name``, or ``None``."""
        query = select(memory.c.value).where(memory.c.channel == self._channel, memory.c.name == name)
        try:
            with self._database.reading() as connection:
                kept: str | None = connection.scalar(query)
        except LedgerError:
            log.debug("channel %s: %s cannot be recalled", self._channel, name, exc_info=True)
            return None
        return kept

    def put(self, name: str, value: str | None) -> None:
        """Keep ``value`` under ``name``; ``None`` forgets it."""
        mine = memory.c.channel == self._channel, memory.c.name == name
        kept = {"channel": self._channel, "name": name, "value": value, "updated_at": self._clock()}
        try:
            with self._database.writing() as connection:
                connection.execute(delete(memory).where(*mine))
                if value is not None:
                    connection.execute(insert(memory), [kept])
        except LedgerError:
            log.debug("channel %s: %s cannot be kept", self._channel, name, exc_info=True)
