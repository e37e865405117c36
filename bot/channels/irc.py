"""IRC (https://modern.ircdocs.horse/): one line in each of a few rooms.

Nobody keeps what was said, so nothing can be read back, edited or deleted, and a connection that breaks at
the wrong moment leaves a doubt that only somebody who was in the room can settle. Each line is a visit:
connect, log in, enter, say, leave.
"""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.channels import irc_lines as lines
from bot.channels.http import host_of
from bot.channels.irc_login import Visitor, Welcome, log_in
from bot.channels.irc_session import Session
from bot.channels.irc_wire import Wire, WireError, connect
from bot.channels.sockets import unreachable
from bot.errors import CredentialsError, PermanentError, RejectedError, TransientError
from bot.model import (
    Account,
    Capabilities,
    Limits,
    NetworkSpec,
    Option,
    OptionKind,
    Receipt,
    Unit,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from bot.channels.base import Facilities
    from bot.channels.http import Timeout
    from bot.config import ChannelConfig
    from bot.model import Outgoing, RemotePost

_GAP = ": "  # between a content warning and its text

SPEC = NetworkSpec(
    network="irc",
    title="IRC",
    capabilities=Capabilities(),
    defaults=Limits(text=390, unit=Unit.BYTES, media=0, gap=_GAP),
    server="ircs://irc.libera.chat:6697",
    schemes=("ircs",),
    local_schemes=("irc",),
    optional_secrets={"password": "account"},
    options=(
        Option(
            name="nick",
            kind=OptionKind.TEXT,
            help="the nick that the bot is to have",
            required=True,
            wrong=lines.wrong_nick,
            example="NewsBot",
        ),
        Option(
            name="rooms",
            kind=OptionKind.LIST,
            help="the rooms in which all is said, at least one",
            required=True,
            wrong=lines.wrong_room,
            example=("#mediawiki-news",),
        ),
        Option(
            name="account",
            kind=OptionKind.TEXT,
            help="the account that the bot logs in to by SASL",
            wrong=lines.wrong_account,
            example="NewsBot",
        ),
        Option(
            name="realname",
            kind=OptionKind.TEXT,
            help="who the bot says it is; where its people are found is added",
            default="Wikiherald",
        ),
        Option(
            name="says",
            kind=OptionKind.TEXT,
            help="how the news is said; other programs are not to answer a notice",
            default="message",
            choices=("message", "notice"),
        ),
    ),
)

_COMMANDS = {"message": "PRIVMSG", "notice": "NOTICE"}
_LONGEST_REALNAME = 100


def open_channel(config: ChannelConfig, facilities: Facilities) -> IrcChannel:
    """Open the channel that ``config`` describes; no request leaves."""
    options = config.options
    account, rooms = options.get("account"), options.get("rooms")
    return IrcChannel(
        name=config.name,
        server=config.server,
        visitor=Visitor(
            nick=str(options.get("nick")),
            realname=_realname(str(options.get("realname")), facilities.http.contact),
            account=str(account) if account else None,
            password=config.secrets.get("password"),
        ),
        rooms=rooms if isinstance(rooms, tuple) else (),
        command=_COMMANDS[str(options.get("says"))],
        timeout=facilities.http.timeout,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Visit:
    """We are in every room and may speak; ``tls`` is its version, ``None`` where there is none."""

    session: Session
    welcome: Welcome
    tls: str | None


class IrcChannel:
    """A visitor of the ``rooms`` of one server.

    ``timeout`` is in seconds, for connecting and for each step after that; ``context`` is for a server whose
    certificate the system does not know.
    """

    capabilities = SPEC.capabilities

    def __init__(
        self,
        *,
        name: str,
        server: str,
        visitor: Visitor,
        rooms: Sequence[str],
        command: str,
        timeout: Timeout,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.name = name
        self._server = server
        self._visitor = visitor
        self._rooms = tuple({lines.fold(room): room for room in rooms}.values())
        self._command = command
        self._connecting, self._patience = timeout
        self._context = context

    def limits(self) -> Limits:
        """Return what goes into one line however long the server makes the bot's user and host names."""
        mask = lines.longest_mask(self._visitor.nick)
        most = min(lines.capacity(self._command, room, mask) for room in self._rooms)
        return replace(SPEC.defaults, text=most)

    def account(self) -> Account:
        """Log in and enter the rooms, as before every line, and say nothing."""
        with self._visit() as visit:
            known = f"logged in as {self._visitor.account}" if visit.welcome.logged_in else "not logged in"
            return Account(
                name=f"{visit.welcome.nick} on {self._host}",
                notes=(
                    f"everybody sees the bot as {visit.session.shown_as}, {known}",
                    f"it may speak in {', '.join(self._rooms)}",
                    f"the connection is {f'encrypted ({visit.tls})' if visit.tls else 'not encrypted'}",
                ),
            )

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Say the part as one line in every room.

        Nothing is said before all rooms have been entered. One that refuses the line then, when another has
        it already, leaves a doubt.
        """
        if outgoing.attachments or outgoing.reply_to:
            raise RejectedError(f"{self._host}: a line of IRC has no pictures and answers no other line")
        text = self._line(outgoing)
        with self._visit() as visit:
            msgid = visit.session.say(self._command, self._rooms, text)
        return Receipt(remote_id=msgid or outgoing.key)

    def recent(self, since: datetime) -> Sequence[RemotePost]:  # noqa: ARG002 - the protocol's own
        """Nobody keeps what was said."""
        raise PermanentError(f"{self._host}: what was said on IRC cannot be read back")

    def edit(self, receipt: Receipt, outgoing: Outgoing) -> Receipt:  # noqa: ARG002 - the protocol's own
        """What was said was said."""
        raise PermanentError(f"{self._host}: what was said on IRC cannot be changed")

    def delete(self, receipt: Receipt) -> None:  # noqa: ARG002 - the protocol's own
        """What was said was said."""
        raise PermanentError(f"{self._host}: what was said on IRC cannot be taken back")

    @property
    def _host(self) -> str:
        return host_of(self._server)

    def _line(self, outgoing: Outgoing) -> str:
        text, warning = lines.one_line(outgoing.part.text), lines.one_line(outgoing.content_warning or "")
        if not text:
            raise RejectedError(f"{self._host}: there is no text, and nothing else can be said here")
        line = warning + _GAP + text if warning else text
        length, most = len(line.encode()), self.limits().text
        if most is not None and length > most:
            raise RejectedError(
                f"{self._host}: {length} bytes are more than the {most} that go into a line here"
            )
        return line

    @contextmanager
    def _visit(self) -> Iterator[_Visit]:
        """Enter all rooms for the time of the block. What breaks on the way in has left nothing behind."""
        if self._visitor.account and self._visitor.password is None:
            raise CredentialsError(
                f"{self.name}: there is no password for the account {self._visitor.account}; put it into the "
                "environment variable that password_env names"
            )
        try:
            context = self._context or ssl.create_default_context()
            connection = connect(self._server, context=context, timeout=self._connecting)
        except (OSError, UnicodeError) as error:
            raise unreachable(error, self._host) from error
        wire = Wire(connection, hide=self._visitor.hide)
        try:
            welcome = log_in(wire, self._visitor, host=self._host, patience=self._patience)
            session = Session(wire, welcome, host=self._host, patience=self._patience)
            try:
                session.enter(self._rooms)
            except WireError as error:
                raise TransientError(
                    f"{self._host}: {error}; nothing was said, it will be tried again"
                ) from error
            yield _Visit(session=session, welcome=welcome, tls=wire.tls)
            session.leave()
        finally:
            wire.close()


def _realname(realname: str, contact: str) -> str:
    """Return who we are and where our people are found, as far as a server shows it."""
    whole = lines.one_line(f"{realname} ({contact})")
    return whole.encode()[:_LONGEST_REALNAME].decode("utf-8", "ignore")
