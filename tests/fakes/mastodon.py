"""A server on loopback that speaks the part of Mastodon's API that a bot uses, and fails when it is told to.

In a test: ``with MastodonServer() as server`` and then ``server.url``, ``server.api.statuses``,
``server.requests``. By itself: ``python -m tests.fakes.mastodon --port 0`` prints its address and serves
until it is ended.

Every request is checked against the published API, which is stricter than Mastodon itself: an unknown
parameter, a wrong content type or a User-Agent without a contact is refused and noted in ``complaints``.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.fakes.loopback import LoopbackServer, serve
from tests.fakes.mastodon_api import MastodonApi
from tests.fakes.mastodon_dialects import GOTOSOCIAL, PLEROMA

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.fakes.faults import Fault
    from tests.fakes.schema import Json, Reply

POST_STATUS = "POST /api/v1/statuses"


def gotosocial() -> MastodonApi:
    """Return a server of GoToSocial's: its ids are ULIDs, and it has never heard of idempotency keys."""
    return MastodonApi(
        dialect=GOTOSOCIAL,
        keeps_keys=False,
        id_prefix="01JD4Z",
        url_weight=25,
        max_characters=5000,
        max_media=6,
    )


def pleroma() -> MastodonApi:
    """Return a server of Pleroma's, as they were before 2.6: with the older description of itself only."""
    return MastodonApi(
        dialect=PLEROMA, id_prefix="Ao9Zk", url_weight=None, max_characters=5000, knows_v2=False
    )


@dataclass(kw_only=True)
class MastodonServer(LoopbackServer[MastodonApi]):
    """The server; ``api`` is what it remembers."""

    posting = POST_STATUS

    api: MastodonApi = field(default_factory=MastodonApi)
    token: str = "good-token"

    def usual_headers(self) -> Mapping[str, str]:
        """Tell the rate limit with each answer: https://docs.joinmastodon.org/api/rate-limits/."""
        reset = datetime.now(UTC) + timedelta(minutes=5)
        return {
            "X-RateLimit-Limit": "300",
            "X-RateLimit-Remaining": "299",
            "X-RateLimit-Reset": str(int(reset.timestamp()))
            if self.api.dialect.epoch
            else reset.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }

    def look(self, fault: Fault) -> Reply:
        """Return the answer that a fault consists of, in the dialect that is spoken."""
        return self.api.dialect.looks.get(fault) or super().look(fault)

    def state(self) -> Json:
        statuses = [
            {
                "id": status.id,
                "text": status.text,
                "visibility": status.visibility,
                "language": status.language,
                "spoiler_text": status.spoiler_text,
                "in_reply_to_id": status.in_reply_to_id,
            }
            for status in self.api.statuses
        ]
        return super().state() | {"statuses": statuses}


def main() -> None:
    parser = argparse.ArgumentParser(description="Speak Mastodon's API on loopback.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default="good-token")
    arguments = parser.parse_args()
    api = MastodonApi(tokens={arguments.token: frozenset({"read", "write"})})
    serve(MastodonServer(port=arguments.port, api=api, token=arguments.token))


if __name__ == "__main__":
    main()
