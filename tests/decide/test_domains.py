from __future__ import annotations

from dataclasses import replace

import pytest

from bot.decide.domains import linked_domains, plain_addresses
from bot.decide.gate import Surroundings
from bot.model import Gate, Item, Link, RichText, Run
from bot.news.richtext import render
from tests.builders import NOW, SITE, an_item

APPLE = "\u0430\u0440\u0440\u04cf\u0435"  # Cyrillic
WIKIPEDIA = "wikip\u0435dia"  # one letter of it Cyrillic


def around(*allowed: str, own_host: str | None = "wiki.example") -> Surroundings:
    return Surroundings(gate=Gate(allowed_domains=frozenset(allowed)), now=NOW, own_host=own_host)


def linking_to(url: str) -> Item:
    return replace(an_item(), body=RichText(runs=(Run(text="news", url=url),)))


def saying(text: str) -> Item:
    """Return an item as it is understood when it says ``text``, all of whose addresses count."""
    return replace(an_item(link=None), body=render(text, SITE).body)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://wikipedia.org@evil.example/", "evil.example"),
        ("https://good.example\\@evil.example/", "good.example"),
        ("https://%65vil.example/", "evil.example"),
        ("http://0x7f.1/", "127.0.0.1"),
        (f"https://{WIKIPEDIA}.org/", "xn--wikipdia-g8g.org"),
        (f"https://{APPLE}.com/", "xn--80ak6aa92e.com"),
        ("https://xn--80ak6aa92e.com/", "xn--80ak6aa92e.com"),
        ("https://\u03bf\u03c1\u03b1.com/", "xn--mxa1ag.com"),
    ],
)
def test_an_address_that_looks_like_another_is_held_wherever_it_stands(url: str, shown: str) -> None:
    asked = an_item(directives={"texts": {"mastodon": f"look: {url}"}})
    warned = an_item(directives={"content_warning": url})
    led = an_item(main_link=Link(text="news", url=url))
    for item in (linking_to(url), saying(f"look: {url} there"), asked, warned, led):
        found = plain_addresses(item, around())
        assert found is not None
        assert shown in found.reason


@pytest.mark.parametrize(
    "url",
    [
        "https://www.mediawiki.org/wiki/MediaWiki",
        "https://social.example/@news",
        "https://b\xfccher.example/",
        "https://\u4f8b\u3048.jp/",
        "https://wiki\u3067\u3059.jp/",
        "https://\u043f\u0440\u0438\u043c\u0435\u0440.com/",
        f"https://{APPLE}.\u0440\u0444/",  # a Cyrillic name under a Cyrillic domain
        "https://\u05d3\u05d5\u05d2\u05de\u05d4.example/",
        "https://\U0001f980.example/",
        "https://127.0.0.1/",
        "https://999.999.999.999/",
    ],
)
def test_a_name_in_one_script_is_a_name(url: str) -> None:
    assert plain_addresses(saying(f"look: {url} there"), around()) is None


def test_a_maintainer_can_allow_a_name_and_the_wiki_has_its_own() -> None:
    url = f"https://{WIKIPEDIA}.org/"
    assert plain_addresses(linking_to(url), around("xn--wikipdia-g8g.org")) is None
    assert plain_addresses(linking_to(url), around(own_host=f"{WIKIPEDIA}.org")) is None


def test_a_disguise_is_not_allowed_by_the_name_behind_it() -> None:
    url = "https://evil.example@mediawiki.org/"
    assert plain_addresses(linking_to(url), around("mediawiki.org")) is not None


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://mediawiki.org/", True),
        ("https://MEDIAWIKI.org.:8443/", True),
        ("https://www.mediawiki.org/wiki/X", True),
        ("https://wiki.example/wiki/X", True),
        ("https://notmediawiki.org/", False),
        ("https://mediawiki.org.evil.example/", False),
        ("https://evil.example/mediawiki.org", False),
        ("https://mediawiki.org@evil.example/", False),
        ("https://evil.example\\.mediawiki.org/", False),
        ("https://evil.example%2Fmediawiki.org/", False),
        ("https://evil\u3002example/", False),
        ("http://2130706433/", False),
    ],
)
def test_only_allowed_domains_may_be_linked_by_whatever_can_be_clicked(url: str, *, allowed: bool) -> None:
    asked = an_item(directives={"texts": {"mastodon": f"look: {url}"}})
    led = an_item(main_link=Link(text="news", url=url))
    labelled = replace(an_item(), body=RichText(runs=(Run(text=f"{url} ", url="https://mediawiki.org/"),)))
    for item in (linking_to(url), saying(f"look: {url} there"), asked, led, labelled):
        found = linked_domains(item, around("mediawiki.org"))
        assert (found is None) == allowed


def test_without_a_list_any_domain_may_be_linked() -> None:
    assert linked_domains(linking_to("https://evil.example/"), around()) is None
