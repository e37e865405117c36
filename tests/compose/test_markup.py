from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.compose.markup import to_html, to_telegram_html
from bot.model import Facet, FacetKind, Part, Unit

URL = "https://example.org/a?b=1&c=2"


def a_part(text: str, *facets: tuple[FacetKind, int, int]) -> Part:
    return Part(
        text=text,
        length=len(text),
        limit=None,
        unit=Unit.CHARACTERS,
        facets=tuple(
            Facet(start=start, end=end, kind=kind, url=URL if kind is FacetKind.LINK else None)
            for kind, start, end in facets
        ),
    )


class Reader(HTMLParser):
    """Reads the HTML back: its text, its elements, and whether they are properly nested."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.open: list[str] = []
        self.elements: list[tuple[str, str]] = []
        self.links: list[str] = []
        self._began: list[int] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.text += "\n"
            return
        if tag == "p" and self.text:
            self.text += "\n\n"
        assert tag == "p" or "p" in self.open
        assert tag not in self.open
        self.open.append(tag)
        self._began.append(len(self.text))
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.elements.append((tag, self.text[self._began.pop() :]))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(
    ("part", "html"),
    [
        (a_part("News"), "<p>News</p>"),
        (a_part(""), ""),
        (a_part("a < b & 'c' \"d\""), "<p>a &lt; b &amp; &#x27;c&#x27; &quot;d&quot;</p>"),
        (a_part("one\ntwo\n\nthree"), "<p>one<br>two</p><p>three</p>"),
        (
            a_part("See this now", (FacetKind.LINK, 4, 8)),
            '<p>See <a href="https://example.org/a?b=1&amp;c=2">this</a> now</p>',
        ),
        (a_part("so bold", (FacetKind.BOLD, 3, 7)), "<p>so <b>bold</b></p>"),
        (
            a_part("bold and italic", (FacetKind.BOLD, 0, 8), (FacetKind.ITALIC, 5, 15)),
            "<p><b>bold </b><b><i>and</i></b><i> italic</i></p>",
        ),
        (a_part("a #tag", (FacetKind.TAG, 2, 6)), "<p>a #tag</p>"),
    ],
)
def test_a_part_as_html(part: Part, html: str) -> None:
    assert to_html(part) == html


@pytest.mark.parametrize(
    ("part", "html"),
    [
        (a_part("one\n\ntwo 'a' \"b\""), "one\n\ntwo 'a' \"b\""),
        (a_part("a < b & c > d"), "a &lt; b &amp; c &gt; d"),
        (
            a_part("so bold & linked", (FacetKind.BOLD, 3, 16), (FacetKind.LINK, 10, 16)),
            'so <b>bold &amp; </b><a href="https://example.org/a?b=1&amp;c=2"><b>linked</b></a>',
        ),
        (a_part("a #tag", (FacetKind.TAG, 2, 6)), "a #tag"),
    ],
)
def test_a_part_as_telegram_reads_it(part: Part, html: str) -> None:
    assert to_telegram_html(part) == html


@pytest.mark.parametrize("url", ["javascript:alert(1)", "/wiki/Foo", "", None, 'https://example.org/"x'])
def test_only_http_links_are_linked(url: str | None) -> None:
    facet = Facet(start=0, end=4, kind=FacetKind.LINK, url=url)
    part = Part(text="text", length=4, limit=None, unit=Unit.CHARACTERS, facets=(facet,))
    assert to_html(part) == "<p>text</p>"


def test_a_link_over_two_paragraphs_is_a_link_in_each() -> None:
    reader = Reader(to_html(a_part("one\n\ntwo", (FacetKind.LINK, 1, 7))))
    assert ("a", "ne") in reader.elements
    assert reader.links == [URL, URL]


KINDS = st.sampled_from([FacetKind.LINK, FacetKind.BOLD, FacetKind.ITALIC, FacetKind.TAG])


@settings(deadline=None)
@given(
    st.text("ab <&\n", min_size=1).map(str.strip).filter(lambda text: "\n\n\n" not in text),
    st.lists(st.tuples(KINDS, st.integers(0, 20), st.integers(0, 20)), max_size=6),
)
def test_html_is_well_formed_and_says_what_the_part_says(
    text: str, ranges: list[tuple[FacetKind, int, int]]
) -> None:
    facets = [(kind, min(a, b), min(max(a, b), len(text))) for kind, a, b in ranges]
    reader = Reader(to_html(a_part(text, *(facet for facet in facets if facet[1] < facet[2]))))
    assert reader.text == text
    assert set(reader.links) <= {URL}
