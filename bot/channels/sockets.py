"""Connections that are not HTTP: TLS with a verified certificate, and plain only on this very machine."""

from __future__ import annotations

import socket
import ssl
from ipaddress import ip_address

from bot.errors import ChannelError, CredentialsError, TransientError


def is_loopback(host: str) -> bool:
    """Tell whether ``host`` is this very machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_plain(host: str, remedy: str) -> None:
    """Raise ``CredentialsError`` unless ``host`` is this very machine: nothing leaves it unencrypted."""
    if not is_loopback(host):
        raise CredentialsError(
            f"{host}: without TLS anybody on the way could read the credentials, so nothing was sent; "
            + remedy
        )


def unreachable(error: OSError | UnicodeError, host: str) -> ChannelError:
    """Return what a connection that did not come about means: that nothing was sent.

    A name that cannot be one on the network is a ``UnicodeError``, of which Python tells before it asks.
    """
    return TransientError(f"{host}: {_cause(error)}; nothing was sent, it will be tried again")


_CAUSES: tuple[tuple[type[Exception], str], ...] = (
    (ssl.SSLCertVerificationError, "its certificate cannot be trusted"),
    (ssl.SSLError, "there is no TLS to be had at that port (check this channel's server)"),
    (socket.gaierror, "its name could not be resolved (is the address right, is there a network?)"),
    (UnicodeError, "its name is none that can be asked for (check this channel's server)"),
    (TimeoutError, "no connection in time"),
    (ConnectionRefusedError, "the connection was refused"),
)


def _cause(error: OSError | UnicodeError) -> str:
    for kind, words in _CAUSES:
        if isinstance(error, kind):
            return words
    return f"it cannot be reached ({getattr(error, 'strerror', None) or type(error).__name__})"
