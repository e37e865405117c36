from __future__ import annotations

import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.compose.defuse import defuse, meanings
from bot.compose.marked import Marked
from bot.compose.text import absolute, clean, tidy, urls, whole

HANDLES = {"wikimedia": "@wikimediafoundation@wikimedia.social"}


def defused(text: str, network: str = "mastodon", **options: object) -> str:
    settings: dict[str, object] = {"handles": HANDLES, "tags": ("MediaWiki",), **options}
    return defuse(Marked(text=text), network, **settings).text.replace("\u2060", "|")  # type: ignore[arg-type]  # a test's shorthand


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@user said", "@|user said"),
        ("by @user@example.social.", "by @|user@example.social."),
        ("(@user)", "(@|user)"),
        ("#12345 and #tag", "#|12345 and #|tag"),
        ("(#tag)", "(#|tag)"),
        ("＠user ＃tag", "＠|user ＃|tag"),  # noqa: RUF001 - these are what is tested
        ("#été #ニュース #новости #שלום", "#|été #|ニュース #|новости #|שלום"),
        ("mail user@example.org", "mail user@example.org"),
        ("C# and C#9 and F#", "C# and C#9 and F#"),
        ("@ and # alone, 5 @ 3", "@ and # alone, 5 @ 3"),
        ("#️⃣ is a keycap", "#️⃣ is a keycap"),
        ("wikis.world/@user", "wikis.world/@user"),
        ("https://example.org/@user/#tag stays", "https://example.org/@user/#tag stays"),
        ("MediaWiki.org and README.md", "MediaWiki.org and README.md"),
    ],
)
def test_nothing_becomes_a_mention_or_a_hashtag_by_accident(text: str, expected: str) -> None:
    assert defused(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@wikimedia says", "@wikimediafoundation@wikimedia.social says"),
        ("@Wikimedia's", "@wikimediafoundation@wikimedia.social's"),
        ("by @WIKIMEDIA.", "by @wikimediafoundation@wikimedia.social."),
        ("@wikimediade", "@|wikimediade"),
        ("@wikimedia-de", "@|wikimedia-de"),
        ("@wikimedia@elsewhere.example", "@|wikimedia@elsewhere.example"),
        ("info@wikimedia", "info@wikimedia"),
    ],
)
def test_a_mention_is_made_only_from_the_table_of_handles(text: str, expected: str) -> None:
    assert defused(text) == expected


def test_a_handle_without_its_sign_gets_one() -> None:
    assert defused("@w", handles={"W": "wikimedia"}) == "@wikimedia"


def test_a_hashtag_of_the_channel_stays_one() -> None:
    assert defused("#mediawiki #MediaWiki #MediaWikis") == "#mediawiki #MediaWiki #|MediaWikis"


def test_every_hashtag_stays_one_where_all_are_meant() -> None:
    assert defused("@user #any #123", tags=None) == "@|user #any #123"


def test_a_network_that_links_nothing_by_itself_needs_no_defusing() -> None:
    assert defused("@user #tag", network="feed") == "@user #tag"


def test_a_network_nobody_described_is_taken_to_link_everything() -> None:
    assert defused("@user #tag", network="new-network") == "@|user #|tag"


def test_facets_say_what_the_network_will_link() -> None:
    text = Marked(text="@a@b.example #Tag https://a.example/b. @\u2060c")
    facets = meanings(text, "mastodon").facets
    assert [(f.kind.value, text.text[f.start : f.end], f.url) for f in facets] == [
        ("mention", "@a@b.example", None),
        ("tag", "#Tag", None),
        ("link", "https://a.example/b", "https://a.example/b"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\tb", "a b"),
        ("a\u2028b", "a\nb"),
        ("a\x00\x1b[31mb\x7f", "a[31mb"),
        ("a\u202eb\u2066c\u2069", "abc"),
        ("\ufeffa", "a"),
        ("a\ud800b", "a\ufffdb"),
        ("a\U000f0000b\ufffeb", "abb"),
        ("ע\u200f1 👨‍👩‍👧 नि\u200cमी", "ע\u200f1 👨‍👩‍👧 नि\u200cमी"),
    ],
)
def test_characters_that_do_not_belong_in_a_post_are_cleaned_away(text: str, expected: str) -> None:
    assert clean(text) == expected


@settings(deadline=None)
@given(st.text(st.characters(codec=None)))
def test_a_clean_text_can_be_written_and_has_no_controls(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert not {unicodedata.category(character) for character in cleaned.replace("\n", "")} & {"Cc", "Cs"}
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  a   b  ", "a b"),
        ("a \n b", "a\nb"),
        ("a\n\n\n\nb\n", "a\n\nb"),
        ("a\u00a0b", "a\u00a0b"),
        ("a \u00a0 b", "a b"),
        ("a\u3000\u3000b", "a b"),
    ],
)
def test_white_space_is_tidied(text: str, expected: str) -> None:
    assert tidy(Marked(text=text)).text == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://en.wikipedia.org/wiki/Foo", "https://en.wikipedia.org/wiki/Foo"),
        ("https://en.wikipedia.org/wiki/Foo_(bar)", "https://en.wikipedia.org/wiki/Foo_(bar)"),
        ("https://en.wikipedia.org/wiki/C%2B%2B#A_b", "https://en.wikipedia.org/wiki/C%2B%2B#A_b"),
        ("https://en.wikipedia.org/wiki/Yahoo!", "https://en.wikipedia.org/wiki/Yahoo%21"),
        ("https://en.wikipedia.org/wiki/Inc.", "https://en.wikipedia.org/wiki/Inc%2E"),
        ("https://en.wikipedia.org/wiki/A_(b", "https://en.wikipedia.org/wiki/A_%28b"),
        ("https://de.wikipedia.org/wiki/Köln", "https://de.wikipedia.org/wiki/K%C3%B6ln"),
        ("https://example.org/w/index.php?title=A_(b)", "https://example.org/w/index.php?title=A_%28b%29"),
        ("https://example.org#part", "https://example.org/#part"),
        ("https://example.org", "https://example.org"),
        ("https://example.org?", "https://example.org"),
    ],
)
def test_a_url_is_spelt_so_that_networks_link_all_of_it(url: str, expected: str) -> None:
    assert whole(url) == expected


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Zs", "Zl", "Zp", "Cc"])))
def test_a_path_in_its_whole_spelling_is_the_same_path_and_is_found_whole(path: str) -> None:
    url = absolute(f"https://wiki.example.org/wiki/{path}")
    if url is not None:
        # A plus at the end of a query is a space and has no spelling that Mastodon takes for a part of it.
        assume(not url.endswith("+"))
        assert urls(f"See {whole(url)} now") == (whole(url),)
        assert unquote(whole(url)).rstrip("?") == unquote(url).rstrip("?")


@pytest.mark.parametrize(
    "url",
    [None, "", "/wiki/Foo", "//example.org/a", "mailto:a@example.org", "javascript:alert(1)", "https://",
     "https:///a", "https://example.org/a b", "https://example.org/\x07", 'https://example.org/"x'],
)  # fmt: skip
def test_only_an_http_url_with_a_host_is_absolute(url: str | None) -> None:
    assert absolute(url) is None
