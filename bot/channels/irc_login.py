"""Logging in to an IRC server: capabilities, SASL, a nick (https://modern.ircdocs.horse/#connection-registration)."""

from __future__ import annotations

import re
import time
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.channels.irc_lines import user_name, write
from bot.channels.irc_wire import WireError
from bot.channels.verdict import USUAL_WAIT
from bot.errors import ChannelError, CredentialsError, RateLimited, TransientError

if TYPE_CHECKING:
    from bot.channels.irc_lines import Message
    from bot.channels.irc_wire import Wire
    from bot.model import Secret

_WANTED = frozenset({"echo-message", "message-tags"})
_PIECE = 400  # bytes of a response to SASL, https://ircv3.net/specs/extensions/sasl-3.1
_TRY_AGAIN, _UNKNOWN_COMMAND, _LOGGED_IN = 263, 421, 903
_NICK_TAKEN = frozenset({433, 436, 437})
_NICK_UNFIT = frozenset({431, 432})
_SHUT_OUT = frozenset({463, 464, 465, 466, 902, 904, 905, 906, 908})
_TOO_OFTEN = re.compile(r"throttl|too (fast|many|often)|flood", re.IGNORECASE)
_BANNED = re.compile(r"bann?ed|\b[kgz]-?lined?\b|\bsasl\b|password|not authori[sz]ed", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Visitor:
    """Who comes: ``password`` is that of ``account``, both or neither."""

    nick: str
    realname: str
    account: str | None = None
    password: Secret | None = None

    def response(self) -> str:
        """Return what SASL's PLAIN asks for (https://www.rfc-editor.org/rfc/rfc4616), in base64."""
        if self.account is None or self.password is None:
            return ""
        return b64encode(f"{self.account}\0{self.account}\0{self.password.reveal()}".encode()).decode()

    def hide(self, words: str) -> str:
        """Return what a server said without the password that it may have repeated."""
        if self.password is None:
            return words
        return words.replace(self.response(), "***").replace(self.password.reveal(), "***")


@dataclass(frozen=True, kw_only=True, slots=True)
class Welcome:
    """What the server made of us: our nick, and whether it echoes what we say."""

    nick: str
    echoes: bool
    logged_in: bool


def log_in(wire: Wire, visitor: Visitor, *, host: str, patience: float) -> Welcome:
    """Say who we are, with SASL where there is an account, and wait for the welcome.

    ``host`` is for messages; all of it has ``patience`` seconds. Raises ``ChannelError``: nothing was said.
    """
    login = _Login(wire, visitor, host=host, patience=patience)
    deadline = time.monotonic() + patience
    login.begin()
    while True:
        try:
            message = wire.receive(deadline)
        except WireError as error:
            raise login.turned_away(error) from error
        if message.number == 1:
            return login.welcomed(message)
        login.answer(message)


class _Login:
    def __init__(self, wire: Wire, visitor: Visitor, *, host: str, patience: float) -> None:
        self._wire = wire
        self._visitor = visitor
        self._host = host
        self._patience = patience
        self._offered: set[str] = set()
        self._granted: set[str] = set()
        self._logged_in = False

    def begin(self) -> None:
        nick = self._visitor.nick
        self._send(
            write("CAP", "LS", "302"),
            write("NICK", nick),
            write("USER", user_name(nick), "0", "*", self._visitor.realname),
        )

    def welcomed(self, message: Message) -> Welcome:
        if self._visitor.account and not self._logged_in:
            raise self._no_entry("the server asked for no password")
        return Welcome(
            nick=message.params[0] if message.params else self._visitor.nick,
            echoes="echo-message" in self._granted,
            logged_in=self._logged_in,
        )

    def answer(self, message: Message) -> None:
        """Answer what the server says before it welcomes us."""
        number, words = message.number, self._wire.hide(message.words)
        if message.command == "CAP":
            self._negotiate(message)
        elif message.command == "AUTHENTICATE":
            self._authenticate()
        elif number == _LOGGED_IN:
            self._logged_in = True
            self._send(write("CAP", "END"))
        elif number in _SHUT_OUT:
            raise self._no_entry(words)
        elif number in _NICK_TAKEN:
            raise TransientError(
                f"{self._host}: the nick {self._visitor.nick} is in use: {words}; nothing was said; is "
                "another bot at work, or does the nick belong to somebody else?"
            )
        elif number in _NICK_UNFIT:
            raise CredentialsError(
                f"{self._host}: the nick {self._visitor.nick} is not taken here: {words}; choose another"
            )
        elif number == _TRY_AGAIN:
            raise self._busy(words)
        elif number == _UNKNOWN_COMMAND and "CAP" in message.params and self._visitor.account:
            raise self._no_entry("the server knows no SASL")

    def turned_away(self, error: WireError) -> ChannelError:
        """Return what it means that the connection ended before we were welcomed."""
        if _TOO_OFTEN.search(error.said):
            return self._busy(error.said)
        if _BANNED.search(error.said):
            return self._no_entry(error.said)
        return TransientError(f"{self._host}: {error}; nothing was said, it will be tried again")

    def _negotiate(self, message: Message) -> None:
        """Ask for what we can use (https://ircv3.net/specs/extensions/capability-negotiation)."""
        _, verb, more, *_ = (*message.params, "", "", "")
        words = message.params[-1].split() if message.params else ()
        names = {word.partition("=")[0] for word in words}
        if verb == "LS":
            self._offered |= names
            if more != "*":
                self._ask_for_capabilities()
        elif verb == "ACK":
            self._granted |= names
            self._send(write("AUTHENTICATE", "PLAIN") if "sasl" in names else write("CAP", "END"))
        elif verb == "NAK":
            if self._visitor.account:
                raise self._no_entry("the server takes no SASL")
            self._send(write("CAP", "END"))

    def _ask_for_capabilities(self) -> None:
        account = self._visitor.account
        if account and "sasl" not in self._offered:
            raise TransientError(
                f"{self._host}: the server offers no SASL now, so that the account {account} cannot log in "
                "(are its services down?); nothing was said, it will be tried again"
            )
        asked = sorted((_WANTED | ({"sasl"} if account else set())) & self._offered)
        self._send(write("CAP", "REQ", " ".join(asked)) if asked else write("CAP", "END"))

    def _authenticate(self) -> None:
        """Give the password, in pieces of which the last one must be shorter than the others."""
        response = self._visitor.response()
        pieces = [response[at : at + _PIECE] for at in range(0, len(response), _PIECE)]
        if pieces and len(pieces[-1]) == _PIECE:
            pieces.append("+")
        self._send(*(write("AUTHENTICATE", piece) for piece in pieces))

    def _send(self, *lines: bytes) -> None:
        try:
            self._wire.send(*lines, within=self._patience)
        except WireError as error:
            raise self.turned_away(error) from error

    def _busy(self, said: str) -> RateLimited:
        return RateLimited(
            f"{self._host}: {said}; nothing was said, it will be tried again",
            retry_at=datetime.now(UTC) + USUAL_WAIT,
        )

    def _no_entry(self, said: str) -> CredentialsError:
        return CredentialsError(
            f"{self._host}: the server does not let the bot in: {said or 'it does not say why'}; check its "
            "account and password, and whether this network takes bots from here"
        )
