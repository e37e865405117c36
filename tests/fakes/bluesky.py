"""A server on loopback that speaks the part of the AT Protocol that a bot uses, and fails when it is told to.

In a test: ``with BlueskyServer() as server`` and then ``server.url``, ``server.api.posts``,
``server.requests``. By itself: ``python -m tests.fakes.bluesky --port 0`` prints its address and serves until
it is ended.

The tests of the channel talk to a real server too (tests/servers/pds.py). This one is there for what a real
one cannot be made to do: to fail at a given moment, to be copied, and to complain of what it would swallow.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from tests.fakes.bluesky_api import BlueskyApi
from tests.fakes.faults import Fault
from tests.fakes.loopback import LoopbackServer, serve
from tests.fakes.schema import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

PUT = "POST /xrpc/com.atproto.repo.putRecord"
LOGIN = "POST /xrpc/com.atproto.server.createSession"
WINDOW = 300  # seconds


def _refusal(status: int, error: str, message: str) -> Reply:
    return Reply(status=status, body=json.dumps({"error": error, "message": message}))


@dataclass(kw_only=True)
class BlueskyServer(LoopbackServer[BlueskyApi]):
    """The server; ``api`` is what it remembers."""

    posting = PUT
    looks: ClassVar[Mapping[Fault, Reply]] = {
        Fault.UNAUTHORISED: _refusal(401, "AccountTakedown", "Account has been taken down"),
        Fault.REJECTED: _refusal(400, "InvalidRequest", "Invalid app.bsky.feed.post record: no"),
    }

    api: BlueskyApi = field(default_factory=BlueskyApi)

    def look(self, fault: Fault) -> Reply:
        """Word a rate limit as https://docs.bsky.app/docs/advanced-guides/rate-limits has it."""
        if fault is not Fault.RATE_LIMITED:
            return super().look(fault)
        limited = _refusal(429, "RateLimitExceeded", "Rate Limit Exceeded")
        headers = {
            "RateLimit-Limit": "30",
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": str(int(time.time()) + WINDOW),
            "RateLimit-Policy": f"30;w={WINDOW}",
        }
        return Reply(status=limited.status, body=limited.body, headers=headers)


def main() -> None:
    parser = argparse.ArgumentParser(description="Speak the AT Protocol on loopback.")
    parser.add_argument("--port", type=int, default=0)
    serve(BlueskyServer(port=parser.parse_args().port))


if __name__ == "__main__":
    main()
