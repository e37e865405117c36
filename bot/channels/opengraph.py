"""What a page says of itself for a link's card: title, description and picture (https://ogp.me/).

The address comes from a wiki page that anybody may edit, and we stand inside somebody's network: so only what
is public is asked, at the very address that was checked, for little and not for long. Nothing here raises: a
card is an ornament.
"""

from __future__ import annotations

import logging
import socket
import ssl
import threading
from contextlib import closing, suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPResponse
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

from bot.channels.sockets import is_loopback
from bot.compose.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

log = logging.getLogger(__name__)

PICTURES = ("image/jpeg", "image/png", "image/webp", "image/gif")
PAGES = ("text/html", "application/xhtml+xml")
_CHUNK = 65536
_SAFE = "!#$%&'()*+,/:;=?@[]~"  # as in a URL that is percent-encoded already, or not
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# An IPv4 address may be hidden in one of these, for whoever translates them.
_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A picture that was fetched."""

    mime_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What a page says of itself; all empty where it says nothing, or cannot be asked."""

    title: str = ""
    description: str = ""
    picture: Picture | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """How much is read of a page and of a picture, in bytes; how long all of it may take, in seconds."""

    page: int = 512 * 1024
    picture: int = 1_000_000
    seconds: float = 10.0
    redirects: int = 3


class _RefusedError(Exception):
    """An address that is not asked, or an answer that is not taken."""


