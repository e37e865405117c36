"""The bench on which LinkedIn's channel is tried."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from bot.channels.base import Forgetful
from bot.channels.http import Http
from bot.channels.linkedin import LinkedInChannel
from bot.channels.linkedin_below import Patience
from bot.channels.linkedin_token import Credentials
from bot.model import Secret
from tests.channels.bench import FakeBench
from tests.channels.benches import CONTACT
from tests.fakes.linkedin import CREATE, FIND
from tests.fakes.linkedin_api import CLIENT, CLIENT_SECRET, ORGANIZATION, REFRESH, TOKEN
from tests.fakes.scripted import Scripted

if TYPE_CHECKING:
    from datetime import datetime

    from tests.fakes.linkedin import LinkedInServer

INITIALISE, PUT, STATE = "POST /rest/images", "PUT /dms-uploads/", "GET /rest/images/"
GET, EDIT, DELETE = "GET /rest/posts/urn", "POST /rest/posts/urn", "DELETE /rest/posts/urn"
ORGANIZATIONS = "GET /rest/organizations/"
UNKNOWN = "urn:li:share:6844785523593134080"


class Clock:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def read(self) -> float:
        return self.now


def secret(value: str | None) -> Secret | None:
    return Secret(value) if value is not None else None


def credentials(
    token: str | None = TOKEN, *, client: bool = False, refresh: str | None = None, key: str = CLIENT_SECRET
) -> Credentials:
    return Credentials(
        token=secret(token),
        client_id=CLIENT if client else None,
        client_secret=Secret(key) if client else None,
        refresh_token=secret(refresh),
    )


RENEWED = credentials(client=True, refresh=REFRESH)


class LinkedInBench(FakeBench):
    """A channel on a fake server; what it keeps between runs is in ``memory``."""

    secrets = (TOKEN, REFRESH, CLIENT_SECRET)
    requests: ClassVar = {
        "publish": CREATE,
        "initialise": INITIALISE,
        "put": PUT,
        "state": STATE,
        "edit": EDIT,
        "delete": DELETE,
        "recent": FIND,
        "account": FIND,
    }

    def __init__(self, network: LinkedInServer) -> None:
        super().__init__(network)
        self.api = network.api
        self.memory = Forgetful()

    def open(self, **changes: Any) -> LinkedInChannel:
        clock = changes.pop("waiting", Clock())
        patience: dict[str, Any] = {"sleep": clock.sleep, "monotonic": clock.read}
        arguments: dict[str, Any] = {
            "name": "linkedin",
            "server": self.network.url,
            "organization": ORGANIZATION,
            "credentials": credentials(),
            "http": Http(CONTACT, timeout=self.timeout),
            "memory": self.memory,
            "patience": Patience(**(patience | changes.pop("patience", {}))),
        }
        return LinkedInChannel(**(arguments | changes))

    def at(self, when: datetime, **changes: Any) -> LinkedInChannel:
        """Open the channel at a known time, on the server's clock too."""
        self.api.clock = lambda: when
        return self.open(patience={"clock": lambda: when}, **changes)


def refusal(status: int, message: str, **more: Any) -> Scripted:
    """What LinkedIn answers."""
    return Scripted(status=status, body=json.dumps({"status": status, "message": message} | more))
