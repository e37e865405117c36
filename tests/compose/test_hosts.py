from __future__ import annotations

import pytest

from bot.compose.hosts import addresses, host_of, in_letters, is_disguised, place_of

# "apple" of Cyrillic letters
APPLE = "\u0430\u0440\u0440\u04cf\u0435"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.mediawiki.org/wiki/MediaWiki", "www.mediawiki.org"),
        ("HTTPS://WWW.MediaWiki.ORG:443/", "www.mediawiki.org"),
        ("https://evil.example.:8443/", "evil.example"),
        ("https://wikipedia.org@evil.example/", "evil.example"),
        ("https://wikipedia.org:443@evil.example/", "evil.example"),
        ("https://wikipedia.org%2F@evil.example/", "evil.example"),
        ("https://good.example\\@evil.example/", "good.example"),
        ("https:\\\\evil.example", "evil.example"),
        ("https://good.example\\.evil.example/", "good.example"),
        ("https://%65vil.example/", "evil.example"),
        ("https://\uff45vil.example/", "evil.example"),
        ("https://evil\u3002example/", "evil.example"),
        ("http://0x7f.1/", "127.0.0.1"),
        ("http://2130706433/", "127.0.0.1"),
        ("http://017700000001/", "127.0.0.1"),
        ("https://[::1]/", "[::1]"),
        (f"https://{APPLE}.com/", "xn--80ak6aa92e.com"),
        ("https://stra\xdfe.example/", "xn--strae-oqa.example"),
        ("https://999.999.999.999/", None),
        ("https://x.example:99999/", None),
        ("https://", None),
        ("/wiki/MediaWiki", None),
        ("mailto:ann@wiki.example", None),
    ],
)
def test_the_host_is_the_one_that_a_browser_asks(url: str, host: str | None) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    "url",
    [
        "https://wikipedia.org@evil.example/",
        "https://good.example\\@evil.example/",
        "https:\\\\evil.example",
        "https://%65vil.example/",
        "https://\uff45vil.example/",
        "http://0x7f.1/",
        "http://2130706433/",
    ],
)
def test_an_address_that_looks_like_another_is_disguised(url: str) -> None:
    assert is_disguised(url)
    assert place_of(url) is not None


@pytest.mark.parametrize(
    "url",
    [
        "https://www.mediawiki.org/wiki/MediaWiki",
        "HTTPS://WWW.MediaWiki.ORG:8443?x",
        "https://evil.example./",
        "https://b\xfccher.example/",
        "https://B\xdcCHER.example/",
        f"https://{APPLE}.com/",
        "http://127.0.0.1:8000/",
        "https://[0:0::1]/",
        "https://social.example/@news",
        "/wiki/MediaWiki",
    ],
)
def test_a_plain_one_is_not(url: str) -> None:
    assert not is_disguised(url)


def test_where_an_address_leads_is_told_where_it_does_not_say_so() -> None:
    assert place_of(f"https://{APPLE}.com:8443/x") == "xn--80ak6aa92e.com:8443"
    assert place_of("https://wikipedia.org@evil.example/") == "evil.example"
    assert place_of("https://xn--80ak6aa92e.com/") is None
    assert place_of("https://www.mediawiki.org:8443/") is None
    assert place_of("nowhere") is None


def test_punycode_is_read() -> None:
    assert in_letters("www.xn--80ak6aa92e.com") == f"www.{APPLE}.com"
    assert in_letters("xn--a.example") == "xn--a.example"
    assert in_letters("mediawiki.org") == "mediawiki.org"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://a.example.", ("https://a.example",)),
        ("(https://a.example), https://b.example:80!", ("https://a.example", "https://b.example:80")),
        ("HTTP://A.example/x?y#z.", ("HTTP://A.example/x?y#z.",)),
        ("https://u@a.example/ https://[::1]", ("https://u@a.example/", "https://[::1]")),
        ("https://a.example\u3001b", ("https://a.example",)),
        ("https:\\\\a.example", ("https:\\\\a.example",)),
        ("https://\u2026 http:// https:", ()),
        ("https://a.example https://a.example", ("https://a.example",)),
    ],
)
def test_every_address_in_a_text_is_found(text: str, found: tuple[str, ...]) -> None:
    assert addresses(text) == found
