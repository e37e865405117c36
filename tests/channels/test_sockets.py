from __future__ import annotations

import socket
import ssl

import pytest

from bot.channels.sockets import is_loopback, refuse_plain, unreachable
from bot.errors import CredentialsError, TransientError


@pytest.mark.parametrize("host", ["localhost", "news.localhost", "127.0.0.1", "127.3.2.1", "::1"])
def test_this_very_machine_is_known(host: str) -> None:
    assert is_loopback(host)
    refuse_plain(host, "")


@pytest.mark.parametrize(
    "host", ["", "example.org", "localhost.example.org", "10.0.0.1", "128.0.0.1", "127.0.0.1.example"]
)
def test_any_other_is_not(host: str) -> None:
    assert not is_loopback(host)
    with pytest.raises(CredentialsError, match="nothing was sent; name another"):
        refuse_plain(host, "name another")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ssl.SSLCertVerificationError(1, "self-signed"), "certificate cannot be trusted"),
        (ssl.SSLError(1, "wrong version number"), "no TLS to be had at that port"),
        (socket.gaierror(-2, "Name or service not known"), "could not be resolved"),
        (UnicodeError("label too long"), "its name is none that can be asked for"),
        (TimeoutError(), "no connection in time"),
        (ConnectionRefusedError(), "the connection was refused"),
        (OSError(113, "No route to host"), r"cannot be reached \(No route to host\)"),
        (ConnectionResetError(), r"cannot be reached \(ConnectionResetError\)"),
    ],
)
def test_why_there_is_no_connection_is_told(error: OSError | UnicodeError, words: str) -> None:
    with pytest.raises(TransientError, match=f"mail.example: .*{words}.*; nothing was sent"):
        raise unreachable(error, "mail.example")
