from __future__ import annotations

import logging
import socket
import threading
import traceback
from typing import TYPE_CHECKING

import pytest
import requests

from bot import __version__
from bot.channels.http import Http, exchange
from bot.errors import (
    AmbiguousError,
    ChannelError,
    CredentialsError,
    RateLimited,
    RejectedError,
    TransientError,
)
from tests.channels.bench import IMPATIENT, PATIENT
from tests.channels.benches import CONTACT
from tests.fakes.scripted import Scripted, ScriptedServer

if TYPE_CHECKING:
    from bot.channels.http import Session
TOKEN = "very-secret-token"


@pytest.fixture
def session() -> Session:
    return Http(CONTACT, timeout=PATIENT).session()


@pytest.fixture
def impatient() -> Session:
    return Http(CONTACT, timeout=IMPATIENT).session()


def ask(session: Session, server: str, *, method: str = "GET", publishes: bool = False) -> object:
    """Do what a channel does: one request, and something done with its answer."""
    with exchange(session, server, publishes=publishes):
        response = session.request(method, server, headers={"Authorization": f"Bearer {TOKEN}"}, data=b"x")
        response.raise_for_status()
        return response.json()["id"]


def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize(
    ("path", "token"),
    [
        ("/bot{}/sendMessage", "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"),
        ("/api/v10/webhooks/223704706495545344/{}?wait=true", "3d89bb75" * 8),
    ],
    ids=["Telegram", "Discord"],
)
def test_a_token_in_an_address_is_logged_by_no_library(
    session: Session, caplog: pytest.LogCaptureFixture, path: str, token: str
) -> None:
    odd = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nno header\r\n\r\n{}"
    with socket.create_server(("127.0.0.1", 0)) as listener, caplog.at_level(logging.DEBUG, logger="urllib3"):
        server = f"http://127.0.0.1:{listener.getsockname()[1]}"
        answering = threading.Thread(target=answer_once, args=(listener, odd))
        answering.start()
        assert session.post(server + path.format(token)).text == "{}"
        answering.join()
    logged = [record.getMessage() for record in caplog.records]
    assert any("Failed to parse headers" in message for message in logged)
    assert token not in "\n".join(logged)


def answer_once(listener: socket.socket, content: bytes) -> None:
    connection, _ = listener.accept()
    with connection:
        connection.recv(65_536)
        connection.sendall(content)


def test_every_request_says_who_sends_it(session: Session) -> None:
    with ScriptedServer(Scripted(body='{"id": 1}')) as server:
        assert ask(session, server.url) == 1
    assert server.received[0][2]["User-Agent"] == (
        f"wikiherald/{__version__} ({CONTACT}) python-requests/{requests.__version__}"
    )


@pytest.mark.parametrize("contact", ["https://wiki.example/wiki/Benutzer:Bööt", "a\r\nX-Evil: 1", "新聞"])
def test_any_contact_makes_a_header_of_one_line_in_ascii(contact: str) -> None:
    agent = Http(contact).user_agent
    assert agent.isascii()
    assert agent.isprintable()


def test_a_refused_connection_left_nothing_behind(session: Session) -> None:
    with pytest.raises(TransientError, match="refused"):
        ask(session, closed_port(), method="POST", publishes=True)


@pytest.mark.parametrize("answer", [Scripted(silent=True), Scripted(cut=True)], ids=["no answer", "hung up"])
@pytest.mark.parametrize(
    ("publishes", "expected"), [(True, AmbiguousError), (False, TransientError)], ids=["publishing", "other"]
)
def test_without_an_answer_only_publishing_is_in_doubt(
    impatient: Session, answer: Scripted, *, publishes: bool, expected: type[ChannelError]
) -> None:
    with ScriptedServer(answer) as server, pytest.raises(ChannelError) as caught:
        ask(impatient, server.url, method="POST", publishes=publishes)
    assert type(caught.value) is expected


def test_every_wait_has_an_end(impatient: Session) -> None:
    with ScriptedServer(Scripted(silent=True)) as server, pytest.raises(TransientError, match="in time"):
        ask(impatient, server.url)


