from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.compose import length
from bot.compose.length import Measure, graphemes, measure
from bot.compose.marked import Marked
from bot.model import Facet, FacetKind, Form, Limits, Unit

URL = "https://www.mediawiki.org/wiki/MediaWiki_1.46/a/rather/long/path"
MASTODON = Limits(text=500, url_weight=23)


def count(text: str, limits: Limits, *, warning: str | None = None) -> int:
    return length.count(Marked(text=text), limits, warning=warning)


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


def test_what_stands_between_a_content_warning_and_the_text_counts_too() -> None:
    limits = Limits(text=300, unit=Unit.GRAPHEMES, bytes=15, gap="\n\n")
    assert count("text", limits, warning="about") == 5 + 2 + 4
    assert count("text", limits) == 4
    assert measure(Marked(text="text"), limits, warning="größer").length == 8 + 2 + 4


def test_the_content_warning_counts_at_its_full_length() -> None:
    assert count("text", MASTODON, warning=f"about {URL}") == 4 + 6 + len(URL)


def test_every_unit_can_be_counted() -> None:
    assert [count("a", Limits(unit=unit)) for unit in Unit] == [1] * len(Unit)


# The weights are X's, the others are Unicode's.
@pytest.mark.parametrize(
    ("text", "weighted", "clusters", "utf16", "utf8"),
    [
        ("日本語", 6, 3, 3, 9),
        ("👨‍👩‍👧‍👦", 2, 1, 11, 25),
        ("cafe\u0301", 4, 4, 5, 6),
        ("1️⃣", 2, 1, 3, 7),
        ("…", 2, 1, 1, 3),
        ("नमस्ते", 6, 3, 6, 18),
        ("see mediawiki.org ok", 30, 20, 20, 20),
        ("\u1100\u1161", 2, 1, 2, 6),
        ("\u2013\u2060", 3, 2, 2, 6),
    ],
)
def test_a_text_is_as_long_as_the_unit_says(
    text: str, weighted: int, clusters: int, utf16: int, utf8: int
) -> None:
    units = Unit.WEIGHTED, Unit.GRAPHEMES, Unit.UTF16, Unit.BYTES, Unit.CODE_POINTS
    assert [count(text, Limits(unit=unit)) for unit in units] == [weighted, clusters, utf16, utf8, len(text)]


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        (URL, 23),
        ("README.md and script.py", 23 + 5 + 23),
        ("README.\u2060md", 9 + 2),
        ("https://en.wikipedia.org/wiki/K%C3%B6ln", 23),
        ("https://ja.wikipedia.org/wiki/日本", 23 + 4),
        ("user@example.org", 16),
    ],
)
def test_x_counts_whatever_it_will_link_as_23(text: str, weight: int) -> None:
    assert count(text, Limits(unit=Unit.WEIGHTED)) == weight


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("word", 4),
        ("日本語", 3),
        ("👍", 4),
        ("👨‍👩‍👧‍👦", 25),
        ("🇩🇪", 8),
        ("1️⃣", 7),
        ("12", 2),
        ("cafe\u0301", 5),
    ],
)
def test_an_emoji_on_threads_is_as_long_as_its_bytes(text: str, length: int) -> None:
    assert count(text, Limits(unit=Unit.EMOJI_BYTES)) == length


@pytest.mark.parametrize(
    ("form", "length"),
    [
        (Form.PLAIN, len("a_b & c")),
        (Form.HTML, len("<p>a_b &amp; <b>c</b></p>")),
        (Form.MARKDOWN, len(r"a\_b & **c**")),
        (Form.LITTLE_TEXT, len(r"a\_b & c")),
    ],
)
def test_what_is_counted_is_the_text_as_it_is_written(form: Form, length: int) -> None:
    text = Marked(text="a_b & c", facets=(Facet(start=6, end=7, kind=FacetKind.BOLD),))
    assert measure(text, Limits(unit=Unit.CODE_POINTS, counted=form)).length == length


class TestMeasure:
    LIMITS = Limits(text=10, unit=Unit.GRAPHEMES, bytes=20, with_media=5)

    def test_a_text_is_measured_by_the_limit_that_it_comes_closest_to(self) -> None:
        assert measure(Marked(text="word"), self.LIMITS) == Measure(length=4, limit=10, unit=Unit.GRAPHEMES)
        assert measure(Marked(text="👨‍👩‍👧‍👦"), self.LIMITS) == Measure(length=25, limit=20, unit=Unit.BYTES)

    def test_a_text_with_files_has_a_limit_of_its_own(self) -> None:
        size = measure(Marked(text="words!"), self.LIMITS, with_media=True)
        assert (size.limit, size.fits) == (5, False)
        assert measure(Marked(text="words!"), Limits(text=10), with_media=True).limit == 10

    @pytest.mark.parametrize(
        ("text", "limits", "fits"),
        [
            ("x" * 10, Limits(text=10), True),
            ("x" * 11, Limits(text=10), False),
            ("x", Limits(text=0), False),
            ("", Limits(text=0), True),
            ("x" * 9999, Limits(), True),
            ("é" * 10, Limits(bytes=20), True),
            ("é" * 11, Limits(bytes=20), False),
            ("é" * 11, Limits(text=20, bytes=20), False),
        ],
    )
    def test_a_text_fits_when_every_limit_says_so(self, text: str, limits: Limits, fits: bool) -> None:
        assert measure(Marked(text=text), limits).fits is fits


@settings(deadline=None)
@given(st.text())
def test_graphemes_are_the_whole_text_in_pieces(text: str) -> None:
    assert "".join(graphemes(text)) == text
