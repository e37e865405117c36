"""What the fake networks have in common: a port on loopback, scripted faults, an end of what has begun."""

from __future__ import annotations

import select
import socket
import socketserver
import sys
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self

from tests.fakes.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.network import Hook

PATIENCE = 20  # seconds for which a reply that must come too late is held back at most


@dataclass(kw_only=True)
class ListeningFake:
    """A ``FakeNetwork`` without what it speaks and remembers."""

    posting: ClassVar[str]

    port: int = 0
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    faults: list[tuple[str, Fault]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    at: Hook = field(default=lambda *_: None)
    _listener: Listener | None = None

    def handler(self) -> type[socketserver.BaseRequestHandler]:
        """Return what serves a connection."""
        raise NotImplementedError

    def fail(self, *faults: Fault, on: str = "") -> None:
        """Script the coming requests that begin with ``on`` (``posting`` unless it is given), in order."""
        if Fault.REFUSED in faults:
            raise ValueError("a server that runs cannot refuse a connection: use offline()")
        self.faults.extend((on or self.posting, fault) for fault in faults)

    def next_fault(self, request: str) -> Fault | None:
        """Return the fault that a request is to meet, which is over then."""
        for index, (on, fault) in enumerate(self.faults):
            if request.startswith(on):
                del self.faults[index]
                return fault
        return None

    @contextmanager
    def offline(self) -> Iterator[None]:
        """Nobody listens at the address for a while."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def land(self) -> None:
        """Wait until every request that is on its way has been carried out; nobody is connected then."""
        if self._listener is not None:
            self._listener.shutdown()
            self._listener.drain()
            self._listen()

    def start(self) -> None:
        self._listener = Listener(self, self.handler())
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


class Listener(socketserver.ThreadingTCPServer):
    """Serves each connection to a fake in a thread, and knows which are open."""

    allow_reuse_address = True
    daemon_threads = False  # so that closing waits for every answer
    server_address: tuple[str, int]

    def __init__(self, fake: ListeningFake, handler: type[socketserver.BaseRequestHandler]) -> None:
        self.fake = fake
        self._open: set[socket.socket] = set()
        self._change = threading.Condition()
        super().__init__(("127.0.0.1", fake.port), handler)

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
            assert self._change.wait_for(lambda: not self._open, PATIENCE), "a request that does not end"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks is the other side's affair."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)