@pytest.mark.parametrize("body", ["", "<html>", "[]", "null", '"id"', '{"id', "{}", "\x00"])
@pytest.mark.parametrize(
    ("publishes", "expected"), [(True, AmbiguousError), (False, TransientError)], ids=["publishing", "other"]
)
def test_a_success_that_makes_no_sense_is_no_success(
    session: Session, body: str, *, publishes: bool, expected: type[ChannelError]
) -> None:
    with ScriptedServer(Scripted(body=body)) as server, pytest.raises(ChannelError) as caught:
        ask(session, server.url, method="POST", publishes=publishes)
    assert type(caught.value) is expected


ERROR = '{"error": "Something is wrong"}'


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, ERROR, RejectedError),
        (401, ERROR, CredentialsError),
        (401, "<html>", CredentialsError),
        (403, '{"error": "Your login is currently disabled"}', CredentialsError),
        (403, '{"error": "This action is outside the authorized scopes"}', CredentialsError),
        (403, '{"error": "This account has been suspended"}', CredentialsError),
        (403, '{"error": "This action is not allowed"}', RejectedError),
        (403, "<html>Are you human?</html>", TransientError),
        (404, ERROR, RejectedError),
        (404, "<html>", TransientError),
        (405, "", TransientError),
        (408, "", TransientError),
        (409, ERROR, AmbiguousError),
        (413, "<html>Request Entity Too Large</html>", RejectedError),
        (415, ERROR, RejectedError),
        (422, ERROR, RejectedError),
        (422, '{"error": "This method requires an authenticated user"}', CredentialsError),
        (425, "", TransientError),
        (429, ERROR, RateLimited),
        (429, "", RateLimited),
        (500, ERROR, AmbiguousError),
        (502, "<html>", AmbiguousError),
        (503, "<html>Maintenance</html>", AmbiguousError),
        (504, "", AmbiguousError),
    ],
)
def test_the_answer_to_publishing_says_what_may_have_happened(
    session: Session, status: int, body: str, expected: type[ChannelError]
) -> None:
    with ScriptedServer(Scripted(status=status, body=body)) as server, pytest.raises(ChannelError) as caught:
        ask(session, server.url, method="POST", publishes=True)
    assert type(caught.value) is expected


@pytest.mark.parametrize("status", [409, 500, 502, 503, 504])
def test_the_server_s_fault_is_only_a_delay_for_what_does_not_publish(session: Session, status: int) -> None:
    with ScriptedServer(Scripted(status=status)) as server, pytest.raises(ChannelError) as caught:
        ask(session, server.url)
    assert type(caught.value) is TransientError


def test_the_message_is_the_server_s_own_on_one_line_and_not_endless(session: Session) -> None:
    words = "Validation failed:\\n\\t Text is\\u0000 bad. " + "x" * 1000
    with (
        ScriptedServer(Scripted(status=422, body=f'{{"error": "{words}"}}')) as server,
        pytest.raises(RejectedError) as caught,
    ):
        ask(session, server.url)
    message = str(caught.value)
    assert message.startswith(f"{server.url.removeprefix('http://')}: Validation failed: Text is bad. xxx")
    assert message.isprintable()
    assert len(message) < 400


@pytest.mark.parametrize("status", [400, 401, 403, 422, 429, 500])
def test_a_server_that_quotes_the_token_does_not_make_us_tell_it(session: Session, status: int) -> None:
    body = f'{{"error": "the token {TOKEN} is bad", "error_description": "Bearer {TOKEN}"}}'
    with (
        ScriptedServer(Scripted(status=status, body=body)) as server,
        pytest.raises(ChannelError) as caught,
    ):
        ask(session, server.url, method="POST", publishes=True)
    assert TOKEN not in str(caught.value)
    assert TOKEN not in repr(caught.value)


IN_PATH = "/bot123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/sendMessage"


