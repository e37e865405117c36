"""A server on loopback that speaks the part of Telegram's Bot API that a bot uses."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from tests.fakes.faults import Fault
from tests.fakes.loopback import LoopbackServer
from tests.fakes.schema import Reply
from tests.fakes.telegram_api import TOKEN, TelegramApi

if TYPE_CHECKING:
    from collections.abc import Mapping


def _error(status: int, description: str, **parameters: int) -> Reply:
    told = {"ok": False, "error_code": status, "description": description}
    return Reply(status=status, body=json.dumps(told | ({"parameters": parameters} if parameters else {})))


@dataclass(kw_only=True)
class TelegramServer(LoopbackServer[TelegramApi]):
    """The server; ``api`` is what it remembers. Every method is a POST: those called get only read."""

    posting = f"POST /bot{TOKEN}/send"
    reading = (f"POST /bot{TOKEN}/get",)
    looks: ClassVar[Mapping[Fault, Reply]] = {
        Fault.UNAUTHORISED: _error(401, "Unauthorized"),
        Fault.REJECTED: _error(400, "Bad Request: wrong type of the web page content"),
        Fault.RATE_LIMITED: _error(429, "Too Many Requests: retry after 120", retry_after=120),
    }

    api: TelegramApi = field(default_factory=TelegramApi)
    garbage: str = '{"ok":true,"result":{"message_id":'
