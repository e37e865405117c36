"""The benches of Bluesky's channel: a fake server that fails as it is told, and a real one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from bot.channels.base import Forgetful
from bot.channels.bluesky import BlueskyChannel
from bot.channels.http import Http
from bot.channels.seal import seal, unseal
from bot.model import FOREVER, Capabilities, Secret
from tests.channels.bench import PATIENT, FakeBench
from tests.channels.benches import CONTACT
from tests.channels.contract import KEPT

if TYPE_CHECKING:
    from tests.fakes.bluesky import BlueskyServer
    from tests.fakes.network import Visible
    from tests.servers.pds import PDS

CAPABILITIES = Capabilities(
    read_back=True,
    delete=True,
    threads=True,
    media=True,
    idempotent=FOREVER,
    chooses_id=True,
    shares=True,
)
KEEPS = KEPT - {"content warning", "edited pictures"}
UNKNOWN_ID = "3lzzzzzzzzz2a"
HANDLE = "news.example"
PASSWORD = "abcd-efgh-ijkl-mnop"
XRPC = "/xrpc/com.atproto."
LOGIN = f"POST {XRPC}server.createSession"
REFRESH = f"POST {XRPC}server.refreshSession"
SESSION = f"GET {XRPC}server.getSession"
PUT = f"POST {XRPC}repo.putRecord"
DELETE = f"POST {XRPC}repo.deleteRecord"
UPLOAD = f"POST {XRPC}repo.uploadBlob"
GET = f"GET {XRPC}repo.getRecord"
LIST = f"GET {XRPC}repo.listRecords"
RESOLVE = f"GET {XRPC}identity.resolveHandle"


class BlueskyBench(FakeBench):
    """A channel on a fake server; what it keeps between runs is in ``memory``."""

    secrets = (PASSWORD,)
    requests: ClassVar = {
        "publish": PUT,
        "upload": UPLOAD,
        "delete": DELETE,
        "recent": LIST,
        "account": SESSION,
        "find": GET,
        "share": PUT,
        "unshare": DELETE,
    }

    def __init__(self, network: BlueskyServer) -> None:
        super().__init__(network)
        self.api = network.api
        self.memory = Forgetful()

    def somebody_s(self, number: int = 1) -> str:
        return self.api.post_by_others(f"3labcdefghi{number + 1}a")

    def gone(self) -> str:
        return self.api.post_by_others("3labcdefghi2a").replace("3labcdefghi2a", "3lzzzzzzzzz2a")

    def open(self, *, password: str | None = PASSWORD, **changes: Any) -> BlueskyChannel:
        arguments: dict[str, Any] = {
            "name": "bluesky",
            "server": self.network.url,
            "handle": HANDLE,
            "password": Secret(password) if password is not None else None,
            "http": Http(CONTACT, timeout=self.timeout),
            "memory": self.memory,
        }
        return BlueskyChannel(**(arguments | changes))


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
            "password": self._password,
            "http": Http(CONTACT, timeout=PATIENT),
            "memory": self.memory,
        }
        return BlueskyChannel(**(arguments | changes))

    def visible(self) -> list[Visible]:
        return self.pds.visible(self.person)

    def somebody_s(self, number: int = 1) -> str:
        """Let another account on the server post something."""
        author = self.pds.account()
        rkey = self.pds.post(author, f"Said by others, number {number}")
        return f"https://bsky.app/profile/{author.did}/post/{rkey}"

    def gone(self) -> str:
        return f"https://bsky.app/profile/{self.pds.account().did}/post/{UNKNOWN_ID}"

    def kept(self) -> dict[str, str]:
        """Return the session that the channel keeps between runs."""
        opened = unseal(self.memory.get("session"), self._password, purpose=self._purpose)
        login: dict[str, str] = json.loads(opened or "{}")
        return login

    def keep(self, login: dict[str, str]) -> None:
        """Keep another session for the channel."""
        self.memory.put("session", seal(json.dumps(login), self._password, purpose=self._purpose))

    @property
    def _password(self) -> Secret:
        return Secret(self.person.app_password)

    @property
    def _purpose(self) -> str:
        return f"bluesky {self.pds.url} {self.person.handle}"