@pytest.mark.parametrize(
    "answer",
    [
        Scripted(silent=True),
        Scripted(cut=True),
        Scripted(body="<html>"),
        Scripted(status=302, headers={"Location": IN_PATH}),
        Scripted(status=401, body=f'{{"description": "{IN_PATH} is bad"}}'),
        Scripted(status=422, body=f'{{"description": "{IN_PATH} is bad"}}'),
        Scripted(status=500, body=f'{{"description": "{IN_PATH} is bad"}}'),
        None,
    ],
    ids=["silent", "cut", "garbled", "moved", "unauthorised", "refused", "broken", "offline"],
)
def test_a_token_in_the_address_is_never_told(
    impatient: Session, answer: Scripted | None, caplog: pytest.LogCaptureFixture
) -> None:
    with ScriptedServer(answer or Scripted()) as server:
        url = (server.url if answer else closed_port()) + IN_PATH
        with caplog.at_level("DEBUG", logger="bot"), pytest.raises(ChannelError) as caught:
            ask(impatient, url, method="POST", publishes=True)
    told = [*traceback.format_exception(caught.value), repr(caught.value)]
    told += [record.getMessage() for record in caplog.records if record.name.startswith("bot")]
    assert "AAHdqTcvCH1v" not in "".join(told)
    assert any(record.name == "bot.channels.http" for record in caplog.records)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_what_writes_is_never_carried_on_to_another_address(session: Session, status: int) -> None:
    with ScriptedServer(Scripted(body='{"id": 1}')) as elsewhere:
        moved = Scripted(status=status, headers={"Location": f"{elsewhere.url}/new?token=1"})
        with ScriptedServer(moved) as server, pytest.raises(TransientError, match="moved to") as caught:
            ask(session, server.url, method="POST", publishes=True)
        assert "token" not in str(caught.value)
        assert len(server.received) == 1
    assert elsewhere.received == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_what_writes_is_not_repeated_on_the_same_host_either(session: Session, status: int) -> None:
    moved = Scripted(status=status, headers={"Location": "/there"})
    with ScriptedServer(moved, Scripted(body='{"id": 1}')) as server, pytest.raises(TransientError):
        ask(session, server.url, method="POST", publishes=True)
    assert len(server.received) == 1


def test_what_reads_follows_a_redirect_on_the_same_host_only(session: Session) -> None:
    with ScriptedServer(Scripted(body='{"id": 1}')) as elsewhere:
        answers = (
            Scripted(status=301, headers={"Location": "/there"}),
            Scripted(body='{"id": 2}'),
            Scripted(status=301, headers={"Location": elsewhere.url}),
        )
        with ScriptedServer(*answers) as server:
            assert ask(session, server.url) == 2
            with pytest.raises(TransientError, match="moved to"):
                ask(session, server.url)
    assert elsewhere.received == []


@pytest.mark.parametrize(
    "server", ["http://wikis.example", "http://10.0.0.1:8080", "http://localhost.example"]
)
def test_credentials_never_go_over_plain_http(session: Session, server: str) -> None:
    with pytest.raises(CredentialsError, match="https"):
        ask(session, server, method="POST", publishes=True)
    assert session.answer is None


@pytest.mark.parametrize(
    "server", ["https://", "ftp://wikis.example", "https://exa mple.org", "https://[::1"]
)
def test_an_address_that_cannot_be_asked_is_named(session: Session, server: str) -> None:
    with pytest.raises(TransientError, match="check this channel's server"):
        ask(session, server, method="POST", publishes=True)


def test_a_mistake_of_ours_before_anything_is_sent_is_not_hidden(session: Session) -> None:
    with pytest.raises(ZeroDivisionError), exchange(session, "https://wikis.example"):
        _ = 1 / 0


def test_what_an_earlier_request_met_does_not_judge_a_later_one(session: Session) -> None:
    with pytest.raises(TransientError):
        ask(session, closed_port())
    with ScriptedServer(Scripted(cut=True)) as server, pytest.raises(AmbiguousError):
        ask(session, server.url, method="POST", publishes=True)
