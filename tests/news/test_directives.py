from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.model import Directives
from bot.news import directives, plain

NAMES = ("mastodon", "wikis-world", "bluesky", "Feed")


def read(*comments: str) -> tuple[Directives, list[str]]:
    asked, problems = directives.read(comments, line=7, names=NAMES)
    assert all(problem.line == 7 for problem in problems)
    return asked, [problem.message for problem in problems]


def test_every_directive_is_understood() -> None:
    asked, problems = read(
        """ herald: id=mw146; channels=mastodon,wikis-world; image=File:New_logo.png;
        alt=The new  logo; cw=Flashing lights; lang=en; not-before=2026-11-19T14:00Z; hold;
        share=https://wikis.world/@wikitech/1130; bluesky=other text for there """
    )

    assert problems == []
    assert asked == Directives(
        id="mw146",
        channels=("mastodon", "wikis-world"),
        image="New logo.png",
        alt="The new logo",
        content_warning="Flashing lights",
        language="en",
        not_before=datetime(2026, 11, 19, 14, tzinfo=UTC),
        hold="",
        share="https://wikis.world/@wikitech/1130",
        texts={"bluesky": "other text for there"},
    )


def test_comments_of_one_item_are_read_as_one_and_others_are_none_of_ours() -> None:
    asked, problems = read("Feb 27", "herald: id=a", "HERALD : hold=wait for Ann", "not herald: id=b", "hold")

    assert (asked, problems) == (Directives(id="a", hold="wait for Ann"), [])


@pytest.mark.parametrize("comment", ["herald:", "herald: ;;  ; ", ""])
def test_an_empty_comment_asks_for_nothing(comment: str) -> None:
    assert read(comment) == (Directives(), [])


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("cw=a=b", "a=b"),
        ('cw="a; b"', "a; b"),
        ('cw = "a; b" ; lang=en', "a; b"),
        (r'cw="say \"hi\" \\ now"', 'say "hi" \\ now'),
        ('cw=the "new" logo', 'the "new" logo'),
        ("cw=a\n  b", "a b"),
        ("CW=x", "x"),
        ("cw=a\u202eb", "ab"),
    ],
)
def test_a_value_may_hold_what_it_must(written: str, value: str) -> None:
    asked, problems = read(f"herald: {written}")

    assert problems == []
    assert asked.content_warning == value


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-19T14:00Z", datetime(2026, 11, 19, 14, tzinfo=UTC)),
        ("2026-11-19T14:00", datetime(2026, 11, 19, 14, tzinfo=UTC)),
        ("2026-11-19 14:00:30", datetime(2026, 11, 19, 14, 0, 30, tzinfo=UTC)),
        ("2026-11-19T14:00+02:00", datetime(2026, 11, 19, 12, tzinfo=UTC)),
        ("2026-11-19", datetime(2026, 11, 19, tzinfo=UTC)),
    ],
)
def test_a_moment_is_iso_8601_and_in_utc_where_no_zone_is_said(written: str, moment: datetime) -> None:
    asked, problems = read(f"herald: not-before={written}")

    assert (asked.not_before, asked.hold, problems) == (moment, None, [])
    assert asked.not_before is not None
    assert asked.not_before.tzinfo is UTC


@pytest.mark.parametrize(
    ("written", "language"),
    [
        ("en", "en"),
        ("PT-br", "pt-BR"),
        ("zh-hans", "zh-Hans"),
        ("be-tarask", "be-tarask"),
        ("zh-min-nan", "zh-min-nan"),
    ],
)
def test_a_language_is_a_tag_in_its_usual_case(written: str, language: str) -> None:
    assert read(f"herald: lang={written}") == (Directives(language=language), [])


@pytest.mark.parametrize(
    "written",
    ["File:a_b.png", "a b.png", "Datei:A b.png", "[[File:A b.png|thumb]]", "Файл: a b.png", "image:A b.png"],
)
def test_an_image_is_named_with_or_without_its_namespace(written: str) -> None:
    assert read(f"herald: image={written}") == (Directives(image="A b.png"), [])


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://wikis.world/@wikitech/1130?x=1", "https://wikis.world/@wikitech/1130?x=1"),
        ("http://x.com/wikipedia/status/12", "http://x.com/wikipedia/status/12"),
        (
            "at://wikipedia.org/app.bsky.feed.post/3labc",
            "https://bsky.app/profile/wikipedia.org/post/3labc",
        ),
    ],
)
def test_a_post_to_share_is_named_by_its_address(written: str, url: str) -> None:
    assert read(f"herald: share={written}") == (Directives(share=url), [])
    assert from_fields(share=written) == (Directives(share=url), [])


def test_a_post_of_no_network_that_is_known_is_told_and_not_held() -> None:
    asked, problems = read("herald: share=https://example.org/blog/1")
    assert asked == Directives(share="https://example.org/blog/1")
    (problem,) = problems
    assert problem.endswith("is that of no post on Mastodon or Bluesky or X, so it is shared nowhere")


