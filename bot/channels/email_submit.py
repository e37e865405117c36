"""Handing a mail to a server (https://www.rfc-editor.org/rfc/rfc5321); each failure says what it means.

The server has the mail when it has answered the dot that ends it. Whatever fails before that dot leaves is
surely not sent, whatever is answered with 4xx or 5xx neither; no answer to the dot, or none that makes sense,
leaves a doubt.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from base64 import b64encode
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.channels.sockets import is_loopback, unreachable
from bot.errors import AmbiguousError, ChannelError, CredentialsError, RejectedError, TransientError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.channels.http import Timeout
    from bot.model import Secret

_PORTS = {"smtps": 465, "smtp": 587}
_FOR_THE_DOT = 4  # times the usual patience: servers look for spam before they answer it
_LEAVING = 2.0  # seconds
_TOO_BIG = 552
_LOGIN = frozenset({530, 534, 535, 538})
_LONGEST_WORDS = 300
_LOGINS = frozenset({"CRAM-MD5", "PLAIN", "LOGIN"})  # what smtplib knows


@dataclass(frozen=True, kw_only=True, slots=True)
class Relay:
    """The server that takes our mails; ``plain_is_fine`` on this very machine, where nobody is in between."""

    host: str
    port: int
    tls: bool
    plain_is_fine: bool

    @classmethod
    def at(cls, server: str) -> Relay:
        """Return the one at ``smtps://host:port`` or ``smtp://host:port``."""
        address = urlsplit(server)
        host = address.hostname or ""
        return cls(
            host=host,
            port=address.port or _PORTS[address.scheme],
            tls=address.scheme == "smtps",
            plain_is_fine=is_loopback(host),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """A user of the server, with the password."""

    user: str
    password: Secret

    def hide(self, words: str) -> str:
        """Return what a server said without the password that it may have repeated."""
        secret = self.password.reveal()
        for sent in (f"\0{self.user}\0{secret}", f"{self.user}\0{self.user}\0{secret}", secret):
            words = words.replace(b64encode(sent.encode()).decode(), "***")
        return words.replace(secret, "***")


class Submission:
    """An open connection to the relay that has let us in; see ``submission``."""

    def __init__(self, smtp: smtplib.SMTP, relay: Relay, login: Login | None, timeout: Timeout) -> None:
        self._smtp = smtp
        self._relay = relay
        self._login = login
        self._patience = timeout[1]

    @property
    def tls(self) -> str | None:
        """The version of TLS, ``None`` where there is none."""
        return self._smtp.sock.version() if isinstance(self._smtp.sock, ssl.SSLSocket) else None

    @property
    def most_bytes(self) -> int | None:
        """The size of the biggest mail that the server takes, where it says so."""
        size = self._smtp.esmtp_features.get("size", "")
        return int(size) or None if size.isdecimal() else None

    def begin(self, context: ssl.SSLContext) -> None:
        """Agree on TLS where there is none yet, and log in."""
        self._must(250, self._smtp.ehlo(), "greet it")
        if not self._relay.tls and (not self._relay.plain_is_fine or self._waits_for_tls):
            if not self._smtp.has_extn("starttls"):
                raise self._offers_no("TLS")
            self._smtp.starttls(context=context)
            self._must(250, self._smtp.ehlo(), "greet it")
        if self._login is not None:
            self._log_in(self._login)

    def ask(self, sender: str, recipients: Sequence[str]) -> None:
        """Ask whether a mail from ``sender`` to ``recipients`` would be taken, and send none."""
        self._address(sender, recipients, size=None)
        self._smtp.rset()

    def send(self, sender: str, recipients: Sequence[str], mail: bytes) -> None:
        """Send the ``mail``, lines that end with CR LF, to all ``recipients`` or to none.

        Raises ``AmbiguousError`` where the server may have it; after any other error it has not.
        """
        self._address(sender, recipients, size=len(mail))
        self._must(354, self._smtp.docmd("DATA"), "send it a mail")
        self._smtp.send(re.sub(rb"(?m)^\.", b"..", mail))
        try:
            _patient(self._smtp, self._patience * _FOR_THE_DOT)
            answer = self._smtp.docmd(".")
        except (OSError, ValueError) as error:
            raise AmbiguousError(
                f"{self._relay.host}: {_how(error)} when the mail had left; it may have arrived: look there"
            ) from None
        if answer[0] != 250 and not 400 <= answer[0] < 600:
            raise AmbiguousError(
                f"{self._relay.host}: the answer to the mail makes no sense; it may have arrived: look there"
            )
        self._must(250, answer, "send it this mail", refused=RejectedError)

    def leave(self) -> None:
        """Say good-bye; whatever happens now changes nothing."""
        with suppress(OSError, ValueError):
            _patient(self._smtp, min(_LEAVING, self._patience))
            self._smtp.quit()

    def refusal(
        self, code: int, words: bytes | str, what: str, *, refused: type[ChannelError] = CredentialsError
    ) -> ChannelError:
        """Return what a refusal means (https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1)."""
        reason = self._printable(words) or "it does not say why"
        said = f"{self._relay.host}: we may not {what}: {reason} ({code})"
        if code in _LOGIN:
            return CredentialsError(f"{said}; check the user and the password")
        if code >= 500:
            return refused(f"{said}; nothing was sent")
        return TransientError(f"{said}; nothing was sent, it will be tried again")

    @property
    def _waits_for_tls(self) -> bool:
        """Whether the server lets us log in only over TLS."""
        return self._login is not None and not self._smtp.has_extn("auth")

    def _log_in(self, login: Login) -> None:
        if _LOGINS.isdisjoint(self._smtp.esmtp_features.get("auth", "").split()):
            raise self._offers_no("login")
        if not (login.user + login.password.reveal()).isascii():
            raise CredentialsError(
                f"{self._relay.host}: user and password must be of ASCII to be sent; set others there"
            )
        self._smtp.login(login.user, login.password.reveal())

    def _address(self, sender: str, recipients: Sequence[str], *, size: int | None) -> None:
        """Name sender and recipients; one that is refused means that nobody gets the mail."""
        options = [f"SIZE={size}"] if size and self._smtp.has_extn("size") else []
        answer = self._smtp.mail(sender, options)
        if answer[0] == _TOO_BIG:
            self._must(250, answer, "send it a mail of this size", refused=RejectedError)
        self._must(250, answer, f"send mail from {sender}")
        for recipient in recipients:
            code, words = self._smtp.rcpt(recipient)
            if code != 251:  # it is forwarded
                self._must(250, (code, words), f"send mail to {recipient}, so nobody got it")

    def _must(
        self,
        expected: int,
        answer: tuple[int, bytes],
        what: str,
        *,
        refused: type[ChannelError] = CredentialsError,
    ) -> None:
        """Raise what an answer means that is not the ``expected`` one: surely that nothing was sent.

        A refusal of us, and not of a mail, is no fault of an item: the channel rests, and all waits.
        """
        code, words = answer
        if code != expected:
            raise self.refusal(code, words, what, refused=refused)

    def _offers_no(self, what: str) -> ChannelError:
        return CredentialsError(
            f"{self._relay.host}: the server offers no {what} at port {self._relay.port}; nothing was sent; "
            "servers take mail from their users at port 465 (smtps://) or 587 (smtp://)"
        )

    def _printable(self, words: bytes | str) -> str:
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        text = self._login.hide(text) if self._login else text
        line = " ".join("".join(one if one.isprintable() else " " for one in text).split())
        return line if len(line) <= _LONGEST_WORDS else line[: _LONGEST_WORDS - 1] + "…"


@contextmanager
def submission(
    relay: Relay, login: Login | None, *, timeout: Timeout, context: ssl.SSLContext
) -> Iterator[Submission]:
    """Connect and log in for the time of the block; whatever fails there before a dot was surely not sent.

    ``timeout`` is in seconds, for connecting and for each answer.
    """
    smtp = _connected(relay, timeout, context)
    session = Submission(smtp, relay, login, timeout)
    try:
        _patient(smtp, timeout[1])
        session.begin(context)
        yield session
        session.leave()
    except ChannelError:
        raise
    except smtplib.SMTPResponseException as error:
        raise session.refusal(error.smtp_code, error.smtp_error, "log in") from None
    except ssl.SSLError as error:
        raise unreachable(error, relay.host) from error
    except (OSError, ValueError) as error:
        raise TransientError(
            f"{relay.host}: {_how(error)}; nothing was sent, it will be tried again"
        ) from None
    finally:
        smtp.close()


def _connected(relay: Relay, timeout: Timeout, context: ssl.SSLContext) -> smtplib.SMTP:
    try:
        if relay.tls:
            return smtplib.SMTP_SSL(relay.host, relay.port, timeout=timeout[0], context=context)
        return smtplib.SMTP(relay.host, relay.port, timeout=timeout[0])
    except smtplib.SMTPException:
        raise TransientError(
            f"{relay.host}: no mail server greeted us there; nothing was sent, it will be tried again"
        ) from None
    except (OSError, UnicodeError) as error:
        raise unreachable(error, relay.host) from error


def _patient(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)


def _how(error: Exception) -> str:
    """Return how a connection ended; smtplib has put what it met behind an error of its own."""
    late = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
    return "no answer in time" if late else "the connection broke"
