"""A server on loopback that speaks the part of Matrix that a bot uses."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from tests.fakes.faults import Fault
from tests.fakes.loopback import LoopbackServer
from tests.fakes.matrix_api import ROOM, MatrixApi
from tests.fakes.matrix_routes import CLIENT
from tests.fakes.schema import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

IN_ROOM = f"{CLIENT}/rooms/{quote(ROOM, safe='')}"


def _error(
    status: int, errcode: str, error: str, headers: Mapping[str, str] | None = None, **more: Any
) -> Reply:
    body = json.dumps({"errcode": errcode, "error": error} | more)
    return Reply(status=status, body=body, headers=headers or {})


@dataclass(kw_only=True)
class MatrixServer(LoopbackServer[MatrixApi]):
    """The server; ``api`` is what it remembers."""

    posting = f"PUT {IN_ROOM}/send/"
    looks: ClassVar[Mapping[Fault, Reply]] = {
        Fault.UNAUTHORISED: _error(401, "M_UNKNOWN_TOKEN", "Access token has expired", soft_logout=False),
        Fault.REJECTED: _error(400, "M_BAD_JSON", "Content not JSON."),
        Fault.RATE_LIMITED: _error(429, "M_LIMIT_EXCEEDED", "Too Many Requests", retry_after_ms=120_000),
        Fault.ACCEPTED_BROKEN: _error(500, "M_UNKNOWN", "Internal server error"),
    }

    api: MatrixApi = field(default_factory=MatrixApi)
    garbage: str = '{"event_id": "$'
