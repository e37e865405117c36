from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bot.model import Media
from bot.report.html import preview_page
from tests.report import examples as a

if TYPE_CHECKING:
    from bot.report.values import Preview

VOID = {"meta", "br", "rect"}
Attributes = dict[str, str | None]


class Seen(HTMLParser):
    """A page as a browser takes it: its elements, its text, and whether every element was closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, Attributes]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[Attributes]:
        return [attributes for name, attributes in self.elements if name == tag]

    def styled(self, name: str) -> list[Attributes]:
        return [found for _, found in self.elements if name in (found.get("class") or "").split()]


def page(*previews: Preview) -> Seen:
    return Seen(preview_page(previews, now=a.NOW))


def test_a_share_is_told_by_the_post_that_is_shared() -> None:
    seen = Seen(preview_page([a.preview(post=None, shares=a.WIKITECH)], now=a.NOW))
    assert f"Shares {a.WIKITECH}" in seen.text
    assert "1 post would go out now" in seen.text
    assert seen.all("a") == []


def test_where_an_address_leads_that_does_not_say_so_is_shown_beside_it() -> None:
    seen = page(a.preview(post=a.post(a.part(f"Look: {a.LOOKING_LATIN} or {a.RELEASE}"))))
    assert f"{a.LOOKING_LATIN} leads to {a.LEADS_TO}" in seen.text
    assert len(seen.styled("place")) == 1


def test_each_item_has_a_card_for_each_channel() -> None:
    other = a.item("other", date=None)
    seen = page(
        a.preview(), a.preview(channel="feed", network="feed"), a.preview(item=other), a.preview(channel="x")
    )
    assert (len(seen.all("section")), len(seen.all("article"))) == (2, 4)
    assert "2 items on 3 channels. 4 posts would go out now. Nothing has been published." in seen.text
    assert "2026-11-18 mw146 , line 4" in seen.text
    assert "No date other , line 4" in seen.text


def test_a_card_says_who_wrote_the_item() -> None:
    seen = page(a.preview(item=a.item(provenance=a.PROVENANCE)))
    assert "by Ann and somebody hidden in revision 4711" in seen.text
    assert "in revision" not in page(a.preview()).text


def test_items_of_two_pages_are_told_apart() -> None:
    seen = page(a.preview(), a.preview(page="Template:News/de"))
    assert len(seen.all("section")) == 2
    assert "line 4 of Template:News/de" in seen.text
    assert "of Template:News" not in page(a.preview()).text


def test_a_card_shows_the_text_its_length_and_its_language() -> None:
    seen = page(a.preview(post=a.post(a.part("Hello, world.", length=13, limit=50), language="en")))
    assert "Hello, world. 13 of 50 characters Language: en" in seen.text
    assert [bar["viewbox"] for bar in seen.styled("bar")] == ["0 0 50 1"]
    assert [bar["width"] for bar in seen.all("rect")] == ["13"]
    assert [text["lang"] for text in seen.styled("text")] == ["en"]


def test_a_post_without_a_limit_has_no_bar() -> None:
    seen = page(a.preview(post=a.post(a.part("Hello", length=5, limit=None))))
    assert "5 characters" in seen.text
    assert seen.styled("bar") == []
    assert "lang" not in seen.styled("text")[0]


def test_a_bar_warns_when_it_is_nearly_full() -> None:
    parts = [a.part("x", length=length, limit=100) for length in (89, 90, 100)]
    assert len(page(a.preview(post=a.post(*parts))).styled("nearly")) == 2


def test_links_are_links() -> None:
    seen = page(a.preview(post=a.post(a.linked_part("MediaWiki", a.RELEASE))))
    assert [link["href"] for link in seen.all("a")] == [a.RELEASE]


def test_a_link_that_the_text_does_not_show_is_named() -> None:
    assert f"Link: {a.RELEASE}" in page(a.preview(post=a.post(a.part("Hello"), link=a.RELEASE))).text
    seen = page(a.preview(post=a.post(a.linked_part("Hello", a.RELEASE), link=a.RELEASE)))
    assert "Link:" not in seen.text


def test_a_thread_shows_its_parts() -> None:
    seen = page(a.preview(post=a.post(a.part("one", length=3), a.part("two", length=3))))
    assert "Part 1 of 2 one 3 of 500 characters Part 2 of 2 two 3 of 500 characters" in seen.text


def test_pictures_are_named_with_their_alt_text() -> None:
    seen = page(a.preview(post=a.post(media=(a.LOGO, Media(file="Other.svg")))))
    assert "New logo.png A sunflower of petals in two shades Other.svg no alt text" in seen.text


def test_a_content_warning_stands_before_the_text() -> None:
    seen = page(a.preview(post=a.post(a.part("the text"), content_warning="politics")))
    assert "Content warning: politics the text" in seen.text


def test_what_would_not_go_out_says_why() -> None:
    seen = page(a.preview(note="settling until noon"), a.preview(channel="x", post=None, note="too long"))
    assert seen.text.count("Would not go out:") == 2
    assert "settling until noon" in seen.text
    assert "Nothing would go out now." in seen.text
    assert "would go out Would" not in seen.text


def test_nothing_to_preview_says_so() -> None:
    assert "There is nothing to preview" in page().text


def test_the_page_says_when_it_was_made() -> None:
    assert page().text.endswith("Made 2026-11-18 14:05 UTC")


def test_right_to_left_text_runs_its_own_way() -> None:
    seen = page(a.preview(post=a.post(a.part("ميدياويكي"), language="ar")))
    assert [text["dir"] for text in seen.styled("text")] == ["auto"]


def test_the_page_asks_for_nothing_and_runs_nothing() -> None:
    html = preview_page([a.preview()], now=a.NOW)
    seen = Seen(html)
    assert {"script", "link", "img", "iframe", "object"}.isdisjoint(tag for tag, _ in seen.elements)
    assert not any(
        name.startswith("on") or name in {"src", "style"} for _, found in seen.elements for name in found
    )
    assert not re.search(r"url\(|@import", html)


def test_the_policy_allows_the_style_sheet_and_no_more() -> None:
    html = preview_page([a.preview()], now=a.NOW)
    style = html.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = [
        meta["content"]
        for meta in Seen(html).all("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_labels_point_at_what_is_there_once() -> None:
    seen = page(
        a.preview(), a.preview(channel="b"), a.preview(page="Other"), a.preview(page="Other", channel="b")
    )
    ids = [found["id"] for _, found in seen.elements if "id" in found]
    labels = [found["aria-labelledby"] for _, found in seen.elements if "aria-labelledby" in found]
    assert len(set(ids)) == len(ids) == 6
    assert sorted(ids, key=str) == sorted(labels, key=str)


def hostile_page(text: str) -> Seen:
    post = a.post(
        a.linked_part(text, f"javascript:{text}"),
        content_warning=text,
        language=text,
        media=(Media(file=text, alt=text),),
    )
    item = a.plain_item(text, key=text)
    return page(a.preview(item=item, channel=text, network=text, page=text, post=post, note=text))


def test_nothing_from_outside_is_markup() -> None:
    seen = hostile_page(a.HOSTILE)
    assert seen.all("script") == seen.all("a") == []
    assert seen.text.count("<script>alert(1)</script> {{ 7 * 7 }}") > 6
    assert not set("\x1b\x9b\u202e") & set(seen.text)


@given(st.text(min_size=1) | st.text(st.sampled_from("<>&\"'{}%#\n\x00\ud800a"), min_size=1))
def test_no_text_changes_what_the_page_is_made_of(text: str) -> None:
    plain, hostile = hostile_page("text"), hostile_page(text)
    outside = {"p", "br"}  # the paragraphs of the text itself
    assert [tag for tag, _ in hostile.elements if tag not in outside] == [
        tag for tag, _ in plain.elements if tag not in outside
    ]
    assert [sorted(found) for tag, found in hostile.elements if tag not in outside] == [
        sorted(found) for tag, found in plain.elements if tag not in outside
    ]
