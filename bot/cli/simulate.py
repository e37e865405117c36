"""Channels that only pretend, and a pen that does: what ``--simulate`` and ``preview`` publish on.

Everything else of a simulated run is the real thing: the same plan, the same composing, the same engine, on a
scratch copy of the ledger.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from bot.errors import ChannelError
from bot.model import PageEdit, Receipt, Shareable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.channels.base import Channel, CheckingChannel, SharingChannel
    from bot.model import (
        Account,
        Capabilities,
        Limits,
        NetworkSpec,
        Outgoing,
        RemotePost,
        Sharing,
        Site,
    )
    from bot.wiki.base import NewText
    from bot.wiki.pen import WikiPen


class Pretended:
    """A channel that reads but never writes.

    Without credentials it asks nothing either, and the network's default limits are used; so they are, with a
    warning, where the server cannot be reached.
    """

    def __init__(
        self, channel: Channel, spec: NetworkSpec, *, asks: bool, warn: Callable[[str], None]
    ) -> None:
        self._channel = channel
        self._spec = spec
        self._asks = asks
        self._warn = warn
        self._limits: Limits | None = None

    @property
    def name(self) -> str:
        """The name it has in the configuration."""
        return self._channel.name

    @property
    def capabilities(self) -> Capabilities:
        """What the network can do; nobody reads it back without credentials."""
        capabilities = self._channel.capabilities
        return capabilities if self._asks else replace(capabilities, read_back=False, tells_expiry=False)

    def limits(self) -> Limits:
        """What the server takes, or usually takes."""
        if self._limits is None:
            self._limits = self._ask_limits() if self._asks else self._spec.defaults
        return self._limits

    def account(self) -> Account:
        """Who we are there."""
        return self._channel.account()

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Publish nothing; refuse what is known to be refused."""
        if self.capabilities.checks:
            cast("CheckingChannel", self._channel).check(outgoing)
        return Receipt(remote_id=f"simulated:{outgoing.key}")

    def choose_id(self, outgoing: Outgoing | Sharing, now: datetime) -> str:  # noqa: ARG002 - the protocol's own
        """Choose no id that could ever be one."""
        return f"simulated:{outgoing.key}"

    def publish_digest(self, outgoing: Sequence[Outgoing]) -> Receipt:
        """Publish nothing."""
        return self.publish(outgoing[0])

    def renew(self) -> None:
        """Renew nothing."""

    def find(self, sharing: Sharing) -> Shareable | None:
        """Find what would be shared; without credentials, take it to be there."""
        if not self._asks:
            return Shareable(id=f"simulated:{sharing.key}", looked=False)
        return cast("SharingChannel", self._channel).find(sharing)

    def share(self, sharing: Sharing, found: Shareable) -> Receipt:  # noqa: ARG002 - the protocol's own
        """Share nothing."""
        return Receipt(remote_id=f"simulated:{sharing.key}", url=sharing.url)

    def unshare(self, receipt: Receipt) -> None:
        """Take nothing back."""

    def recent(self, since: datetime) -> Sequence[RemotePost]:
        """Read what is there."""
        return self._channel.recent(since)

    def edit(self, receipt: Receipt, outgoing: Outgoing) -> Receipt:  # noqa: ARG002 - the protocol's own
        """Edit nothing."""
        return receipt

    def delete(self, receipt: Receipt) -> None:
        """Delete nothing."""

    def _ask_limits(self) -> Limits:
        try:
            return self._channel.limits()
        except ChannelError as error:
            self._warn(f"{self.name}: its limits are taken from the network's usual ones: {error}")
            return self._spec.defaults


class PretendedPen:
    """A pen that reads the wiki's pages and says what it would write, and never writes."""

    def __init__(self, pen: WikiPen) -> None:
        self._pen = pen

    @property
    def site(self) -> Site:
        """The wiki."""
        return self._pen.site

    def examine(self, title: str, *, mark: str) -> None:
        """Make sure that a page could be written, were this real."""
        self._pen.examine(title, mark=mark)

    def revise(
        self, title: str, change: Callable[[str | None], NewText | None], *, mark: str
    ) -> PageEdit | None:
        """Save nothing."""
        new = change(self._pen.look(title, mark=mark))
        return (
            None if new is None else PageEdit(page=title, summary=new.summary, text=new.text, revision=None)
        )

    def add_section(self, title: str, heading: str, text: str, *, summary: str) -> PageEdit | None:
        """Save nothing."""
        self._pen.look(title)
        return PageEdit(page=title, summary=summary, text=f"== {heading} ==\n\n{text}", revision=None)