def look_up(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host, as the system knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


def dial(address: str, port: int, seconds: float) -> socket.socket:
    """Return a connection to an address."""
    return socket.create_connection((address, port), timeout=seconds)


class OpenGraph:
    """Looks at pages for their previews.

    ``near`` is the address of the channel's server: if that is on this very machine, so must be the pages.
    ``resolve`` and ``dial`` are the network: what is dialled are addresses that were resolved and checked.
    """

    def __init__(
        self,
        user_agent: str,
        *,
        near: str,
        bounds: Bounds | None = None,
        resolve: Callable[[str, int], Sequence[str]] = look_up,
        dial: Callable[[str, int, float], socket.socket] = dial,
    ) -> None:
        self._bounds = bounds or Bounds()
        self._fetcher = _Fetcher(
            user_agent=user_agent,
            here=is_loopback(urlsplit(near).hostname or ""),
            resolve=resolve,
            dial=dial,
        )

    def look_at(self, url: str) -> Preview:
        """Return what the page says of itself, as far as it could be had in time."""
        visit = _Visit(fetcher=self._fetcher, bounds=self._bounds)
        # A thread, since the look-up of a name can be bounded in no other way.
        worker = threading.Thread(target=visit.run, args=(url,), name="preview", daemon=True)
        worker.start()
        worker.join(self._bounds.seconds)
        visit.end()
        return visit.preview


@dataclass(kw_only=True, slots=True)
class _Visit:
    """One look at one page; ``preview`` is what is known so far."""

    fetcher: _Fetcher
    bounds: Bounds
    preview: Preview = field(default_factory=Preview)
    ended: bool = False
    connection: socket.socket | None = None

    def run(self, url: str) -> None:
        """Read the page, and then its picture; what goes wrong ends it."""
        try:
            page = self._fetch(url, PAGES, self.bounds.page, whole=False)
            said = _Said()
            said.feed(page.text.partition("</head>")[0])
            title, description = said.first("og:title", "title"), said.first("og:description", "description")
            self.preview = Preview(title=title, description=description)
            if address := said.first("og:image:secure_url", "og:image", "og:image:url"):
                picture = self._fetch(urljoin(page.url, address), PICTURES, self.bounds.picture, whole=True)
                self.preview = Preview(
                    title=title,
                    description=description,
                    picture=Picture(mime_type=picture.kind, content=picture.content),
                )
        except Exception as error:  # noqa: BLE001 - whatever a strange page brings about: the post goes out
            log.info("no more of a preview of %s: %s", url, error or type(error).__name__)

    def end(self) -> None:
        """Stop what is still going on."""
        self.ended = True
        if self.connection is not None:
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)

    def _go_on(self) -> None:
        if self.ended:
            raise _RefusedError("it takes too long")

    def _fetch(self, url: str, kinds: Iterable[str], most: int, *, whole: bool) -> _Fetched:
        for _ in range(self.bounds.redirects + 1):
            with closing(self.fetcher.connect(url, self.bounds.seconds)) as connection:
                self.connection = connection.sock
                self._go_on()
                with closing(self.fetcher.get(connection, url)) as answer:
                    if answer.status not in _REDIRECTS:
                        return self._read(answer, url, tuple(kinds), most, whole=whole)
                    url = urljoin(url, answer.getheader("Location", ""))
        raise _RefusedError("too many redirects")

    def _read(
        self, answer: HTTPResponse, url: str, kinds: tuple[str, ...], most: int, *, whole: bool
    ) -> _Fetched:
        kind = answer.headers.get_content_type()
        if answer.status != 200 or kind not in kinds:
            raise _RefusedError(f"the answer is {answer.status} {kind}")
        content = bytearray()
        while len(content) <= most and (chunk := answer.read1(_CHUNK)):
            self._go_on()
            content += chunk
        if whole and (len(content) > most or answer.length):
            raise _RefusedError("it is too much, or not all of it came")
        charset = answer.headers.get_content_charset() or "utf-8"
        return _Fetched(url=url, kind=kind, content=bytes(content[:most]), charset=charset)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Fetched:
    """What was found at an address, after redirects."""

    url: str
    kind: str
    content: bytes
    charset: str

    @property
    def text(self) -> str:
        try:
            return self.content.decode(self.charset, errors="replace")
        except LookupError:
            return self.content.decode(errors="replace")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Fetcher:
    """Opens connections to where they may lead: with ``here`` to this machine alone, else never to it."""

    user_agent: str
    here: bool
    resolve: Callable[[str, int], Sequence[str]]
    dial: Callable[[str, int, float], socket.socket]

    def connect(self, url: str, seconds: float) -> HTTPConnection:
        """Return an open connection; raises ``_RefusedError`` for an address that is not asked."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        connection = HTTPConnection(host, port, timeout=seconds)
        plain = self._reach(self._checked(url), port, seconds)
        connection.sock = plain
        if parts.scheme == "https":
            connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        return connection

    def get(self, connection: HTTPConnection, url: str) -> HTTPResponse:
        """Ask for a page."""
        parts = urlsplit(url)
        path = quote(parts.path, safe=_SAFE) or "/"
        query = f"?{quote(parts.query, safe=_SAFE)}" if parts.query else ""
        connection.request(
            "GET",
            path + query,
            headers={
                "User-Agent": self.user_agent,
                "Accept-Encoding": "identity",
                "Connection": "close",
            },
        )
        return connection.getresponse()

    def _checked(self, url: str) -> Sequence[str]:
        """Return the addresses of a URL's host, all of which may be asked."""
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        if self.here:
            fit = parts.scheme in {"http", "https"} and is_loopback(host)
        else:
            fit = parts.scheme == "https" and port in {None, 443} and not is_loopback(host)
        if not (host and fit) or parts.username is not None:
            raise _RefusedError("its address is not one that is asked")
        addresses = self.resolve(host, port or 443)
        if not addresses or not all(_may_be_asked(address, here=self.here) for address in addresses):
            raise _RefusedError("its host is not where it may be asked")
        return addresses

    def _reach(self, addresses: Sequence[str], port: int, seconds: float) -> socket.socket:
        for address in addresses[:-1]:
            with suppress(OSError):
                return self.dial(address, port, seconds)
        return self.dial(addresses[-1], port, seconds)


class _Said(HTMLParser):
    """Collects what the head of a page says of it, each name's first value."""

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[str, str] = {}
        self._in_title = False

    def first(self, *names: str) -> str:
        """Return the first of these that the page has, on one line."""
        found = (" ".join(clean(self._found.get(name, "")).split()) for name in names)
        return next(filter(None, found), "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what a ``meta`` says."""
        self._in_title = tag == "title" and "title" not in self._found
        if tag == "meta":
            said = dict(attrs)
            name = (said.get("property") or said.get("name") or "").lower()
            self._found.setdefault(name, said.get("content") or "")

    def handle_data(self, data: str) -> None:
        """Take the title's text."""
        if self._in_title:
            self._found["title"] = data
            self._in_title = False


def _may_be_asked(address: str, *, here: bool) -> bool:
    """Tell whether an address is this machine's, with ``here``, or else one that all the world can reach."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if here:
        return ip.is_loopback
    hides_another = isinstance(ip, IPv6Address) and (
        ip.sixtofour or ip.teredo or any(ip in network for network in _TRANSLATED)
    )
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or hides_another)
