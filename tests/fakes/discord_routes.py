"""What the requests to a webhook must look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.schema import (
    FILE,
    JSON_BODY,
    MULTIPART_BODY,
    NUMBER,
    TEXT,
    Complaint,
    Refused,
    Reply,
    Route,
    checked,
    decoded,
    fields,
    list_of,
    matching,
    one_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.discord_api import DiscordApi
    from tests.fakes.schema import Answer, Call, Request, Schema

PATH = r"/api/v10/webhooks/(\d+)/([\w-]+)"
THREAD = {"thread_id": {"type": "string", "pattern": r"^\d+$"}}
NOBODY = fields({"parse": {"type": "array", "maxItems": 0}})
ATTACHMENT = fields({"id": NUMBER, "filename": TEXT}, {"description": {"type": "string", "minLength": 1}})
FLAGS = one_of(0, 4)
# Discord takes a message without allowed_mentions, and then pings whoever is named in it.
WRITTEN = {"content": TEXT, "allowed_mentions": NOBODY}
ATTACHED = {"attachments": list_of(ATTACHMENT, most=10)}
NEW = fields(WRITTEN, ATTACHED | {"flags": FLAGS, "username": TEXT, "avatar_url": TEXT})
# What is not in the list of attachments goes; without a list all of them stay.
CHANGED = fields(WRITTEN | ATTACHED, {"flags": FLAGS})
FILES = {f"files[{number}]": FILE for number in range(10)}


def answer(api: DiscordApi, request: Request) -> Answer:
    """Check a request and have it carried out."""
    route, path = matching(ROUTES, request)
    if request.headers.get("Authorization"):
        raise Complaint("a webhook needs no other credentials than its address")
    if path[0] != "223704706495545344" or api.token is None:
        raise Refused(404, "Unknown Webhook", code=10015)
    if path[1] != api.token:
        raise Refused(401, "Invalid Webhook Token", code=50027)
    return route.handle(api, checked(route, path, request))


def _writing(method: str, path: str, schema: Schema, query: Schema, handle: Callable[..., Answer]) -> Route:
    """Return the route of a message, which comes as JSON, or as JSON in a form with files."""

    def read(api: DiscordApi, call: Call) -> Answer:
        if "payload_json" not in call.fields:
            return handle(api, call, call.fields, {})
        files = {name: call.fields[name] for name in FILES if name in call.fields}
        return handle(api, call, decoded(call.fields["payload_json"], schema, "payload_json"), files)

    return Route(
        method=method,
        path=path,
        query=query,
        body={"anyOf": [schema, fields({"payload_json": TEXT}, FILES)]},
        media_types=JSON_BODY + MULTIPART_BODY,
        handle=read,
    )


def _delete(api: DiscordApi, call: Call) -> Answer:
    api.delete(call.path[2], call.query)
    return Reply(status=204)


ROUTES = (
    Route(method="GET", path=PATH, handle=lambda api, _: (200, api.get_webhook())),
    _writing(
        "POST",
        PATH,
        NEW,
        fields({"wait": one_of("true")}, THREAD),
        lambda api, call, body, files: api.execute(call.query, body, files),
    ),
    _writing(
        "PATCH",
        PATH + r"/messages/(\d+)",
        CHANGED,
        fields({}, THREAD),
        lambda api, call, body, files: api.change(call.path[2], call.query, body, files),
    ),
    Route(method="DELETE", path=PATH + r"/messages/(\d+)", query=fields({}, THREAD), handle=_delete),
)
