"""A server on loopback for a protocol of lines, such as IRC or SMTP, that fails when it is told to."""

from __future__ import annotations

import select
import socket
import socketserver
import sys
import threading
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, Self, TypeVar

from tests.fakes.faults import Fault

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

    from tests.fakes.network import Hook, Visible

PATIENCE = 20  # seconds for which a reply that must come too late is held back at most
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
class LineServer(Generic[M]):
    """The server, a ``FakeNetwork``: a network's own names its ``posting`` and begins its conversations."""

    posting: ClassVar[str]
    scheme: ClassVar[str]
    writing: ClassVar[tuple[str, ...]]

    memory: M
    port: int = 0
    tls: ssl.SSLContext | None = None
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    faults: list[tuple[str, Fault]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    at: Hook = lambda *_: None
    _listener: _Listener | None = None

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

    def fail(self, *faults: Fault, on: str = "") -> None:
        if Fault.REFUSED in faults:
            raise ValueError("a server that runs cannot refuse a connection: use offline()")
        self.faults.extend((on or self.posting, fault) for fault in faults)

    @contextmanager
    def offline(self) -> Iterator[None]:
        self.stop()
        try:
            yield
        finally:
            self.start()

    def land(self) -> None:
        if self._listener is not None:
            self._listener.shutdown()
            self._listener.drain()
            self._listen()

    def snapshot(self) -> M:
        return deepcopy(self.memory)

    def restore(self, snapshot: object) -> None:
        assert isinstance(snapshot, type(self.memory))
        self.memory = deepcopy(snapshot)
        self.requests.clear()

    def start(self) -> None:
        self._listener = _Listener(self)
        self.port = self._listener.server_address[1]
        self._listen()

    def stop(self) -> None:
        if self._listener is not None:
            self._listener.shutdown()
            self._listener.hang_up()
            self._listener.server_close()
            self._listener = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _listen(self) -> None:
        assert self._listener is not None
        threading.Thread(target=self._listener.serve_forever, args=(0.005,), daemon=True).start()

    def next_fault(self, request: str) -> Fault | None:
        for index, (on, fault) in enumerate(self.faults):
            if request.startswith(on):
                del self.faults[index]
                return fault
        return None


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = False  # so that closing waits for every conversation
    server_address: tuple[str, int]

    def __init__(self, server: LineServer[Any]) -> None:
        self.fake = server
        self._open: set[socket.socket] = set()
        self._change = threading.Condition()
        super().__init__(("127.0.0.1", server.port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._change:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self._change:
            self._open.discard(request)
            self._change.notify_all()

    def hang_up(self) -> None:
        with self._change:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def drain(self) -> None:
        """Serve those who wait, let nobody send more, and wait for the end of what has been sent."""
        while select.select([self.socket], [], [], 0)[0]:
            self.handle_request()
        self.hang_up()
        with self._change:
            assert self._change.wait_for(lambda: not self._open, PATIENCE), "a conversation that does not end"

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(socketserver.BaseRequestHandler):
    server: _Listener

    def handle(self) -> None:
        connection: socket.socket = self.request
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.server.fake.tls:
            connection = self.server.fake.tls.wrap_socket(connection, server_side=True)
        talk = self.server.fake.converse()
        with connection.makefile("rb") as lines:
            connection.sendall(talk.greeting())
            for line in iter(lambda: lines.readline(LONGEST), b""):
                if line.endswith(b"\n") and not self._serve(connection, talk, line):
                    return

    def _serve(self, connection: socket.socket, talk: Conversation, line: bytes) -> bool:
        """Answer a line; return whether the conversation goes on."""
        fake, reply = self.server.fake, None
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
