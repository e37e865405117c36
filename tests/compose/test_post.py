from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.compose.markup import to_html
from bot.compose.post import MOST_PARTS, compose
from bot.errors import RejectedError
from bot.model import Item, Limits, Long, Media, Run, Style
from tests.compose.values import (
    ENDLESS,
    FEED,
    MASTODON,
    PAGE,
    an_item,
    composed,
    mastodon_length,
    meant,
    text_of,
)

NEWS = an_item(Run(text="MediaWiki 1.46", bold=True, url=PAGE), " is out.", link=PAGE)
LONG = "The first sentence says what happened. The second one says where. The third one says to whom."
TAGGED = Style(hashtags=("MediaWiki", "Wikimedia"))
HANDLES = Style(handles={"wikimedia": "@wikimediafoundation@wikimedia.social"})
PICTURE = Media(file="Probe.jpg", alt="A probe on the moon")


def test_text_link_and_hashtags_follow_the_template() -> None:
    assert text_of(NEWS, TAGGED) == f"MediaWiki 1.46 is out. {PAGE} #MediaWiki #Wikimedia"


def test_the_post_carries_link_language_warning_and_media() -> None:
    item = an_item("Text", link=PAGE, language="de", content_warning=" a\nwarning ", media=(PICTURE,))
    post = composed(item, Style(language="en"))
    assert (post.link, post.language, post.content_warning, post.media) == (
        PAGE,
        "de",
        "a warning",
        (PICTURE,),
    )
    assert composed(NEWS, Style(language="en")).language == "en"


@pytest.mark.parametrize(
    ("said", "asked", "channel", "language"),
    [
        ("de", None, "fr", "de"),
        ("de", "nl", "fr", "nl"),
        ("de", None, None, "de"),
        (None, None, "fr", "fr"),
        (None, None, None, None),
    ],
)
def test_the_language_of_a_post_is_that_of_what_it_says(
    said: str | None, asked: str | None, channel: str | None, language: str | None
) -> None:
    item = replace(an_item("Text", link=PAGE, language=asked), language=said)
    assert composed(item, Style(language=channel)).language == language


def test_a_text_for_a_channel_is_in_the_channels_language() -> None:
    item = replace(an_item("Text", link=PAGE, texts={"mastodon": "Texte"}), language="en")
    assert composed(item, Style(language="fr")).language == "fr"
    assert composed(item, Style()).language == "en"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ text }}", "MediaWiki 1.46 is out."),
        ("  {{ text }}   {{ hashtags }}\n\n\n\n{{ link }}  \n", f"MediaWiki 1.46 is out.\n\n{PAGE}"),
        ("{% if date %}{{ date }}: {% endif %}{{ text }}", "2026-11-18: MediaWiki 1.46 is out."),
        ("{{ text|upper }}", "MEDIAWIKI 1.46 IS OUT."),
        ("📣 {{ text }} → {{ link }}", f"📣 MediaWiki 1.46 is out. → {PAGE}"),
    ],
)
def test_the_template_decides_the_wording(template: str, expected: str) -> None:
    assert text_of(replace(NEWS, date=date(2026, 11, 18)), Style(template=template)) == expected


def test_the_text_of_an_item_is_never_a_template() -> None:
    assert text_of(an_item("{{ 7 * 7 }} {% raw %} {{ link }}")) == "{{ 7 * 7 }} {% raw %} {{ link }}"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"wikis-world": "For this channel"}, "For this channel"),
        ({"mastodon": "For this network"}, "For this network"),
        ({"wikis-world": "For this channel", "mastodon": "For this network"}, "For this channel"),
        ({"bluesky": "For there"}, "MediaWiki 1.46 is out."),
        (
            {"mastodon": "A #tag that is meant, a @user that is not"},
            "A #tag that is meant, a @\u2060user that is not",
        ),
    ],
)
def test_an_editors_text_for_the_channel_or_its_network_replaces_the_body(
    texts: dict[str, str], expected: str
) -> None:
    item = replace(NEWS, directives=replace(NEWS.directives, texts=texts))
    assert text_of(item, Style(template="{{ text }}")) == expected


