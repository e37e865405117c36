from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from bot.channels.base import Forgetful
from bot.channels.bluesky import BlueskyChannel
from bot.channels.http import Http
from bot.model import FOREVER, Capabilities, Secret
from tests.channels.bench import FakeBench
from tests.channels.benches import CONTACT
from tests.channels.contract import KEPT, ChannelContract
from tests.channels.fault_contract import FaultContract
from tests.fakes.bluesky import BlueskyServer
from tests.fakes.network import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.network import FakeNetwork

PASSWORD = "abcd-efgh-ijkl-mnop"


@pytest.fixture
def bluesky() -> Iterator[BlueskyServer]:
    with running(BlueskyServer()) as server:
        yield server


class BlueskyBench(FakeBench):
    """A channel on a fake server; what it keeps between runs is kept here."""

    secrets = (PASSWORD,)
    requests: ClassVar = {
        "publish": "POST /xrpc/com.atproto.repo.putRecord",
        "delete": "POST /xrpc/com.atproto.repo.deleteRecord",
        "recent": "GET /xrpc/com.atproto.repo.listRecords",
        "account": "GET /xrpc/com.atproto.server.getSession",
    }

    def __init__(self, network: FakeNetwork) -> None:
        super().__init__(network)
        self.memory = Forgetful()

    def open(self, **changes: Any) -> BlueskyChannel:
        arguments: dict[str, Any] = {
            "name": "bluesky",
            "server": self.network.url,
            "handle": "news.example",
            "password": Secret(PASSWORD),
            "http": Http(CONTACT, timeout=self.timeout),
            "memory": self.memory,
        }
        return BlueskyChannel(**(arguments | changes))


@pytest.fixture
def bench(bluesky: BlueskyServer) -> BlueskyBench:
    return BlueskyBench(bluesky)


class TestContract(ChannelContract, FaultContract):
    capabilities: ClassVar = Capabilities(
        read_back=True, delete=True, threads=True, media=True, idempotent=FOREVER, chooses_id=True
    )
    rich = True
    keeps = KEPT - {"content warning", "edited pictures"}
    asking = frozenset({"recent", "delete", "account"})
    unknown_id = "3lzzzzzzzzz2a"