def test_channels_are_named_in_any_case_and_once() -> None:
    assert read("herald: channels = Mastodon, feed ,mastodon,") == (
        Directives(channels=("mastodon", "Feed")),
        [],
    )


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("foo=x", "there is no directive 'foo'; there are"),
        ("imag=X.png", "there is no directive 'imag': did you mean image?"),
        ("blusky=x", "there is no directive 'blusky': did you mean bluesky?"),
        ("=x", "a name is missing"),
        ("id=a b", "the directive id=a b cannot be read: an id is 1 to 40"),
        ("id=" + "a" * 41, "an id is 1 to 40"),
        ("id=\u00e9", "an id is 1 to 40"),
        ("lang=english please", "the directive lang=english please cannot be read: a language is a tag"),
        ("lang=e", "a language is a tag"),
        ("image=File:", "write a file of the wiki"),
        ("alt=", "the directive alt= cannot be read: it has no value; write alt=..."),
        ("bluesky", "the directive bluesky cannot be read: it has no value; write bluesky=..."),
        ("alt=a logo", "the directive alt describes an image, but there is no directive image"),
        ("id=a; id=b", "the directive id=b cannot be read: it was given before with another value"),
        ("channels=mastodon,blusky", "there is no channel or network 'blusky': did you mean bluesky?"),
    ],
)
def test_what_cannot_be_read_is_a_problem_that_says_what_to_do(written: str, message: str) -> None:
    asked, problems = read(f"herald: {written}")

    assert len(problems) == 1
    assert message in problems[0]
    assert asked.hold is None


@pytest.mark.parametrize(
    "written",
    [
        "not-before=tomorrow",
        "until=Christmas",
        "not-before=19.11.2026",
        "not-before=2026-02-30",
        "not-before=0001-01-01T00:00+14:00",
        "not-before=",
        "not-before",
        "channels=",
        "channels=blusky",
        "channels=,",
        "cw=",
        "cw",
        "chanels=mastodon",
        "channel=mastodon",
        "not-befor=2026-11-19",
        "not before=2026-11-19",
        "hodl",
        "holds=x",
        "hold=a; hold=b",
        "share=",
        "share",
        "share=wikis.world/@wikitech/1130",
        "share=ftp://wikis.world/@wikitech/1130",
        "share=https://user:secret@wikis.world/@wikitech/1130",
        "share=https://wikis.world/@wikitech/1130 please",
        "share=https://[",
        "share=at://wikipedia.org/app.bsky.feed.like/1",
        "share=https://x.com/a/status/1; share=https://x.com/a/status/2",
        "shares=https://x.com/a/status/1",
        "channels=mastodon; channels=bluesky",
        'alt="not closed; hold',
        'mastodon="a" b',
    ],
)
def test_what_may_have_been_meant_to_keep_it_back_holds_the_item(written: str) -> None:
    asked, problems = read(f"herald: {written}")

    assert problems
    assert asked.hold is not None
    assert "cannot be read" in asked.hold


def test_the_reason_for_a_hold_names_what_cannot_be_read() -> None:
    assert read("herald: not-before=soon")[0].hold == "its directive not-before=soon cannot be read"


def test_a_directive_repeated_word_for_word_does_no_harm() -> None:
    assert read("herald: hold; id=a", "herald: id=a; hold") == (Directives(id="a", hold=""), [])


def test_the_channels_that_are_known_remain() -> None:
    assert read("herald: channels=mastodon,blusky")[0].channels == ("mastodon",)


def from_fields(**fields: str) -> tuple[Directives, list[str]]:
    asked, problems = directives.from_fields(
        {name.replace("_", "-"): value for name, value in fields.items()}, line=3, names=NAMES
    )
    return asked, [problem.message for problem in problems]


def test_the_parameters_of_a_template_are_directives_too() -> None:
    asked, problems = from_fields(
        id="a", channels="bluesky, feed", cw='"quoted"; kept', not_before=" 2026-11-19 ", lang="", alt=" \n"
    )

    assert problems == []
    assert asked == Directives(
        id="a",
        channels=("bluesky", "Feed"),
        content_warning='"quoted"; kept',
        not_before=datetime(2026, 11, 19, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("value", "hold"),
    [("yes", ""), ("1", ""), ("no", None), ("False", None), ("", None), ("until Friday", "until Friday")],
)
def test_a_template_holds_with_a_yes_or_a_reason(value: str, hold: str | None) -> None:
    assert from_fields(hold=value) == (Directives(hold=hold), [])


def test_a_parameter_that_cannot_be_read_holds_the_item_too() -> None:
    asked, problems = from_fields(not_before="soon")

    assert asked.hold == "its directive not-before=soon cannot be read"
    assert len(problems) == 1


def test_of_two_places_the_first_has_its_way_and_either_may_hold() -> None:
    first = Directives(id="a", texts={"mastodon": "x"})
    second = Directives(id="b", language="en", hold="wait", texts={"mastodon": "y", "bluesky": "z"})

    assert directives.combine(first, second) == Directives(
        id="a", language="en", hold="wait", texts={"mastodon": "x", "bluesky": "z"}
    )


@settings(deadline=None)
@given(st.text(st.sampled_from('abhold=;" \\\n,-:') | st.characters(), max_size=60))
def test_no_comment_raises_and_none_loses_a_hold(text: str) -> None:
    asked, problems = directives.read(["herald: hold", f"herald: {text}"], line=1, names=NAMES)

    assert asked.hold is not None
    assert all(problem.message for problem in problems)


@settings(deadline=None)
@given(st.text(min_size=1))
@example("\u115f")  # a letter that nobody can see, which Python calls printable
@example("a\u115fb")
def test_a_quoted_value_comes_back_as_it_was_meant(text: str) -> None:
    value = " ".join(text.split())
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    asked, _ = directives.read([f'herald: cw="{quoted}"; lang=en'], line=1, names=NAMES)

    assert asked.language == "en"
    assert asked.content_warning == (plain.fold(value) or None)
    if value.isprintable() and value == plain.visible(value) != "":
        assert asked.content_warning == value
