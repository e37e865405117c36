"""The bot in a process that ends itself at the boundary it is told.

``python -m tests.e2e.dying MODULE...`` imports the bot and the modules once, reads an order a line from
standard input, and forks a process for each: so that a death costs a tenth of a second, where starting Python
costs most of one. It answers each order with two lines: the process's id as it begins, and how it ended, as
``Popen.returncode``.

A boundary lies before and after each commit of something written to the ledger, before each piece of a
request leaves, and before each file of a feed is opened to be written or takes its place. Each has a name
that is the same in every run: the thread (the channel's name, where the engine works for one), its number
there, and what it is, as in ``keeping 4: before a commit``; the beginning, ``keeping 4:``, names it too.
They are watched through public events of SQLAlchemy, audit events and the profile of Python; no code is
patched.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Pool, event

from bot.channels.base import NETWORKS
from bot.cli import main
from bot.config import PageConfig
from bot.model import Page
from bot.news.parse import parse
from bot.wiki.base import Wanted
from bot.wiki.file import FileSource

if TYPE_CHECKING:
    from typing import NoReturn

LATE_IMPORTS = ("bot.channels.feed", "sqlalchemy.dialects.sqlite")
NEVER = "never"
SENDING = {"send", "sendall", "sendmsg"}
WRITING = ("INSERT", "UPDATE", "DELETE", "CREATE")


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What a process is to do: run the bot in ``folder``, and send itself the signal at the boundary.

    Standard output and error go to the files ``out`` and ``err`` in ``notes``, the names of the boundaries
    that were reached to the file ``boundaries``. Of the threads ``by_socket`` each call of a socket's
    ``send`` is a request that leaves.
    """

    folder: str
    notes: str
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    boundary: str = NEVER
    signal: str = "SIGKILL"
    by_socket: tuple[str, ...] = ()

    def to_line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"


class Boundaries:
    """Notes every boundary that is reached, and sends the process its signal at the one it is told."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._log = os.open(
            Path(order.notes, "boundaries"), os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        )
        self._counts: dict[str, int] = {}
        self._turn = threading.RLock()
        self._here = threading.local()

    def watch(self) -> None:
        event.listen(Engine, "begin", self._goes_on)
        event.listen(Engine, "before_cursor_execute", self._executes)
        event.listen(Engine, "commit", self._commits)
        event.listen(Pool, "checkin", self._goes_on)
        sys.addaudithook(self._audited)
        if self._order.by_socket:
            threading.setprofile(self._profiled)

    def _reached(self, what: str) -> None:
        thread = threading.current_thread().name
        with self._turn:
            self._counts[thread] = number = self._counts.get(thread, 0) + 1
            name = f"{thread} {number}: {what}"
            os.write(self._log, f"{name}\n".encode())
            if name.startswith(self._order.boundary):
                os.kill(os.getpid(), getattr(signal, self._order.signal))

    def _executes(self, _connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith(WRITING):
            self._here.wrote = True

    def _commits(self, _: Connection) -> None:
        if getattr(self._here, "wrote", False):
            self._here.wrote = False
            self._reached("before a commit")
            self._here.committed = True

    def _goes_on(self, *_: object) -> None:
        """Note the end of a commit, which is told by whatever comes next."""
        if getattr(self._here, "committed", False):
            self._here.committed = False
            self._reached("after a commit")

    def _audited(self, what: str, arguments: tuple[Any, ...]) -> None:
        if what == "http.client.send":
            self._goes_on()
            self._reached("before a request leaves")
        elif what == "os.rename" and self._is_public(arguments[1]):
            self._reached(f"before {Path(arguments[1]).name} takes its place")
        elif what == "open" and self._is_public(arguments[0]) and arguments[2] & os.O_CREAT:
            self._reached(f"before {Path(arguments[0]).name} is written")

    def _profiled(self, _frame: object, what: str, called: object) -> None:
        """Watch a socket's calls, of which there are no audit events."""
        if what == "c_call" and threading.current_thread().name in self._order.by_socket:
            of = getattr(called, "__self__", None)
            if isinstance(of, socket.socket) and getattr(called, "__name__", "") in SENDING:
                self._goes_on()
                self._reached("before a request leaves")

    def _is_public(self, path: object) -> bool:
        return isinstance(path, str | Path) and Path(self._order.folder, "public") in Path(path).parents


def _become_the_bot(order: Order) -> NoReturn:
    os.chdir(order.folder)
    os.environ.update(order.environment)
    for name, descriptor in (("out", 1), ("err", 2)):
        file = os.open(Path(order.notes, name), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, descriptor)
        os.close(file)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    Boundaries(order).watch()
    main(order.arguments)


def _serve() -> Order | None:
    """Fork a process for each order; return the order in the process that is to carry it out."""
    for line in iter(sys.stdin.buffer.readline, b""):
        order = Order(**json.loads(line))
        process = os.fork()
        if process == 0:
            return order
        os.write(1, f"{process}\n".encode())
        _, status = os.waitpid(process, 0)
        os.write(1, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    return None


def _warm_up() -> None:
    """Do once what each process would have to do again: import what is imported late, and read a page."""
    for late in (*LATE_IMPORTS, *NETWORKS.values(), *sys.argv[1:]):
        import_module(late)
    with NamedTemporaryFile("w", suffix=".wikitext") as file:
        file.write("* '''2026-01-10''': [[Old news]].")
        file.flush()
        wanted = PageConfig(title="News", file=Path(file.name))
        page = FileSource((wanted,)).read([Wanted(title="News")])["News"]
    assert isinstance(page, Page)
    parse(page, language="en")


if __name__ == "__main__":
    _warm_up()
    accepted = _serve()
    if accepted is not None:
        _become_the_bot(accepted)
