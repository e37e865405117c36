"""A connection to an IRC server: lines in, lines out, and no wait without an end.

Small enough to be our own: a library's event loop decides when to read, and gives neither a deadline to each
step nor the order of the answers to what was said, on which all depends here.
"""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.channels.irc_lines import Message, parse, write
from bot.channels.sockets import refuse_plain

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

_PORTS = {"ircs": 6697, "irc": 6667}
_LONGEST = (
    16_384  # bytes of a line with its tags, far more than https://ircv3.net/specs/extensions/message-tags has
)


class WireError(Exception):
    """The connection is of no use any more; ``said`` is what the server gave as its reason."""

    def __init__(self, words: str, *, said: str = "") -> None:
        self.said = said
        super().__init__(words)


class Wire:
    """A connection; ``hide`` takes the secrets out of what the server says, which it may well repeat."""

    def __init__(self, connection: socket.socket, *, hide: Callable[[str], str]) -> None:
        self._connection = connection
        self.hide = hide
        self._buffer = b""

    @property
    def tls(self) -> str | None:
        """The version of TLS, ``None`` where there is none."""
        version: Callable[[], str | None] = getattr(self._connection, "version", lambda: None)
        return version()

    def send(self, *lines: bytes, within: float) -> None:
        """Send whole lines at once; raises ``WireError`` where it is not sure that all of them have left."""
        try:
            self._connection.settimeout(within)
            self._connection.sendall(b"".join(lines))
        except OSError as error:
            raise _broken(error) from error

    def receive(self, deadline: float) -> Message:
        """Return the next line that is not a mere PING, which is answered.

        Raises ``WireError`` when ``deadline`` (of ``time.monotonic``) is over, the connection has ended or
        the server says that it is about to.
        """
        while True:
            message = parse(self._line(deadline))
            if message.command == "ERROR":
                said = self.hide(message.words)
                raise WireError(f"the server closed the connection: {said or 'it gave no reason'}", said=said)
            if message.command != "PING":
                return message
            self.send(write("PONG", message.params[-1] if message.params else ""), within=_left(deadline))

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def _line(self, deadline: float) -> bytes:
        while b"\n" not in self._buffer:
            if len(self._buffer) > _LONGEST:
                raise WireError("what answers there does not speak IRC")
            try:
                self._connection.settimeout(_left(deadline))
                received = self._connection.recv(4096)
            except OSError as error:
                raise _broken(error) from error
            if not received:
                raise WireError("the connection broke")
            self._buffer += received
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.rstrip(b"\r")


def connect(server: str, *, context: ssl.SSLContext, timeout: float) -> socket.socket:
    """Connect to ``ircs://host:port``, or on this very machine to ``irc://``; raises ``OSError``."""
    address = urlsplit(server)
    host = address.hostname or ""
    if address.scheme == "irc":
        refuse_plain(host, "use an address with ircs:// for this channel's server")
    connection = socket.create_connection((host, address.port or _PORTS[address.scheme]), timeout)
    if address.scheme == "irc":
        return connection
    try:
        return context.wrap_socket(connection, server_hostname=host)
    except BaseException:
        connection.close()
        raise


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise WireError("no answer in time")
    return left


def _broken(error: OSError) -> WireError:
    return WireError("no answer in time" if isinstance(error, TimeoutError) else "the connection broke")
