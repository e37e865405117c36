"""A request that no correct client makes is told from one that it makes, whatever its body is written in."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from requests.structures import CaseInsensitiveDict

from bot.channels.http import Http
from tests.fakes.schema import (
    FILE,
    FLAG,
    FORM_BODY,
    JSON_BODY,
    MULTIPART_BODY,
    NUMBER,
    TEXT,
    Complaint,
    File,
    Request,
    Route,
    checked,
    fields,
    list_of,
    matching,
    one_of,
)

AGENT = {"User-Agent": Http("https://wiki.example/").user_agent}
POST = Route(
    method="POST",
    path=r"/rooms/(\w+)/posts",
    handle=lambda _, call: (200, dict(call.fields)),
    query=fields({}, {"wait": one_of("true", "false"), "with": list_of(TEXT)}),
    body=fields(
        {"text": TEXT},
        {"silent": FLAG, "ttl": NUMBER, "tags": list_of(TEXT, most=2), "embed": fields({"url": TEXT})},
    ),
    media_types=JSON_BODY,
    headers={"X-Key": r"\d+"},
)
FORM = Route(
    method="POST",
    path="/form",
    handle=lambda *_: (200, {}),
    body=fields({"text": TEXT}, {"ids": list_of(TEXT)}),
    media_types=FORM_BODY,
)
UPLOAD = Route(
    method="POST",
    path="/files",
    handle=lambda *_: (200, {}),
    body=fields({"file": FILE}, {"alt": TEXT}),
    media_types=MULTIPART_BODY,
)
BLOB = Route(method="POST", path="/blob", handle=lambda *_: (200, {}), media_types=("image/png",), raw=True)
LIST = Route(method="GET", path="/posts", handle=lambda *_: (200, []))
ROUTES = (POST, FORM, UPLOAD, BLOB, LIST)


def asked(method: str, path: str, *, headers: dict[str, str] | None = None, **parts: Any) -> Request:
    """Return a request as the server gets it that the library would send."""
    prepared = requests.Request(
        method, f"http://chat.example{path}", headers=AGENT | (headers or {}), **parts
    ).prepare()
    body = prepared.body or b""
    return Request(
        method=method,
        target=prepared.path_url,
        headers=CaseInsensitiveDict(prepared.headers),
        body=body.encode() if isinstance(body, str) else body,
    )


def posted(body: object, *, path: str = "/rooms/7/posts", headers: dict[str, str] | None = None) -> Request:
    return asked("POST", path, json=body, headers={"X-Key": "1"} | (headers or {}))


def read(request: Request) -> tuple[tuple[str, ...], dict[str, Any], dict[str, Any]]:
    route, path = matching(ROUTES, request)
    call = checked(route, path, request)
    return call.path, dict(call.query), dict(call.fields)


def test_what_is_asked_as_documented_is_read() -> None:
    body = {"text": "Hello", "silent": True, "ttl": 3, "tags": ["a"], "embed": {"url": "x"}}
    assert read(posted(body, path="/rooms/7/posts?wait=true&with=a&with=b")) == (
        ("7",),
        {"wait": "true", "with": ["a", "b"]},
        body,
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "'text' is a required property"),
        ({"text": None}, "None is not of type 'string'"),
        ({"text": 1}, "1 is not of type 'string'"),
        ({"text": "x", "colour": "red"}, "'colour' was unexpected"),
        ({"text": "x", "silent": "true"}, "'true' is not of type 'boolean'"),
        ({"text": "x", "ttl": True}, "True is not of type 'integer'"),
        ({"text": "x", "tags": "a"}, "'a' is not of type 'array'"),
        ({"text": "x", "tags": ["a", "b", "c"]}, "too long"),
        ({"text": "x", "embed": {"url": "x", "title": "y"}}, "'title' was unexpected"),
        (["x"], "no JSON object"),
    ],
)
def test_what_is_not_in_the_documentation_is_complained_of(body: object, words: str) -> None:
    with pytest.raises(Complaint, match=words):
        read(posted(body))


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (asked("POST", "/rooms/7/posts", data=b"{", headers={"X-Key": "1"}), "type nothing"),
        (posted({"text": "x"}, headers={"Content-Type": "text/plain"}), "type text/plain"),
        (posted({"text": "x"}, headers={"X-Key": "one"}), "X-Key"),
        (posted({"text": "x"}, headers={"User-Agent": "python-requests/2"}), "User-Agent"),
        (posted({"text": "x"}, path="/rooms/7/posts?wait=yes"), "query wait: 'yes' is not one of"),
        (posted({"text": "x"}, path="/rooms/7/posts?wait=true&wait=true"), "more than once"),
        (posted({"text": "x"}, path="/rooms/7/posts?nonsense=1"), "'nonsense' was unexpected"),
        (posted({"text": "x"}, path="/rooms"), "no such method and path"),
        (asked("PUT", "/rooms/7/posts"), "no such method and path"),
        (asked("GET", "/posts", json={"text": "x"}), "should be none"),
        (asked("POST", "/form", data={"text": ["x", "y"]}), "more than once"),
        (asked("POST", "/files", files={"alt": (None, "x")}), "'file' is a required property"),
        (asked("POST", "/files", files={"file": (None, "x")}), "is not of type 'file'"),
        (asked("POST", "/blob", data=b"x", headers={"Content-Type": "image/gif"}), "type image/gif"),
    ],
)
def test_a_request_in_another_form_is_complained_of(request_: Request, words: str) -> None:
    with pytest.raises(Complaint, match=words):
        read(request_)


@pytest.mark.parametrize("name", ["ids[]", "ids"])
def test_a_form_may_hold_a_list(name: str) -> None:
    _, _, found = read(asked("POST", "/form", data={"text": "ä & b", name: ["1"]}))
    assert found == {"text": "ä & b", "ids": ["1"]}


def test_files_come_as_they_were_sent() -> None:
    content = b"\x89PNG\r\n\r\n--x--\r\n"
    request = asked(
        "POST", "/files", files={"file": ("a.png", content, "image/png"), "alt": (None, "Ein Löwe")}
    )
    file = File(name="a.png", content_type="image/png", content=content)
    assert read(request)[2] == {"file": file, "alt": "Ein Löwe"}
    raw = asked("POST", "/blob", data=content, headers={"Content-Type": "image/png"})
    assert read(raw)[2] == {}
    assert raw.body == content


def test_a_body_that_is_no_json_is_complained_of() -> None:
    headers = {"X-Key": "1", "Content-Type": "application/json"}
    with pytest.raises(Complaint, match="no JSON"):
        read(asked("POST", "/rooms/7/posts", data=b"{", headers=headers))
