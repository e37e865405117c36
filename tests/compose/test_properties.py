"""What holds for every post, whatever an item says and whatever the limit is."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
import regex
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bot.compose.length import graphemes
from bot.compose.text import clean
from bot.errors import RejectedError
from bot.model import Item, Limits, Long, Media, Part, Post, Run, Style
from tests.compose.values import HANDLE, URLS, WHOLE_URLS, an_item, composed, mastodon_length

if TYPE_CHECKING:
    from collections.abc import Callable

TAGS = ("MediaWiki", "Wikimedia")

WORDS = [
    "word", "MediaWiki.org", "README.md", "@user", "@user@a.example", "@wikimedia", "#tag", "#12345",
    "#MediaWiki", "(pictured)", "日本語の文章。", "ภาษาไทย", "שלום", "مرحبا", "नमस्ते", "👨‍👩‍👧‍👦", "🇩🇪🇫🇷", "1️⃣",
    "cafe\u0301", "…", "Ende.", "\u202e", "\u2066", "\r\n", "\x00", "\t", "\n\n\n", "\u00a0",
    "Donaudampfschifffahrtsgesellschaftskapitän", "a@b.example", "{{ link }}", "{% x %}", "<b>&amp;</b>",
    "(", ")", "'", "。", "/",
]  # fmt: skip
TEXT = st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=6)), max_size=12).flatmap(
    lambda words: st.sampled_from([" ", "", " , "]).map(lambda space: space.join(words))
)
LOOKS = {"bold": st.booleans(), "italic": st.booleans()}
RUNS = st.one_of(
    st.builds(Run, text=TEXT, **LOOKS),
    st.builds(Run, text=TEXT, url=st.sampled_from([*URLS, "/wiki/Relative"]), **LOOKS),
    st.sampled_from(URLS).flatmap(lambda url: st.builds(Run, text=st.just(url), url=st.just(url), **LOOKS)),
)
ITEMS = st.builds(
    lambda runs, link, warning, media: an_item(*runs, link=link, content_warning=warning, media=media),
    st.lists(RUNS, max_size=6),
    st.sampled_from([None, *URLS]),
    st.sampled_from([None, None, "A warning", "@user 👨‍👩‍👧‍👦"]),
    st.sampled_from([(), (Media(file="A.png", alt="A"),)]),
)
STYLES = st.builds(
    Style,
    template=st.sampled_from(
        [
            "{{ text }} {{ link }} {{ hashtags }}",
            "{{ text }}\n\n{{ link }}\n{{ hashtags }}",
            "{{ text }} ({{ link }})",
        ]
    ),
    hashtags=st.sampled_from([(), TAGS]),
    long=st.sampled_from(Long),
    rich=st.booleans(),
    handles=st.just({"wikimedia": HANDLE}),
)
LIMITS = st.builds(Limits, text=st.integers(20, 200), url_weight=st.just(23))


def posted(item: Item, style: Style, limits: Limits) -> Post:
    try:
        return composed(item, style, limits)
    except RejectedError:
        assume(False)  # noqa: FBT003 - hypothesis' own signature
        raise


def every_post(test: Callable[[Item, Style, Limits], None]) -> Callable[[], None]:
    return settings(max_examples=40, deadline=None)(given(ITEMS, STYLES, LIMITS)(test))


@settings(deadline=None)
@given(ITEMS, STYLES.filter(lambda style: not style.rich), LIMITS)
def test_no_part_is_longer_than_the_limit_and_each_says_how_long_it_is(
    item: Item, style: Style, limits: Limits
) -> None:
    post = posted(item, style, limits)
    assert post.parts
    for part in post.parts:
        length = mastodon_length(part.text, post.content_warning or "")
        assert part.length == length
        assert limits.text is not None
        assert length <= limits.text
        assert (part.limit, part.unit) == (limits.text, limits.unit)


@every_post
def test_no_url_is_cut(item: Item, style: Style, limits: Limits) -> None:
    complete = {*URLS, *WHOLE_URLS}
    for part in posted(item, style, limits).parts:
        for match in regex.finditer("https?:", part.text):
            # In rich text a URL may be a piece of a link's text, which may be cut: the facet has it.
            assert style.rich or any(part.text.startswith(url, match.start()) for url in complete)
        assert {facet.url for facet in part.facets if facet.kind == "link"} <= complete


@every_post
def test_the_main_link_is_always_there(item: Item, style: Style, limits: Limits) -> None:
    post = posted(item, style, limits)
    if item.main_link is None:
        assert post.link is None
    else:
        assert post.link is not None
        links = {facet.url for part in post.parts for facet in part.facets}
        assert post.link in links


@every_post
def test_facets_lie_within_the_text_and_say_what_they_cover(item: Item, style: Style, limits: Limits) -> None:
    for part in posted(item, style, limits).parts:
        assert all(0 <= facet.start < facet.end <= len(part.text) for facet in part.facets)
        assert list(part.facets) == sorted(
            part.facets, key=lambda facet: (facet.start, -facet.end, facet.kind)
        )
        covered = [(facet, part.text[facet.start : facet.end]) for facet in part.facets]
        assert all(text == text.strip() for _, text in covered)
        links = [facet for facet in part.facets if facet.kind == "link"]
        assert all(before.end <= after.start for before, after in pairwise(links))
        assert {text for facet, text in covered if facet.kind == "mention"} <= {HANDLE}
        assert {text.casefold() for facet, text in covered if facet.kind == "tag"} <= {
            f"#{tag}".casefold() for tag in TAGS
        }
        if not style.rich:
            assert all(facet.url == text for facet, text in covered if facet.kind == "link")
            assert not [facet for facet in part.facets if facet.kind in {"bold", "italic"}]


@every_post
def test_nothing_is_a_mention_or_a_hashtag_that_is_not_meant(
    item: Item, style: Style, limits: Limits
) -> None:
    for part in posted(item, style, limits).parts:
        text = regex.sub(r"https?://\S+", "", part.text)
        assert set(regex.findall(r"(?<![\w=/])@[A-Za-z0-9_][\w.@-]*", text)) <= {HANDLE, f"{HANDLE}."}
        tags = regex.findall(r"(?<=^|\s)#(\w+)", text)
        assert {tag.casefold() for tag in tags} <= {tag.casefold() for tag in TAGS}


@every_post
def test_parts_are_tidy_and_can_be_written(item: Item, style: Style, limits: Limits) -> None:
    for part in posted(item, style, limits).parts:
        part.text.encode()
        assert part.text == part.text.strip()
        assert "  " not in part.text
        assert "\n\n\n" not in part.text
        assert not {"Cc", "Cs"} & {unicodedata.category(char) for char in part.text.replace("\n", "")}
        assert not regex.search(r"[\u202a-\u202e\u2066-\u2069\U000f0000-\U0010ffff]", part.text)


@every_post
def test_composing_is_deterministic(item: Item, style: Style, limits: Limits) -> None:
    assert posted(item, style, limits) == posted(item, style, limits)


@settings(deadline=None)
@given(st.lists(st.sampled_from(WORDS[:4] + WORDS[9:21]), min_size=1, max_size=40), st.integers(24, 90))
def test_a_shortened_post_is_whole_graphemes_of_the_text(words: list[str], room: int) -> None:
    text = " ".join(["Text", *words])
    part = first_part(an_item(text), Limits(text=room))
    kept = part.text.removesuffix("…")
    whole_text = first_part(an_item(text), Limits()).text
    assert graphemes(kept) == graphemes(whole_text)[: len(graphemes(kept))]


def first_part(item: Item, limits: Limits) -> Part:
    return composed(item, Style(template="{{ text }}"), limits).parts[0]


@settings(deadline=None)
@given(TEXT)
@example("")
def test_a_thread_says_the_whole_text(text: str) -> None:
    style = Style(template="{{ text }}", long=Long.THREAD)
    assume(len(text) < 500)
    try:
        parts = composed(an_item(text), style, Limits(text=80)).parts
        single = composed(an_item(text), style, Limits()).parts[0]
    except RejectedError:
        return
    said = "".join(regex.sub(r" \(\d+/\d+\)\Z", "", part.text) for part in parts)
    assert "".join(said.split()) == "".join(single.text.split())


@settings(max_examples=30, deadline=None)
@given(st.text(), st.integers(1, 100))
def test_any_text_at_all_can_be_composed(text: str, room: int) -> None:
    try:
        part = first_part(an_item(text), Limits(text=room))
    except RejectedError:
        assert room < 2 or not clean(text).replace("(", "").strip() or room < len(text)
    else:
        assert part.length <= room


@pytest.mark.parametrize("network", ["mastodon", "feed", "something-new"])
def test_every_network_can_be_written_for(network: str) -> None:
    assert composed(an_item("Text"), network=network).parts[0].text == "Text"
