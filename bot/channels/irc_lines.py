"""Lines of IRC: how they are read and written, and how much text goes into one.

https://modern.ircdocs.horse/#message-format; pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_BYTES = 512  # of a line, with its CR LF and whatever the server puts in front of it; tags count apart
# What a server may show of us before it has: its sign for an unverified name, our user name, a host name.
LONGEST_USER = 10
LONGEST_HOST = 63
# ngIRCd, solanum, InspIRCd and UnrealIRCd compare names so, or take letters of ASCII alone: both fold here.
_FOLDING = str.maketrans("[]\\^", "{}|~")
_TAGS = re.compile(rb"@(?P<tags>[^ ]*) +")
_BREAKS = re.compile(r" *[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+ *")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ESCAPES = {"\\:": ";", "\\s": " ", "\\\\": "\\", "\\r": "\r", "\\n": "\n"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A line as it was meant; ``source`` is ``nick!user@host`` or a server's name."""

    command: str
    params: tuple[str, ...] = ()
    source: str = ""
    msgid: str | None = None

    @property
    def number(self) -> int | None:
        """The number of a numeric reply, else ``None``."""
        return int(self.command) if len(self.command) == 3 and self.command.isdecimal() else None

    @property
    def is_error(self) -> bool:
        """Whether it is a numeric reply that something cannot be done."""
        return self.number is not None and 400 <= self.number < 600

    @property
    def words(self) -> str:
        """What it says to a person: its last parameter, on one line."""
        said = self.params[-1] if self.params else ""
        return " ".join("".join(one if one.isprintable() else " " for one in said).split())[:300]

    def is_from(self, nick: str) -> bool:
        """Tell whether the user called ``nick`` sent it."""
        return fold(self.source.partition("!")[0]) == fold(nick)


def parse(line: bytes) -> Message:
    """Read a line without its end; one that makes no sense has an empty command."""
    msgid = None
    if tagged := _TAGS.match(line):
        line = line[tagged.end() :]
        msgid = _msgid(tagged["tags"].decode("utf-8", "replace"))
    head, colon, trailing = line.decode("utf-8", "replace").partition(" :")
    words = head.split()
    source = words.pop(0)[1:] if words and words[0].startswith(":") else ""
    command = words.pop(0).upper() if words else ""
    params = (*words, trailing) if colon else tuple(words)
    return Message(command=command, params=params, source=source, msgid=msgid)


def write(command: str, *params: str) -> bytes:
    """Return the line, with its end. Raises ``ValueError`` where it would be another line than was meant."""
    *middle, last = params
    if any(not param or param.startswith(":") or " " in param for param in middle):
        raise ValueError("only the last parameter may be empty, begin with a colon or hold a space")
    if any(character in param for param in params for character in "\r\n\0"):
        raise ValueError("a parameter must not hold the end of a line")
    return f"{' '.join([command, *middle])} :{last}\r\n".encode()


def one_line(text: str) -> str:
    """Return ``text`` on one line without anything that IRC gives a meaning to: colours, CTCP, line ends."""
    return _CONTROLS.sub("", _BREAKS.sub(" ", text)).strip(" ")


def capacity(command: str, room: str, shown_as: str) -> int:
    """Return how many bytes of text go into a line that the server passes on as from ``shown_as``."""
    return MOST_BYTES - len(f":{shown_as} {command} {room} :\r\n".encode())


def longest_mask(nick: str) -> str:
    """Return the longest ``nick!user@host`` that a server is likely to show of us."""
    return f"{nick}!{'x' * LONGEST_USER}@{'x' * LONGEST_HOST}"


def user_name(nick: str) -> str:
    """Return a user name after the nick, of the characters and the length that every server takes."""
    return re.sub(r"[^a-z0-9]", "", nick.lower())[: LONGEST_USER - 1] or "herald"


def fold(name: str) -> str:
    """Return a nick or a room's name as those are compared, whatever its case."""
    return name.lower().translate(_FOLDING)


def wrong_nick(nick: str) -> str | None:
    """Return what a nick must be if ``nick`` is none that servers take."""
    if re.fullmatch(r"[A-Za-z\[\]\\`_^{|}][A-Za-z0-9\[\]\\`_^{|}-]{0,29}", nick):
        return None
    return "must be a nick: at most 30 letters of ASCII, digits and - _ [ ] { } \\ ` ^ |, no digit first"


def wrong_room(room: str) -> str | None:
    """Return what a room's name must be if ``room`` is none."""
    if re.fullmatch(r"[#&+!][^\s,:\x00-\x1f\x7f]+", room) and len(room.encode()) <= 64:
        return None
    return 'must be names of rooms with their sign, such as "#mediawiki"'


def wrong_account(account: str) -> str | None:
    """Return what an account's name must be if ``account`` is none."""
    return None if re.fullmatch(r"[^\s\x00-\x1f\x7f]{1,200}", account) else "must be a name without spaces"


def _msgid(tags: str) -> str | None:
    """Return the id that the server gave a message (https://ircv3.net/specs/extensions/message-ids)."""
    for tag in tags.split(";"):
        name, _, value = tag.partition("=")
        if name == "msgid" and value:
            return re.sub(r"\\[:s\\rn]", lambda match: _ESCAPES[match[0]], value)
    return None
