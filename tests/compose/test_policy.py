"""Where links go: the main link, the others, and none at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.compose.text import urls
from bot.errors import RejectedError
from bot.model import Directives, Limits, LinkPolicy, Long, Media, Run, Style
from tests.compose.values import FEED, MASTODON, PAGE, URLS, an_item, composed, meant, text_of

FOO = "https://en.wikipedia.org/wiki/Foo_(bar)"
LINKS = an_item(
    Run(text="One", url=URLS[4]), ", ", Run(text="two", url=PAGE), " and ", Run(text="three", url=FOO), ".",
    link=PAGE,
)  # fmt: skip
ALL = Style(template="{{ text }} {{ link }} {{ links }} {{ hashtags }}", hashtags=("Tag",))
NEVER = Style(link=LinkPolicy.NEVER, hashtags=("Tag",))
REPLY = replace(NEVER, link=LinkPolicy.FIRST_REPLY)
LONG = "The first sentence says what happened. The second one says where. The third one says to whom."


class TestOtherLinks:
    def test_they_stand_where_the_template_says_without_the_main_one(self) -> None:
        assert text_of(LINKS, ALL) == f"One, two and three. {PAGE} {URLS[4]} {FOO} #Tag"
        assert text_of(LINKS) == f"One, two and three. {PAGE}"

    @pytest.mark.parametrize(("room", "links"), [(96, 2), (95, 1), (72, 1), (71, 0), (48, 0)])
    def test_those_that_do_not_fit_go_from_the_last_and_before_anything_else(
        self, room: int, links: int
    ) -> None:
        text = text_of(LINKS, ALL, replace(MASTODON, text=room))
        assert text == " ".join(["One, two and three.", PAGE, *(URLS[4], FOO)[:links], "#Tag"])

    @pytest.mark.parametrize(("most", "links"), [(3, 2), (2, 1), (1, 0), (0, 0)])
    def test_there_are_no_more_than_the_network_takes(self, most: int, links: int) -> None:
        text = text_of(LINKS, ALL, replace(MASTODON, links=most))
        assert urls(text) == (PAGE, *(URLS[4], FOO)[:links])

    def test_none_stands_beside_a_text_that_is_cut(self) -> None:
        item = replace(LINKS, body=an_item(LONG, *LINKS.body.runs).body)
        assert urls(text_of(item, ALL, replace(MASTODON, text=100))) == (PAGE,)

    def test_nor_does_one_where_the_cut_leaves_room_for_it(self) -> None:
        long = f"https://example.org/{'x' * 60}"
        item = an_item("Words ", Run(text=long, url=long), Run(text=" more", url=URLS[5]), link=PAGE)
        assert text_of(item, replace(ALL, hashtags=()), Limits(text=90)) == f"Words… {PAGE}"

    def test_one_that_can_be_seen_already_is_not_repeated(self) -> None:
        item = an_item("See ", Run(text=FOO, url=FOO), Run(text=" more", url=URLS[4]), link=PAGE)
        assert text_of(item, ALL) == f"See {FOO} more {PAGE} {URLS[4]} #Tag"
        assert (
            text_of(item, replace(ALL, rich=True), Limits(), network="feed") == f"See {FOO} more {PAGE} #Tag"
        )


class TestNever:
    @pytest.mark.parametrize("rich", [True, False])
    def test_no_url_is_left_anywhere(self, rich: bool) -> None:
        item = an_item(
            "See ",
            Run(text="the page", url=PAGE),
            " at ",
            Run(text=PAGE, url=PAGE),
            f" ({FOO}), now.",
            link=PAGE,
        )
        style = replace(NEVER, rich=rich, template="{{ text }} {{ link }} {{ links }} https://a.example/ !")
        post = composed(item, style)
        assert post.parts[0].text == "See the page at, now. !"
        assert (post.link, post.link_title) == (None, None)
        assert meant(post.parts[0]) == []

    def test_none_is_left_of_a_text_of_the_editors_own(self) -> None:
        item = replace(LINKS, directives=Directives(texts={"mastodon": f"Own: {FOO}"}))
        assert text_of(item, NEVER) == "Own: #Tag"

    def test_the_room_is_the_texts(self) -> None:
        assert (
            text_of(an_item(LONG, link=PAGE), NEVER, replace(MASTODON, text=len(LONG) + 5)) == f"{LONG} #Tag"
        )

    def test_an_item_that_is_only_a_link_says_nothing(self) -> None:
        with pytest.raises(RejectedError, match="neither text, link nor picture"):
            composed(an_item(Run(text=PAGE, url=PAGE), link=PAGE), replace(NEVER, hashtags=()))


class TestFirstReply:
    def test_the_link_alone_is_the_second_part(self) -> None:
        post = composed(LINKS, REPLY)
        assert [part.text for part in post.parts] == ["One, two and three. #Tag", PAGE]
        assert [meant(part) for part in post.parts] == [[("tag", "#Tag")], [("link", PAGE)]]
        assert (post.link, post.link_title) == (PAGE, "page")
        assert post.parts[1].length == 23

    def test_without_a_link_there_is_no_reply(self) -> None:
        assert len(composed(an_item("Text"), REPLY).parts) == 1

    def test_a_thread_ends_with_the_link(self) -> None:
        style = replace(REPLY, long=Long.THREAD, hashtags=())
        parts = composed(an_item(LONG, link=PAGE), style, Limits(text=64, url_weight=23)).parts
        assert [part.text for part in parts] == [
            "The first sentence says what happened. (1/2)",
            "The second one says where. The third one says to whom. (2/2)",
            PAGE,
        ]

    def test_an_item_that_is_only_a_link_is_that(self) -> None:
        item = an_item(Run(text=PAGE, url=PAGE), link=PAGE)
        style = replace(REPLY, hashtags=())
        assert [part.text for part in composed(item, style).parts] == [PAGE]
        pictured = replace(item, media=(Media(file="A.png"),))
        assert [part.text for part in composed(pictured, style).parts] == ["", PAGE]

    def test_a_link_too_long_for_a_reply_is_refused(self) -> None:
        with pytest.raises(RejectedError, match="the link alone is 45 long and 40 is the most"):
            composed(an_item("Text", link=PAGE), REPLY, Limits(text=40))


@pytest.mark.parametrize("style", [Style(), FEED, REPLY])
def test_the_title_of_the_link_is_its_text(style: Style) -> None:
    item = an_item("Text", link=PAGE)
    assert composed(item, style).link_title == "page"


def test_a_url_longer_than_the_limit_is_refused_with_the_reason() -> None:
    url = f"{PAGE}/{'x' * 500}"
    with pytest.raises(
        RejectedError, match=r"the link alone is 546 long and 500 is the most: shorten it, or keep"
    ):
        composed(an_item("Text", link=url), limits=Limits(text=500))
