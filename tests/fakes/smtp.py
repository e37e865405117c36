"""A mail server on loopback: https://www.rfc-editor.org/rfc/rfc5321, as much of it as a sender needs.

What a client of good manners never does is noted in ``complaints``, and so is what is wrong with a mail.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as NoBase64Error
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.fakes.faults import Fault
from tests.fakes.line_server import LineServer
from tests.fakes.mailbox import Mail, complaints_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.network import Visible

NAME = "mail.fake.example"
DOT = "the dot"
OK = "250 2.0.0 Ok"


@dataclass(kw_only=True)
class SmtpMemory:
    """What has been taken, and how the server is set up.

    ``users`` may log in; with none, everybody may send. ``refused`` maps what a command's line holds to the
    answer that it then gets, in lower case: an address, or ``data``. ``offers`` are its extensions.
    """

    mails: list[Mail] = field(default_factory=list)
    users: dict[str, str] = field(default_factory=lambda: {"herald": "good-password"})
    refused: dict[str, str] = field(default_factory=dict)
    offers: tuple[str, ...] = ("SIZE 1000000", "ENHANCEDSTATUSCODES", "AUTH PLAIN")
    greeting: str = f"220 {NAME} ESMTP"

    def visible(self) -> list[Visible]:
        return [mail.visible() for mail in self.mails]


@dataclass(kw_only=True)
class SmtpServer(LineServer[SmtpMemory]):
    """The server: ``with SmtpServer() as server``, then ``server.url`` and ``server.memory.mails``."""

    posting = DOT
    scheme = "smtp"
    writing = (DOT,)

    memory: SmtpMemory = field(default_factory=SmtpMemory)

    def converse(self) -> Session:
        return Session(self)


class Session:
    """One client's connection."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self.over = False
        self._greeted = False
        self._user: str | None = None
        self._asked_for: str | None = None
        self._sender: str | None = None
        self._recipients: list[str] = []
        self._content: list[bytes] | None = None

    def greeting(self) -> bytes:
        return f"{self._server.memory.greeting}\r\n".encode()

    def name(self, line: bytes) -> str | None:
        if self._content is not None:
            return DOT if line == b".\r\n" else None
        if self._asked_for is not None:
            return "AUTH response"
        command, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
        return "AUTH" if command.upper() == "AUTH" else f"{command.upper()} {rest}".strip()

    def look(self, fault: Fault, name: str) -> bytes:  # noqa: ARG002 - the protocol's own
        if fault is Fault.REJECTED:
            return b"554 5.7.1 This mail is not liked here\r\n"
        if fault is Fault.UNAUTHORISED:
            return b"535 5.7.8 Error: authentication failed\r\n"
        self.over = True
        words = {
            Fault.RATE_LIMITED: "451 4.7.1 Too many mails, come back later",
            Fault.BROKEN: "451 4.3.0 Error: queue file write error",
            Fault.MAINTENANCE: "421 4.3.2 Service shutting down",
            Fault.INTERCEPTED: "<!DOCTYPE html><title>Log in</title>",
            Fault.ACCEPTED_BROKEN: "\ufffd\ufffd",
            Fault.ACCEPTED_GARBLED: "HTTP/1.1 200 OK",
        }[fault]
        return f"{words}\r\n".encode()

    def answer(self, line: bytes) -> bytes:
        if self._content is not None:
            return self._take(line)
        if not line.endswith(b"\r\n") or len(line) > 512:
            self._complain(f"not a line of at most 512 bytes that ends with CR LF: {line[:60]!r}")
        text = line.decode("utf-8", "replace").strip()
        command = text.partition(" ")[0].upper()
        if self._asked_for is not None:
            return self._authenticated(text)
        for part, refusal in self._server.memory.refused.items():
            if part in text.lower():
                return f"{refusal}\r\n".encode()
        handlers: dict[str, Callable[[str], str]] = {
            "EHLO": self._ehlo,
            "AUTH": self._auth,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": self._rset,
            "NOOP": lambda _: OK,
            "QUIT": self._quit,
        }
        if command not in handlers:
            self._complain(f"unknown command {command}")
            return b"500 5.5.2 Error: command not recognized\r\n"
        if not self._greeted and command not in {"EHLO", "QUIT", "NOOP"}:
            self._complain(f"{command} before EHLO")
        return f"{handlers[command](text)}\r\n".encode()

    def _complain(self, words: str) -> None:
        self._server.complaints.append(words)

    def _ehlo(self, text: str) -> str:
        if not re.fullmatch(r"(?i)EHLO (\[[0-9a-fA-F.:v]+\]|[A-Za-z0-9.-]+)", text):
            self._complain(f"a name that is none: {text}")
        self._greeted = True
        lines = [NAME, *self._server.memory.offers]
        return "\r\n".join([*(f"250-{line}" for line in lines[:-1]), f"250 {lines[-1]}"])

    def _auth(self, text: str) -> str:
        _, mechanism, *initial = text.split()
        if mechanism.upper() != "PLAIN":
            self._complain(f"AUTH {mechanism} where PLAIN is offered")
        if not initial:
            self._asked_for = mechanism
            return "334 "
        return self._authenticated(initial[0]).decode().strip()

    def _authenticated(self, response: str) -> bytes:
        self._asked_for = None
        try:
            _, user, password = b64decode(response, validate=True).decode().split("\0")
        except (NoBase64Error, ValueError):
            self._complain("AUTH with a response that is none")
            return b"501 5.5.2 Cannot decode response\r\n"
        if self._server.memory.users.get(user) != password:
            return f"535 5.7.8 Error: {user} may not come in with {password} ({response})\r\n".encode()
        self._user = user
        return b"235 2.7.0 Authentication successful\r\n"

    def _mail(self, text: str) -> str:
        found = re.fullmatch(r"(?i)MAIL FROM:<([^<>\s]+@[^<>\s]+)>(?: SIZE=([0-9]+))?", text)
        if not found:
            self._complain(f"not a sender: {text}")
            return "501 5.5.4 Syntax: MAIL FROM:<address>"
        if self._server.memory.users and self._user is None:
            return "530 5.7.0 Authentication required"
        if self._sender is not None:
            self._complain("MAIL within a mail")
        if found[2] and int(found[2]) > 1_000_000:
            return "552 5.3.4 Message size exceeds fixed limit"
        self._sender = found[1]
        return OK

    def _rcpt(self, text: str) -> str:
        found = re.fullmatch(r"(?i)RCPT TO:<([^<>\s]+@[^<>\s]+)>", text)
        if not found or self._sender is None:
            self._complain(f"not a recipient: {text}")
            return "501 5.5.4 Syntax: RCPT TO:<address>"
        self._recipients.append(found[1])
        return OK

    def _data(self, _: str) -> str:
        if not self._recipients:
            self._complain("DATA without a recipient")
            return "503 5.5.1 Error: need RCPT command"
        self._content = []
        return "354 End data with <CR><LF>.<CR><LF>"

    def _take(self, line: bytes) -> bytes:
        assert self._content is not None
        if line != b".\r\n":
            self._content.append(line.removeprefix(b"."))
            return b""
        content, sender = b"".join(self._content), self._sender or ""
        self._server.complaints += complaints_of(content)
        self._server.memory.mails.append(
            Mail(sender=sender, recipients=tuple(self._recipients), content=content)
        )
        self._content = None
        self._rset("")
        return b"250 2.0.0 Ok: queued as 4F2A\r\n"

    def _rset(self, _: str) -> str:
        self._sender, self._recipients = None, []
        return OK

    def _quit(self, _: str) -> str:
        self.over = True
        return "221 2.0.0 Bye"
