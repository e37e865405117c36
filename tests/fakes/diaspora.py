"""A pod of diaspora* on loopback: the part of its API that a bot uses, and faults as they are told."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from tests.fakes.diaspora_api import DiasporaApi
from tests.fakes.faults import Fault
from tests.fakes.loopback import LoopbackServer
from tests.fakes.schema import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKENS = "POST /api/openid_connect/access_tokens"
POST = "POST /api/v1/posts"


def _error(status: int, message: str) -> Reply:
    return Reply(status=status, body=json.dumps({"code": status, "message": message}))


@dataclass(kw_only=True)
class DiasporaServer(LoopbackServer[DiasporaApi]):
    """The pod; ``api`` is what it remembers.

    An access token that is refused is renewed and nothing more comes of it, so that the fault of credentials
    is a right that the token lacks.
    """

    posting = POST
    looks: ClassVar[Mapping[Fault, Reply]] = {
        Fault.UNAUTHORISED: _error(403, "insufficient_scope"),
        Fault.REJECTED: _error(422, "Failed to create the post"),
    }

    api: DiasporaApi = field(default_factory=DiasporaApi)