class TestLinks:
    def test_a_link_that_stands_in_the_text_is_not_repeated(self) -> None:
        item = an_item("See ", Run(text=PAGE, url=PAGE), " now", link=PAGE)
        assert text_of(item) == f"See {PAGE} now"

    def test_a_link_that_was_cut_off_with_the_text_comes_back(self) -> None:
        item = an_item("A word or two and then " * 3, Run(text=PAGE, url=PAGE), link=PAGE)
        assert text_of(item, limits=replace(MASTODON, text=60)) == f"A word or two and then A word or… {PAGE}"

    @pytest.mark.parametrize(
        "url", ["/wiki/Page", "//a.example/wiki", "mailto:a@b.example", "javascript:x()"]
    )
    def test_what_is_no_absolute_http_url_is_no_link(self, url: str) -> None:
        item = an_item(Run(text="Page", url=url), link=url)
        assert composed(item).link is None
        assert text_of(item) == "Page"
        assert meant(composed(item, FEED, network="feed").parts[0]) == []

    @pytest.mark.parametrize(
        ("runs", "expected"),
        [
            (("ここ", Run(text=PAGE, url=PAGE), "です。"), f"ここ {PAGE} です。"),
            (("at", Run(text=PAGE, url=PAGE), ", now"), f"at {PAGE}, now"),
            ((Run(text=PAGE, url=PAGE), "/more"), f"{PAGE} /more"),
            ((Run(text=PAGE, url=PAGE), Run(text=PAGE, url=PAGE, bold=True)), f"{PAGE} {PAGE}"),
            ((Run(text=PAGE, url=PAGE), "(b", ")"), f"{PAGE} (b)"),
            (("(", Run(text=PAGE, url=PAGE), ")."), f"({PAGE})."),
            (("見る", Run(text=PAGE, url=PAGE), "(写真)です"), f"見る {PAGE} です"),
            (
                (Run(text="https://a.example/Ü!", url="https://a.example/%C3%9C!"),),
                "https://a.example/%C3%9C%21",
            ),
        ],
    )
    def test_a_bare_url_is_written_so_that_the_network_links_all_of_it_and_no_more(
        self, runs: tuple[str | Run, ...], expected: str
    ) -> None:
        assert text_of(an_item(*runs)) == expected

    def test_the_main_link_is_written_so_that_the_network_links_all_of_it(self) -> None:
        post = composed(an_item("Text", link="https://a.example/wiki/Yahoo!"))
        assert post.link == "https://a.example/wiki/Yahoo%21"
        assert meant(post.parts[0]) == [("link", post.link)]

    def test_a_url_in_a_text_of_the_editors_own_is_one_that_every_network_links_whole(self) -> None:
        item = replace(NEWS, directives=replace(NEWS.directives, texts={"x": "See https://a.example/Ü!"}))
        text = text_of(item, Style(template="{{ text }}"), network="x")
        assert text == "See https://a.example/%C3%9C!"


class TestHashtags:
    def test_a_hashtag_of_the_text_is_not_repeated(self) -> None:
        assert text_of(an_item("About #mediawiki."), TAGGED) == "About #mediawiki. #Wikimedia"

    def test_a_hashtag_may_be_configured_with_its_sign_twice_or_in_words(self) -> None:
        style = Style(hashtags=("#One", "one", "Two Words", ""))
        assert text_of(an_item("Text"), style) == "Text #One #TwoWords"

    def test_hashtags_are_facets(self) -> None:
        (part,) = composed(an_item("About #mediawiki and #else"), TAGGED).parts
        assert meant(part) == [("tag", "#mediawiki"), ("tag", "#Wikimedia")]


