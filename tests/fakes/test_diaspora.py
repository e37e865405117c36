"""The fake pod refuses what a pod refuses, and complains of what no correct client asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.http import Http
from tests.channels.messages import PNG
from tests.fakes.diaspora import DiasporaServer
from tests.fakes.diaspora_api import CLIENT_ID, CLIENT_SECRET, NEEDED, PERSON, REFRESH_TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

GRANT = {
    "grant_type": "refresh_token",
    "refresh_token": REFRESH_TOKEN,
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
}
POST = {"body": "Hello", "public": True}
# What must be in a post: lib/schemas/api_v1.json of https://github.com/diaspora/diaspora.
OF_A_POST = {
    "guid",
    "created_at",
    "title",
    "body",
    "public",
    "nsfw",
    "author",
    "interaction_counters",
    "own_interaction_state",
    "mentioned_people",
    "photos",
    "post_type",
}


@pytest.fixture
def server() -> Iterator[DiasporaServer]:
    with DiasporaServer() as running:
        running.api.tokens.add("good")
        yield running


def ask(
    server: DiasporaServer, method: str, path: str, *, token: str = "good", **sent: Any
) -> requests.Response:
    headers = {"Accept": "application/json", "Authorization": f"Bearer {token}"} | sent.pop("headers", {})
    session = Http("https://wiki.example/").session()
    return session.request(method, f"{server.url}/api/v1{path}", headers=headers, **sent)


def grant(server: DiasporaServer, **changes: str) -> requests.Response:
    session = Http("https://wiki.example/").session()
    address = f"{server.url}/api/openid_connect/access_tokens"
    return session.post(address, data=GRANT | changes, headers={"Accept": "application/json"})


def upload(server: DiasporaServer, **changes: Any) -> requests.Response:
    sent: dict[str, Any] = {
        "files": {"image": ("picture.png", PNG, "image/png")},
        "data": {"pending": "true", "aspect_ids": "all"},
    }
    return ask(server, "POST", "/photos", **(sent | changes))


def test_a_post_has_what_the_schema_wants(server: DiasporaServer) -> None:
    answer = ask(server, "POST", "/posts", json=POST | {"photos": [upload(server).json()["guid"]]})
    assert answer.status_code == 200
    assert answer.json().keys() >= OF_A_POST
    assert answer.json()["photos"][0].keys() == {"dimensions", "sizes"}
    assert server.complaints == []


@pytest.mark.parametrize("content", [{"body": ""}, {"body": " \n"}, {"body": "x" * 65_536}])
def test_a_text_that_a_pod_would_not_store_is_refused(
    server: DiasporaServer, content: dict[str, str]
) -> None:
    answer = ask(server, "POST", "/posts", json=POST | content)
    assert answer.status_code == 422
    assert answer.json() == {"code": 422, "message": "Failed to create the post"}
    assert (server.visible(), server.complaints) == ([], [])


def test_only_a_picture_that_waits_for_its_post_can_be_in_one(server: DiasporaServer) -> None:
    unknown = ask(server, "POST", "/posts", json=POST | {"photos": ["0" * 32]})
    guid = upload(server).json()["guid"]
    first = ask(server, "POST", "/posts", json=POST | {"photos": [guid]})
    second = ask(server, "POST", "/posts", json=POST | {"photos": [guid]})
    at_once = upload(server, data={"aspect_ids": "all"}).json()["guid"]
    third = ask(server, "POST", "/posts", json=POST | {"photos": [at_once]})
    assert [answer.status_code for answer in (unknown, first, second, third)] == [422, 200, 422, 422]
    assert len(server.visible()) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"data": {"pending": "true"}},
        {"files": {"image": ("picture", PNG, "image/png")}},
        {"files": {"image": ("picture.svg", PNG, "image/svg+xml")}},
        {"files": {"image": ("picture.png", b"text", "image/png")}},
    ],
    ids=["private", "no ending", "another kind", "no picture"],
)
def test_what_is_no_public_picture_is_refused(server: DiasporaServer, changes: dict[str, Any]) -> None:
    answer = upload(server, **changes)
    assert (answer.status_code, answer.json()["message"]) == (422, "Failed to create the photo")


def test_a_token_that_is_not_good_and_one_that_lacks_a_right_are_told_apart(server: DiasporaServer) -> None:
    expired = ask(server, "GET", "/user", token="old")
    server.api.scopes = NEEDED - {"public:modify"}
    weak = ask(server, "POST", "/posts", json=POST)
    assert (expired.status_code, expired.json()["error"]) == (401, "invalid_token")
    assert (weak.status_code, weak.json()) == (403, {"code": 403, "message": "insufficient_scope"})
    assert server.visible() == []


def test_tokens_are_given_for_what_belongs_together(server: DiasporaServer) -> None:
    good = grant(server)
    assert good.status_code == 200
    assert ask(server, "GET", "/user", token=good.json()["access_token"]).json()["guid"] == PERSON
    assert "refresh_token" not in good.json()
    for changes, status, code in (
        ({"client_id": "0" * 32}, 401, "invalid_client"),
        ({"client_secret": "0" * 64}, 401, "invalid_client"),
        ({"refresh_token": "0" * 64}, 400, "invalid_grant"),
    ):
        answer = grant(server, **changes)
        assert (answer.status_code, answer.json()["error"]) == (status, code)


def test_a_pod_that_rotates_takes_each_refresh_token_once(server: DiasporaServer) -> None:
    server.api.rotates = True
    new = grant(server).json()["refresh_token"]
    assert grant(server).status_code == 400
    assert grant(server, refresh_token=new).status_code == 200


def test_pages_follow_each_other_as_a_pod_s_do(server: DiasporaServer) -> None:
    start = datetime(2026, 11, 21, 12, tzinfo=UTC)
    times = [start + timedelta(seconds=number // 2) for number in range(6)]
    server.api.clock = lambda: times.pop(0)
    for number in range(6):
        server.api.add(str(number))
    path = f"/users/{PERSON}/posts"
    first = ask(server, "GET", path, params={"per_page": "3"})
    assert [post["body"] for post in first.json()] == ["5", "4", "3"]
    # The address is what the pod takes itself for, and 2, of the same second as 3, is passed over.
    following = first.links["next"]["url"]
    assert following.startswith("http://backend.internal/")
    second = ask(server, "GET", path, params=following.partition("?")[2])
    assert [post["body"] for post in second.json()] == ["1", "0"]


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("POST", "/posts", {"json": POST, "headers": {"Accept": "*/*"}}),
        ("POST", "/posts", {"json": {"body": "Hello"}}),
        ("POST", "/posts", {"json": {"body": "Hello", "public": False}}),
        ("POST", "/posts", {"json": POST | {"text": "Hello"}}),
        ("POST", "/posts", {"data": {"body": "Hello", "public": "true"}}),
        ("POST", "/posts", {"json": POST | {"photos": ["1"]}}),
        ("PATCH", "/posts/" + "0" * 32, {"json": POST}),
        ("DELETE", "/posts/404", {}),
        ("GET", f"/users/{PERSON}/posts", {"params": {"page": "2"}}),
        ("GET", f"/users/{PERSON}/posts", {"params": {"before": "yesterday"}}),
        ("POST", "/photos", {"json": {"image": "picture.png"}}),
        ("GET", "/user", {"headers": {"Authorization": ""}}),
    ],
)
def test_what_no_correct_client_asks_is_complained_of(
    server: DiasporaServer, method: str, path: str, sent: dict[str, Any]
) -> None:
    ask(server, method, path, **sent)
    assert len(server.complaints) == 1
    assert server.visible() == []
