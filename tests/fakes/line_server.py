"""A server on loopback for a protocol of lines, such as IRC or SMTP, that fails when it is told to."""

from __future__ import annotations

import socket
import socketserver
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from tests.fakes.faults import Fault
from tests.fakes.listening import PATIENCE, Listener, ListeningFake

if TYPE_CHECKING:
    import ssl

    from tests.fakes.network import Visible

LONGEST = 1 << 20  # bytes of a line; more is no line
CUT = b""  # a reply that is none: the connection is closed


class Memory(Protocol):
    """What a network remembers; it can be copied (``copy.deepcopy``)."""

    def visible(self) -> list[Visible]:
        """Return what the public sees, oldest first."""
        ...


class Conversation(Protocol):
    """One connection's talk with the network; ``over`` when the server hangs up after its last reply."""

    over: bool

    def greeting(self) -> bytes: ...

    def name(self, line: bytes) -> str | None:
        """Return what the line is called among the requests; ``None`` where it is only a piece of one."""
        ...

    def answer(self, line: bytes) -> bytes:
        """Carry a line out and return the reply."""
        ...

    def look(self, fault: Fault, name: str) -> bytes:
        """Return what a fault of the request called ``name`` looks like, where it is an answer."""
        ...


M = TypeVar("M", bound=Memory)


@dataclass(kw_only=True)
class LineServer(ListeningFake, Generic[M]):
    """The server, a ``FakeNetwork``: a network's own names its ``posting`` and begins its conversations."""

    scheme: ClassVar[str]
    writing: ClassVar[tuple[str, ...]]

    memory: M
    tls: ssl.SSLContext | None = None

    def handler(self) -> type[socketserver.BaseRequestHandler]:
        return _Handler

    def converse(self) -> Conversation:
        raise NotImplementedError

    @property
    def url(self) -> str:
        return f"{self.scheme}{'s' if self.tls else ''}://127.0.0.1:{self.port}"

    @property
    def writes(self) -> list[str]:
        return [request for request in self.requests if request.startswith(self.writing)]

    def visible(self) -> list[Visible]:
        return self.memory.visible()

    def snapshot(self) -> M:
        return deepcopy(self.memory)

    def restore(self, snapshot: object) -> None:
        assert isinstance(snapshot, type(self.memory))
        self.memory = deepcopy(snapshot)
        self.requests.clear()


class _Handler(socketserver.BaseRequestHandler):
    server: Listener

    @property
    def fake(self) -> LineServer[Any]:
        assert isinstance(self.server.fake, LineServer)
        return self.server.fake

    def handle(self) -> None:
        connection: socket.socket = self.request
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.fake.tls:
            connection = self.fake.tls.wrap_socket(connection, server_side=True)
        talk = self.fake.converse()
        with connection.makefile("rb") as lines:
            connection.sendall(talk.greeting())
            for line in iter(lambda: lines.readline(LONGEST), b""):
                if line.endswith(b"\n") and not self._serve(connection, talk, line):
                    return

    def _serve(self, connection: socket.socket, talk: Conversation, line: bytes) -> bool:
        """Answer a line; return whether the conversation goes on."""
        fake, reply = self.fake, None
        name = talk.name(line)
        if name is None:
            talk.answer(line)
            return True
        fake.at("arrived", name)
        with fake.lock:
            fake.requests.append(name)
            fault = fake.next_fault(name)
            if fault is None or fault.is_accepted:
                reply = talk.answer(line)
        if reply is not None:
            fake.at("accepted", name)
        if fault in {Fault.SILENT, Fault.ACCEPTED_SLOW}:
            connection.settimeout(PATIENCE)
            while connection.recv(4096):  # the client may say more before it hangs up
                pass
            return False
        if fault in {Fault.RESET, Fault.ACCEPTED_LOST}:
            return False
        connection.sendall(talk.look(fault, name) if fault else reply or b"")
        return not talk.over
