from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.diaspora_text import read_body
from bot.compose.markdown import to_commonmark
from bot.compose.marked import Marked
from bot.compose.text import tidy
from bot.model import Facet, FacetKind


@pytest.mark.parametrize(
    ("body", "text", "links"),
    [
        ("", "", ()),
        ("One\nTwo\n\nThree", "One\nTwo\n\nThree", ()),
        ("One  \nTwo", "One\nTwo", ()),
        ("**Bold** _italic_ ~~gone~~ `code`", "Bold italic gone code", ()),
        ("# News\n\nText", "News\n\nText", ()),
        ("[words](https://a.example/b_(c))", "words", ("https://a.example/b_(c)",)),
        ("[words](<https://a.example/%28>)", "words", ("https://a.example/%28",)),
        ("<https://a.example/>", "https://a.example/", ("https://a.example/",)),
        ("<https://a.example/Yahoo%21>", "https://a.example/Yahoo%21", ("https://a.example/Yahoo%21",)),
        ("see https://a.example/b.", "see https://a.example/b.", ("https://a.example/b",)),
        ("![a picture](https://a.example/p.png)", "a picture", ()),
        ("[![a picture](/p.png)](https://a.example/)", "a picture", ("https://a.example/",)),
        ("* one\n* two", "one\n\ntwo", ()),
        ("> said", "said", ()),
        ("    indented", "indented", ()),
        ("```\ncode\n```", "code", ()),
        ("<b>bold</b>", "<b>bold</b>", ()),
        ("&amp; \\& &copy;", "& & ©", ()),
        ("hello @{ann@pod.example}!", "hello @ann@pod.example!", ()),
        ("hello @{Ann _B_; ann_b@pod.example}", "hello @Ann _B_", ()),
        ("no mention: @\\{ann@pod.example\\}", "no mention: @{ann@pod.example}", ()),
        ("\\@{ann@pod.example}", "@{ann@pod.example}", ()),
        ("#MediaWiki news", "#MediaWiki news", ()),
        ("| a | b |\n|---|---|\n| c | d |", "a\n\nb\n\nc\n\nd", ()),
    ],
)
def test_markdown_is_read_as_its_readers_see_it(body: str, text: str, links: tuple[str, ...]) -> None:
    assert read_body(body) == (text, links)


@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Co", "Cs", "Zl", "Zp", "Zs"])
        | st.sampled_from(" \n@{};"),
        max_size=60,
    )
)
def test_what_we_write_is_read_as_it_was(text: str) -> None:
    meant = tidy(Marked(text=text))
    assert read_body(to_commonmark(meant))[0] == meant.text


def test_a_link_over_several_lines_is_read_with_each_of_them() -> None:
    url = "https://a.example/"
    text = Marked(text="one\ntwo", facets=(Facet(start=0, end=7, kind=FacetKind.LINK, url=url),))
    assert read_body(to_commonmark(text)) == ("one\ntwo", (url,))
