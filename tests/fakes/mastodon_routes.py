"""The methods and paths of Mastodon's API that a bot uses, and what a request of each must look like."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.mastodon_api import Answer, Json, MastodonApi, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

AGENT = re.compile(r"wikiherald/\S+ \([^)]*\S[^)]*\) python-requests/\S+")


def answer(api: MastodonApi, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """Check a request and have it carried out; a 400 is what no correct client gets to see."""
    if not AGENT.fullmatch(headers.get("User-Agent", "")):
        raise Refused(400, "the User-Agent names no contact")
    url = urlsplit(target)
    for route in ROUTES:
        matched = re.fullmatch(route.path, url.path)
        if route.method == method and matched:
            scopes = _scopes(api, headers.get("Authorization", ""), route.scope)
            params = _params(route, url.query, headers.get("Content-Type", ""), body)
            if route.keyed and not headers.get("Idempotency-Key"):
                raise Refused(400, "a post without an Idempotency-Key")
            call = Call(path=matched.groups(), params=params, headers=headers, scopes=scopes)
            return route.handle(api, call)
    raise Refused(400, "no such method and path in this API")


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request as the server understood it."""

    path: tuple[str, ...]
    params: Mapping[str, Any]
    headers: Mapping[str, str]
    scopes: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Route:
    method: str
    path: str
    handle: Callable[[MastodonApi, Call], Answer]
    scope: str | None = None
    params: frozenset[str] = frozenset()
    media_type: tuple[str, ...] = ()
    keyed: bool = False


def _upload(api: MastodonApi, params: Mapping[str, Any]) -> Answer:
    if not isinstance(params.get("file"), tuple):
        raise Refused(422, "Validation failed: File can't be blank")
    content, mime_type = params["file"]
    return api.upload(content, mime_type, params.get("description", ""))


WRITTEN = frozenset({"status", "spoiler_text", "sensitive", "media_ids", "language"})
FORMS = ("application/x-www-form-urlencoded", "application/json")
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
        handle=lambda api, call: api.verify_app(call.scopes),
    ),
    Route(
        method="GET",
        path=r"/api/v1/accounts/(\w+)/statuses",
        scope="read:statuses",
        params=frozenset({"max_id", "limit", "exclude_reblogs"}),
        handle=lambda api, call: api.time_line(call.path[0], call.params),
    ),
    Route(
        method="POST",
        path=r"/api/v2/media",
        scope="write:media",
        params=frozenset({"file", "description"}),
        media_type=("multipart/form-data",),
        handle=lambda api, call: _upload(api, call.params),
    ),
    Route(
        method="GET",
        path=r"/api/v1/media/(\w+)",
        scope="write:media",
        handle=lambda api, call: api.show_media(call.path[0]),
    ),
    Route(
        method="POST",
        path=r"/api/v1/statuses",
        scope="write:statuses",
        params=WRITTEN | {"visibility", "in_reply_to_id"},
        keyed=True,
        media_type=FORMS,
        handle=lambda api, call: api.create(call.params, call.headers.get("Idempotency-Key")),
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
        params=WRITTEN | {"media_attributes"},
        media_type=FORMS,
        handle=lambda api, call: api.update(call.path[0], call.params),
    ),
    Route(
        method="DELETE",
        path=r"/api/v1/statuses/(\w+)",
        scope="write:statuses",
        handle=lambda api, call: api.delete(call.path[0]),
    ),
)


def _scopes(api: MastodonApi, authorization: str, needed: str | None) -> frozenset[str]:
    """Check the token; a method without a scope is public, one with an empty scope needs any token."""
    kind, _, token = authorization.partition(" ")
    scopes = api.tokens.get(token) if kind == "Bearer" else None
    if authorization and scopes is None:
        raise Refused(401, "The access token is invalid")
    if needed is None:
        return scopes or frozenset()
    if scopes is None:
        raise Refused(401, "This method requires an authenticated user")
    if needed and scopes.isdisjoint({needed, needed.partition(":")[0]}):
        raise Refused(403, "This action is outside the authorized scopes")
    return scopes


def _params(route: Route, query: str, content_type: str, body: bytes) -> Json:
    if route.media_type:
        media_type, _, details = content_type.partition(";")
        if media_type not in route.media_type:
            raise Refused(400, f"a body of type {media_type or 'nothing'}")
        params = _READERS[media_type](body, details)
    else:
        params = _from_form(query)
    unknown = params.keys() - route.params
    if unknown:
        raise Refused(400, f"unknown parameters: {', '.join(sorted(unknown))}")
    return params


def _from_form(text: str) -> Json:
    params: Json = {}
    for name, values in parse_qs(text, keep_blank_values=True).items():
        if name.endswith("[]"):
            params[name.removesuffix("[]")] = values
        elif len(values) > 1:
            raise Refused(400, f"{name} is there more than once")
        else:
            params[name] = values[0]
    return params


def _from_json(body: bytes) -> Json:
    try:
        params = json.loads(body)
    except ValueError as error:
        raise Refused(400, "the body is no JSON") from error
    if not isinstance(params, dict):
        raise Refused(400, "the body is no JSON object")
    return params


def _from_multipart(body: bytes, details: str) -> Json:
    boundary = details.partition("boundary=")[2].strip('" ').encode()
    params: Json = {}
    for part in body.split(b"--" + boundary)[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        content = content.removesuffix(b"\r\n")
        name = re.search(rb'; name="([^"]+)"', head)
        kind = re.search(rb"(?i)content-type: ([^\r\n;]+)", head)
        if name is None:
            raise Refused(400, "a part without a name")
        is_file = b"filename" in head
        params[name[1].decode()] = (
            (content, kind[1].decode() if kind else "") if is_file else content.decode()
        )
    return params


_READERS: dict[str, Callable[[bytes, str], Json]] = {
    "application/x-www-form-urlencoded": lambda body, _: _from_form(body.decode()),
    "application/json": lambda body, _: _from_json(body),
    "multipart/form-data": _from_multipart,
}
