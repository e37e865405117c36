from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Page, Revision
from bot.news.parse import parse
from bot.news.plain import clean, misleading, visible
from bot.news.richtext import render
from tests.builders import NOW, SITE
from tests.hostile import FORBIDDEN, HOSTILE, MARK

WALES = "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"


@pytest.mark.parametrize(
    "text",
    [
        "می\N{ZERO WIDTH NON-JOINER}خواهم",  # Persian
        "क्\N{ZERO WIDTH JOINER}ष",  # Hindi
        "עברית\N{RIGHT-TO-LEFT MARK}!",
        "C++\N{LEFT-TO-RIGHT MARK}",
        "\N{ARABIC LETTER MARK}١٢",
        "👩🏽\u200d💻 ❤\ufe0f\u200d🔥 1\ufe0f\u20e3 ☎\ufe0e",
        f"{WALES} is a flag",
        "葛\U000e0100城",  # a variant of a letter in a name
        "ไทย\N{ZERO WIDTH SPACE}ไทย",
        "1\N{WORD JOINER}%",
        "\u115f\u1161 하",  # Old Korean
        "ᠮᠣᠩᠭᠣᠯ\N{MONGOLIAN VOWEL SEPARATOR}ᠠ",
        "L\N{ZERO WIDTH NON-JOINER}''amour''",  # keeps apostrophes of the markup apart
    ],
)
def test_what_scripts_and_emoji_need_stays(text: str) -> None:
    assert visible(text) == text
    assert misleading(text) == ()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Do\N{SOFT HYPHEN}nau", "Donau"),
        ("\ufeffA", "A"),
        ("Auf\N{ZERO WIDTH NON-JOINER}lage", "Auflage"),
        ("a\ufe0fb", "ab"),
        ("\N{HANGUL FILLER}", ""),
        ("\N{HANGUL CHOSEONG FILLER}", ""),
        ("a\x00\x1bb\x7f\x9b", "ab"),
        ("a\ud800b\ufdd0\uffff", "ab"),
        ("a\N{INVISIBLE TIMES}b\N{INTERLINEAR ANNOTATION ANCHOR}", "ab"),
        ("a\u206ab", "ab"),
    ],
)
def test_what_changes_nothing_that_is_read_goes_without_a_word(written: str, read: str) -> None:
    assert visible(written) == read
    assert misleading(written) == ()


@pytest.mark.parametrize(
    ("written", "read", "told"),
    [
        ("abc\u202edef", "abcdef", "U+202E (right-to-left override) behind “abc”"),
        ("\u2067abc", "abc", "U+2067 (right-to-left isolate) at its beginning"),
        ("Hi\U000e0061", "Hi", "U+E0061 (tag latin small letter a) behind “Hi”"),
        ("😀\ufe01\ufe02\U000e0101", "😀", "U+FE01 (variation selector-2) behind “😀”"),
    ],
)
def test_what_makes_a_text_read_other_than_it_is_written_is_told(written: str, read: str, told: str) -> None:
    assert visible(written) == read
    assert misleading(written) == (told,)


@given(st.text(st.characters(categories=["Cc", "Cf", "Cs", "Cn", "Mn", "Lo", "Zs", "So"])))
def test_what_was_cleaned_is_clean(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert misleading(once) == ()
    assert not FORBIDDEN.search(once)


@pytest.mark.parametrize(
    "code",
    [
        "the \u202eother direction",
        "the &#x202E;other direction",
        "the &#8238;other direction",
        "[[A|the \u202eother direction]]",
        "[https://wiki.example the &#x202E;other direction]",
        "<nowiki>the &#x202E;other direction</nowiki>",
        "<!-- herald: mastodon=the \u202eother direction -->",
        "[[File:A.png|alt=the &#x202E;other direction]]",
    ],
)
def test_it_is_told_wherever_it_stands_in_an_item_and_however_it_is_written(code: str) -> None:
    rendered = render(code, SITE)
    (told,) = rendered.misleading
    assert "U+202E" in told
    assert "\u202e" not in rendered.body.plain


def test_it_is_told_of_what_a_template_makes_too() -> None:
    rendered = render("{{turn}}", SITE, expansions={"{{turn}}": "a \u202eword"})
    assert "U+202E" in rendered.misleading[0]
    assert rendered.body.plain == "a word"


def test_an_emoji_that_is_written_in_entities_stays_whole() -> None:
    assert render("&#x2764;&#xFE0F; it", SITE).body.plain == "❤\ufe0f it"


@pytest.mark.parametrize(
    "wikitext",
    [
        "* 2026-11-18: It is \u202eout.\n",
        "; 2026-11-18 \u202etitle: MediaWiki\n: It is out.\n",
        "* 2026-11-18: It is out. <!-- herald: cw=\u202ewarning -->\n",
    ],
)
def test_an_item_knows_it(wikitext: str) -> None:
    revision = Revision(id=1, editor="Ann", saved_at=NOW)
    (item,) = parse(Page(site=SITE, title="News", wikitext=wikitext, revision=revision)).items
    assert len(item.misleading) == 1


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_nothing_hostile_is_left_of_an_item(text: str) -> None:
    body = render(text, SITE).body
    assert not FORBIDDEN.search(body.plain)
    assert "\n" not in body.plain
    assert MARK in body.plain
