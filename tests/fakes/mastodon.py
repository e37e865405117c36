"""A server on loopback that speaks the part of Mastodon's API that a bot uses, and fails when it is told to.

In a test: ``with MastodonServer() as server`` and then ``server.url``, ``server.api.statuses``,
``server.requests``. By itself: ``python -m tests.fakes.mastodon --port 0`` prints its address and serves
until it is ended; ``GET /_fake/state`` then tells what happened and ``POST /_fake/fail`` scripts a fault.

Every request is checked against the published API, which is stricter than Mastodon itself: an unknown
parameter, a wrong content type or a User-Agent without a contact is refused and noted in ``complaints``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import select
import signal
import socket
import sys
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from tests.fakes.faults import Fault
from tests.fakes.mastodon_api import Answer, Json, MastodonApi, Refused
from tests.fakes.mastodon_routes import answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

POST_STATUS = "POST /api/v1/statuses"
PATIENCE = 20  # seconds for which a reply that must come too late is held back at most


# Status, body and headers of the faults that are answers; a garbled one is cut off in the middle.
ANSWERS: dict[Fault, tuple[int, str, dict[str, str]]] = {
    Fault.UNAUTHORISED: (401, '{"error": "The access token was revoked"}', {}),
    Fault.REJECTED: (422, '{"error": "Validation failed: the server does not like this"}', {}),
    Fault.RATE_LIMITED: (429, '{"error": "Too many requests"}', {"Retry-After": "120"}),
    Fault.BROKEN: (500, "<html><title>We are sorry, but something went wrong</title></html>", {}),
    Fault.ACCEPTED_BROKEN: (500, '{"error": "Internal server error"}', {}),
    Fault.ACCEPTED_GARBLED: (200, '{"id": "1130', {}),
}


@dataclass(kw_only=True)
class MastodonServer:
    """The server; ``api`` is what it remembers, ``requests`` every request as ``"METHOD /path"``.

    ``garbage`` is what a garbled answer holds. With ``writes_forbidden`` anything but a GET is refused and
    stays in ``forbidden``. ``at`` is called with ``"arrived"`` and the request before anything is done about
    it, and with ``"accepted"`` and the request when it has been carried out and the reply is about to leave:
    a test that wants the sender to die, or to wait, there does it from it.
    """

    port: int = 0
    api: MastodonApi = field(default_factory=MastodonApi)
    token: str = "good-token"
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    forbidden: list[str] = field(default_factory=list)
    writes_forbidden: bool = False
    garbage: str = ANSWERS[Fault.ACCEPTED_GARBLED][1]
    headers: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[str, Fault]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    at: Callable[[str, str], None] = lambda *_: None
    _listener: _Listener | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def writes(self) -> list[str]:
        """Every request that was not a reading one."""
        return [request for request in self.requests if not request.startswith("GET ")]

    def fail(self, *faults: Fault, on: str = POST_STATUS) -> None:
        """Script the coming requests that begin with ``on``, in order."""
        if Fault.REFUSED in faults:
            raise ValueError("a server that runs cannot refuse a connection: use offline()")
        self.faults.extend((on, fault) for fault in faults)

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
        self._listener = _Listener(self)
        self.port = self._listener.server_address[1]
        self.api.base_url = self.url
        self._listen()

    def _listen(self) -> None:
        assert self._listener is not None
        threading.Thread(target=self._listener.serve_forever, args=(0.005,), daemon=True).start()

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

    def state(self) -> Json:
        """What happened, for a test in another process."""
        return {
            "requests": self.requests,
            "complaints": self.complaints,
            "forbidden": self.forbidden,
            "statuses": [
                {
                    "id": status.id,
                    "text": status.text,
                    "visibility": status.visibility,
                    "language": status.language,
                    "spoiler_text": status.spoiler_text,
                    "in_reply_to_id": status.in_reply_to_id,
                    "media": [
                        {
                            "description": self.api.media[media_id].description,
                            "sha256": hashlib.sha256(self.api.media[media_id].content).hexdigest(),
                        }
                        for media_id in status.media_ids
                    ],
                }
                for status in self.api.statuses
            ],
        }

    def next_fault(self, request: str) -> Fault | None:
        for index, (on, fault) in enumerate(self.faults):
            if request.startswith(on):
                del self.faults[index]
                return fault
        return None


class _Listener(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for every answer

    def __init__(self, server: MastodonServer) -> None:
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
            assert self._change.wait_for(lambda: not self._open, PATIENCE), "a request that does not end"

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # a head and a body in two packets cost 40 ms otherwise
    server: _Listener

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def _serve(self) -> None:
        path = urlsplit(self.path).path
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:  # the sender died in the middle: no server makes anything of half a request
            self.close_connection = True
            return
        if path.startswith("/_fake/"):
            self._control(path, body)
        elif path.startswith("/media/"):
            self._serve_media(path)
        else:
            self._serve_api(f"{self.command} {path}", path, body)

    def _serve_api(self, request: str, path: str, body: bytes) -> None:
        fake = self.server.fake
        fake.at("arrived", request)
        with fake.lock:
            fake.requests.append(request)
            fault = fake.next_fault(request)
            if fault is Fault.RESET:
                self._cut()
                return
            if fault is None or fault.startswith("accepted"):
                status, content = self._answer(path, body)
        if fault is None or fault.startswith("accepted"):
            fake.at("accepted", request)
        if fault is None:
            self._reply(status, json.dumps(content), fake.headers)
        elif fault is Fault.ACCEPTED_LOST:
            self._cut()
        elif fault is Fault.ACCEPTED_SLOW:
            select.select([self.connection], [], [], PATIENCE)
            self._cut()
        elif fault is Fault.ACCEPTED_GARBLED:
            self._reply(200, fake.garbage, fake.headers)
        else:
            self._reply(*ANSWERS[fault])

    def _answer(self, path: str, body: bytes) -> Answer:
        fake = self.server.fake
        request = f"{self.command} {path}"
        if fake.writes_forbidden and self.command != "GET":
            fake.forbidden.append(request)
            return 403, {"error": "This action is not allowed: nothing may be written in this test"}
        try:
            return answer(fake.api, self.command, self.path, dict(self.headers), body)
        except Refused as refused:
            if refused.status == 400:
                fake.complaints.append(f"{request}: {refused}")
            return refused.status, {"error": str(refused)}

    def _control(self, path: str, body: bytes) -> None:
        fake = self.server.fake
        if path == "/_fake/fail":
            script = json.loads(body)
            fake.fail(Fault(script["fault"]), on=script.get("on", POST_STATUS))
        self._reply(200, json.dumps(fake.state()), {})

    def _serve_media(self, path: str) -> None:
        upload = self.server.fake.api.media.get(path.removeprefix("/media/"))
        self.send_response(200 if upload else 404)
        content = upload.content if upload else b""
        self.send_header("Content-Type", upload.mime_type if upload else "text/plain")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _reply(self, status: int, text: str, headers: Mapping[str, str]) -> None:
        content = text.encode()
        reset = datetime.now(UTC) + timedelta(minutes=5)
        standard = {
            "Content-Type": "application/json; charset=utf-8",
            "Content-Length": str(len(content)),
            "X-RateLimit-Limit": "300",
            "X-RateLimit-Remaining": "299",
            "X-RateLimit-Reset": reset.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
        self.send_response(status)
        for name, value in (standard | dict(headers)).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


def main() -> None:
    parser = argparse.ArgumentParser(description="Speak Mastodon's API on loopback.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default="good-token")
    arguments = parser.parse_args()
    api = MastodonApi(tokens={arguments.token: frozenset({"read", "write"})})
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    signal.signal(signal.SIGINT, lambda *_: ended.set())
    with MastodonServer(port=arguments.port, api=api, token=arguments.token) as server:
        print(server.url, flush=True)
        ended.wait()


if __name__ == "__main__":
    main()
