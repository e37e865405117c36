"""A real mail server on loopback (aiosmtpd): plain, with STARTTLS, or with TLS from the first byte."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from tests.fakes.mailbox import Mail
from tests.servers import certificates
from tests.servers.process import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aiosmtpd.smtp import Envelope, Session

    from tests.servers.certificates import Certificates

USER, PASSWORD = "herald", "correct horse"


class Security(StrEnum):
    """How a server protects what it is told."""

    PLAIN = "plain"  # and no login
    STARTTLS = "STARTTLS"  # a login only after it
    TLS = "TLS"  # from the first byte


@dataclass(kw_only=True, slots=True)
class SmtpServer:
    """A running server; ``mails`` are those that it has taken, as they came."""

    url: str
    certificates: Certificates
    mails: list[Mail] = field(default_factory=list)


class _Handler:
    def __init__(self, *, everybody: bool) -> None:
        self.mails: list[Mail] = []
        self._everybody = everybody

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002 - aiosmtpd's own
        if not (self._everybody or session.authenticated):
            return "530 5.7.0 Authentication required"
        content = envelope.original_content or b""
        self.mails.append(
            Mail(sender=str(envelope.mail_from), recipients=tuple(envelope.rcpt_tos), content=content)
        )
        return "250 Message accepted"


def _authenticate(_: SMTP, __: Session, ___: Envelope, ____: str, data: object) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=good, handled=False)


@contextmanager
def serve(folder: Path, security: Security) -> Iterator[SmtpServer]:
    """Run a server with a certificate of an authority of its own."""
    made = certificates.make(folder)
    handler = _Handler(everybody=security is Security.PLAIN)
    options: dict[str, Any] = {"hostname": "127.0.0.1", "port": free_port()}
    if security is not Security.PLAIN:
        options |= {"authenticator": _authenticate}
    if security is Security.STARTTLS:
        options |= {"tls_context": made.serving(), "require_starttls": True}
    elif security is Security.TLS:
        options |= {"ssl_context": made.serving(), "auth_require_tls": False}  # it is there already
    controller = Controller(handler, server_hostname="mail.test.example", **options)
    controller.start()
    try:
        scheme = "smtps" if security is Security.TLS else "smtp"
        url = f"{scheme}://127.0.0.1:{options['port']}"
        yield SmtpServer(url=url, certificates=made, mails=handler.mails)
    finally:
        controller.stop()
