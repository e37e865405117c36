"""The methods and paths of diaspora*'s API that a bot uses, and what a request of each must look like.

After https://diaspora.github.io/api-documentation/ and, where that is silent, the controllers.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.fakes.schema import (
    FILE,
    FORM_BODY,
    JSON_BODY,
    MULTIPART_BODY,
    TEXT,
    Complaint,
    Refused,
    Reply,
    Route,
    checked,
    fields,
    list_of,
    matching,
    one_of,
)

if TYPE_CHECKING:
    from tests.fakes.diaspora_api import DiasporaApi
    from tests.fakes.schema import Answer, Call, Request

GUID = {"type": "string", "minLength": 16, "maxLength": 255}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}
DIGITS = {"type": "string", "pattern": r"^\d+$"}
# A pod takes whatever asks for another form for a request of its own pages, and wants their token.
AS_JSON = {"Accept": "application/json"}
OPENID = "/api/openid_connect"


def answer(api: DiasporaApi, request: Request) -> Answer:
    """Check a request and have it carried out: an access token first, then what it is good for."""
    route, path = matching(ROUTES, request)
    if route.scope is not None:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer" or not token:
            raise Complaint("no access token")
        if token not in api.tokens:
            raise Refused(
                401,
                "The access token provided is expired, revoked, malformed or invalid for other reasons.",
                error="invalid_token",
            )
        if route.scope not in api.scopes:
            raise Refused(403, "insufficient_scope")
    elif request.headers.get("Authorization"):
        raise Complaint("an access token where none is looked for")
    return route.handle(api, checked(route, path, request))


def _upload(api: DiasporaApi, call: Call) -> Answer:
    file = call.fields["image"]
    if not file.name or not file.content_type:
        raise Refused(422, "Failed to create the photo")
    return api.upload(
        file.name,
        file.content,
        pending=call.fields.get("pending") == "true",
        is_public="aspect_ids" in call.fields,
    )


def _delete(api: DiasporaApi, call: Call) -> Answer:
    api.delete(call.path[0])
    return Reply(status=204)


def _page(api: DiasporaApi, call: Call) -> Answer:
    posts, headers = api.page(call.path[0], call.query)
    return Reply(body=json.dumps(posts), headers=headers)


def _nothing(path: str, scope: str) -> Route:
    """Return a route that shows an empty list of what the account has."""
    return Route(method="GET", path=path, scope=scope, headers=AS_JSON, handle=lambda *_: (200, []))


ROUTES = (
    Route(
        method="POST",
        path=rf"{OPENID}/access_tokens",
        headers=AS_JSON,
        body=fields(
            {
                "grant_type": one_of("refresh_token"),
                "refresh_token": TEXT,
                "client_id": TEXT,
                "client_secret": TEXT,
            }
        ),
        media_types=FORM_BODY,
        handle=lambda api, call: api.grant(call.fields),
    ),
    Route(
        method="GET",
        path=r"/api/v1/user",
        scope="profile",
        headers=AS_JSON,
        handle=lambda api, _: (200, api.own_user()),
    ),
    Route(
        method="GET",
        path=r"/api/v1/users/(\w+)/posts",
        scope="public:read",
        headers=AS_JSON,
        query=fields({}, {"before": TIME, "per_page": DIGITS}),
        handle=_page,
    ),
    Route(
        method="POST",
        path=r"/api/v1/photos",
        scope="public:modify",
        headers=AS_JSON,
        body=fields(
            {"image": FILE}, {"pending": one_of("true"), "aspect_ids": TEXT, "set_profile_photo": TEXT}
        ),
        media_types=MULTIPART_BODY,
        handle=_upload,
    ),
    Route(
        method="POST",
        path=r"/api/v1/posts",
        scope="public:modify",
        headers=AS_JSON,
        body=fields({"body": TEXT, "public": {"const": True}}, {"photos": list_of(GUID, least=1)}),
        media_types=JSON_BODY,
        handle=lambda api, call: api.create(dict(call.fields)),
    ),
    Route(
        method="DELETE",
        path=r"/api/v1/posts/(\w{16,255})",
        scope="public:modify",
        headers=AS_JSON,
        handle=_delete,
    ),
    _nothing(r"/api/v1/aspects", "contacts:read"),
    _nothing(r"/api/v1/conversations", "conversations"),
    _nothing(r"/api/v1/notifications", "notifications"),
    _nothing(r"/api/v1/tag_followings", "tags:read"),
)
