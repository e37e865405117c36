"""The benches of the channels on Meta's Graph APIs; what a channel keeps between runs is in ``memory``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from bot.channels.base import Forgetful
from bot.channels.facebook import Credentials, FacebookChannel
from bot.channels.graph_container import Patience
from bot.channels.http import Http
from bot.channels.instagram import InstagramChannel
from bot.channels.threads import ThreadsChannel
from bot.model import Secret
from tests.channels.bench import FakeBench
from tests.channels.benches import CONTACT
from tests.fakes import facebook, instagram, threads
from tests.fakes.facebook_api import APP_SECRET, PAGE
from tests.fakes.graph_api import TOKEN
from tests.fakes.instagram_api import USER

if TYPE_CHECKING:
    from tests.fakes.network import FakeNetwork

FB, TH, IG = "/v26.0", "/v1.0", "/v26.0"
REFRESH = "GET /refresh_access_token"
DEBUG = f"GET {FB}/debug_token"


class Clock:
    """A clock that moves when somebody sleeps, and when a test says so."""

    def __init__(self) -> None:
        self.passed = timedelta(0)
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += timedelta(seconds=seconds)

    def monotonic(self) -> float:
        return self.passed.total_seconds()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.passed

    def patience(self, **changes: Any) -> Patience:
        return Patience(sleep=self.sleep, monotonic=self.monotonic, clock=self.now, **changes)


class GraphBench(FakeBench):
    """A channel whose memory outlives it."""

    secrets: tuple[str, ...] = (TOKEN,)

    def __init__(self, network: FakeNetwork) -> None:
        super().__init__(network)
        self.memory = Forgetful()
        self.clock = Clock()

    def arguments(self, token: str | None, **changes: Any) -> dict[str, Any]:
        usual: dict[str, Any] = {
            "name": "meta",
            "server": self.network.url,
            "token": Secret(token) if token is not None else None,
            "http": Http(CONTACT, timeout=self.timeout),
            "memory": self.memory,
            "patience": self.clock.patience(),
        }
        return usual | changes


class ThreadsBench(GraphBench):
    requests: ClassVar = {
        "publish": threads.PUBLISH,
        "create": f"POST {TH}/me/threads",
        "delete": f"DELETE {TH}/",
        "recent": f"GET {TH}/me/threads",
        "account": f"GET {TH}/me",
    }

    def open(self, *, token: str | None = TOKEN, **changes: Any) -> ThreadsChannel:
        return ThreadsChannel(**self.arguments(token, **changes))


class InstagramBench(GraphBench):
    requests: ClassVar = {
        "publish": instagram.PUBLISH,
        "create": f"POST {IG}/{USER}/media",
        "recent": f"GET {IG}/{USER}/media",
        "account": f"GET {IG}/me",
    }

    def open(self, *, token: str | None = TOKEN, **changes: Any) -> InstagramChannel:
        return InstagramChannel(**self.arguments(token, **changes))


class FacebookBench(GraphBench):
    secrets = (TOKEN, APP_SECRET)
    requests: ClassVar = {
        "publish": facebook.PUBLISH,
        "upload": f"POST {FB}/{PAGE}/photos",
        "edit": f"POST {FB}/{PAGE}_",
        "delete": f"DELETE {FB}/",
        "recent": f"GET {FB}/{PAGE}/published_posts",
        "account": f"GET {FB}/{PAGE}",
    }

    def open(
        self, *, token: str | None = TOKEN, app: str = "", app_secret: str | None = None, **changes: Any
    ) -> FacebookChannel:
        arguments = self.arguments(None)
        del arguments["token"], arguments["patience"]
        credentials = Credentials(
            token=Secret(token) if token is not None else None,
            app=app,
            app_secret=Secret(app_secret) if app_secret is not None else None,
        )
        return FacebookChannel(**(arguments | {"page": PAGE, "credentials": credentials} | changes))
