"""The bench on which X's channel is tried."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, ClassVar

from bot.channels.http import Http
from bot.channels.x import Patience, XChannel
from bot.model import Secret
from tests.channels.bench import PATIENT, FakeBench
from tests.channels.benches import CONTACT
from tests.fakes.scripted import Scripted
from tests.fakes.x import CREATE, REPOST, TIME_LINE, UNREPOST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.fakes.x import XServer

KEYS = {
    "api_key": "good-api-key",
    "api_secret": "good-api-secret",
    "token": "2244994945-GoodToken",
    "token_secret": "good-token-secret",
}
ME = "GET /2/users/me"
UPLOAD = "POST /2/media/upload"
WAIT = "GET /2/media/upload"
DESCRIBE = "POST /2/media/metadata"
DELETE = "DELETE /2/tweets/"
LONG_GONE = "1445880548472328192"


class Clock:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def open_channel(
    server: str,
    *,
    timeout: tuple[float, float] = PATIENT,
    clock: Clock | None = None,
    pages: int = 5,
    keys: Mapping[str, str | None] | None = None,
) -> XChannel:
    clock = clock or Clock()
    given = {**KEYS, **(keys or {})}
    return XChannel(
        name="x",
        server=server,
        secrets={name: Secret(value) if value is not None else None for name, value in given.items()},
        session=Http(CONTACT, timeout=timeout).session(),
        patience=Patience(pages=pages, sleep=clock.sleep, monotonic=lambda: clock.now),
    )


class XBench(FakeBench):
    """A channel on a server that speaks X's API over HTTP."""

    secrets = tuple(KEYS.values())
    requests: ClassVar = {
        "publish": CREATE,
        "upload": UPLOAD,
        "wait": WAIT,
        "describe": DESCRIBE,
        "delete": DELETE,
        "recent": TIME_LINE,
        "account": ME,
        "find": "nothing is asked",
        "share": REPOST,
        "unshare": UNREPOST,
    }

    def __init__(self, network: XServer) -> None:
        super().__init__(network)
        self.api = network.api

    def somebody_s(self, number: int = 1) -> str:
        return self.api.post_by_others(f"somebody{number}")

    def gone(self) -> str:
        return f"https://x.com/somebody/status/{LONG_GONE}"

    def open(self) -> XChannel:
        return open_channel(self.network.url, timeout=self.timeout)


def refusal(status: int, detail: str, **more: object) -> Scripted:
    """What X answers, as problem JSON."""
    body = {"title": "Forbidden", "detail": detail, "type": "about:blank", "status": status} | more
    return Scripted(status=status, body=json.dumps(body))
