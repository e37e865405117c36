"""An IRC server on loopback: as much of one as a visitor needs who says a line and leaves.

What it takes and how it words its refusals is that of https://modern.ircdocs.horse/ and the IRCv3
specifications (https://ircv3.net/irc/); what a client of good manners never sends is noted in ``complaints``.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as NoBase64Error
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.fakes.faults import Fault
from tests.fakes.line_server import LineServer
from tests.fakes.network import Visible

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "irc.fake.example"
MOST = 512
CONTROLS = re.compile(rb"[\x00-\x09\x0b-\x0c\x0e-\x1f\x7f]")
# How many parameters each command has that it knows: the fewest and the most.
PARAMETERS = {
    "AUTHENTICATE": (1, 1),
    "CAP": (1, 2),
    "JOIN": (1, 1),
    "MODE": (1, 1),
    "NAMES": (1, 1),
    "NICK": (1, 1),
    "NOTICE": (2, 2),
    "PING": (1, 1),
    "PONG": (1, 1),
    "PRIVMSG": (2, 2),
    "QUIT": (0, 1),
    "USER": (4, 4),
}
BEFORE_WELCOME = {"CAP", "NICK", "USER", "PING", "PONG", "QUIT", "AUTHENTICATE"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A line that everybody in the room has read."""

    room: str
    nick: str
    command: str
    text: str
    msgid: str


@dataclass(kw_only=True)
class IrcMemory:
    """What the network knows, and how it is set up.

    ``room`` is where the public listens; ``shut`` maps rooms to the numeric and the words that keep everybody
    out, ``muted`` to those that refuse each line. In ``moderated`` rooms only who has a voice may speak; with
    ``services`` everybody gets one, a little after coming in. ``deaf`` rooms swallow lines without a word.
    ``host`` is what is shown of everybody's address; ``renames`` makes another nick of the one asked for.
    """

    room: str = "#news"
    said: list[Said] = field(default_factory=list)
    accounts: dict[str, str] = field(default_factory=lambda: {"herald": "good-password"})
    nicks: set[str] = field(default_factory=set)
    capabilities: tuple[str, ...] = ("sasl=PLAIN,EXTERNAL", "echo-message", "message-tags", "multi-prefix")
    shut: dict[str, tuple[int, str]] = field(default_factory=dict)
    muted: dict[str, tuple[int, str]] = field(default_factory=dict)
    deaf: set[str] = field(default_factory=set)
    moderated: set[str] = field(default_factory=set)
    services: bool = False
    host: str = "user/herald"
    renames: str | None = None

    def visible(self) -> list[Visible]:
        return [Visible(remote_id=one.msgid, text=one.text) for one in self.said if one.room == self.room]


@dataclass(kw_only=True)
class IrcServer(LineServer[IrcMemory]):
    """The server: ``with IrcServer() as server``, then ``server.url`` and ``server.memory``."""

    posting = "PRIVMSG"
    scheme = "irc"
    writing = ("PRIVMSG", "NOTICE")

    memory: IrcMemory = field(default_factory=IrcMemory)

    def converse(self) -> Visit:
        return Visit(self)


