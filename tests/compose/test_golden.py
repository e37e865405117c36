"""The golden files say what is composed, and their lengths what the networks count."""

from __future__ import annotations

import unicodedata
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
import regex

from bot.compose.forms import native, written
from bot.compose.marked import Marked
from bot.model import Form, Post, Unit
from tests.compose import goldens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.model import Item
    from tests.compose.goldens import Voice

URL = regex.compile(r"https?://[^\s…]+?(?=[.,;]?(?:[\s…]|$))")


@pytest.mark.parametrize("item", sorted(goldens.items()))
def test_an_item_becomes_what_its_golden_file_says(item: str) -> None:
    """Where this is meant to change: ``./run golden``, and read the difference."""
    assert (goldens.FOLDER / f"{item}.txt").read_text(encoding="utf-8") == goldens.golden(item)


def test_every_golden_file_is_that_of_an_item() -> None:
    assert {path.stem for path in goldens.FOLDER.glob("*.txt")} == set(goldens.items())


def test_there_are_many_items_and_all_networks() -> None:
    assert len(goldens.items()) >= 40
    assert {voice.network for voice in goldens.voices()} >= set(goldens.HANDLES)


def posts(voice: str) -> Iterator[tuple[Item, Post]]:
    for item_id, (_, item) in goldens.items().items():
        post = goldens.posts()[voice, item_id]
        if isinstance(post, Post):
            yield item, post


# What follows counts anew, with no code of ours and without the libraries that it uses.


def clusters(text: str) -> int:
    """Count what readers take for characters: good enough for the scripts of the items."""
    joining = {"Mn", "Me", "Mc"}
    count = 0
    for before, sign in pairwise(f"\n{text}"):
        joined = (
            unicodedata.category(sign) in joining
            or sign in "\u0e33\u200c\u200d\ufe0f\u20e3"
            or "\U0001f3fb" <= sign <= "\U0001f3ff"
            or (before == "\u200d" and unicodedata.category(sign) == "So")
            or (before == "\u094d" and unicodedata.category(sign) == "Lo")
        )
        count += not joined
    flags = regex.findall("[\U0001f1e6-\U0001f1ff]{2}", text)
    return count - len(flags)


def weighted(text: str) -> int:
    """Count as https://docs.x.com/fundamentals/counting-characters says."""
    text = unicodedata.normalize("NFC", text)
    length = 23 * len(URL.findall(text))
    text = URL.sub("", text)
    emoji = (
        r"[0-9#*]\ufe0f\u20e3|[\U0001F1E6-\U0001F1FF]{2}"
        r"|\p{Extended_Pictographic}[\ufe0f\U0001F3FB-\U0001F3FF]*(?:\u200d\p{Extended_Pictographic}\ufe0f?)*"
    )
    length += 2 * len(regex.findall(emoji, text))
    light = [(0, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037)]
    return length + sum(
        1 if any(first <= ord(sign) <= last for first, last in light) else 2
        for sign in regex.sub(emoji, "", text)
    )


def mastodon(text: str) -> int:
    handle = goldens.HANDLES["mastodon"]
    return clusters(URL.sub("x" * 23, text).replace(handle, handle.rpartition("@")[0]))


def threads(text: str) -> int:
    emoji = (
        r"(?:[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\u200d\ufe0f]|\d\ufe0f\u20e3)+"
    )
    return len(regex.sub(emoji, "", text)) + sum(len(e.encode()) for e in regex.findall(emoji, text))


def utf8(text: str) -> int:
    return len(text.encode())


COUNTS: dict[Unit, Callable[[str], int]] = {
    Unit.CHARACTERS: mastodon,
    Unit.GRAPHEMES: clusters,
    Unit.WEIGHTED: weighted,
    Unit.CODE_POINTS: len,
    Unit.UTF16: lambda text: len(text.encode("utf-16-le")) // 2,
    Unit.EMOJI_BYTES: threads,
    Unit.BYTES: utf8,
}


@pytest.mark.parametrize("voice", goldens.voices(), ids=lambda voice: voice.name)
def test_every_part_is_as_long_as_it_says_and_within_every_limit(voice: Voice) -> None:
    limits = voice.limits
    for _, post in posts(voice.name):
        warning = f"{post.content_warning}{limits.gap}" if post.content_warning else ""
        escapes = limits.counted in {Form.LITTLE_TEXT, Form.MRKDWN}
        above = written(Marked(text=warning), limits.counted) if escapes else warning
        for number, part in enumerate(post.parts):
            counted = above + written(part, limits.counted)
            most = limits.with_media if number == 0 and post.media and limits.with_media else limits.text
            unpriced = limits.unit is Unit.CHARACTERS and limits.url_weight is None
            count = clusters if unpriced else COUNTS[limits.unit]
            sizes = {(count(counted), most, limits.unit)}
            if limits.bytes:
                sizes.add((utf8(warning + part.text), limits.bytes, Unit.BYTES))
            assert (part.length, part.limit, part.unit) in sizes
            assert all(limit is None or length <= limit for length, limit, _ in sizes)


class _Reader(HTMLParser):
    text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - given
        if tag == "br":
            self.text += "\n"

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("network", ["feed", "matrix", "telegram"])
def test_html_says_what_the_part_says(network: str) -> None:
    for _, post in posts(network):
        for part in post.parts:
            reader = _Reader()
            reader.feed(native(part, network))
            assert reader.text == part.text


@pytest.mark.parametrize("voice", goldens.voices(), ids=lambda voice: voice.name)
def test_the_main_link_is_never_lost_unless_it_is_not_wanted(voice: Voice) -> None:
    for item, post in posts(voice.name):
        shown = {facet.url for part in post.parts for facet in part.facets}
        wanted = item.main_link is not None and voice.style.link != "never"
        assert (post.link in shown) if wanted else not any("://" in url for url in shown if url)
