"""What every channel is, and where the networks are found.

This module knows no network: ``NETWORKS`` names the module of each, imported when somebody asks for it.
It has a ``SPEC`` (a ``NetworkSpec``) and a function ``open_channel(config, facilities) -> Channel``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from bot.channels.http import Http
    from bot.config import ChannelConfig
    from bot.model import (
        Account,
        Capabilities,
        Limits,
        NetworkSpec,
        Outgoing,
        Receipt,
        RemotePost,
        Shareable,
        Sharing,
    )

# Open networks come first, wherever networks are listed.
NETWORKS = {
    network: f"bot.channels.{network}"
    for network in (
        "feed",
        "mastodon",
        "bluesky",
        "diaspora",
        "matrix",
        "irc",
        "email",
        "discord",
        "telegram",
        "x",
        "linkedin",
        "slack",
        "facebook",
        "threads",
        "instagram",
    )
}


class Memory(Protocol):
    """What a channel keeps between runs, of its own: a session, say. Losing it costs time, never a post.

    It may stand where others can read it: a secret is sealed before it is put here (bot/channels/seal.py).
    """

    def get(self, name: str) -> str | None:
        """Return what was put under ``name``, or ``None``."""
        ...

    def put(self, name: str, value: str | None) -> None:
        """Keep ``value`` under ``name``; ``None`` forgets it."""
        ...


class Forgetful:
    """A memory that lasts as long as the process."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        """Return what was put under ``name``, or ``None``."""
        return self._kept.get(name)

    def put(self, name: str, value: str | None) -> None:
        """Keep ``value`` under ``name``; ``None`` forgets it."""
        if value is None:
            self._kept.pop(name, None)
        else:
            self._kept[name] = value


@dataclass(frozen=True, kw_only=True, slots=True)
class Facilities:
    """What the house gives a channel to work with."""

    http: Http
    memory: Memory


class Channel(Protocol):
    """One account on one network.

    Every method may raise a ``ChannelError``, whose class says what may have happened; nothing else leaves a
    channel. A method that the capabilities rule out raises ``PermanentError``. Only ``publish``, and
    ``SharingChannel.share``, raise ``AmbiguousError``: all else may be repeated, so an outcome that is not
    known is a ``TransientError`` there. A channel is used by one thread.
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


class ChoosingChannel(Channel, Protocol):
    """One that lets us choose a post's id: where the capabilities say ``chooses_id``."""

    def choose_id(self, outgoing: Outgoing | Sharing, now: datetime) -> str:
        """Return the remote id that the part, or the share, is to have; no request leaves.

        It is written down before ``publish`` or ``share``, and comes back as ``remote_id`` at every try.
        """
        ...


class SharingChannel(Channel, Protocol):
    """One that can share somebody's post as its network does: where the capabilities say ``shares``.

    ``remote_id`` of a receipt is what ``unshare`` takes, ``url`` leads people to the post that was shared.
    """

    def find(self, sharing: Sharing) -> Shareable | None:
        """Find the post that is to be shared, and our share of it where it is there already.

        Nothing becomes public. ``None`` where the network does not find the post, be it for now;
        ``RejectedError`` where there surely is none that could be shared.
        """
        ...

    def share(self, sharing: Sharing, found: Shareable) -> Receipt:
        """Share the post that ``find`` has found; to do so again makes nothing new, whenever that is."""
        ...

    def unshare(self, receipt: Receipt) -> None:
        """Take the share back, not the post; one that is already gone is a success. Safe to repeat."""
        ...


class DigestChannel(Channel, Protocol):
    """One that can say several items in one post: where the capabilities say ``digest``."""

    def publish_digest(self, outgoing: Sequence[Outgoing]) -> Receipt:
        """Publish the parts, one of each item, oldest first, as one post, or not at all; as ``publish``."""
        ...


class RenewingChannel(Channel, Protocol):
    """One whose credentials die unless they are renewed: where the capabilities say ``renews``."""

    def renew(self) -> None:
        """Renew the credentials where it is time to, and keep them; nothing is done before that.

        Those there are stay good where it fails, with a ``ChannelError``.
        """
        ...


class CheckingChannel(Channel, Protocol):
    """One that knows what would be refused: where the capabilities say ``checks``."""

    def check(self, outgoing: Outgoing) -> None:
        """Raise the ``RejectedError`` that ``publish`` would raise before it asks anybody; no request leaves.

        So that a simulation tells it, too, in which a post that is answered has no id of the network's.
        """
        ...


class _Specs(Mapping[str, "NetworkSpec"]):
    """Imports a network's module when its spec is looked up: a run needs those of its channels only."""

    def __getitem__(self, network: str) -> NetworkSpec:
        spec: NetworkSpec = import_module(NETWORKS[network]).SPEC
        return spec

    def __contains__(self, network: object) -> bool:
        return network in NETWORKS

    def __iter__(self) -> Iterator[str]:
        return iter(NETWORKS)

    def __len__(self) -> int:
        return len(NETWORKS)


def specs() -> Mapping[str, NetworkSpec]:
    """Return what is known of every network, by its name, without asking any."""
    return _Specs()


def open_channel(config: ChannelConfig, facilities: Facilities) -> Channel:
    """Open the channel that ``config`` describes; no request leaves."""
    channel: Channel = import_module(NETWORKS[config.network]).open_channel(config, facilities)
    return channel
