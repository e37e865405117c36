"""Every channel keeps the same contract."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

import pytest

from bot.model import FOREVER, Capabilities
from tests.channels.benches import FeedBench, MastodonBench, MemoryBench, SharingMemoryBench
from tests.channels.contract import ChannelContract
from tests.channels.fault_contract import FaultContract
from tests.channels.memory import ABLE, ChoosingMemoryChannel, DigestMemoryChannel
from tests.channels.sharing_contract import SharingFaultContract

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.mastodon import MastodonServer


class TestMemory(ChannelContract, FaultContract):
    capabilities: ClassVar = Capabilities(
        read_back=True, edit=True, delete=True, threads=True, media=True, idempotent=FOREVER
    )

    @pytest.fixture
    def bench(self) -> MemoryBench:
        return MemoryBench()


class TestMemoryThatCanLittle(ChannelContract, FaultContract):
    """A network where a post can only be made: what the contract asks of those shows here."""

    capabilities: ClassVar = Capabilities()
    asking: ClassVar = frozenset({"limits", "account"})

    @pytest.fixture
    def bench(self) -> MemoryBench:
        return MemoryBench(self.capabilities)


class TestMemoryThatLetsUsChoose(ChannelContract, FaultContract):
    """A network where we choose a post's id: the same id again takes the place of the post before."""

    capabilities: ClassVar = replace(ABLE, chooses_id=True)

    @pytest.fixture
    def bench(self) -> MemoryBench:
        return MemoryBench(self.capabilities, kind=ChoosingMemoryChannel)


class TestMemoryWithDigests(ChannelContract, FaultContract):
    """A network where several items can go out as one post."""

    capabilities: ClassVar = replace(ABLE, digest=True)

    @pytest.fixture
    def bench(self) -> MemoryBench:
        return MemoryBench(self.capabilities, kind=DigestMemoryChannel)


class TestMemoryThatShares(ChannelContract, FaultContract, SharingFaultContract):
    """A network where somebody's post can be shared."""

    capabilities: ClassVar = replace(ABLE, chooses_id=True, shares=True)

    @pytest.fixture
    def bench(self) -> SharingMemoryBench:
        return SharingMemoryBench()


class TestFeed(ChannelContract):
    capabilities: ClassVar = Capabilities(
        read_back=True, edit=True, delete=True, media=True, idempotent=FOREVER
    )

    @pytest.fixture
    def bench(self, tmp_path: Path) -> FeedBench:
        return FeedBench(tmp_path)


class TestMastodon(ChannelContract, FaultContract, SharingFaultContract):
    capabilities: ClassVar = Capabilities(
        read_back=True,
        edit=True,
        delete=True,
        threads=True,
        media=True,
        idempotent=timedelta(hours=1),
        shares=True,
    )

    @pytest.fixture
    def bench(self, mastodon: MastodonServer) -> MastodonBench:
        return MastodonBench(mastodon)
