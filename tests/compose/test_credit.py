"""The line that names the authors of pictures: where it stands, and that it is never lost."""

from __future__ import annotations

import pytest

from bot.compose.credit import attribution
from bot.compose.post import compose
from bot.compose.template import check_template, shows
from bot.errors import RejectedError
from bot.model import Limits, LinkPolicy, Long, Media, Post, Style
from tests.builders import an_item

CREDIT = "Jane Doe, CC BY-SA 4.0"
PICTURE = Media(file="Probe.jpg", alt="A probe", credit=CREDIT)
LINE = f"Image: {CREDIT}"
LONG = " ".join(f"Sentence number {number} says something of a certain length." for number in range(20))
LIMITS = Limits(text=300)


def said(
    style: Style | None = None,
    limits: Limits = LIMITS,
    *,
    text: str = "A probe has landed.",
    media: tuple[Media, ...] = (PICTURE,),
) -> Post:
    item = an_item(text=text, media=media)
    return compose(item, channel="c", network="mastodon", style=style or Style(), limits=limits)


def test_it_stands_on_a_line_of_its_own_behind_all_the_rest() -> None:
    (part,) = said(Style(hashtags=("News",))).parts
    assert part.text == f"A probe has landed. https://wiki.example/wiki/MediaWiki_1.46 #News\n{LINE}"
    assert part.length == len(part.text)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ attribution }} {{ text }}", f"{LINE} A probe has landed."),
        ("{{ text }} ({{ attribution }})", f"A probe has landed. ({LINE})"),
        ("{% if attribution %}[{{ attribution }}]{% endif %} {{ text }}", f"[{LINE}] A probe has landed."),
        # One that only asks about it does not say it.
        ("{{ text }}{% if attribution %} (pictured){% endif %}", f"A probe has landed. (pictured)\n{LINE}"),
    ],
)
def test_the_template_may_say_where(template: str, expected: str) -> None:
    assert check_template(template) is None
    (part,) = said(Style(template=template, link=LinkPolicy.NEVER)).parts
    assert part.text == expected


def test_a_long_text_gives_way_to_it() -> None:
    (part,) = said(text=LONG).parts
    assert part.text.endswith(f"\n{LINE}")
    assert "…" in part.text
    assert part.length <= 300


def test_of_a_thread_it_is_in_the_first_part_with_the_picture() -> None:
    parts = said(Style(long=Long.THREAD), text=LONG).parts
    assert len(parts) > 2
    assert [LINE in part.text for part in parts] == [True, *(False for _ in parts[1:])]


def test_where_it_does_not_fit_there_is_no_post() -> None:
    with pytest.raises(RejectedError):
        said(limits=Limits(text=60))


def test_a_picture_that_does_not_go_there_needs_none() -> None:
    (part,) = said(limits=Limits(text=300, media=0)).parts
    assert "Jane" not in part.text
    both = (Media(file="A.png", alt="A"), PICTURE)
    (part,) = said(limits=Limits(text=300, media=1), media=both).parts
    assert "Jane" not in part.text


def test_a_picture_that_asks_for_none_has_none() -> None:
    (part,) = said(media=(Media(file="A.png", alt="A"),)).parts
    assert "Image" not in part.text


@pytest.mark.parametrize("link", LinkPolicy)
def test_it_stays_whatever_becomes_of_the_link(link: LinkPolicy) -> None:
    assert LINE in said(Style(link=link)).parts[0].text


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("en", "Image"),
        ("de-AT", "Bild"),
        ("fr", "Image"),
        ("zh-hans", "图片"),
        ("tlh", "Image"),
        (None, "Image"),
    ],
)
def test_it_is_in_the_language_of_the_post(language: str | None, word: str) -> None:
    assert attribution([PICTURE], language=language, network="x") == f"{word}: {CREDIT}"


def test_who_is_named_twice_is_named_once_and_two_are_both_named() -> None:
    pictures = [PICTURE, PICTURE, Media(file="B.png", credit="John Roe, CC BY 4.0"), Media(file="C.png")]
    line = attribution(pictures, language="en", network="x")
    assert line == f"Image: {CREDIT}; John Roe, CC BY 4.0"


def test_nobody_is_mentioned_and_nothing_becomes_a_link() -> None:
    media = Media(file="A.png", credit="@jane #art https://jane.example/, CC BY 4.0")
    line = attribution([media], language="en", network="mastodon")
    assert line == "Image: @\u2060jane #\u2060art jane.example/, CC BY 4.0"


def test_only_what_is_printed_is_shown_by_a_template() -> None:
    assert shows("{{ attribution }}", "attribution")
    assert not shows("{% if attribution %}x{% endif %}", "attribution")


def test_the_caption_describes_a_picture_without_alt_text() -> None:
    captioned = Media(file="A.png", caption="A letter\n")
    described = Media(file="B.png", alt="The page's own", caption="A letter")
    post = said(media=(captioned, described))
    assert [media.alt for media in post.media] == ["A letter", "The page's own"]
