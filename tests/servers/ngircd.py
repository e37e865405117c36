"""A real IRC server on loopback, plain and with TLS, and people who sit in its rooms."""

from __future__ import annotations

import os
import socket
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.servers import certificates, debian
from tests.servers.process import free_port, listens, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.certificates import Certificates

NAME = "ngIRCd"
PACKAGE = "ngircd"  # unpacked only: installed, it would begin to serve
LIBRARIES = ("libident",)
TIMEOUT = 30.0
# Where only who has a voice may speak, and where nobody can come in.
MODERATED, FULL = "#moderated", "#full"

SETTINGS = """
[Global]
Name = irc.test.example
Info = A server for tests
Listen = 127.0.0.1
Ports = {port}
ServerUID = {uid}
ServerGID = {gid}
MotdPhrase = Hello

[Limits]
MaxConnectionsIP = 0
MaxNickLength = 16
MaxPenaltyTime = 0

[Options]
DNS = no
Ident = no
PAM = no
RequireAuthPing = yes

[SSL]
CertFile = {certificate}
KeyFile = {key}
Ports = {tls_port}

[Channel]
Name = {moderated}
Modes = +tnm

[Channel]
Name = {full}
Modes = +tnl 0
"""


@dataclass(kw_only=True, slots=True)
class NgIrcd:
    """A running server: ``url`` is the plain one, ``tls_url`` the other."""

    url: str
    tls_url: str
    certificates: Certificates
    _port: int

    @contextmanager
    def listener(self, nick: str, *rooms: str) -> Iterator[Listener]:
        """Sit in some rooms and hear what is said there."""
        with socket.create_connection(("127.0.0.1", self._port), timeout=TIMEOUT) as connection:
            listener = Listener(connection, nick)
            listener.send(f"NICK {nick}", f"USER {nick} 0 * :A listener")
            listener.hear(" 001 ")
            for room in rooms:
                listener.send(f"JOIN {room}")
                listener.hear(f" 366 {nick} {room}")
            yield listener


class Listener:
    """Somebody in a room; lines are as bytes, just as the server gave them."""

    def __init__(self, connection: socket.socket, nick: str) -> None:
        self._connection = connection
        self._lines = connection.makefile("rb")
        self.nick = nick

    def send(self, *lines: str) -> None:
        self._connection.sendall("".join(f"{line}\r\n" for line in lines).encode())

    def hear(self, words: str) -> bytes:
        """Return the next line that holds ``words``."""
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            line = self._lines.readline()
            if not line:
                break
            if line.startswith(b"PING "):
                self.send(line.decode().strip().replace("PING", "PONG", 1))
            if words.encode() in line:
                return line
        raise AssertionError(f"{self.nick} has not heard {words!r}")

    def heard(self) -> list[bytes]:
        """Return every line of whoever spoke in a room up to now."""
        self.send("PING :now")
        lines: list[bytes] = []
        while b":now" not in (line := self.hear("")):
            if b" PRIVMSG #" in line or b" NOTICE #" in line:
                lines.append(line)
        return lines


@contextmanager
def serve(folder: Path) -> Iterator[NgIrcd]:
    """Run a fresh server in ``folder``; raises ``Unavailable`` where this machine cannot."""
    debian.install(NAME, LIBRARIES)
    program = debian.unpack(NAME, (PACKAGE,), lambda _: None) / "usr/sbin/ngircd"
    folder.mkdir(parents=True)
    made = certificates.make(folder / "tls")
    port, tls_port = free_port(), free_port()
    settings = folder / "ngircd.conf"
    settings.write_text(
        SETTINGS.format(
            port=port,
            tls_port=tls_port,
            uid=os.getuid(),
            gid=os.getgid(),
            certificate=made.certificate,
            key=made.key,
            moderated=MODERATED,
            full=FULL,
        )
    )
    with running(
        NAME,
        [str(program), "--nodaemon", "--config", str(settings)],
        log=folder / "server.log",
        environment=os.environ,
        ready=lambda: listens(port) and listens(tls_port),
    ):
        yield NgIrcd(
            url=f"irc://127.0.0.1:{port}",
            tls_url=f"ircs://127.0.0.1:{tls_port}",
            certificates=made,
            _port=port,
        )
