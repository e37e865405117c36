from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pytest

from bot.channels.graph_container import LIFE
from bot.model import Capabilities
from tests.channels.contract import ChannelContract
from tests.channels.fault_contract import FaultContract
from tests.channels.gallery import Fetched, gallery
from tests.channels.graph_bench import ThreadsBench
from tests.fakes.network import running
from tests.fakes.threads import ThreadsServer

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["gallery"]


@pytest.fixture
def threads() -> Iterator[ThreadsServer]:
    with running(ThreadsServer()) as server:
        yield server


@pytest.fixture
def bench(threads: ThreadsServer) -> ThreadsBench:
    return ThreadsBench(threads)


class TestContract(Fetched, ChannelContract, FaultContract):
    capabilities: ClassVar = Capabilities(
        read_back=True,
        delete=True,
        threads=True,
        media=True,
        idempotent=LIFE,
        tells_expiry=True,
        renews=True,
    )
    keeps: ClassVar = frozenset({"alt text", "paragraphs"})
    asking: ClassVar = frozenset({"recent", "delete", "account"})