class TestMentions:
    def test_a_name_of_the_table_becomes_a_mention_and_any_other_none(self) -> None:
        (part,) = composed(an_item("By @Wikimedia and @stranger@a.example"), HANDLES).parts
        assert part.text == "By @wikimediafoundation@wikimedia.social and @\u2060stranger@a.example"
        assert meant(part) == [("mention", "@wikimediafoundation@wikimedia.social")]

    def test_a_mention_counts_without_its_server(self) -> None:
        (part,) = composed(an_item("By @wikimedia"), HANDLES).parts
        assert part.length == len("By @wikimediafoundation")


class TestPictures:
    ITEM = an_item("The probe ", Run(text="(pictured)", italic=True), " lands.", media=(PICTURE,) * 6)

    def test_a_pointer_stays_with_its_picture_and_goes_without(self) -> None:
        assert text_of(self.ITEM) == "The probe (pictured) lands."
        assert text_of(replace(self.ITEM, media=())) == "The probe lands."
        assert text_of(self.ITEM, limits=replace(MASTODON, media=0)) == "The probe lands."

    def test_no_italics_are_left_of_a_pointer(self) -> None:
        (part,) = composed(replace(self.ITEM, media=()), FEED, network="feed").parts
        assert part.facets == ()

    def test_the_first_pictures_go_where_there_are_too_many(self) -> None:
        pictures = tuple(Media(file=f"{number}.png", alt="x") for number in range(6))
        post = composed(replace(self.ITEM, media=pictures))
        assert [media.file for media in post.media] == ["0.png", "1.png", "2.png", "3.png"]

    def test_an_alt_text_is_shortened_to_what_the_network_takes(self) -> None:
        post = composed(
            replace(self.ITEM, media=(Media(file="A.png", alt="A long\tdescription"), Media(file="B.png"))),
            limits=replace(MASTODON, alt_text=8),
        )
        assert [media.alt for media in post.media] == ["A long…", None]


class TestShortening:
    @pytest.mark.parametrize(
        ("room", "expected"),
        [
            (500, f"{LONG} {PAGE} #MediaWiki #Wikimedia"),
            (139, f"{LONG} {PAGE} #MediaWiki #Wikimedia"),
            (138, f"{LONG[:-6]}… {PAGE} #MediaWiki #Wikimedia"),
            (100, f"The first sentence says what happened. The second one… {PAGE} #MediaWiki #Wikimedia"),
            (72, f"The first sentence says… {PAGE} #MediaWiki #Wikimedia"),
            (60, f"The first sentence says… {PAGE} #MediaWiki"),
            (48, f"The first sentence says… {PAGE}"),
            (30, f"The… {PAGE}"),
            (24, PAGE),
            (23, PAGE),
        ],
    )
    def test_the_text_gives_way_then_the_hashtags_and_never_the_link(self, room: int, expected: str) -> None:
        (part,) = composed(an_item(LONG, link=PAGE), TAGGED, replace(MASTODON, text=room)).parts
        assert part.text == expected
        assert part.length == mastodon_length(expected) <= room

    def test_hashtags_go_from_the_last(self) -> None:
        texts = [
            text_of(an_item(LONG, link=PAGE), TAGGED, replace(MASTODON, text=room)) for room in range(24, 140)
        ]
        assert {text.count("#") for text in texts} == {0, 1, 2}
        assert not any("#Wikimedia" in text and "#MediaWiki" not in text for text in texts)

    def test_the_content_warning_takes_room(self) -> None:
        item = an_item(LONG, link=PAGE, content_warning="x" * 50)
        (part,) = composed(item, limits=replace(MASTODON, text=150)).parts
        assert (
            part.text
            == f"The first sentence says what happened. The second one says where. The third… {PAGE}"
        )
        assert part.length == mastodon_length(part.text, "x" * 50) <= 150

    @pytest.mark.parametrize("room", [0, 1, 22])
    def test_a_link_that_does_not_fit_is_refused_with_the_way_out(self, room: int) -> None:
        with pytest.raises(RejectedError, match=rf"23 long and {room} is the most: shorten"):
            composed(an_item(LONG, link=PAGE), limits=replace(MASTODON, text=room))

    def test_a_content_warning_that_leaves_no_room_is_refused(self) -> None:
        with pytest.raises(RejectedError, match="content warning"):
            composed(an_item("Text", content_warning="x" * 501))

    def test_without_a_limit_nothing_is_cut(self) -> None:
        assert text_of(an_item(LONG * 500), limits=ENDLESS) == LONG * 500

    def test_an_item_that_says_nothing_is_refused_unless_it_shows_something(self) -> None:
        with pytest.raises(RejectedError, match="neither text, link nor picture"):
            composed(an_item("\u202e (pictured) "))
        assert text_of(an_item("", media=(PICTURE,))) == ""


