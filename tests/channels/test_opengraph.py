from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from bot.channels.opengraph import Bounds, OpenGraph, Picture, Preview
from tests.channels.messages import PNG
from tests.fakes.site import Page, Site
from tests.servers import certificates

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

AGENT = "wikiherald/1 (https://wiki.example/wiki/User:NewsBot)"
HERE = "http://127.0.0.1:2583"
FAR = "https://bsky.social"
PAGE = """<!DOCTYPE html><html><head>
<meta charset="UTF-8"/><title>MediaWiki 1.46 - MediaWiki</title>
<meta property="og:title" content="MediaWiki&#160;1.46 &amp; more"/>
<META NAME="Description" CONTENT="What is
new in it">
<meta property="og:image" content="{image}">
</head><body><meta property="og:title" content="not this"></body></html>"""


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def page(image: str = "/logo.png") -> Page:
    return Page(body=PAGE.replace("{image}", image).encode())


def look_at(url: str, *, near: str = HERE, bounds: Bounds | None = None) -> Preview:
    return OpenGraph(AGENT, near=near, bounds=bounds).look_at(url)


def test_a_page_says_what_it_is_and_shows_its_picture(site: Site) -> None:
    site.pages = {"/wiki/Neu_%C3%BC?a=1&b=2": page(), "/logo.png": Page(body=PNG, kind="image/png")}
    assert look_at(f"{site.url}/wiki/Neu_%C3%BC?a=1&b=2#Top") == Preview(
        title="MediaWiki 1.46 & more",
        description="What is new in it",
        picture=Picture(mime_type="image/png", content=PNG),
    )
    for _, headers in site.asked:
        assert headers["User-Agent"] == AGENT
        assert headers["Host"] == f"127.0.0.1:{site.port}"
        assert {"Cookie", "Authorization", "Referer"}.isdisjoint(headers)


def test_a_page_without_open_graph_has_its_title(site: Site) -> None:
    site.pages["/"] = Page(body="<title>Grün</title>".encode("latin-1"), kind="text/html; charset=latin-1")
    assert look_at(site.url) == Preview(title="Grün")


@pytest.mark.parametrize("charset", ["utf-8", "none-such", "idna", ""])
def test_a_page_may_lie_about_its_characters(site: Site, charset: str) -> None:
    body = b"<title>A \xff title</title>"
    site.pages["/"] = Page(body=body, kind=f"text/html; charset={charset}")
    assert look_at(site.url).title in {"A \ufffd title", ""}


@pytest.mark.parametrize(
    "broken",
    [
        Page(status=404),
        Page(status=500, body=b"<title>Oops</title>"),
        Page(body=PNG, kind="application/pdf"),
        Page(body=b"<html><head><meta><meta property><title><title></head>"),
        Page(body=b"<meta property='og:title' content='\xf0\x9f'\0<!"),
        Page(body=b""),
    ],
)
def test_a_strange_page_says_nothing(site: Site, broken: Page) -> None:
    site.pages["/"] = broken
    preview = look_at(site.url)
    assert preview.picture is None
    assert preview.description == ""


@pytest.mark.parametrize(
    "picture",
    [
        Page(body=b"x" * 1001, kind="image/png"),
        Page(body=PNG, kind="image/svg+xml"),
        Page(body=PNG, kind="image/png", headers={"Content-Length": "500"}),
        Page(status=404, body=PNG, kind="image/png"),
    ],
    ids=["too big", "of another kind", "cut off", "not there"],
)
def test_a_picture_that_cannot_be_used_leaves_the_words(site: Site, picture: Page) -> None:
    site.pages = {"/": page(), "/logo.png": picture}
    preview = look_at(site.url, bounds=Bounds(picture=1000))
    assert (preview.title, preview.picture) == ("MediaWiki 1.46 & more", None)


def test_of_a_long_page_only_the_beginning_is_read(site: Site) -> None:
    site.pages["/"] = Page(body=b"<title>Long</title>" + b" " * 10_000 + b"<meta name=description content=x>")
    assert look_at(site.url, bounds=Bounds(page=1000)) == Preview(title="Long")


@pytest.mark.parametrize(("slow", "seconds"), [("page", 0.3), ("picture", 2)])
def test_what_takes_too_long_is_left(site: Site, slow: str, seconds: float) -> None:
    dripping = Page(dripping=True, kind="image/png" if slow == "picture" else "text/html")
    site.pages = {"/": dripping if slow == "page" else page(), "/logo.png": dripping}
    began = time.monotonic()
    preview = look_at(site.url, bounds=Bounds(seconds=seconds))
    assert time.monotonic() - began < 8
    assert preview.picture is None
    assert (preview.title == "") == (slow == "page")


def test_a_look_up_that_hangs_is_left() -> None:
    over = threading.Event()

    def hangs(_host: str, _port: int) -> Sequence[str]:
        over.wait(10)
        return ()

    graph = OpenGraph(AGENT, near=FAR, bounds=Bounds(seconds=0.1), resolve=hangs)
    began = time.monotonic()
    assert graph.look_at("https://wiki.example/") == Preview()
    assert time.monotonic() - began < 5
    over.set()


