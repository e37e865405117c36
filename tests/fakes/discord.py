"""A server on loopback that speaks what a webhook of Discord's needs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from tests.fakes.discord_api import TOKEN, WEBHOOK, DiscordApi
from tests.fakes.faults import Fault
from tests.fakes.loopback import LoopbackServer
from tests.fakes.schema import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

PATH = f"/api/v10/webhooks/{WEBHOOK}/{TOKEN}"
ADDRESS = f"https://discord.com/api/webhooks/{WEBHOOK}/{TOKEN}"


def _error(status: int, message: str, **more: Any) -> Reply:
    return Reply(status=status, body=json.dumps({"message": message} | more))


@dataclass(kw_only=True)
class DiscordServer(LoopbackServer[DiscordApi]):
    """The server; ``api`` is what it remembers."""

    posting = f"POST {PATH}"
    looks: ClassVar[Mapping[Fault, Reply]] = {
        Fault.UNAUTHORISED: _error(401, "Invalid Webhook Token", code=50027),
        Fault.REJECTED: _error(400, "Invalid Form Body", code=50035, errors={"content": {"_errors": []}}),
        Fault.RATE_LIMITED: _error(
            429, "You are being rate limited.", retry_after=64.57, **{"global": False}
        ),
        Fault.ACCEPTED_BROKEN: _error(500, "500: Internal Server Error", code=0),
    }

    api: DiscordApi = field(default_factory=DiscordApi)
    garbage: str = '{"id": "1130'
