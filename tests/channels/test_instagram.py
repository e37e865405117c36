from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pytest

from bot.channels.graph_container import LIFE
from bot.model import Capabilities
from tests.channels.contract import ChannelContract
from tests.channels.fault_contract import FaultContract
from tests.channels.gallery import Illustrated, gallery
from tests.channels.graph_bench import InstagramBench
from tests.fakes.instagram import InstagramServer
from tests.fakes.network import running

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["gallery"]


@pytest.fixture
def instagram() -> Iterator[InstagramServer]:
    with running(InstagramServer()) as server:
        yield server


@pytest.fixture
def bench(instagram: InstagramServer) -> InstagramBench:
    return InstagramBench(instagram)


class TestContract(Illustrated, ChannelContract, FaultContract):
    capabilities: ClassVar = Capabilities(
        read_back=True, media=True, idempotent=LIFE, tells_expiry=True, renews=True, needs_media=True
    )
    keeps: ClassVar = frozenset({"alt text", "paragraphs"})
    asking: ClassVar = frozenset({"recent", "account"})
