"""Stands before a real MediaWiki for the extension OAuth, which Debian's package does not have.

Whoever signs a request as RFC 5849 has it is the bot to the wiki behind; others are refused as the extension
refuses them. https://www.mediawiki.org/wiki/Extension:OAuth
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

from requests.structures import CaseInsensitiveDict

from tests.fakes.schema import Refused, Request
from tests.fakes.x_oauth import Keys
from tests.servers.mediawiki import BOT, TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.mediawiki import MediaWiki


@dataclass(kw_only=True)
class Gate:
    """``keys`` are those of the consumer; ``answers`` the status of each request in order."""

    keys: Keys = field(default_factory=Keys)
    url: str = ""
    answers: list[int] = field(default_factory=list)


@contextmanager
def guarded(wiki: MediaWiki) -> Iterator[Gate]:
    """Serve the wiki behind a gate that knows one consumer."""
    gate = Gate()
    session = wiki._session(BOT)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = CaseInsensitiveDict(self.headers.items())
            request = Request(method=self.command, target=self.path, headers=headers, body=body)
            try:
                gate.keys.check(request, gate.url)
            except Refused as refusal:
                error = {"code": "mwoauth-invalid-authorization", "info": f"Refused: {refusal}"}
                self._answer(200, json.dumps({"error": error}).encode())
                return
            kind = {"Content-Type": headers["Content-Type"]} if body else {}
            answer = session.request(
                self.command, wiki.url + self.path, data=body, headers=kind, timeout=TIMEOUT
            )
            self._answer(answer.status_code, answer.content)

        def _answer(self, status: int, body: bytes) -> None:
            gate.answers.append(status)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        gate.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield gate
        finally:
            server.shutdown()
            thread.join()
