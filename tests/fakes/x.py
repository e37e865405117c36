"""A server on loopback that speaks the part of X's API v2 that a bot uses, and fails when it is told to.

Every request must be signed (tests/fakes/x_oauth.py) and is checked against the published description
(tests/fakes/x_routes.py). ``server.api.charges`` is what X would have taken for it all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from tests.fakes.faults import Fault
from tests.fakes.loopback import LoopbackServer
from tests.fakes.schema import Reply
from tests.fakes.x_api import XApi

if TYPE_CHECKING:
    from collections.abc import Mapping

CREATE = "POST /2/tweets"
REPOST = "POST /2/users/2244994945/retweets"
UNREPOST = "DELETE /2/users/2244994945/retweets/"
TIME_LINE = "GET /2/users/2244994945/tweets"


def _problem(status: int, title: str, **more: object) -> Reply:
    body = {"title": title, "detail": title, "type": "about:blank", "status": status} | more
    return Reply(status=status, body=json.dumps(body))


@dataclass(kw_only=True)
class XServer(LoopbackServer[XApi]):
    """The server; ``api`` is what it remembers."""

    posting = CREATE
    looks: ClassVar[Mapping[Fault, Reply]] = {
        Fault.UNAUTHORISED: _problem(401, "Unauthorized"),
        Fault.REJECTED: _problem(
            400,
            "Invalid Request",
            errors=[{"message": "The text field is required when there is no media.", "parameters": {}}],
        ),
        Fault.RATE_LIMITED: _problem(429, "Too Many Requests"),
        Fault.ACCEPTED_BROKEN: _problem(500, "Internal Server Error"),
    }

    api: XApi = field(default_factory=XApi)
    garbage: str = '{"data": {"id": "1130'

    def usual_headers(self) -> Mapping[str, str]:
        """Tell the app's rights and the rate limit: https://docs.x.com/x-api/fundamentals/rate-limits."""
        reset = datetime.now(UTC) + timedelta(minutes=15)
        return {
            "x-access-level": self.api.rights,
            "x-rate-limit-limit": "100",
            "x-rate-limit-remaining": "99",
            "x-rate-limit-reset": str(int(reset.timestamp())),
        }
