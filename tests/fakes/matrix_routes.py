"""The requests of Matrix that a bot makes, and what each must look like; the contents of its messages too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tests.fakes.schema import (
    JSON_BODY,
    NUMBER,
    TEXT,
    Complaint,
    Refused,
    Route,
    checked,
    conforming,
    decoded,
    fields,
    list_of,
    matching,
    one_of,
)

if TYPE_CHECKING:
    from tests.fakes.matrix_api import MatrixApi
    from tests.fakes.schema import Answer, Call, Json, Request

CLIENT = "/_matrix/client/v3"
IN_ROOM = CLIENT + r"/rooms/([^/]+)"
IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
EVENT_ID = {"type": "string", "pattern": r"^\$[\w-]{43}$"}
HTML = {"format": one_of("org.matrix.custom.html"), "formatted_body": TEXT}
OURS = {"org.toolforge.wikiherald": fields({"key": TEXT}, {"source": TEXT})}
ALT = {
    "org.matrix.msc1767.alt_text": fields(
        {"org.matrix.msc1767.text": list_of(fields({"body": {"type": "string", "minLength": 1}}), least=1)}
    )
}
INFO = fields({"mimetype": one_of(*IMAGES), "size": NUMBER}, {"w": NUMBER, "h": NUMBER})
REPLY = {"m.relates_to": fields({"m.in_reply_to": fields({"event_id": EVENT_ID})})}
EDIT = fields({"rel_type": one_of("m.replace"), "event_id": EVENT_ID})
# Without m.mentions a client looks for names in the text and pings whom it finds.
SAID = {"body": TEXT, "m.mentions": fields()} | OURS
WORDS = {"msgtype": one_of("m.text", "m.notice")} | SAID
PICTURE = {
    "msgtype": one_of("m.image"),
    "url": {"type": "string", "pattern": "^mxc://"},
    "filename": TEXT,
    "info": INFO,
} | SAID
# What a bot needs of those in https://spec.matrix.org/v1.15/client-server-api/#mroommessage-msgtypes
ELEMENTS = re.compile(r"</?(p|br|b|i)>|<a href=\"https?://[^\"<>]*\">|</a>|<span data-mx-spoiler>|</span>")


def answer(api: MatrixApi, request: Request) -> Answer:
    """Check a request and have it carried out."""
    route, path = matching(ROUTES, request)
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token:
        raise Refused(401, "Missing access token", errcode="M_MISSING_TOKEN")
    if token not in api.tokens:
        raise Refused(401, "Invalid access token passed.", soft_logout=False)
    return route.handle(api, checked(route, tuple(unquote(one) for one in path), request))


def check_content(content: Json) -> None:
    """Check what is to be shown of an event: a message, or the replacement of one."""
    if "m.new_content" in content:
        new = content["m.new_content"]
        _check_message(new, {})
        conforming(content["m.relates_to"], EDIT, "m.relates_to")
        if not content.get("body", "").startswith("* "):
            raise Complaint("an edit without a text for old clients")
    else:
        _check_message(content, REPLY)


def _check_message(content: Json, more: Json) -> None:
    kind = PICTURE if content.get("msgtype") == "m.image" else WORDS
    conforming(content, fields(kind, HTML | ALT | more), "content")
    if ("format" in content) != ("formatted_body" in content):
        raise Complaint("a format without HTML, or the other way round")
    if re.search("[<>]", ELEMENTS.sub("", content.get("formatted_body", ""))):
        raise Complaint("HTML that is not in the specification's list")


def _token(call: Call) -> str:
    return call.request.headers["Authorization"].removeprefix("Bearer ")


def _messages(api: MatrixApi, call: Call) -> Answer:
    wanted = fields({"senders": list_of(TEXT, least=1), "types": list_of(TEXT, least=1)})
    return api.messages(call.path[0], call.query, decoded(call.query["filter"], wanted, "filter"))


def _upload(api: MatrixApi, call: Call) -> Answer:
    kind = call.request.headers["Content-Type"]
    return api.upload(call.request.body, kind, call.query["filename"])


def _media_config(api: MatrixApi, _: Call) -> Answer:
    if not api.knows_new_media:
        raise Refused(404, "Unrecognized request", errcode="M_UNRECOGNIZED")
    return api.media_config()


ANYTHING: Any = {"type": "object"}
ROUTES = (
    Route(method="GET", path=f"{CLIENT}/account/whoami", handle=lambda api, call: api.whoami(_token(call))),
    Route(
        method="GET",
        path=CLIENT + r"/directory/room/([^/]+)",
        handle=lambda api, call: api.find_room(call.path[0]),
    ),
    Route(method="GET", path=f"{CLIENT}/joined_rooms", handle=lambda api, _: api.joined_rooms()),
    Route(
        method="POST",
        path=CLIENT + r"/join/([^/]+)",
        body=fields(),
        media_types=JSON_BODY,
        handle=lambda api, call: api.join(call.path[0]),
    ),
    Route(
        method="GET",
        path=IN_ROOM + r"/state/([^/]+)",
        query=fields({}, {"format": one_of("event")}),
        handle=lambda api, call: api.state_of(call.path[0], call.path[1], call.query),
    ),
    Route(
        method="PUT",
        path=IN_ROOM + r"/send/m\.room\.message/([\w-]{1,255})",
        body=ANYTHING,
        media_types=JSON_BODY,
        handle=lambda api, call: api.send(
            _token(call), call.path[0], call.path[1], call.request.path, dict(call.fields)
        ),
    ),
    Route(
        method="PUT",
        path=IN_ROOM + r"/redact/([^/]+)/([\w-]{1,255})",
        body=fields({}, {"reason": TEXT}),
        media_types=JSON_BODY,
        handle=lambda api, call: api.redact(_token(call), call.path[0], call.path[1], call.request.path),
    ),
    Route(
        method="GET",
        path=IN_ROOM + r"/event/([^/]+)",
        handle=lambda api, call: api.event(call.path[0], call.path[1]),
    ),
    Route(
        method="GET",
        path=IN_ROOM + "/messages",
        query=fields({"dir": one_of("b"), "filter": TEXT}, {"limit": TEXT, "from": TEXT}),
        handle=_messages,
    ),
    Route(
        method="POST",
        path="/_matrix/media/v3/upload",
        query=fields({"filename": TEXT}),
        media_types=IMAGES,
        raw=True,
        handle=_upload,
    ),
    Route(method="GET", path="/_matrix/client/v1/media/config", handle=_media_config),
    Route(method="GET", path="/_matrix/media/v3/config", handle=lambda api, _: api.media_config()),
)
