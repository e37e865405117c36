"""A server on loopback that answers each request with the next of the given answers, whatever was asked."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Scripted:
    """One answer; ``silent`` gives none until the client hangs up, ``cut`` hangs up instead of answering."""

    status: int = 200
    body: str = "{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    silent: bool = False
    cut: bool = False


class ScriptedServer:
    """``received`` is every request: method, path and headers. The last answer is given again and again."""

    def __init__(self, *answers: Scripted) -> None:
        self.answers = list(answers)
        self.received: list[tuple[str, str, dict[str, str]]] = []
        self._http = HTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.005,), daemon=True)

    def next_answer(self) -> Scripted:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def _handler(scripted: ScriptedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        disable_nagle_algorithm = True

        def log_message(self, *_: object) -> None:
            pass

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            scripted.received.append((self.command, self.path, dict(self.headers)))
            answer = scripted.next_answer()
            if answer.cut:
                return
            if answer.silent:
                with suppress(OSError):
                    self.connection.settimeout(20)
                    self.rfile.read(1)
                return
            content = answer.body.encode()
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(content)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def do_DELETE(self) -> None:
            self._answer()

    return Handler
