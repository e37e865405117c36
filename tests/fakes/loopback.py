"""A server on loopback that speaks a network's HTTP API, and fails when it is told to.

What it speaks is an ``Api``: a network's memory and rules without HTTP. In a test: ``with XServer() as
server``, then ``server.url``, ``server.api``, ``server.requests``. ``serve`` makes it a process of its own:
``GET /_fake/state`` then tells what happened and ``POST /_fake/fail`` scripts a fault.
"""

from __future__ import annotations

import hashlib
import json
import select
import signal
import socket
import threading
from contextlib import suppress
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from requests.structures import CaseInsensitiveDict

from tests.fakes.faults import Fault
from tests.fakes.listening import PATIENCE, Listener, ListeningFake
from tests.fakes.schema import Complaint, Json, Refused, Reply, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.fakes.network import Visible
    from tests.fakes.schema import Answer

HTML = "text/html; charset=utf-8"

# What the faults that are answers look like, unless a network's differ: an error in the API's own words, ...
ERRORS: dict[Fault, tuple[int, str]] = {
    Fault.UNAUTHORISED: (401, "The access token was revoked"),
    Fault.REJECTED: (422, "Validation failed: the server does not like this"),
    Fault.RATE_LIMITED: (429, "Too many requests"),
    Fault.ACCEPTED_BROKEN: (500, "Internal server error"),
}
# ... or something that is not from the API at all.
PAGES: dict[Fault, Reply] = {
    Fault.BROKEN: Reply(
        status=500,
        body="<html><title>We are sorry, but something went wrong</title></html>",
        content_type=HTML,
    ),
    Fault.MAINTENANCE: Reply(
        status=503, body="<!DOCTYPE html><title>Down for maintenance</title>", content_type=HTML
    ),
    Fault.INTERCEPTED: Reply(body="<!DOCTYPE html><title>Log in to the network</title>", content_type=HTML),
}


class Api(Protocol):
    """A network's memory and rules; it can be copied (``copy.deepcopy``) and knows nothing of HTTP servers.

    ``base_url`` is set when the server starts: the address that the network believes to be at.
    """

    base_url: str

    def answer(self, request: Request) -> Answer:
        """Check a request and carry it out; raises ``Refused``, of which a ``Complaint`` is one."""
        ...

    def error(self, status: int, message: str, details: Mapping[str, Any], /) -> Any:
        """Return the JSON of an error as this network words it; ``details`` are those of ``Refused``."""
        ...

    def visible(self) -> list[Visible]:
        """Return what the public sees, oldest first."""
        ...


A = TypeVar("A", bound=Api)


