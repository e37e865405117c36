"""The methods and paths of Mastodon's API that a bot uses, and what a request of each must look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes import mastodon_boosts
from tests.fakes.mastodon_dialects import BAD_TOKEN, NO_SCOPE, NO_TOKEN
from tests.fakes.schema import (
    FILE,
    FORM_BODY,
    JSON_BODY,
    MULTIPART_BODY,
    TEXT,
    Refused,
    Reply,
    Route,
    checked,
    fields,
    list_of,
    matching,
)

if TYPE_CHECKING:
    from tests.fakes.mastodon_api import MastodonApi
    from tests.fakes.schema import Answer, Call, Request

YES_OR_NO = {"type": ["boolean", "string"], "pattern": "^(true|false|1|0)$"}
WRITTEN = {
    "status": TEXT,
    "spoiler_text": TEXT,
    "sensitive": YES_OR_NO,
    "media_ids": list_of(TEXT),
    "language": TEXT,
}
SEARCH = fields({"q": TEXT}, {"type": TEXT, "resolve": YES_OR_NO, "limit": TEXT})
ATTRIBUTES = list_of(fields({"id": TEXT}, {"description": TEXT}))


def answer(api: MastodonApi, request: Request) -> Answer:
    """Check a request and have it carried out."""
    route, path = matching(ROUTES, request)
    looks_at_upload = route.handle is _show_media
    _scopes(api, request, api.dialect.media_scope if looks_at_upload else route.scope)
    return route.handle(api, checked(route, path, request))


def _upload(api: MastodonApi, call: Call) -> Answer:
    file = call.fields["file"]
    return api.upload(file.content, file.content_type, call.fields.get("description", ""))


def _show_media(api: MastodonApi, call: Call) -> Answer:
    return api.show_media(call.path[0])


def _show_file(api: MastodonApi, call: Call) -> Answer:
    upload = api.media.get(call.path[0])
    if upload is None:
        return Reply(status=404, content_type="text/plain")
    return Reply(body=upload.content, content_type=upload.mime_type)


ROUTES = (
    Route(method="GET", path=r"/api/v2/instance/?", handle=lambda api, _: api.instance(2)),
    Route(method="GET", path=r"/api/v1/instance/?", handle=lambda api, _: api.instance(1)),
    Route(
        method="GET",
        path=r"/api/v1/accounts/verify_credentials",
        scope="read:accounts",
        handle=lambda api, _: api.verify_account(),
    ),
    Route(
        method="GET",
        path=r"/api/v1/apps/verify_credentials",
        scope="",
        handle=lambda api, call: api.verify_app(_scopes(api, call.request, "")),
    ),
    Route(
        method="GET",
        path=r"/api/v1/accounts/(\w+)/statuses",
        scope="read:statuses",
        query=fields({}, {"max_id": TEXT, "limit": TEXT, "exclude_reblogs": YES_OR_NO}),
        handle=lambda api, call: api.time_line(call.path[0], call.query),
    ),
    Route(
        method="POST",
        path=r"/api/v2/media",
        scope="write:media",
        body=fields({"file": FILE}, {"description": TEXT}),
        media_types=MULTIPART_BODY,
        handle=_upload,
    ),
    Route(
        method="GET",
        path=r"/api/v1/media/(\w+)",
        scope="write:media",
        handle=_show_media,
    ),
    Route(method="GET", path=r"/media/(\w+)", handle=_show_file),
    Route(
        method="POST",
        path=r"/api/v1/statuses",
        scope="write:statuses",
        body=fields({}, WRITTEN | {"visibility": TEXT, "in_reply_to_id": TEXT}),
        headers={"Idempotency-Key": ".+"},
        media_types=FORM_BODY + JSON_BODY,
        handle=lambda api, call: api.create(call.fields, call.request.headers.get("Idempotency-Key")),
    ),
    Route(
        method="GET",
        path=r"/api/v1/statuses/(\w+)",
        scope="read:statuses",
        handle=lambda api, call: api.show(call.path[0]),
    ),
    Route(
        method="PUT",
        path=r"/api/v1/statuses/(\w+)",
        scope="write:statuses",
        body=fields({}, WRITTEN | {"media_attributes": ATTRIBUTES}),
        media_types=FORM_BODY + JSON_BODY,
        handle=lambda api, call: api.update(call.path[0], call.fields),
    ),
    Route(
        method="POST",
        path=r"/api/v1/statuses/(\w+)/reblog",
        scope="write:statuses",
        body=fields({}, {"visibility": TEXT}),
        media_types=FORM_BODY + JSON_BODY,
        handle=lambda api, call: mastodon_boosts.boost(
            api, call.path[0], call.fields.get("visibility", "public")
        ),
    ),
    Route(
        method="POST",
        path=r"/api/v1/statuses/(\w+)/unreblog",
        scope="write:statuses",
        handle=lambda api, call: mastodon_boosts.unboost(api, call.path[0]),
    ),
    Route(
        method="GET",
        path=r"/api/v2/search",
        scope="read:search",
        query=SEARCH,
        handle=lambda api, call: mastodon_boosts.search(api, call.query),
    ),
    Route(
        method="DELETE",
        path=r"/api/v1/statuses/(\w+)",
        scope="write:statuses",
        handle=lambda api, call: api.delete(call.path[0]),
    ),
)


def _scopes(api: MastodonApi, request: Request, needed: str | None) -> frozenset[str]:
    """Check the token; a method without a scope is public, one with an empty scope needs any token."""
    authorization = request.headers.get("Authorization", "")
    kind, _, token = authorization.partition(" ")
    scopes = api.tokens.get(token) if kind == "Bearer" else None
    if authorization and scopes is None:
        raise Refused(401, BAD_TOKEN)
    if needed is None:
        return scopes or frozenset()
    if scopes is None:
        raise Refused(401, NO_TOKEN)
    if needed and scopes.isdisjoint({needed, needed.partition(":")[0]}):
        raise Refused(403, NO_SCOPE)
    return scopes
