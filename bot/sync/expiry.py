"""Warning of credentials that are about to die, before they do."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.decide.expiry import end_of_credentials, warning
from bot.errors import ChannelError
from bot.model import ConcernKind, Trouble

if TYPE_CHECKING:
    from bot.channels.base import Channel
    from bot.sync.herald import Herald

log = logging.getLogger(__name__)

AGAIN = timedelta(days=1)  # until a network that tells is asked again
# In the channel's memory, beside what the channel itself keeps there.
ASKED, TOLD = "engine: asked for expiry", "engine: credentials expire"


def warn_of_expiry(herald: Herald, channel: Channel) -> list[Trouble]:
    """Return the warning, if there is reason for one; it fails no run."""
    told = _told(herald, channel) if channel.capabilities.tells_expiry else None
    end = end_of_credentials(herald.channel_config(channel.name).expires, told)
    said = warning(end, now=herald.clock())
    return [Trouble(message=said, channel=channel.name, kind=ConcernKind.EXPIRY)] if said else []


def _told(herald: Herald, channel: Channel) -> datetime | None:
    """Return what the network tells, asked once a day, whatever comes of it."""
    memory, now = herald.ledger.memory(channel.name, clock=herald.clock), herald.clock()
    asked = _moment(memory.get(ASKED))
    if asked is None or not asked <= now < asked + AGAIN:
        memory.put(ASKED, now.isoformat())
        try:
            end = channel.account().expires_at
        except ChannelError:  # where it matters, the next request says so
            log.debug("channel %s: nobody knows when its credentials expire", channel.name, exc_info=True)
        else:
            memory.put(TOLD, end.isoformat() if end else None)
    return _moment(memory.get(TOLD))


def _moment(kept: str | None) -> datetime | None:
    return datetime.fromisoformat(kept) if kept else None
