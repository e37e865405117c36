from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.mastodon_html import read_content
from tests.fakes.mastodon_text import render

URL = "https://www.mediawiki.org/wiki/Some_(rather)_long/title_of_a_page?a=1&b=2#Section"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<p>One</p><p>Two<br>Three<br />Four</p>", "One\n\nTwo\nThree\nFour"),
        ("<p>a &lt; b &amp;amp; c &nbsp;d</p>", "a < b &amp; c \xa0d"),
        ("Just text", "Just text"),
        ("<ul><li>One</li><li>Two</li></ul>", "One\n\nTwo"),
        ("<p>Not closed <b>bold", "Not closed bold"),
        ("<p>zero\u2060width\u200b</p>", "zero\u2060width\u200b"),
    ],
)
def test_html_becomes_the_text_that_was_written(html: str, text: str) -> None:
    assert read_content(html) == (text, ())


def test_a_link_that_is_shown_shortened_is_read_whole() -> None:
    assert read_content(render(f"See {URL} there", host="https://m.example")) == (f"See {URL} there", (URL,))


def test_a_link_with_a_text_of_its_own_keeps_it() -> None:
    assert read_content('<a href="https://a.example/">here</a>') == ("here", ("https://a.example/",))


def test_mentions_and_hashtags_are_text_and_no_links() -> None:
    html = (
        '<p><span class="h-card"><a href="https://b.example/@bob" class="u-url mention">@<span>bob</span></a>'
        '</span> <a href="https://m.example/tags/Wiki" class="mention hashtag" rel="tag">#<span>Wiki</span>'
        "</a></p>"
    )
    assert read_content(html) == ("@bob #Wiki", ())
    assert read_content(html, {"https://b.example/@bob": "bob@b.example"}) == ("@bob@b.example #Wiki", ())


@given(st.text())
def test_no_html_is_too_odd_to_be_read(html: str) -> None:
    read_content(html)


# What a wiki's news can hold after compose.text has cleaned it.
TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\xa0"), min_size=1)


@given(st.lists(TEXT, min_size=1, max_size=4))
def test_what_mastodon_shows_is_read_as_what_was_sent(lines: list[str]) -> None:
    text = "\n".join(lines).strip()
    assert read_content(render(text, host="https://m.example"))[0] == text
