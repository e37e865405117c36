"""The bench of diaspora*'s channel: a fake pod that fails as it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from bot.channels.base import Forgetful
from bot.channels.diaspora import DiasporaChannel
from bot.channels.diaspora_client import Credentials
from bot.channels.http import Http
from bot.model import Secret
from tests.channels.bench import FakeBench
from tests.channels.benches import CONTACT
from tests.fakes.diaspora import POST
from tests.fakes.diaspora_api import CLIENT_ID, CLIENT_SECRET, PERSON, REFRESH_TOKEN

if TYPE_CHECKING:
    from tests.fakes.diaspora import DiasporaServer

PHOTOS = "POST /api/v1/photos"
POSTS = f"GET /api/v1/users/{PERSON}/posts"
USER = "GET /api/v1/user"


class DiasporaBench(FakeBench):
    """A channel on a pod; what it keeps between runs is in ``memory``."""

    network: DiasporaServer
    secrets = (CLIENT_SECRET, REFRESH_TOKEN)
    requests: ClassVar = {
        "publish": POST,
        "upload": PHOTOS,
        "delete": "DELETE /api/v1/posts/",
        "recent": POSTS,
        "account": USER,
    }

    def __init__(self, network: DiasporaServer) -> None:
        super().__init__(network)
        self.api = network.api
        self.memory = Forgetful()

    def open(
        self,
        *,
        client_id: str = CLIENT_ID,
        client_secret: str | None = CLIENT_SECRET,
        refresh_token: str | None = REFRESH_TOKEN,
        **changes: Any,
    ) -> DiasporaChannel:
        arguments: dict[str, Any] = {
            "name": "pod",
            "server": self.network.url,
            "credentials": Credentials(
                client_id=client_id,
                client_secret=_secret(client_secret),
                refresh_token=_secret(refresh_token),
            ),
            "http": Http(CONTACT, timeout=self.timeout),
            "memory": self.memory,
        }
        return DiasporaChannel(**(arguments | changes))


def _secret(value: str | None) -> Secret | None:
    return Secret(value) if value is not None else None
