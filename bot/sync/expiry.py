"""Warning of credentials that are about to die, before they do; and renewing those that can be."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from bot.decide.expiry import end_of_credentials, warning
from bot.errors import ChannelError
from bot.model import ConcernKind, Trouble

if TYPE_CHECKING:
    from bot.channels.base import Channel, RenewingChannel
    from bot.sync.herald import Herald

log = logging.getLogger(__name__)

AGAIN = timedelta(days=1)  # until a network that tells is asked again
# In the channel's memory, beside what the channel itself keeps there.
ASKED, TOLD = "engine: asked for expiry", "engine: credentials expire"


def warn_of_expiry(herald: Herald, channel: Channel) -> list[Trouble]:
    """Return the warning, if there is reason for one; it fails no run.

    Credentials that can be renewed are so before: what is warned of is what could not be helped.
    """
    told, failed = _told(herald, channel) if channel.capabilities.tells_expiry else (None, None)
    end = end_of_credentials(herald.channel_config(channel.name).expires, told)
    said = warning(end, now=herald.clock())
    if end is None and failed is not None:
        said = f"its credentials could not be renewed, and nobody knows when they expire: {failed}"
    return [Trouble(message=said, channel=channel.name, kind=ConcernKind.EXPIRY)] if said else []


def _told(herald: Herald, channel: Channel) -> tuple[datetime | None, str | None]:
    """Return what the network tells, asked once a day, whatever comes of it; and why nothing was renewed."""
    memory, now = herald.ledger.memory(channel.name, clock=herald.clock), herald.clock()
    asked, failed = _moment(memory.get(ASKED)), None
    if asked is None or not asked <= now < asked + AGAIN:
        memory.put(ASKED, now.isoformat())
        if channel.capabilities.renews:
            failed = _renewed(cast("RenewingChannel", channel))
        try:
            end = channel.account().expires_at
        except ChannelError:  # where it matters, the next request says so
            log.debug("channel %s: nobody knows when its credentials expire", channel.name, exc_info=True)
        else:
            memory.put(TOLD, end.isoformat() if end else None)
    return _moment(memory.get(TOLD)), failed


def _renewed(channel: RenewingChannel) -> str | None:
    """Renew the credentials; return why that failed, which is no trouble yet: they live on for weeks."""
    try:
        channel.renew()
    except ChannelError as error:
        log.info("channel %s: its credentials are renewed another day: %s", channel.name, error)
        return str(error)
    return None


def _moment(kept: str | None) -> datetime | None:
    return datetime.fromisoformat(kept) if kept else None
