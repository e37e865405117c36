from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twitter_text import extract_urls

from bot.compose.defuse import BREAK, defuse, meanings, without_domains
from bot.compose.habits import HABITS
from bot.compose.marked import Marked
from bot.compose.text import absolute, whole
from bot.model import Facet, FacetKind

LINKING = sorted(network for network, habit in HABITS.items() if habit.domains)
DOMAINS = [
    "README.md",
    "script.py",
    "MediaWiki.org",
    "en.wikipedia.org",
    "foo.com.br",
    "пример.рф",
    "example.xn--p1ai",
    "A sentence.In the next",
    "(see wikipedia.org)",
    "日本語README.mdは",
    "mediawiki.org/wiki/Foo_bar.md?x=y",
    "a-b.org:8080",
    "README.md…",
]


def plain(text: str, network: str) -> str:
    defused = defuse(Marked(text=text), network, handles={}, tags=("Tag",))
    return without_domains(defused, network).text.replace(BREAK, "|")


@pytest.mark.parametrize("network", LINKING)
@pytest.mark.parametrize("text", DOMAINS)
def test_no_word_becomes_a_link_by_accident(text: str, network: str) -> None:
    defused = without_domains(Marked(text=text), network).text
    assert defused.replace(BREAK, "") == text
    assert defused != text
    assert extract_urls(defused) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("README.md", "README.|md"),
        ("en.wikipedia.org.", "en.|wikipedia.|org."),
        ("docs.python.org/3/howto.html", "docs.|python.|org/3/howto.html"),
        ("Node.js 3.14 e.g. z.B. U.S. v1.2rc", "Node.js 3.14 e.g. z.B. U.S. v1.2rc"),
        ("first.de@example.org", "first.de@example.org"),
        ("@name.bsky.social", "@name.bsky.social"),
        ("https://example.org/README.md", "https://example.org/README.md"),
        ("The end.https://example.org/a.md", "The end.https://example.org/a.md"),
        ("The end.\nIs near", "The end.\nIs near"),
    ],
)
def test_only_what_looks_like_a_link_is_broken_up(text: str, expected: str) -> None:
    assert without_domains(Marked(text=text), "x").text.replace(BREAK, "|") == expected


def test_words_that_are_a_link_already_are_left_alone() -> None:
    link = Facet(start=4, end=17, kind=FacetKind.LINK, url="https://www.mediawiki.org/")
    text = Marked(text="see MediaWiki.org", facets=(link,))
    assert without_domains(text, "telegram") == text


@pytest.mark.parametrize("network", ["mastodon", "bluesky", "discord", "irc", "feed", "instagram"])
def test_a_network_that_links_no_words_gets_them_as_they_are(network: str) -> None:
    text = Marked(text="README.md")
    assert without_domains(text, network) == text


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ("mastodon", "@|user #|12345 #Tag $USD /start :ok: A.md"),
        ("x", "@|user #|12345 #Tag $|USD /start :ok: A.|md"),
        ("telegram", "@|user #|12345 #Tag $|USD /|start :ok: A.|md"),
        ("discord", "@|user #12345 #Tag $USD /start :ok: A.md"),
        ("slack", "@|user #12345 #Tag $USD /start :|ok: A.md"),
        ("matrix", "@|user #12345 #Tag $USD /start :ok: A.|md"),
        ("irc", "@user #12345 #Tag $USD /start :ok: A.md"),
        ("feed", "@user #12345 #Tag $USD /start :ok: A.md"),
        ("email", "@user #12345 #Tag $USD /start :ok: A.|md"),
        ("new-network", "@|user #|12345 #Tag $|USD /|start :|ok: A.|md"),
    ],
)
def test_a_network_gets_what_it_has_no_habit_of_as_it_is(network: str, expected: str) -> None:
    assert plain("@user #12345 #Tag $USD /start :ok: A.md", network) == expected


@pytest.mark.parametrize(
    "text",
    ["US$5", "$100m", "costs 5$ or", "and/or", "km/h", "/etc/passwd", "24/7", "a: b:", "12:30:45", "a / b"],
)
def test_signs_in_other_uses_stay_as_they_are(text: str) -> None:
    assert plain(text, "new-network") == text


@pytest.mark.parametrize("network", ["bluesky", "linkedin"])
def test_a_network_that_must_be_told_gets_no_invisible_signs(network: str) -> None:
    text = defuse(Marked(text="@user #12345 #Tag"), network, handles={}, tags=("Tag",))
    found = meanings(text, network)
    assert found.text == "@user #12345 #Tag"
    assert [(f.kind, found.text[f.start : f.end]) for f in found.facets] == [("tag", "#Tag")]


WORDS = st.sampled_from([*DOMAINS, "word", "#12345", "https://example.org/a ", "日本", ".", "-", "/", "org"])


SPACES = st.sampled_from([" ", "", ".", "\n", "/"])


@settings(deadline=None)
@given(st.lists(st.tuples(WORDS, SPACES), max_size=6), st.text(max_size=5))
def test_x_finds_no_link_but_the_urls(words: list[tuple[str, str]], more: str) -> None:
    text = "".join(word + space for word, space in words) + more
    defused = without_domains(Marked(text=text), "x").text
    assert all(url.startswith("http") for url in extract_urls(defused))


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Zs", "Zl", "Zp", "Cc"])))
def test_x_links_all_of_a_url_in_its_whole_spelling(path: str) -> None:
    url = absolute(f"https://wiki.example.org/wiki/{path}")
    if url is not None:
        assert extract_urls(f"See {whole(url)} now") == [whole(url)]
