"""A server on loopback that speaks what an incoming webhook of Slack's needs: it answers in plain words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from tests.fakes.faults import Fault
from tests.fakes.loopback import LoopbackServer
from tests.fakes.schema import Reply
from tests.fakes.slack_api import CHANNEL, TEAM, TOKEN, SlackApi, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.fakes.schema import Request

PATH = f"/services/{TEAM}/{CHANNEL}/{TOKEN}"
ADDRESS = f"https://hooks.slack.com{PATH}"


@dataclass(kw_only=True)
class SlackServer(LoopbackServer[SlackApi]):
    """The server; ``api`` is what it remembers."""

    posting = f"POST {PATH}"
    looks: ClassVar[Mapping[Fault, Reply]] = {
        Fault.UNAUTHORISED: words(403, "invalid_token"),
        Fault.REJECTED: words(400, "invalid_blocks"),
        Fault.RATE_LIMITED: Reply(
            status=429, body="rate_limited", content_type="text/plain", headers={"Retry-After": "30"}
        ),
        Fault.BROKEN: words(500, "rollup_error"),
        Fault.ACCEPTED_BROKEN: words(500, "rollup_error"),
    }

    api: SlackApi = field(default_factory=SlackApi)
    garbage: str = "o"

    def reply(self, request: Request) -> Reply:
        """Answer in plain text, where the fakes of other networks answer in JSON."""
        reply = super().reply(request)
        if reply.status < 400:
            return reply
        return words(reply.status, str(reply.body).strip('"'))
