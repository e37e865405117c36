"""The methods of the AT Protocol that a bot uses, and what a request of each must look like.

``createRecord`` is not among them: it makes a second post of a repeated one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.bluesky_lexicon import RECORD, SHARE
from tests.fakes.schema import JSON_BODY, TEXT, Route, checked, fields, matching

if TYPE_CHECKING:
    from tests.fakes.bluesky_api import BlueskyApi
    from tests.fakes.schema import Answer, Call, Request

IMAGES = ("image/jpeg", "image/png", "image/gif", "image/webp")
POSITION = {"repo": TEXT, "collection": TEXT, "rkey": TEXT}


def answer(api: BlueskyApi, request: Request) -> Answer:
    """Check a request and have it carried out."""
    route, path = matching(ROUTES, request)
    if route.scope is not None:
        api.check_token(request, route.scope)
    return route.handle(api, checked(route, path, request))


def _refresh(api: BlueskyApi, call: Call) -> Answer:
    return api.refresh_session(call.request.headers["Authorization"].partition(" ")[2])


ROUTES = (
    Route(
        method="POST",
        path=r"/xrpc/com\.atproto\.server\.createSession",
        body=fields({"identifier": TEXT, "password": TEXT}),
        media_types=JSON_BODY,
        handle=lambda api, call: api.create_session(call.fields["identifier"], call.fields["password"]),
    ),
    Route(
        method="POST",
        path=r"/xrpc/com\.atproto\.server\.refreshSession",
        scope="refresh",
        handle=_refresh,
    ),
    Route(
        method="GET",
        path=r"/xrpc/com\.atproto\.server\.getSession",
        scope="access",
        handle=lambda api, _: api.get_session(),
    ),
    Route(
        method="GET",
        path=r"/xrpc/com\.atproto\.identity\.resolveHandle",
        query=fields({"handle": TEXT}),
        handle=lambda api, call: api.resolve_handle(call.query["handle"]),
    ),
    Route(
        method="POST",
        path=r"/xrpc/com\.atproto\.repo\.uploadBlob",
        scope="access",
        media_types=IMAGES,
        raw=True,
        handle=lambda api, call: api.upload(call.request.body, call.request.headers["Content-Type"]),
    ),
    Route(
        method="POST",
        path=r"/xrpc/com\.atproto\.repo\.putRecord",
        scope="access",
        body=fields(POSITION | {"record": {"oneOf": [RECORD, SHARE]}}),
        media_types=JSON_BODY,
        handle=lambda api, call: api.put(call.fields),
    ),
    Route(
        method="POST",
        path=r"/xrpc/com\.atproto\.repo\.deleteRecord",
        scope="access",
        body=fields(POSITION),
        media_types=JSON_BODY,
        handle=lambda api, call: api.delete(call.fields),
    ),
    Route(
        method="GET",
        path=r"/xrpc/com\.atproto\.repo\.getRecord",
        query=fields(POSITION),
        handle=lambda api, call: api.get(call.query),
    ),
    Route(
        method="GET",
        path=r"/xrpc/com\.atproto\.repo\.listRecords",
        query=fields(
            {"repo": TEXT, "collection": TEXT},
            {"limit": {"type": "string", "pattern": r"^([1-9]\d?|100)$"}, "cursor": TEXT},
        ),
        handle=lambda api, call: api.list_records(call.query),
    ),
)