def test_nothing_is_asked_any_more_after_the_time_is_over(site: Site) -> None:
    over = threading.Event()

    def resolve(host: str, _port: int) -> Sequence[str]:
        over.wait(10)
        return (host,)

    graph = OpenGraph(AGENT, near=HERE, bounds=Bounds(seconds=0.1), resolve=resolve)
    assert graph.look_at(site.url) == Preview()
    over.set()
    for thread in threading.enumerate():
        if thread.name == "preview":
            thread.join(10)
    assert site.asked == []


class TestRedirects:
    def test_a_few_are_followed(self, site: Site) -> None:
        for number in range(3):
            site.pages[f"/{number}"] = Page(status=301, headers={"Location": f"/{number + 1}"})
        site.pages["/3"] = Page(body=b"<title>Here</title>")
        assert look_at(f"{site.url}/0").title == "Here"
        assert look_at(f"{site.url}/0", bounds=Bounds(redirects=2)).title == ""

    @pytest.mark.parametrize(
        "location",
        [
            "https://wiki.example/",
            "http://10.0.0.1/",
            "file:///etc/passwd",
            "//169.254.169.254/",
            "http://[",
            "",
        ],
    )
    def test_none_leads_to_where_nobody_would_have_asked(self, site: Site, location: str) -> None:
        site.pages["/"] = Page(status=302, headers={"Location": location})
        resolved: list[str] = []
        graph = OpenGraph(AGENT, near=HERE, resolve=lambda host, _: resolved.append(host) or (host,))  # type: ignore[func-returns-value]  # it notes what it is asked
        assert graph.look_at(site.url) == Preview()
        assert set(resolved) == {"127.0.0.1"}


PUBLIC = "198.35.26.96"
PRIVATE = (
    "127.0.0.1",
    "0.0.0.0",  # noqa: S104 - nobody binds to it
    "10.1.2.3",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.1.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "2001:0:53aa:64c::1",
    "fc00::1",
    "fe80::1",
    "fe80::1%eth0",
    "ff02::1",
    "nonsense",
)


class TestFromOutside:
    """A server anywhere in the world: this machine, and the network it stands in, are never asked."""

    @pytest.mark.parametrize("address", PRIVATE)
    def test_a_name_that_leads_inside_is_not_asked(self, address: str) -> None:
        for addresses in ([address], [PUBLIC, address], [address, PUBLIC]):
            assert self.asked("https://wiki.example/", addresses) == (["wiki.example"], [])

    def test_a_name_that_leads_nowhere_is_not_asked(self) -> None:
        assert self.asked("https://wiki.example/", []) == (["wiki.example"], [])

    def test_a_public_one_is_asked_at_the_addresses_that_were_checked(self) -> None:
        addresses = [PUBLIC, "2620:0:861:ed1a::1"]
        assert self.asked("https://wiki.example/", addresses) == (["wiki.example"], addresses)

    @pytest.mark.parametrize(
        "url",
        [
            "http://wiki.example/",
            "https://wiki.example:8443/",
            "https://user@wiki.example/",
            "https://user:secret@wiki.example/",
            "https://localhost/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "ftp://wiki.example/",
            "file:///etc/passwd",
            "https://wiki.example:99999/",
            "https://[wiki.example/",
            "https:///etc/passwd",
            "",
        ],
    )
    def test_an_address_of_another_kind_is_not_even_looked_up(self, url: str) -> None:
        assert self.asked(url, [PUBLIC]) == ([], [])

    def asked(self, url: str, addresses: Sequence[str]) -> tuple[list[str], list[str]]:
        """Look at a page whose host has these addresses; return what was looked up and what was dialled."""
        hosts: list[str] = []
        dialled: list[str] = []

        def resolve(host: str, _port: int) -> Sequence[str]:
            hosts.append(host)
            return addresses

        def dial(address: str, port: int, _seconds: float) -> socket.socket:
            assert port == 443
            dialled.append(address)
            raise ConnectionRefusedError

        assert OpenGraph(AGENT, near=FAR, resolve=resolve, dial=dial).look_at(url) == Preview()
        return hosts, dialled

    def test_its_page_is_read_through_a_redirect_within_what_is_public(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        files = certificates.make(tmp_path, host=PUBLIC)
        monkeypatch.setenv("SSL_CERT_FILE", str(files.authority))
        with Site(tls=files.serving()) as site:
            site.pages = {
                "/": Page(status=301, headers={"Location": f"https://{PUBLIC}/news"}),
                "/news": page(f"//{PUBLIC}:443/logo.png"),
                "/logo.png": Page(status=302, headers={"Location": f"https://127.0.0.1:{site.port}/secret"}),
            }
            graph = OpenGraph(
                AGENT,
                near=FAR,
                resolve=lambda host, _: [host],
                dial=lambda _address, _port, seconds: socket.create_connection(
                    ("127.0.0.1", site.port), seconds
                ),
            )
            assert graph.look_at(f"https://{PUBLIC}/").title == "MediaWiki 1.46 & more"
            assert site.paths == ["/", "/news", "/logo.png"]


class TestTls:
    def test_the_host_s_own_certificate_is_asked_for(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        files = certificates.make(tmp_path)
        with Site(tls=files.serving()) as site:
            site.pages["/"] = Page(body=b"<title>Sealed</title>")
            assert look_at(site.url) == Preview()
            monkeypatch.setenv("SSL_CERT_FILE", str(files.authority))
            assert look_at(site.url).title == "Sealed"
            assert look_at(site.url.replace("127.0.0.1", "localhost")) == Preview()
            assert site.paths == ["/"]
