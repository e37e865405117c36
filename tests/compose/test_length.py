from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.compose.length import count, graphemes
from bot.model import Limits, Unit

URL = "https://www.mediawiki.org/wiki/MediaWiki_1.46/a/rather/long/path"
MASTODON = Limits(text=500, url_weight=23)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("日本語", 3),
        ("👨‍👩‍👧‍👦", 1),
        ("cafe\u0301", 4),
        ("1️⃣", 1),
        ("…", 1),
        ("नमस्ते", 3),
        ("see mediawiki.org ok", 20),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", 1),
        ("🇩🇪🇫🇷", 2),
        ("שלום", 4),
        ("", 0),
    ],
)
def test_a_character_is_what_a_reader_takes_for_one(text: str, length: int) -> None:
    assert count(text, MASTODON) == length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        (URL, 23),
        ("http://a.de", 23),
        (f"see {URL}.", 4 + 23 + 1),
        (f"({URL})", 25),
        (f"{URL}, {URL}", 23 + 2 + 23),
        ("https://en.wikipedia.org/wiki/Foo_(bar)", 23),
        ("(https://en.wikipedia.org/wiki/Foo_(bar))", 25),
        ("https://en.wikipedia.org/w/index.php?title=A&oldid=1#b", 23),
        ("https://en.wikipedia.org/w/index.php?title=A!", 24),
        ("https://пример.рф/вики/Страница", 23),
        ("https://example.orgは", 24),
        ("詳細https://example.org/", 2 + 23),
        ("https://example.org/…", 23),
        ("https://example.org:8080/a", 23),
        ("HTTPS://EXAMPLE.ORG/", 23),
        ("xhttps://example.org/", 21),
        ("https://", 8),
        ("ftp://example.org/", 18),
    ],
)
def test_a_url_costs_what_the_server_says_and_ends_where_the_server_ends_it(text: str, length: int) -> None:
    assert count(text, MASTODON) == length


@pytest.mark.parametrize("weight", [1, 23, 25])
def test_the_price_of_a_url_is_the_servers(weight: int) -> None:
    assert count(f"a {URL} b", Limits(url_weight=weight)) == 4 + weight


def test_without_a_price_a_url_counts_as_long_as_it_is() -> None:
    assert count(f"a {URL}", Limits()) == 2 + len(URL)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("@user@example.social", 5),
        ("(@user@example.social)", 7),
        ("@user", 5),
        ("@us.er-name@example.social", 11),
        ("mail user@example.org", 21),
        ("@user@example.social@more", 25),
        ("wiki/@user@example.social", 25),
        ("@\u2060user@example.social", 21),
    ],
)
def test_an_account_elsewhere_counts_without_its_server(text: str, length: int) -> None:
    assert count(text, MASTODON) == length


def test_the_content_warning_counts_at_its_full_length() -> None:
    assert count("text", MASTODON, warning=f"about {URL}") == 4 + 6 + len(URL)


def test_every_unit_can_be_counted() -> None:
    assert [count("a", Limits(unit=unit)) for unit in Unit] == [1] * len(Unit)


@given(st.text())
def test_graphemes_are_the_whole_text_in_pieces(text: str) -> None:
    assert "".join(graphemes(text)) == text
