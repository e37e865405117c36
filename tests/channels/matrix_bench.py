"""The bench of Matrix on the fake server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from bot.channels.http import Http
from tests.channels.bench import FakeBench
from tests.channels.benches import CONTACT
from tests.channels.matrix import a_channel
from tests.fakes.matrix import IN_ROOM, MatrixServer
from tests.fakes.matrix_api import ALIAS, TOKEN

if TYPE_CHECKING:
    from bot.channels.matrix import MatrixChannel

SEND = f"PUT {IN_ROOM}/send/m.room.message/"
UPLOAD = "POST /_matrix/media/v3/upload"


class MatrixBench(FakeBench):
    secrets = (TOKEN,)
    network: MatrixServer
    requests: ClassVar = {
        "publish": SEND,
        "upload": UPLOAD,
        "edit": SEND,
        "delete": f"PUT {IN_ROOM}/redact/",
        "recent": f"GET {IN_ROOM}/messages",
        "limits": "GET /_matrix/client/v1/media/config",
        "account": "GET /_matrix/client/v3/account/whoami",
    }

    def open(self, **changes: Any) -> MatrixChannel:
        usual: dict[str, Any] = {"token": TOKEN, "room": ALIAS, "http": Http(CONTACT, timeout=self.timeout)}
        return a_channel(self.network.url, **(usual | changes))
