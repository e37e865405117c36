from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pytest

from bot.model import Capabilities
from tests.channels.contract import ChannelContract
from tests.channels.fault_contract import FaultContract
from tests.channels.graph_bench import FacebookBench
from tests.fakes.facebook import FacebookServer
from tests.fakes.network import running

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def facebook() -> Iterator[FacebookServer]:
    with running(FacebookServer()) as server:
        yield server


@pytest.fixture
def bench(facebook: FacebookServer) -> FacebookBench:
    return FacebookBench(facebook)


class TestContract(ChannelContract, FaultContract):
    capabilities: ClassVar = Capabilities(
        read_back=True, edit=True, delete=True, media=True, tells_expiry=True
    )
    keeps: ClassVar = frozenset({"alt text", "paragraphs"})
    refuses_duplicates: ClassVar = True
    asking: ClassVar = frozenset({"recent", "edit", "delete", "account"})
