"""A service on loopback that takes what apprise posts to json:// addresses, and fails as a test says."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(kw_only=True)
class Hook:
    """What came in; ``status`` is what is answered, once ``open`` is set."""

    port: int = 0
    status: int = 200
    messages: list[dict[str, Any]] = field(default_factory=list)
    credentials: list[str | None] = field(default_factory=list)
    open: threading.Event = field(default_factory=threading.Event)

    def address(self, *, user: str = "", query: str = "") -> str:
        return f"json://{user}127.0.0.1:{self.port}/{query}"


@contextmanager
def serve() -> Iterator[Hook]:
    hook = Hook()
    hook.open.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            assert hook.open.wait(60)
            if hook.status == 200:
                hook.messages.append(json.loads(content))
                hook.credentials.append(self.headers["Authorization"])
            self.send_response(hook.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who hung up is the test's affair
    hook.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True)
    thread.start()
    try:
        yield hook
    finally:
        hook.open.set()
        server.shutdown()
        server.server_close()
