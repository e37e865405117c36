"""The rooms of an IRC server as we come in: who has not let us in yet, and where we may not speak.

Pure: it takes in what the server says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channels.irc_lines import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.channels.irc_lines import Message

_MODES, _NAMES, _END_OF_NAMES = 324, 353, 366  # https://modern.ircdocs.horse/#numerics
_RANKS = "!~&@%+"  # what stands before the nick of one who may speak in a moderated room


class Rooms:
    """``rooms`` are their names; ``nick`` is who comes in."""

    def __init__(self, rooms: Iterable[str], nick: str) -> None:
        self._rooms = {fold(room): room for room in rooms}
        self._nick = fold(nick)
        self._outside = set(self._rooms)
        self._modes_unknown = set(self._rooms)
        self._moderated: set[str] = set()
        self._voiced: set[str] = set()

    @property
    def entered(self) -> bool:
        """Whether we are in every room and know its rules."""
        return not self._outside and not self._modes_unknown

    @property
    def silent(self) -> tuple[str, ...]:
        """The rooms where we may not speak yet."""
        return tuple(self._rooms[name] for name in sorted(self._moderated - self._voiced))

    def named_in(self, message: Message) -> tuple[str, ...]:
        """Return the rooms that a message speaks of, by the names that we were given."""
        return tuple(self._rooms[name] for name in map(fold, message.params) if name in self._rooms)

    def shut(self, message: Message) -> str | None:
        """Return the room that a message keeps us out of."""
        kept_out = message.is_error or (message.command == "FAIL" and "JOIN" in message.params)
        return next(
            (room for room in self.named_in(message) if kept_out and fold(room) in self._outside), None
        )

    def note(self, message: Message) -> None:
        """Take in what a message says of a room."""
        for name in map(fold, self.named_in(message)):
            if message.number == _END_OF_NAMES:
                self._outside.discard(name)
            elif message.number == _NAMES and self._may_speak(message.params[-1]):
                self._voiced.add(name)
            elif message.number == _MODES or message.is_error:
                self._modes_unknown.discard(name)
                if message.number == _MODES and "m" in (*message.params, "")[2]:
                    self._moderated.add(name)

    def _may_speak(self, names: str) -> bool:
        ranked = (shown for shown in names.split() if shown[0] in _RANKS)
        return any(fold(shown.lstrip(_RANKS).partition("!")[0]) == self._nick for shown in ranked)
