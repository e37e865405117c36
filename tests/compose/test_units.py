"""What holds for every post in every unit and every form, on the network that counts so."""

from __future__ import annotations

from dataclasses import replace

import pytest
import regex
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from twitter_text import extract_urls, parse_tweet

from bot.compose.forms import written
from bot.compose.length import graphemes, measure
from bot.errors import RejectedError
from bot.model import Form, Item, Limits, LinkPolicy, Long, Part, Post, Style, Unit
from tests.compose.test_properties import ITEMS, TAGS, WORDS
from tests.compose.values import URLS, WHOLE_URLS, an_item, composed

KINDS = {
    "x": (Limits(unit=Unit.WEIGHTED), False),
    "bluesky": (Limits(unit=Unit.GRAPHEMES, bytes=400), True),
    "telegram": (Limits(unit=Unit.UTF16, with_media=200), True),
    "discord": (Limits(unit=Unit.CODE_POINTS, counted=Form.MARKDOWN), True),
    "diaspora": (Limits(unit=Unit.BYTES, counted=Form.COMMONMARK), True),
    "linkedin": (Limits(unit=Unit.CODE_POINTS, counted=Form.LITTLE_TEXT), False),
    "matrix": (Limits(unit=Unit.BYTES, counted=Form.HTML), True),
    "irc": (Limits(unit=Unit.BYTES), False),
    "threads": (Limits(unit=Unit.EMOJI_BYTES), False),
}
HANDLES = {
    "x": "@Wikimedia",
    "bluesky": "@wikimediafoundation.org",
    "telegram": "@wikimedia",
    "discord": "<@&1234>",
    "diaspora": "wikimedia@pod.example",
    "linkedin": "@[Wikimedia Foundation](urn:li:organization:1)",
    "matrix": "@wikimedia:matrix.org",
    "irc": "wmf",
    "threads": "@wikimedia",
}
URL_OF_TEXTS = {*URLS, *WHOLE_URLS}
STYLES = st.builds(
    Style,
    template=st.sampled_from(["{{ text }} {{ link }} {{ hashtags }}", "{{ text }}\n{{ link }} {{ links }}"]),
    hashtags=st.sampled_from([(), TAGS]),
    long=st.sampled_from(Long),
    link=st.sampled_from(LinkPolicy),
)


def posted(network: str, item: Item, style: Style, room: int) -> tuple[Post, Limits]:
    kind, rich = KINDS[network]
    limits = replace(kind, text=room)
    style = replace(style, rich=rich, handles={"wikimedia": HANDLES[network]})
    try:
        return composed(item, style, limits, network=network), limits
    except RejectedError:
        assume(False)  # noqa: FBT003 - hypothesis' own signature
        raise


def independent(part: Part, limits: Limits) -> int:
    sent = written(part, limits.counted)
    if part.unit is Unit.WEIGHTED:
        return int(parse_tweet(sent).weightedLength)
    if part.unit is Unit.BYTES:
        return len((sent if limits.unit is Unit.BYTES else part.text).encode())
    if part.unit is Unit.UTF16:
        return len(sent.encode("utf-16")) // 2 - 1
    return len(sent) if part.unit is Unit.CODE_POINTS else part.length


@pytest.mark.parametrize("network", KINDS)
@settings(deadline=None, max_examples=25)
@given(ITEMS, STYLES, st.integers(60, 300))
def test_every_part_fits_whole_in_every_unit(network: str, item: Item, style: Style, room: int) -> None:
    post, limits = posted(network, item, style, room)
    for number, part in enumerate(post.parts):
        size = measure(
            part, limits, warning=post.content_warning, with_media=number == 0 and bool(post.media)
        )
        assert (part.length, part.limit, part.unit) == (size.length, size.limit, size.unit)
        assert size.fits
        if post.content_warning is None:
            assert independent(part, limits) == part.length
        for match in regex.finditer(r"https?:", part.text):
            assert KINDS[network][1] or any(part.text.startswith(u, match.start()) for u in URL_OF_TEXTS)
        covered = {
            (facet.kind.value, part.text[facet.start : facet.end])
            for facet in part.facets
            if facet.kind in {"mention", "tag"}
        }
        assert all(kind == "mention" or text.removeprefix("#") in {*TAGS, "tag"} for kind, text in covered)
        if network == "x":
            assert all(url.startswith("http") for url in extract_urls(part.text))


@pytest.mark.parametrize("network", KINDS)
@settings(deadline=None, max_examples=20)
@given(ITEMS, STYLES, st.integers(60, 300))
def test_the_main_link_goes_where_the_policy_says(network: str, item: Item, style: Style, room: int) -> None:
    post, _ = posted(network, item, style, room)
    links = [[facet.url for facet in part.facets if facet.kind == "link"] for part in post.parts]
    if style.link is LinkPolicy.NEVER:
        assert post.link is None
        assert not any(links)
    elif style.link is LinkPolicy.FIRST_REPLY:
        assert [url for urls in links for url in urls] == ([post.link] if post.link else [])
        assert post.link is None or post.parts[-1].text == post.link
    else:
        assert post.link is None or any(post.link in urls for urls in links)


@pytest.mark.parametrize("network", KINDS)
@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.sampled_from([*WORDS[9:], "script.py.is.a.file", "日本語" * 9]), min_size=9, max_size=40),
    st.integers(30, 90),
)
def test_a_shortened_text_is_whole_graphemes_with_an_ellipsis(
    network: str, words: list[str], room: int
) -> None:
    item = an_item("Text " + " ".join(words))
    style = Style(template="{{ text }}")
    whole, _ = posted(network, item, style, 100_000)
    post, _ = posted(network, item, style, room)
    text, full = (post.parts[0].text.replace("\u2060", "") for post in (post, whole))
    if text != full:
        kept = text.removesuffix("…").removesuffix(" ")
        assert text.endswith("…")
        assert graphemes(kept) == graphemes(full)[: len(graphemes(kept))]


@pytest.mark.parametrize("network", KINDS)
@pytest.mark.parametrize(
    "text",
    [
        "日本語の文章はどこで切るのか。" * 40,
        "שלום עולם " * 90,
        "👨‍👩‍👧‍👦🇩🇪" * 90,
        "नमस्ते दुनिया " * 90,
        "Donaudampfschifffahrtsgesellschaft" * 20,
        "e\u0301" * 900,
        "a_b *c* " * 100,
    ],
)
def test_a_shortened_text_uses_its_room(network: str, text: str) -> None:
    post, limits = posted(network, an_item(text), Style(template="{{ text }}"), 300)
    (part,) = post.parts
    room = part.limit or 0
    # The longest thing that may have to go is a family of four, or a word of two dozen letters in markup.
    assert room - (60 if limits.counted is Form.PLAIN else 80) <= part.length <= room
