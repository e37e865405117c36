"""What every channel is, and where the networks are found.

This module knows no network: ``NETWORKS`` names the module of each, imported when a channel of it is opened.
Such a module has a ``SPEC`` (a ``NetworkSpec``) and a function ``open_channel(config, http) -> Channel``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.channels.http import Http
    from bot.config import ChannelConfig
    from bot.model import Account, Capabilities, Limits, NetworkSpec, Outgoing, Receipt, RemotePost

NETWORKS = {
    "feed": "bot.channels.feed",
    "mastodon": "bot.channels.mastodon",
}


class Channel(Protocol):
    """One account on one network.

    Every method may raise a ``ChannelError``, whose class says what may have happened; nothing else leaves a
    channel. A method that the capabilities rule out raises ``PermanentError``. Only ``publish`` raises
    ``AmbiguousError``: all else may be repeated, so an outcome that is not known is a ``TransientError``
    there. A channel is used by one thread.
    """

    @property
    def name(self) -> str:
        """The name it has in the configuration."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What the network can do."""
        ...

    def limits(self) -> Limits:
        """What the server takes, asked once and remembered."""
        ...

    def account(self) -> Account:
        """Who we are there; raises ``CredentialsError`` where the credentials are not good."""
        ...

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Publish one part, with every attachment or not at all.

        Where the capabilities say ``idempotent``, the same key again makes nothing new.
        """
        ...

    def recent(self, since: datetime) -> Sequence[RemotePost]:
        """Return our own posts made at or after ``since``, newest first: all of them, or an error."""
        ...

    def edit(self, receipt: Receipt, outgoing: Outgoing) -> Receipt:
        """Make the published part say and show what ``outgoing`` does, attachments included.

        Safe to repeat; a part that is gone raises ``PermanentError``.
        """
        ...

    def delete(self, receipt: Receipt) -> None:
        """Take the published part away; one that is already gone is a success. Safe to repeat."""
        ...


def specs() -> dict[str, NetworkSpec]:
    """Return what is known of every network, without asking any."""
    return {network: import_module(module).SPEC for network, module in NETWORKS.items()}


def open_channel(config: ChannelConfig, http: Http) -> Channel:
    """Open the channel that ``config`` describes; no request leaves."""
    channel: Channel = import_module(NETWORKS[config.network]).open_channel(config, http)
    return channel
