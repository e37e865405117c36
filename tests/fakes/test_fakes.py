from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import requests

from bot.channels.http import Http
from tests.fakes.mastodon import POST_STATUS, MastodonServer
from tests.fakes.mastodon_text import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.channels.http import Session

TOKEN = {"Authorization": "Bearer good-token"}
KEYED = TOKEN | {"Idempotency-Key": "1"}


@pytest.fixture
def server() -> Iterator[MastodonServer]:
    with MastodonServer() as running:
        yield running


@pytest.fixture
def session() -> Session:
    return Http("https://wiki.example/").session()


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("日本語", 3),
        ("👨‍👩‍👧‍👦", 1),
        ("cafe\u0301", 4),
        ("1️⃣", 1),
        ("नमस्ते", 3),
        ("see mediawiki.org ok", 20),
        ("https://www.mediawiki.org/wiki/A_long_title_of_a_page_(here).", 24),
        ("@user@host.example and @user", 15),
        ("mail@host.example", 17),
    ],
)
def test_a_text_is_counted_as_mastodon_counts_it(text: str, length: int) -> None:
    assert count(text) == length


def test_what_no_correct_client_sends_is_refused_and_remembered(
    server: MastodonServer, session: Session
) -> None:
    post = f"{server.url}/api/v1/statuses"
    answers = [
        requests.get(f"{server.url}/api/v2/instance", timeout=5),
        session.get(f"{server.url}/api/v1/nothing"),
        session.post(post, data={"status": "x"}, headers=TOKEN),
        session.post(post, data={"status": "x", "colour": "red"}, headers=KEYED),
        session.post(post, data="x", headers=KEYED),
        session.post(post, json=["x"], headers=KEYED),
        session.post(f"{server.url}/api/v2/media", data={"file": "x"}, headers=TOKEN),
    ]
    assert {answer.status_code for answer in answers} == {400}
    assert len(server.complaints) == len(answers)
    assert server.api.statuses == []


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"status": ""}, "can't be blank"),
        ({"status": "x" * 501}, "limit of 500"),
        ({"status": "x" * 490, "spoiler_text": "y" * 11}, "limit of 500"),
        ({"status": "x", "visibility": "all"}, "visibility"),
        ({"status": "x", "language": "English"}, "Language"),
        ({"status": "x", "media_ids[]": ["1"]}, "not found"),
        ({"status": "x", "media_ids[]": ["1"] * 5}, "more than 4"),
    ],
)
def test_what_mastodon_refuses_is_refused(
    server: MastodonServer, session: Session, params: dict[str, object], words: str
) -> None:
    answer = session.post(f"{server.url}/api/v1/statuses", data=params, headers=KEYED)
    assert answer.status_code == 422
    assert words in answer.json()["error"]
    assert server.complaints == []


def test_it_runs_as_a_process_of_its_own_and_tells_what_happened(session: Session) -> None:
    command = [sys.executable, "-m", "tests.fakes.mastodon", "--port", "0", "--token", "t"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            session.post(f"{url}/_fake/fail", data=json.dumps({"fault": "accepted, then broken"}))
            headers = KEYED | {"Authorization": "Bearer t"}
            for expected in (500, 200):
                answer = session.post(f"{url}/api/v1/statuses", data={"status": "Hello"}, headers=headers)
                assert answer.status_code == expected
            state = session.get(f"{url}/_fake/state").json()
        finally:
            session.close()
            process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert [status["text"] for status in state["statuses"]] == ["Hello"]
    assert state["requests"] == ["POST /api/v1/statuses"] * 2


def test_it_tells_when_a_request_has_arrived_and_when_it_is_accepted(
    server: MastodonServer, session: Session
) -> None:
    seen = []
    server.at = lambda moment, request: seen.append((moment, request, len(server.api.statuses)))
    session.post(f"{server.url}/api/v1/statuses", data={"status": "Hello"}, headers=KEYED)
    assert seen == [("arrived", POST_STATUS, 0), ("accepted", POST_STATUS, 1)]


def test_half_a_request_is_none(server: MastodonServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(b"POST /api/v1/statuses HTTP/1.1\r\nContent-Length: 100\r\n\r\nstatus=Hel")
    server.land()
    assert (server.requests, server.complaints, server.api.statuses) == ([], [], [])


def test_what_has_been_sent_lands_though_its_sender_is_gone(server: MastodonServer) -> None:
    let_go, arrived = threading.Event(), threading.Event()

    def hold(moment: str, _: str) -> None:
        if moment == "arrived":
            arrived.set()
            let_go.wait(30)

    server.at = hold
    head = f"POST /api/v1/statuses HTTP/1.1\r\nUser-Agent: {Http('x').user_agent}\r\nContent-Length: 12\r\n"
    head += "Content-Type: application/x-www-form-urlencoded\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in KEYED.items())
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(f"{head}\r\nstatus=Hello".encode())
        assert arrived.wait(30)
    let_go.set()
    server.land()
    assert [status.text for status in server.api.statuses] == ["Hello"]


@pytest.mark.parametrize(("keeps_keys", "posts"), [(True, 1), (False, 2)])
def test_a_key_counts_where_the_server_keeps_it(
    server: MastodonServer, session: Session, *, keeps_keys: bool, posts: int
) -> None:
    server.api.keeps_keys = keeps_keys
    for _ in range(2):
        session.post(f"{server.url}/api/v1/statuses", data={"status": "Hello"}, headers=KEYED)
    assert len(server.api.statuses) == posts


def test_a_lagging_time_line_shows_a_post_later(server: MastodonServer, session: Session) -> None:
    now = datetime(2026, 11, 18, tzinfo=UTC)
    server.api.clock = lambda: now
    server.api.lag = timedelta(minutes=1)
    server.api.post_by_hand("Hello")
    for seconds, shown in ((0, []), (59, []), (60, ["Hello"])):
        server.api.clock = lambda now=now + timedelta(seconds=seconds): now  # type: ignore[misc]
        answer = session.get(f"{server.url}/api/v1/accounts/42/statuses", headers=TOKEN).json()
        assert [status["content"] for status in answer] == [f"<p>{text}</p>" for text in shown]
