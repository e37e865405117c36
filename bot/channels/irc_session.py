"""One visit to an IRC server: enter every room, say one line in each, leave.

A line counts as said when the server echoed it (https://ircv3.net/specs/extensions/echo-message) or, where it
echoes nothing, answered a PING that was sent after it: a server takes the lines of a connection in their
order. Nothing is said before every room has been entered.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.channels.irc_lines import MOST_BYTES, fold, write
from bot.channels.irc_rooms import Rooms
from bot.channels.irc_wire import WireError
from bot.errors import AmbiguousError, ChannelError, RejectedError, TransientError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.channels.irc_lines import Message
    from bot.channels.irc_login import Welcome
    from bot.channels.irc_wire import Wire

_MARK = "said"  # what our PING holds
_VOICE = 5.0  # seconds for services to see us come in
_LEAVING = 2.0
_UNKNOWN_COMMAND, _TOO_FEW = 421, 461
# The line itself cannot be said: no text, no such target, too long (https://modern.ircdocs.horse/#numerics).
_UNSAYABLE = frozenset({411, 412, 413, 414, 415, 417})


@dataclass(kw_only=True, slots=True)
class _Verdicts:
    """What became of a line: the id that the server gave its echo in a room, refusals there or anywhere."""

    echoed: dict[str, str | None] = field(default_factory=dict)
    refused: dict[str, Message] = field(default_factory=dict)
    unplaced: list[Message] = field(default_factory=list)


class Session:
    """A visit over ``wire`` after the ``welcome``; ``host`` is for messages, a step has ``patience`` seconds.

    ``shown_as`` is how the server shows us to others: ``nick!user@host``.
    """

    def __init__(self, wire: Wire, welcome: Welcome, *, host: str, patience: float) -> None:
        self._wire = wire
        self._nick = welcome.nick
        self._echoes = welcome.echoes
        self._host = host
        self._patience = patience
        self.shown_as = welcome.nick

    def enter(self, names: Sequence[str]) -> None:
        """Join every room, and wait until we may speak there.

        Raises ``WireError`` or ``TransientError``: nothing was said.
        """
        deadline = time.monotonic() + self._patience
        rooms = Rooms(names, self._nick)
        self._send(*(write("JOIN", name) for name in names))
        while not rooms.entered:
            message = self._wire.receive(deadline)
            if message.command == "JOIN" and message.is_from(self._nick) and message.params:
                self.shown_as = message.source
                self._send(write("MODE", message.params[0]))
            if room := rooms.shut(message):
                raise TransientError(
                    f"{self._host}: cannot enter {room}: {self._words(message)}; nothing was said in any "
                    "room; see to it that the bot may, or take the room off the list"
                )
            rooms.note(message)
        self._await_voice(rooms)

    def say(self, command: str, rooms: Sequence[str], text: str) -> str | None:
        """Say ``text`` once in each room; return the id that the server gave it in the first, if any.

        Raises ``RejectedError`` or ``TransientError`` where no room has it, ``AmbiguousError`` where one may.
        """
        lines = [write(command, room, text) for room in rooms]
        longest = max(map(len, lines)) + len(f":{self.shown_as} ".encode())
        if longest > MOST_BYTES:
            raise RejectedError(
                f"{self._host}: the server shows the bot as {self.shown_as}, which makes this line "
                f"{longest - MOST_BYTES} bytes too long; use a shorter nick, or a template that says less"
            )
        try:
            self._send(*lines, write("PING", _MARK))
            verdicts = self._listen(command, rooms)
        except WireError as error:
            raise AmbiguousError(
                f"{self._host}: {error} before it was sure that {_listed(rooms)} had the line; it may be "
                "public: look there"
            ) from error
        return self._judge(verdicts, rooms)

    def leave(self) -> None:
        """Say good-bye; whatever happens now changes nothing."""
        with suppress(WireError):
            self._send(write("QUIT", "done"))
            deadline = time.monotonic() + min(_LEAVING, self._patience)
            while True:
                self._wire.receive(deadline)

    def _await_voice(self, rooms: Rooms) -> None:
        """Wait until services have given us a voice where not everybody may speak."""
        deadline = time.monotonic() + min(_VOICE, self._patience)
        while silent := rooms.silent:
            try:
                message = self._wire.receive(deadline)
            except WireError as error:
                if time.monotonic() < deadline:
                    raise
                raise TransientError(
                    f"{self._host}: not everybody may speak in {_listed(silent)}, and the bot has no voice "
                    "there; nothing was said in any room; ask an operator to give it one whenever it comes in"
                ) from error
            if message.command == "MODE" and fold(self._nick) in map(fold, message.params[2:]):
                self._send(write("NAMES", message.params[0]))
            rooms.note(message)

    def _listen(self, command: str, names: Sequence[str]) -> _Verdicts:
        """Read until our PING is answered: whatever there is to say of the lines has been said by then."""
        deadline = time.monotonic() + self._patience
        rooms = Rooms(names, self._nick)
        verdicts = _Verdicts()
        while True:
            message = self._wire.receive(deadline)
            if message.command == "PONG" and message.params[-1:] == (_MARK,):
                return verdicts
            named = rooms.named_in(message)
            if message.command == command and message.is_from(self._nick):
                verdicts.echoed.update(dict.fromkeys(named[:1], message.msgid))
            elif message.is_error or (message.command == "FAIL" and command in message.params):
                verdicts.refused.update(dict.fromkeys(named, message))
                of_the_line = message.number in {None, _UNKNOWN_COMMAND, _TOO_FEW, *_UNSAYABLE}
                if not named and of_the_line:
                    verdicts.unplaced.append(message)

    def _judge(self, verdicts: _Verdicts, rooms: Sequence[str]) -> str | None:
        refused = dict(verdicts.refused)
        if verdicts.unplaced and len(verdicts.unplaced) + len(refused) == len(rooms):
            refused |= dict.fromkeys((room for room in rooms if room not in refused), verdicts.unplaced[0])
        taken = [room for room in rooms if room not in refused]
        reasons = [f"{room} refused it: {self._words(message)}" for room, message in refused.items()]
        if not taken:
            raise self._refused(refused[rooms[0]], reasons)
        reasons += (f"some room refused it: {self._words(message)}" for message in verdicts.unplaced)
        if self._echoes:
            reasons += (
                f"the server did not echo it from {room}" for room in taken if room not in verdicts.echoed
            )
        if reasons:
            raise AmbiguousError(
                f"{self._host}: {'; '.join(reasons)}; it may be public in {_listed(taken)}: look there"
            )
        return verdicts.echoed.get(rooms[0])

    def _refused(self, message: Message, reasons: Sequence[str]) -> ChannelError:
        """Return what it means that no room has it: the line is at fault, or we are."""
        said = f"{self._host}: {'; '.join(reasons)}; nothing is public"
        if message.number in _UNSAYABLE:
            return RejectedError(said)
        return TransientError(f"{said}; ask the operators of the room what it takes to speak there")

    def _words(self, message: Message) -> str:
        return self._wire.hide(message.words) or message.command

    def _send(self, *lines: bytes) -> None:
        self._wire.send(*lines, within=self._patience)


def _listed(rooms: Iterable[str]) -> str:
    return ", ".join(rooms)
