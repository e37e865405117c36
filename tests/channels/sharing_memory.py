"""A channel in memory that can share somebody's post, and fails exactly as it is told to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.errors import RejectedError
from bot.model import Receipt, Shareable
from tests.channels.memory import ABLE, ChoosingMemoryChannel
from tests.fakes.faults import PUBLISHING

if TYPE_CHECKING:
    from bot.model import Sharing

SHARES = replace(ABLE, shares=True)


class SharingMemoryChannel(ChoosingMemoryChannel):
    """``others`` are the posts that can be shared, by their URLs, ``gone`` those that surely are not there.

    ``shares`` are the URLs of what the public sees shared, in order: the network lets no account share a post
    twice. With ``looks`` it tells for nothing what we share. ``at`` is called with ``"share"`` before a share
    is accepted and with ``"shared"`` right after.
    """

    def __init__(self, *arguments: Any, looks: bool = True, **options: Any) -> None:
        super().__init__(*arguments, **{"capabilities": SHARES, **options})
        self.looks = looks
        self.others: set[str] = set()
        self.gone: set[str] = set()
        self.shares: list[str] = []

    def find(self, sharing: Sharing) -> Shareable | None:
        self._begin("find")
        if sharing.url in self.gone:
            raise RejectedError(f"{self.name}: Record not found")
        if sharing.url not in self.others:
            return None
        is_shared = self.looks and sharing.url in self.shares
        receipt = self._receipt(sharing.url) if is_shared else None
        return Shareable(id=sharing.url, receipt=receipt, looked=self.looks)

    def share(self, sharing: Sharing, found: Shareable) -> Receipt:
        fault = self._next_fault("share")
        self.at("share")
        if fault is not None and PUBLISHING[fault][1] == 0:
            raise self._error("share", fault)
        if found.id not in self.shares:
            self.shares.append(found.id)
        self._charge(1, "sharing")
        self.at("shared")
        if fault is not None:
            raise self._error("share", fault)
        return self._receipt(sharing.url)

    def unshare(self, receipt: Receipt) -> None:
        self._begin("unshare")
        self._charge(1, "deleting")
        self.shares = [url for url in self.shares if url != receipt.remote_id]

    def _receipt(self, url: str) -> Receipt:
        return Receipt(remote_id=url, url=url)