class TestThreads:
    STYLE = Style(hashtags=("MediaWiki",), long=Long.THREAD)
    LIMITS = Limits(text=80, url_weight=23)

    def texts(self, item: Item, limits: Limits = LIMITS) -> list[str]:
        return [part.text for part in composed(item, self.STYLE, limits).parts]

    def test_a_text_that_fits_is_one_part_without_a_number(self) -> None:
        assert self.texts(NEWS) == [f"MediaWiki 1.46 is out. {PAGE} #MediaWiki"]

    def test_the_link_and_the_hashtags_stand_in_the_first_part_and_each_part_has_its_number(self) -> None:
        assert self.texts(an_item(LONG, link=PAGE)) == [
            f"The first sentence says what… {PAGE} #MediaWiki (1/2)".replace("…", ""),
            "happened. The second one says where. The third one says to whom. (2/2)",
        ]

    def test_hashtags_alone_make_no_thread(self) -> None:
        limits = replace(self.LIMITS, text=30)
        assert self.texts(an_item("", link=PAGE), limits) == [PAGE]
        assert self.texts(an_item("a", link=PAGE), limits) == [f"a {PAGE}"]

    def test_parts_end_with_a_sentence_where_they_can(self) -> None:
        assert self.texts(an_item(LONG)) == [
            "The first sentence says what happened. #MediaWiki (1/2)",
            "The second one says where. The third one says to whom. (2/2)",
        ]

    def test_every_part_is_measured_with_the_content_warning_that_goes_with_it(self) -> None:
        parts = composed(an_item(LONG * 3, content_warning="warned"), self.STYLE, self.LIMITS).parts
        assert len(parts) > 3
        assert [part.length for part in parts] == [mastodon_length(part.text, "warned") for part in parts]
        assert max(part.length for part in parts) <= 80

    def test_only_the_part_that_the_picture_goes_with_has_the_limit_of_one_with_a_picture(self) -> None:
        item = an_item(LONG, media=(PICTURE,))
        parts = composed(item, self.STYLE, replace(self.LIMITS, with_media=60)).parts
        assert [part.limit for part in parts] == [60, 80]
        assert [part.limit for part in composed(an_item(LONG), self.STYLE, self.LIMITS).parts] == [80, 80]

    def test_a_text_too_long_for_a_thread_ends_with_an_ellipsis(self) -> None:
        texts = self.texts(an_item(LONG * 50))
        assert len(texts) == MOST_PARTS
        assert texts[-1].endswith(f"… ({MOST_PARTS}/{MOST_PARTS})")