@dataclass(kw_only=True)
class LoopbackServer(ListeningFake, Generic[A]):
    """The server, a ``FakeNetwork``; ``api`` is what it remembers.

    A network's own server names ``posting``, what its faults' ``looks`` are where they differ from ``ERRORS``
    and ``PAGES``, and which requests are ``reading`` though they are no GET. ``garbage`` is what a garbled
    answer holds, ``headers`` go with every answer. With ``writes_forbidden`` whatever writes is refused and
    stays in ``forbidden``.
    """

    reading: ClassVar[tuple[str, ...]] = ()
    looks: ClassVar[Mapping[Fault, Reply]] = {}

    api: A
    forbidden: list[str] = field(default_factory=list)
    writes_forbidden: bool = False
    garbage: str = '{"id": "1130'
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def writes(self) -> list[str]:
        """Every request that was not a reading one."""
        return [request for request in self.requests if self._writes(request)]

    def visible(self) -> list[Visible]:
        return self.api.visible()

    def snapshot(self) -> A:
        return deepcopy(self.api)

    def restore(self, snapshot: object) -> None:
        assert isinstance(snapshot, type(self.api))
        self.api = deepcopy(snapshot)
        self.requests.clear()

    def handler(self) -> type[BaseHTTPRequestHandler]:
        return _Handler

    def _listen(self) -> None:
        self.api.base_url = self.url
        super()._listen()

    def state(self) -> Json:
        """What happened, for a test in another process."""
        posts = [asdict(post) for post in self.visible()]
        for post in posts:
            post["pictures"] = [
                [hashlib.sha256(content).hexdigest(), alt] for content, alt in post["pictures"]
            ]
        return {
            "requests": self.requests,
            "complaints": self.complaints,
            "forbidden": self.forbidden,
            "posts": posts,
        }

    def reply(self, request: Request) -> Reply:
        """Carry a request out."""
        if self.writes_forbidden and self._writes(request.name):
            self.forbidden.append(request.name)
            message = "This action is not allowed: nothing may be written in this test"
            return self._json(403, self.api.error(403, message, {}))
        try:
            answer = self.api.answer(request)
        except Refused as refused:
            if isinstance(refused, Complaint):
                self.complaints.append(f"{request.name}: {refused}")
            return self._json(refused.status, self.api.error(refused.status, str(refused), refused.details))
        return answer if isinstance(answer, Reply) else self._json(*answer)

    def usual_headers(self) -> Mapping[str, str]:
        """Return what the network sends with every answer; ``headers`` come on top of it."""
        return {}

    def look(self, fault: Fault) -> Reply:
        """Return the answer that a fault consists of."""
        if fault is Fault.ACCEPTED_GARBLED:
            return Reply(body=self.garbage)
        if fault in self.looks:
            return self.looks[fault]
        if fault in PAGES:
            return PAGES[fault]
        status, message = ERRORS[fault]
        wait = {"Retry-After": "120"} if fault is Fault.RATE_LIMITED else {}
        return Reply(status=status, body=json.dumps(self.api.error(status, message, {})), headers=wait)

    def _writes(self, request: str) -> bool:
        return not request.startswith(("GET ", "HEAD ", *self.reading))

    def _json(self, status: int, content: Any) -> Reply:
        return Reply(status=status, body=json.dumps(content))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # a head and a body in two packets cost 40 ms otherwise
    server: Listener

    @property
    def fake(self) -> LoopbackServer[Any]:
        assert isinstance(self.server.fake, LoopbackServer)
        return self.server.fake

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_PATCH(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:  # the sender died in the middle: no server makes anything of half a request
            self.close_connection = True
            return
        request = Request(
            method=self.command,
            target=self.path,
            headers=CaseInsensitiveDict(self.headers.items()),
            body=body,
        )
        if request.path.startswith("/_fake/"):
            self._control(request)
        else:
            self._serve_api(request)

    def _serve_api(self, request: Request) -> None:
        fake, reply = self.fake, None
        fake.at("arrived", request.name)
        with fake.lock:
            fake.requests.append(request.name)
            fault = fake.next_fault(request.name)
            if fault is None or fault.is_accepted:
                reply = fake.reply(request)
        if reply is not None:
            fake.at("accepted", request.name)
        if fault in {Fault.SILENT, Fault.ACCEPTED_SLOW}:
            select.select([self.connection], [], [], PATIENCE)
            self._cut()
        elif fault in {Fault.RESET, Fault.ACCEPTED_LOST}:
            self._cut()
        elif fault is not None:
            self._reply(fake.look(fault))
        elif reply is not None:
            self._reply(reply)

    def _control(self, request: Request) -> None:
        fake = self.fake
        if request.path == "/_fake/fail":
            script = json.loads(request.body)
            fake.fail(Fault(script["fault"]), on=script.get("on", ""))
        self._reply(Reply(body=json.dumps(fake.state())))

    def _reply(self, reply: Reply) -> None:
        content = reply.body.encode() if isinstance(reply.body, str) else reply.body
        standard = {"Content-Type": reply.content_type, "Content-Length": str(len(content))}
        self.send_response(reply.status)
        fake = self.fake
        for name, value in {**standard, **fake.usual_headers(), **fake.headers, **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _cut(self) -> None:
        self.close_connection = True
        with suppress(OSError):  # the sender may have gone first
            self.connection.shutdown(socket.SHUT_RDWR)


def serve(server: LoopbackServer[Any]) -> None:
    """Print the server's address and serve until the process is told to end."""
    ended = threading.Event()
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, lambda *_: ended.set())
    with server:
        print(server.url, flush=True)
        ended.wait()