class Visit:
    """One client's connection."""

    def __init__(self, server: IrcServer) -> None:
        self._server = server
        self.over = False
        self._nick = ""
        self._user = ""
        self._account: str | None = None
        self._asked_to_wait = False
        self._welcomed = False
        self._granted: set[str] = set()
        self._response = ""
        self._rooms: set[str] = set()
        self._voices: set[str] = set()

    @property
    def _memory(self) -> IrcMemory:
        return self._server.memory

    @property
    def _mask(self) -> str:
        return f"{self._nick}!~{self._user}@{self._memory.host}"

    def greeting(self) -> bytes:
        return f":{NAME} NOTICE * :*** Looking up your hostname...\r\n".encode()

    def name(self, line: bytes) -> str | None:
        command, params = _parsed(line)
        return f"{command} {params[0]}" if params and command not in {"AUTHENTICATE", "QUIT"} else command

    def look(self, fault: Fault, name: str) -> bytes:
        command, _, room = name.partition(" ")
        if fault is Fault.REJECTED and command == "JOIN":
            return self._numeric(471, room, "Cannot join channel (+l)").encode()
        if fault is Fault.REJECTED:
            return self._numeric(417, "Input line was too long").encode()
        self.over = True
        words = {
            Fault.UNAUTHORISED: f":{NAME} 904 * :SASL authentication failed",
            Fault.RATE_LIMITED: "ERROR :Closing Link: (Throttled: Reconnecting too fast)",
            Fault.BROKEN: "ERROR :Closing Link: (Internal error)",
            Fault.MAINTENANCE: "ERROR :Server going down for maintenance",
            Fault.INTERCEPTED: "HTTP/1.1 400 Bad Request\r\n\r\n<!DOCTYPE html><title>Log in</title>",
            Fault.ACCEPTED_BROKEN: "ERROR :Closing Link: (Internal error)",
            Fault.ACCEPTED_GARBLED: ":\r\n\r\n@\r\n:x\x00\ufffd PONG",
        }[fault]
        return f"{words}\r\n".encode()

    def answer(self, line: bytes) -> bytes:
        command, params = _parsed(line)
        self._check(line, command)
        least, most = PARAMETERS.get(command, (0, len(params)))
        if not least <= len(params) <= most:
            self._complain(f"{command} with {len(params)} parameters")
            return self._numeric(461, command, "Not enough parameters").encode()
        if not self._welcomed and command not in BEFORE_WELCOME:
            self._complain(f"{command} before the welcome")
            return self._numeric(451, "You have not registered").encode()
        handlers: dict[str, Callable[..., str]] = {
            "CAP": self._cap,
            "NICK": self._set_nick,
            "USER": self._set_user,
            "AUTHENTICATE": self._authenticate,
            "JOIN": self._join,
            "MODE": self._mode,
            "NAMES": self._names,
            "PRIVMSG": lambda *given: self._say(command, *given),
            "NOTICE": lambda *given: self._say(command, *given),
            "PING": lambda token: f":{NAME} PONG {NAME} :{token}\r\n",
            "PONG": self._pong,
            "QUIT": self._quit,
        }
        if command not in handlers:
            self._complain(f"unknown command {command}")
            return self._numeric(421, command, "Unknown command").encode()
        return handlers[command](*params).encode()

    def _check(self, line: bytes, command: str) -> None:
        if not line.endswith(b"\r\n") or b"\r" in line[:-2]:
            self._complain(f"{command}: lines end with CR LF")
        if len(line) > MOST:
            self._complain(f"{command}: a line of {len(line)} bytes")
        if CONTROLS.search(line):
            self._complain(f"{command}: a control character")
        try:
            line.decode()
        except UnicodeDecodeError:
            self._complain(f"{command}: not UTF-8")

    def _complain(self, words: str) -> None:
        self._server.complaints.append(words)

    def _numeric(self, number: int, *params: str) -> str:
        *middle, last = params
        words = [f":{NAME}", f"{number:03}", self._nick or "*", *middle]
        return f"{' '.join(words)} :{last}\r\n"

    def _cap(self, verb: str, wanted: str = "") -> str:
        offered = self._memory.capabilities
        if verb == "LS":
            self._asked_to_wait = True
            half = len(offered) // 2
            more, last = " ".join(offered[:half]), " ".join(offered[half:])
            return f":{NAME} CAP * LS * :{more}\r\n:{NAME} CAP * LS :{last}\r\n"
        if verb == "REQ":
            names = {one.partition("=")[0] for one in offered}
            if not set(wanted.split()) <= names:
                self._complain(f"CAP REQ for what is not offered: {wanted}")
                return f":{NAME} CAP * NAK :{wanted}\r\n"
            self._granted |= set(wanted.split())
            return f":{NAME} CAP * ACK :{wanted}\r\n"
        self._asked_to_wait = False
        return self._welcome()

    def _set_nick(self, nick: str) -> str:
        if nick in self._memory.nicks:
            return self._numeric(433, nick, "Nickname is already in use")
        if not re.fullmatch(r"[^0-9][A-Za-z0-9_-]{0,15}", nick):
            return self._numeric(432, nick, "Erroneous Nickname")
        self._nick = nick
        return self._welcome()

    def _set_user(self, user: str, *_: str) -> str:
        self._user = user
        return self._welcome()

    def _authenticate(self, piece: str) -> str:
        if "sasl" not in self._granted:
            self._complain("AUTHENTICATE without the capability")
        if piece == "PLAIN":
            return "AUTHENTICATE +\r\n"
        self._response += "" if piece == "+" else piece
        if len(piece) == 400:
            return ""
        try:
            _, account, password = b64decode(self._response, validate=True).decode().split("\0")
        except (NoBase64Error, ValueError):
            self._complain("AUTHENTICATE with a response that is none")
            return self._numeric(904, "SASL authentication failed")
        if self._memory.accounts.get(account) != password:
            return self._numeric(
                904, f"SASL authentication failed for {account} with {password} ({self._response})"
            )
        self._account = account
        return self._numeric(900, self._mask, account, f"You are now logged in as {account}") + self._numeric(
            903, "SASL authentication successful"
        )

    def _welcome(self) -> str:
        """Ask for a sign of life, and welcome the client when it has given one."""
        if self._welcomed or self._asked_to_wait or not (self._nick and self._user):
            return ""
        return f"PING :{self._cookie}\r\n"

    def _pong(self, cookie: str) -> str:
        if self._welcomed or cookie != self._cookie:
            return ""
        self._welcomed = True
        self._nick = self._memory.renames or self._nick
        return (
            self._numeric(1, f"Welcome to the fake network {self._mask}")
            + self._numeric(5, "CHANTYPES=#&", "NICKLEN=16", "are supported by this server")
            + self._numeric(422, "MOTD File is missing")
        )

    def _join(self, room: str) -> str:
        if room in self._memory.shut:
            number, words = self._memory.shut[room]
            return self._numeric(number, room, words)
        self._rooms.add(room)
        return f":{self._mask} JOIN {room}\r\n" + self._names(room)

    def _names(self, room: str) -> str:
        ours = f"+{self._nick}" if room in self._voices else self._nick
        return self._numeric(353, "=", room, f"@op {ours} +Other") + self._numeric(
            366, room, "End of /NAMES list."
        )

    def _mode(self, room: str) -> str:
        reply = self._numeric(324, room, "+nmt" if room in self._memory.moderated else "+nt")
        if self._memory.services and room in self._memory.moderated:
            self._voices.add(room)
            reply += f":ChanServ!s@services MODE {room} +v {self._nick}\r\n"
        return reply

    def _say(self, command: str, room: str, text: str) -> str:
        refusal = self._memory.muted.get(room)
        if room not in self._rooms:
            self._complain(f"{command} to a room that was not entered")
            refusal = 404, "Cannot send to nick/channel"
        elif room in self._memory.moderated - self._voices:
            self._complain(f"{command} without a voice")
            refusal = 404, "Cannot send to channel (+m)"
        elif room in self._memory.deaf:
            return ""
        if refusal:  # a notice is never answered
            return self._numeric(refusal[0], room, refusal[1]) if command == "PRIVMSG" else ""
        relayed = f":{self._mask} {command} {room} :{text}\r\n"
        if len(relayed.encode()) > MOST:
            self._complain(f"{command}: a line of {len(relayed.encode())} bytes as others see it")
        said = self._memory.said
        msgid = f"id;{len(said) + 1}"
        said.append(Said(room=room, nick=self._nick, command=command, text=text, msgid=msgid))
        if "echo-message" not in self._granted:
            return ""
        tags = "@time=2026-11-18T12:00:00.000Z;msgid=id\\:" + f"{len(said)} "
        return (tags if "message-tags" in self._granted else "") + relayed

    def _quit(self, _: str = "") -> str:
        self.over = True
        return f"ERROR :Closing Link: {self._mask} (Quit)\r\n"

    @property
    def _cookie(self) -> str:
        return f"cookie-{self._nick}"


def _parsed(line: bytes) -> tuple[str, list[str]]:
    head, colon, trailing = line.decode("utf-8", "replace").rstrip("\r\n").partition(" :")
    command, *params = head.split()
    return command.upper(), [*params, trailing] if colon else params