class TestRichText:
    ITEM = an_item(
        "Now ", Run(text="the ", bold=True), Run(text="page", bold=True, url=PAGE), Run(text="!", url=PAGE),
        Run(text=" & more", italic=True), link=PAGE,
    )  # fmt: skip

    def test_links_and_emphasis_stand_where_they_are(self) -> None:
        (part,) = composed(self.ITEM, FEED, network="feed").parts
        assert part.text == "Now the page! & more"
        assert meant(part) == [("bold", "the page"), ("link", "page!"), ("italic", "& more")]
        assert to_html(part) == (f'<p>Now <b>the </b><a href="{PAGE}"><b>page</b>!</a> <i>&amp; more</i></p>')

    def test_plain_text_has_only_what_can_be_seen_in_it(self) -> None:
        (part,) = composed(self.ITEM).parts
        assert part.text == f"Now the page! & more {PAGE}"
        assert meant(part) == [("link", PAGE)]

    def test_facets_come_through_the_template(self) -> None:
        style = replace(FEED, template="[{{ date }}]   {{ text|trim }} {{ link }}")
        (part,) = composed(replace(self.ITEM, date=date(2026, 1, 2)), style, network="feed").parts
        assert part.text == "[2026-01-02] Now the page! & more"
        assert meant(part) == [("bold", "the page"), ("link", "page!"), ("italic", "& more")]

    @pytest.mark.parametrize(
        ("room", "expected"),
        [
            (64, "A long beginning before the page and after it, for a long time"),
            (60, "A long beginning before the page and after it, for a long…"),
            (40, "A long beginning before the page and…"),
            (33, "A long beginning before the page…"),
            (32, None),
            (56, "A long beginning before the page and after it, for a…"),
        ],
    )
    def test_a_main_link_is_kept_under_its_words_or_else_put_behind_them(
        self, room: int, expected: str | None
    ) -> None:
        item = an_item(
            "A long beginning before ",
            Run(text="the page", url=PAGE),
            " and after it, for a long time",
            link=PAGE,
        )
        style, limits = Style(rich=True), Limits(text=room)
        if expected is None:
            with pytest.raises(RejectedError):
                composed(item, style, limits, network="feed")
        else:
            assert text_of(item, style, limits, network="feed") == expected

    def test_a_main_link_whose_words_were_cut_off_comes_back(self) -> None:
        item = an_item("A beginning. " * 9, Run(text="The page", url=PAGE), " itself", link=PAGE)
        text = text_of(item, Style(rich=True), Limits(text=100), network="feed")
        assert text == f"{'A beginning. ' * 3}A beginning. A… {PAGE}"

    def test_a_text_of_the_editors_own_gets_the_main_link(self) -> None:
        item = replace(self.ITEM, directives=replace(self.ITEM.directives, texts={"feed": "Own"}))
        assert text_of(item, Style(rich=True), ENDLESS, network="feed") == f"Own {PAGE}"

    def test_a_feed_shows_signs_as_they_are_written(self) -> None:
        assert text_of(an_item("@user #tag"), FEED, ENDLESS, network="feed") == "@user #tag"


def test_nothing_that_could_trick_a_terminal_or_a_reader_gets_through() -> None:
    item = an_item("a\x1b[31m\u202eb\r\nc\x00\ud800", content_warning="w\x07\u2066")
    post = composed(item)
    assert post.parts[0].text == "a[31mb\nc\ufffd"
    assert post.content_warning == "w"


@pytest.mark.parametrize(
    "text",
    [
        "日本語の文章はどこで切るのか。" * 20,
        "ภาษาไทยไม่เว้นวรรคระหว่างคำ" * 10,
        "שלום עולם " * 30,
        "👨‍👩‍👧‍👦🇩🇪" * 60,
        "नमस्ते दुनिया " * 30,
        "Donaudampfschifffahrtsgesellschaft" * 10,
        "e\u0301" * 200,
    ],
)
def test_a_text_in_any_script_fills_the_room(text: str) -> None:
    limits = replace(MASTODON, text=100)
    (part,) = compose(
        an_item(text, link=PAGE), channel="c", network="mastodon", style=TAGGED, limits=limits
    ).parts
    assert 80 <= mastodon_length(part.text) == part.length <= 100
    assert part.text.endswith(f"… {PAGE} #MediaWiki #Wikimedia")
