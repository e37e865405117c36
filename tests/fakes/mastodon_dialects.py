"""How other servers speak Mastodon's API: what they answer differently, after their own source.

GoToSocial: https://codeberg.org/superseriousbusiness/gotosocial (internal/api/client, internal/gtserror).
Pleroma, and Akkoma after it: https://git.pleroma.social/pleroma/pleroma (lib/pleroma/web/mastodon_api, and
docs/development/API/differences_in_mastoapi_responses.md).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from tests.fakes.faults import Fault
from tests.fakes.schema import Refused, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

NO_TOKEN = "This method requires an authenticated user"
BAD_TOKEN = "The access token is invalid"
NO_SCOPE = "This action is outside the authorized scopes"


@dataclass(frozen=True, kw_only=True, slots=True)
class Dialect:
    """How a server differs from Mastodon, whose the defaults are.

    ``refusals`` are the statuses that differ, ``words`` those of its messages, and ``names_status`` that each
    begins with the status in words. ``counts`` is how it counts a text: ``"characters"`` as Mastodon does,
    ``"graphemes"`` or ``"code points"`` of all that is written. ``media_scope`` is what looking at an upload
    takes. ``done_at_once`` says that an upload is complete though it is answered with 202. ``knows_language``
    is false where a status comes without one, ``epoch`` true where a rate limit ends at a number of seconds.
    """

    version: str = "4.4.5"
    refusals: Mapping[int, int] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    names_status: bool = False
    uri_is_address: bool = False
    counts: str = "characters"
    media_scope: str = "write:media"
    done_at_once: bool = False
    knows_language: bool = True
    epoch: bool = False
    looks: Mapping[Fault, Reply] = field(default_factory=dict)

    def refusal(self, refused: Refused) -> Refused:
        """Return what this server says in place of what Mastodon would."""
        status = self.refusals.get(refused.status, refused.status)
        words = self.words.get(str(refused), str(refused))
        if self.names_status:
            words = f"{HTTPStatus(status).phrase}: {words}"
        return Refused(status, words, **refused.details)


def _told(status: int, words: str) -> Reply:
    return Reply(status=status, body=json.dumps({"error": words}))


MASTODON = Dialect()
GOTOSOCIAL = Dialect(
    version="0.17.3 git-810a59e",
    refusals={422: 400},
    words={
        NO_TOKEN: "token not supplied",
        BAD_TOKEN: "invalid access token",
        NO_SCOPE: "token has insufficient scope permission",
    },
    names_status=True,
    uri_is_address=True,
    counts="code points",
    epoch=True,
    looks={
        Fault.UNAUTHORISED: _told(401, "Unauthorized: invalid access token"),
        Fault.REJECTED: _told(400, "Bad Request: status too long, but limit is 5000"),
        Fault.ACCEPTED_BROKEN: _told(500, "Internal Server Error"),
    },
)
PLEROMA = Dialect(
    version="2.7.2 (compatible; Pleroma 2.9.1)",
    refusals={401: 403},
    words={
        NO_TOKEN: "Invalid credentials.",
        BAD_TOKEN: "Invalid credentials.",
        NO_SCOPE: "Insufficient permissions: write:statuses.",
    },
    uri_is_address=True,
    counts="graphemes",
    media_scope="read:media",
    done_at_once=True,
    knows_language=False,
    looks={
        Fault.UNAUTHORISED: _told(403, "Invalid credentials."),
        Fault.REJECTED: Reply(
            status=400,
            body=json.dumps(
                {
                    "error": "visibility - Invalid value for enum.",
                    "errors": [
                        {
                            "message": "Invalid value for enum",
                            "source": {"pointer": "/visibility"},
                            "title": "Invalid value",
                        }
                    ],
                }
            ),
        ),
        Fault.ACCEPTED_BROKEN: Reply(status=500, body='"Something went wrong"'),
    },
)
