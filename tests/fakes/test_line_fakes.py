"""The fakes of networks that do not speak HTTP can do what a kill test asks of them."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.channels.messages import outgoing
from tests.channels.test_email import open_at as open_email
from tests.channels.test_irc import open_at as open_irc
from tests.fakes.faults import Fault
from tests.fakes.irc import IrcServer
from tests.fakes.smtp import DOT, SmtpServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.fakes.line_server import LineServer

RAW = {
    "irc": (
        "PRIVMSG",
        [b"NICK a\r\n", b"USER a 0 * a\r\n", b"PONG :cookie-a\r\n", b"JOIN #news\r\n"],
        b"PRIVMSG #news :Hello\r\n",
    ),
    "smtp": (
        DOT,
        [
            b"EHLO a\r\n",
            b"AUTH PLAIN AGhlcmFsZABnb29kLXBhc3N3b3Jk\r\n",
            b"MAIL FROM:<a@b.example>\r\n",
            b"RCPT TO:<c@d.example>\r\n",
            b"DATA\r\n",
            b"From: a@b.example\r\nTo: c@d.example\r\nSubject: s\r\n",
            b"Message-ID: <1@b.example>\r\nDate: Sat, 21 Nov 2026 09:30:00 +0000\r\n",
            b"MIME-Version: 1.0\r\n\r\nHello\r\n",
        ],
        b".\r\n",
    ),
}


@pytest.fixture(params=[IrcServer, SmtpServer], ids=["irc", "smtp"])
def server(request: pytest.FixtureRequest) -> Iterator[LineServer[Any]]:
    with request.param() as server:
        yield server


def count(server: LineServer[Any]) -> int:
    memory = server.memory
    return len(memory.said if isinstance(server, IrcServer) else memory.mails)


def publish(server: LineServer[Any]) -> None:
    channel = open_irc(server.url) if isinstance(server, IrcServer) else open_email(server.url)
    channel.publish(outgoing())


def say(connection: socket.socket, *pieces: bytes) -> None:
    """Say it all, and hear the answers out."""
    for piece in pieces:
        connection.sendall(piece)
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(4096):
        pass


def test_half_a_request_is_none(server: LineServer[Any]) -> None:
    _, before, last = RAW[server.scheme]
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        say(connection, *before, last[:-1])
    server.land()
    assert (count(server), server.writes, server.complaints) == (0, [], [])


def test_what_has_been_sent_lands_though_its_sender_is_gone(server: LineServer[Any]) -> None:
    posting, before, last = RAW[server.scheme]
    let_go, arrived = threading.Event(), threading.Event()

    def hold(moment: str, request: str) -> None:
        if moment == "arrived" and request.startswith(posting):
            arrived.set()
            let_go.wait(30)

    server.at = hold
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        for piece in (*before, last):
            connection.sendall(piece)
        assert arrived.wait(30)
    assert count(server) == 0
    let_go.set()
    server.land()
    assert count(server) == 1


def test_it_goes_back_to_what_it_was(server: LineServer[Any]) -> None:
    before = server.snapshot()
    for _ in range(2):
        publish(server)
        assert count(server) == 1
        assert len(server.writes) == 1
        server.restore(before)
        assert (count(server), server.requests) == (0, [])


def test_it_comes_back_at_the_same_address(server: LineServer[Any]) -> None:
    url = server.url
    with server.offline(), pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", server.port))
    publish(server)
    assert (server.url, count(server)) == (url, 1)


def test_it_cannot_refuse_connections_while_it_runs(server: LineServer[Any]) -> None:
    with pytest.raises(ValueError, match="offline"):
        server.fail(Fault.REFUSED)


@pytest.mark.parametrize(
    ("kind", "lines", "complaint"),
    [
        (IrcServer, [b"JOIN #a\r\n"], "JOIN before the welcome"),
        (IrcServer, [b"NICK a\n"], "NICK: lines end with CR LF"),
        (IrcServer, [b"NICK a b\r\n"], "NICK with 2 parameters"),
        (IrcServer, [b"NICK " + b"a" * 600 + b"\r\n"], "NICK: a line of 607 bytes"),
        (IrcServer, [b"NICK \x02a\r\n"], "NICK: a control character"),
        (IrcServer, [b"NICK \xff\r\n"], "NICK: not UTF-8"),
        (SmtpServer, [b"MAIL FROM:<a@b.example>\r\n"], "MAIL before EHLO"),
        (SmtpServer, [b"EHLO a b\r\n"], "a name that is none: EHLO a b"),
        (SmtpServer, [b"EHLO a\r\n", b"MAIL FROM:a@b.example\r\n"], "not a sender: MAIL FROM:a@b.example"),
        (SmtpServer, [b"EHLO a\r\n", b"DATA\r\n"], "DATA without a recipient"),
        (SmtpServer, [b"VRFY a\r\n"], "unknown command VRFY"),
    ],
)
def test_what_no_good_client_sends_is_noted(
    kind: Callable[[], LineServer[Any]], lines: list[bytes], complaint: str
) -> None:
    with kind() as server:
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            say(connection, *lines)
        server.land()
        assert complaint in server.complaints
