from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from bot.channels.base import Forgetful
from bot.channels.bluesky import BlueskyChannel
from bot.channels.http import Http
from bot.model import FOREVER, Capabilities, Secret
from tests.channels.bench import PATIENT, FakeBench
from tests.channels.benches import CONTACT
from tests.channels.contract import KEPT, ChannelContract
from tests.channels.fault_contract import FaultContract
from tests.fakes.bluesky import BlueskyServer
from tests.fakes.network import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.network import FakeNetwork, Visible
    from tests.servers.pds import PDS

CAPABILITIES = Capabilities(
    read_back=True, delete=True, threads=True, media=True, idempotent=FOREVER, chooses_id=True
)
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
    capabilities = CAPABILITIES
    rich = True
    keeps = KEPT - {"content warning", "edited pictures"}
    asking = frozenset({"recent", "delete", "account"})
    unknown_id = "3lzzzzzzzzz2a"


class PdsBench:
    """A channel with a new account on a real server."""

    def __init__(self, pds: PDS) -> None:
        self.pds = pds
        self.person = pds.account()
        self.memory = Forgetful()

    def open(self, **changes: Any) -> BlueskyChannel:
        arguments: dict[str, Any] = {
            "name": "bluesky",
            "server": self.pds.url,
            "handle": self.person.handle,
            "password": Secret(self.person.app_password),
            "http": Http(CONTACT, timeout=PATIENT),
            "memory": self.memory,
        }
        return BlueskyChannel(**(arguments | changes))

    def visible(self) -> list[Visible]:
        return self.pds.visible(self.person)


@pytest.fixture
def real(pds: PDS) -> PdsBench:
    return PdsBench(pds)


class TestContractOnARealServer(ChannelContract):
    capabilities = CAPABILITIES
    rich = True
    keeps = KEPT - {"content warning", "edited pictures"}
    unknown_id = "3lzzzzzzzzz2a"

    @pytest.fixture
    def bench(self, real: PdsBench) -> PdsBench:
        return real
