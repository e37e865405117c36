"""The methods of the Bot API that a bot uses, and what a request of each must look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.schema import (
    FILE,
    FLAG,
    JSON_BODY,
    MULTIPART_BODY,
    NUMBER,
    TEXT,
    Refused,
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

    from tests.fakes.schema import Answer, Call, Json, Request, Schema
    from tests.fakes.telegram_api import TelegramApi

HTML = one_of("HTML")
PREVIEW = fields({}, {"is_disabled": FLAG, "url": {"type": "string", "pattern": "^https?://"}})
REPLY = fields({"message_id": NUMBER}, {"allow_sending_without_reply": FLAG})
SENT = {"disable_notification": FLAG, "reply_parameters": REPLY}
CHAT = {"chat_id": TEXT}
MESSAGE = CHAT | {"message_id": NUMBER}
PHOTO = fields(
    {"type": one_of("photo"), "media": {"type": "string", "pattern": "^attach://."}},
    {"caption": TEXT, "parse_mode": HTML, "has_spoiler": FLAG},
)
FILES = {f"photo{number}": FILE for number in range(10)}


def answer(api: TelegramApi, request: Request) -> Answer:
    """Check a request and have it carried out."""
    route, path = matching(ROUTES, request)
    if path[0] != api.token:
        # A token of the right form that is not known, and one of no form at all: as the server does it.
        known_form = ":" in path[0] and len(path[0]) > 30
        raise Refused(401, "Unauthorized") if known_form else Refused(404, "Not Found")
    return route.handle(api, checked(route, path, request))


def _by_json(method: str, needed: Json, possible: Json, handle: Callable[..., Answer]) -> Route:
    return Route(
        method="POST",
        path=rf"/bot([^/]+)/{method}",
        body=fields(needed, possible),
        media_types=JSON_BODY,
        handle=handle,
    )


def _by_multipart(
    method: str,
    needed: dict[str, Schema],
    possible: dict[str, Schema],
    files: Json,
    handle: Callable[..., Answer],
) -> Route:
    """Return the route of a method that takes files: whatever is no text stands in its field as JSON."""
    serialised = {name for name, schema in (needed | possible).items() if schema.get("type") != "string"}

    def read(api: TelegramApi, call: Call) -> Answer:
        values = {name: value for name, value in call.fields.items() if name not in files}
        schemas = needed | possible
        for name in serialised & values.keys():
            values[name] = decoded(values[name], schemas[name], name)
        return handle(api, values, {name: call.fields[name] for name in files if name in call.fields})

    as_text = dict.fromkeys(needed, TEXT), dict.fromkeys(possible, TEXT)
    return Route(
        method="POST",
        path=rf"/bot([^/]+)/{method}",
        body=fields(as_text[0], as_text[1] | files),
        media_types=MULTIPART_BODY,
        handle=read,
    )


CAPTION = {"caption": TEXT, "parse_mode": {"type": "string"}}

ROUTES = (
    _by_json("getMe", {}, {}, lambda api, _: api.get_me()),
    _by_json("getChat", CHAT, {}, lambda api, call: api.get_chat(call.fields["chat_id"])),
    _by_json(
        "getChatMember",
        CHAT | {"user_id": NUMBER},
        {},
        lambda api, call: api.get_member(call.fields["chat_id"], call.fields["user_id"]),
    ),
    _by_json(
        "sendMessage",
        CHAT | {"text": TEXT, "parse_mode": HTML},
        SENT | {"link_preview_options": PREVIEW},
        lambda api, call: api.send(call.fields),
    ),
    _by_multipart(
        "sendPhoto",
        CHAT,
        SENT | CAPTION | {"has_spoiler": FLAG},
        {"photo": FILE},
        lambda api, values, files: api.send_photo(values | files),
    ),
    _by_multipart(
        "sendMediaGroup",
        CHAT | {"media": list_of(PHOTO, least=2, most=10)},
        SENT,
        FILES,
        lambda api, values, files: api.send_album(values, files),
    ),
    _by_json(
        "editMessageText",
        MESSAGE | {"text": TEXT, "parse_mode": HTML},
        {"link_preview_options": PREVIEW},
        lambda api, call: api.edit_text(call.fields),
    ),
    _by_multipart(
        "editMessageMedia",
        MESSAGE | {"media": PHOTO},
        {},
        FILES,
        lambda api, values, files: api.edit_media(values, files),
    ),
    _by_json("deleteMessage", MESSAGE, {}, lambda api, call: api.delete(call.fields)),
)
