from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.compose.defuse import defuse
from bot.compose.length import graphemes
from bot.compose.marked import Marked
from bot.compose.shorten import shorten, split
from bot.model import Facet, FacetKind

if TYPE_CHECKING:
    from collections.abc import Callable

FAMILY = "👨‍👩‍👧‍👦"


def within(room: int) -> Callable[[Marked], bool]:
    return lambda piece: len(graphemes(piece.text)) <= room


def shortened(text: str, room: int) -> str | None:
    result = shorten(Marked(text=text), within(room))
    return None if result is None else result.text


def pieces(text: str, room: int, most: int = 9) -> list[str]:
    return [piece.text for piece in split(Marked(text=text), lambda piece, _: within(room)(piece), most=most)]


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("fits as it is", 13, "fits as it is"),
        ("one two three", 12, "one two…"),
        ("one two three", 8, "one two…"),
        ("one two three", 7, "one…"),
        ("one, two (three)", 12, "one, two…"),
        ("one two, three", 10, "one two…"),
        ("A full stop. Then more", 15, "A full stop…"),
        ("Is it? Then more", 9, "Is it?…"),
        ("Donaudampfschifffahrt", 10, "Donaudamp…"),
        ("Die Donaudampfschifffahrt", 14, "Die Donaudamp…"),
        ("A longer beginning Donaudampf", 28, "A longer beginning…"),
        ("日本語の文章はどこで切るのか", 8, "日本語の文章は…"),
        ("日本語の文。そして次", 7, "日本語の文…"),
        ("ภาษาไทยไม่เว้นวรรค", 8, "ภาษาไทย…"),
        ("한국어 문장은 띄어 쓴다", 7, "한국어…"),
        ("שלום עולם גדול", 11, "שלום עולם…"),
        ("مرحبا بالعالم الكبير", 15, "مرحبا بالعالم…"),
        (FAMILY * 5, 3, FAMILY * 2 + "…"),
        ("🇩🇪🇫🇷🇵🇱🇨🇿", 3, "🇩🇪🇫🇷…"),
        ("e\u0301" * 6, 4, "e\u0301" * 3 + "…"),
        ("नमस्ते" * 3, 4, "नमस्ते…"),
        ("see https://example.org/a/b now", 20, "see…"),
        ("see https://example.org/a/b now", 29, "see https://example.org/a/b …"),
        ("see https://example.org/a/ now", 28, "see https://example.org/a/ …"),
        ("https://example.org/a/b", 12, None),
        ("with @someone@example.org", 15, "with…"),
        ("about #hashtag", 10, "about…"),
        ("word", 1, None),
        ("word", 0, None),
        ("(x", 1, None),
    ],
)
def test_a_text_is_cut_where_a_reader_would_cut_it(text: str, room: int, expected: str | None) -> None:
    assert shortened(text, room) == expected


def test_a_link_stands_whole_or_not_at_all() -> None:
    link = Facet(start=4, end=21, kind=FacetKind.LINK, url="https://example.org/")
    text = Marked(text="See the release notes today", facets=(link,))
    assert shorten(text, within(20)) == Marked(text="See…")
    assert shorten(text, within(22)) == Marked(text="See the release notes…", facets=(link,))


def test_a_text_that_is_all_one_link_keeps_the_link_on_a_shorter_text() -> None:
    link = Facet(start=0, end=17, kind=FacetKind.LINK, url="https://example.org/")
    result = shorten(Marked(text="The release notes", facets=(link,)), within(13))
    assert result is not None
    assert result.text == "The release…"
    assert [(f.start, f.end, f.url) for f in result.facets] == [(0, 11, "https://example.org/")]


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("One two. Three.", 20, ["One two. Three."]),
        ("One two. Three four. Five six.", 20, ["One two. Three four.", "Five six."]),
        ("One two. Three four. Five six.", 12, ["One two.", "Three four.", "Five six."]),
        ("One. Two three four five six", 15, ["One. Two three", "four five six"]),
        ("これは文です。これも文です。おわり。", 8, ["これは文です。", "これも文です。", "おわり。"]),
        ("Donaudampfschifffahrt", 8, ["Donaudam", "pfschiff", "fahrt"]),
        ("one two\n\nthree four", 13, ["one two", "three four"]),
        ("see https://example.org/a/b now", 24, ["see", "https://example.org/a/b", "now"]),
        ("", 5, []),
    ],
)
def test_a_text_is_split_at_sentences_or_else_at_words(text: str, room: int, expected: list[str]) -> None:
    assert pieces(text, room) == expected


def test_what_does_not_go_into_the_last_piece_is_shortened() -> None:
    assert pieces("one two three four five six", 9, most=2) == ["one two", "three…"]


def test_a_thing_too_long_for_any_piece_ends_the_text_with_an_ellipsis() -> None:
    assert pieces("one two https://example.org/a/b three", 8) == ["one two…"]


def test_the_first_piece_is_empty_where_nothing_fits_there() -> None:
    result = split(Marked(text="one two"), lambda piece, number: number > 0 or not piece.text, most=9)
    assert [piece.text for piece in result] == ["", "one two"]


def test_no_piece_begins_with_a_mention_that_was_none_before() -> None:
    text = defuse(Marked(text="word@user" * 4), "mastodon", handles={}, tags=()).text
    assert text == "word@user" * 4
    for room in range(4, 20):
        result = pieces(text, room, most=100)
        assert "".join(result) == text
        assert not any(piece.startswith("@") for piece in result)


WORDS = st.one_of(
    st.sampled_from(
        ["word", "日本語の文章。", "ภาษาไทย", FAMILY, "🇩🇪🇫🇷", "cafe\u0301", "नमस्ते", "שלום", "(a)", "Ende.",
         " https://example.org/a_(b) ", " @someone@example.org ", " #hashtag "]
    ),
    st.text(max_size=8),
)  # fmt: skip
TEXTS = st.lists(st.tuples(WORDS, st.sampled_from([" ", "", "\n"])), max_size=12).map(
    lambda parts: "".join(word + space for word, space in parts).strip()
)


@settings(deadline=None)
@given(TEXTS, st.integers(0, 60))
def test_a_shortened_text_fits_and_is_whole_graphemes_of_the_text(text: str, room: int) -> None:
    result = shortened(text, room)
    if result is None or result == text:
        return
    assert len(graphemes(result)) <= room
    kept = graphemes(result.removesuffix("…").removesuffix(" "))
    assert kept == graphemes(text)[: len(kept)]


@settings(deadline=None)
@given(TEXTS, st.integers(0, 60))
def test_shortening_never_cuts_a_url_a_mention_or_a_hashtag(text: str, room: int) -> None:
    result = shortened(text, room) or ""
    for token in ("https://example.org/a_(b)", "@someone@example.org", "#hashtag"):
        assert result.count(token[:5]) == result.count(token)


@settings(deadline=None)
@given(TEXTS, st.integers(30, 60))
def test_the_pieces_of_a_split_text_fit_and_lose_nothing_but_white_space(text: str, room: int) -> None:
    result = pieces(text, room, most=1000)
    assert all(len(graphemes(piece)) <= room for piece in result)
    assert "".join("".join(result).split()) == "".join(text.split())
