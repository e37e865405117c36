"""The methods and paths of Mastodon's API that a bot uses, and what a request of each must look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.schema import (
    FILE,
    FLAG,
    FORM_BODY,
    JSON_BODY,
    MULTIPART_BODY,
    TEXT,
    Refused,
    Reply,
    Route,
    fields,
    list_of,
    matching,
    one_of,
)
from tests.fakes.schema import checked as checked_call

if TYPE_CHECKING:
    from tests.fakes.mastodon_api import MastodonApi
    from tests.fakes.schema import Answer, Call, Request

YES_OR_NO = one_of(True, False, "true", "false", "1", "0")
WRITTEN = {
    "status": TEXT,
    "spoiler_text": TEXT,
    "sensitive": YES_OR_NO,
    "media_ids": list_of(TEXT),
    "language": TEXT,
}
ATTRIBUTES = list_of(fields({"id": TEXT}, {"description": TEXT}))


def answer(api: MastodonApi, request: Request) -> Answer:
    """Check a request and have it carried out."""
    route, path = matching(ROUTES, request)
    call = checked_call(route, path, request)
    scopes = _scopes(api, request.headers.get("Authorization", ""), route.scope)
    if route.path.startswith("/api/v1/apps"):
        return api.verify_app(scopes)
    return route.handle(api, call)
