"""A server on loopback that speaks what a page's bot needs of LinkedIn's API, and of its OAuth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from tests.fakes.faults import Fault
from tests.fakes.linkedin_api import LinkedInApi, told
from tests.fakes.loopback import LoopbackServer
from tests.fakes.schema import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

CREATE, FIND = "POST /rest/posts", "GET /rest/posts"
RENEW, INTROSPECT = "POST /oauth/v2/accessToken", "POST /oauth/v2/introspectToken"


@dataclass(kw_only=True)
class LinkedInServer(LoopbackServer[LinkedInApi]):
    """The server; ``api`` is what it remembers."""

    posting = CREATE
    reading = (INTROSPECT, RENEW)  # nothing that anybody sees is made by asking for a token
    looks: ClassVar[Mapping[Fault, Reply]] = {
        Fault.UNAUTHORISED: Reply(
            status=401,
            body=told(
                401,
                "The token used in the request has been revoked by the user",
                serviceErrorCode=65601,
                code="REVOKED_ACCESS_TOKEN",
            ),
        ),
        Fault.REJECTED: Reply(
            status=422, body=told(422, "ERROR :: /content :: the share is not valid", code="UNPROCESSABLE")
        ),
        Fault.RATE_LIMITED: Reply(
            status=429,
            body=told(
                429, "Resource level throttle APPLICATION DAY limit for calls is reached.", code="THROTTLED"
            ),
        ),
        Fault.ACCEPTED_BROKEN: Reply(status=500, body=told(500, "Internal Server Error")),
    }

    api: LinkedInApi = field(default_factory=LinkedInApi)
    garbage: str = '{"elements": [{"id": "urn:li'
