"""The sample pages hold the items that a reader finds there (``samples.toml``), and only those."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest

from bot.config.profile import named_profile
from bot.model import News, Page, Profile, Revision
from bot.news.parse import LAYOUTS, parse
from bot.news.sites import offline

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT.parent / "shared" / "samples" / "pages"
EXPECTED: dict[str, Any] = tomllib.loads(Path(__file__).with_name("samples.toml").read_text(encoding="utf-8"))

LOOKING = Profile()

pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason=f"the sample pages are not part of the project and not in {SAMPLES}"
)
each_sample = pytest.mark.parametrize("name", EXPECTED)


def news(name: str, profile: Profile = LOOKING) -> News:
    sample = EXPECTED[name]
    site = offline("sample", language=sample["language"], article_path=sample["article_path"])
    saved_at = datetime.combine(sample["saved"], time(12), tzinfo=UTC)
    return parse(
        Page(
            site=site,
            title="News",
            wikitext=(SAMPLES / name).read_text(encoding="utf-8"),
            revision=Revision(id=1, editor="Ann", saved_at=saved_at),
        ),
        profile=profile,
    )


def test_there_is_an_expectation_for_each_sample() -> None:
    assert {path.name for path in SAMPLES.glob("*.wikitext")} == set(EXPECTED)


@each_sample
def test_a_sample_holds_its_items_and_only_those(name: str) -> None:
    found = news(name)

    home = EXPECTED[name]["article_path"].removesuffix("$1")
    expected = [
        [*row[:6], home + row[6][1:] if row[6].startswith("/") else row[6]] for row in EXPECTED[name]["items"]
    ]
    assert found.layout == EXPECTED[name]["layout"]
    assert [
        [
            item.line,
            item.date.isoformat() if item.date else "",
            len(item.body.links),
            len(item.text),
            item.text[:40],
            item.text[-25:],
            item.main_link.url if item.main_link else "",
        ]
        for item in found.items
    ] == expected


@each_sample
def test_a_sample_has_its_problems_with_their_lines_and_only_those(name: str) -> None:
    problems = news(name).problems

    expected = EXPECTED[name]["problems"]
    assert [problem.line or 0 for problem in problems] == [line for line, _ in expected]
    for problem, (_, part) in zip(problems, expected, strict=True):
        assert part in problem.message


@each_sample
def test_an_items_text_has_no_markup_left_and_no_date_at_its_ends(name: str) -> None:
    for item in news(name).items:
        assert not any(
            sign in item.text for sign in ("[[", "]]", "{{", "}}", "''", "<!--", "<small", "\n", "  ")
        )
        assert not item.text.startswith((":", "\N{EN DASH}", ",", "*"))


@each_sample
def test_a_samples_items_have_keys_of_their_own(name: str) -> None:
    keys = [item.key for item in news(name).items]

    assert len(set(keys)) == len(keys)


def test_an_image_beside_an_item_is_its_media() -> None:
    items = news("wikipedia-no-2021-03-04-21293374.wikitext").items

    assert [[media.alt for media in item.media] for item in items] == [[], [], ["Brunt isbrem"]]


def test_what_only_the_wiki_can_expand_is_named_and_its_text_is_shown() -> None:
    first = news("wikipedia-bs-2021-01-17-3248286.wikitext").items[0]

    assert first.unresolved == ("{{Vijest|[[Wikipedia]] obilježava 20. godišnjicu nastanka.}}",)
    assert first.text == "Wikipedia obilježava 20. godišnjicu nastanka."


PROFILES = {
    "appropedia-California_news": "dated-paragraphs",
    "fandom-wot-Template_News": "fandom-news",
    "nexus-Latest_News": "dated-terms",
    "wikipedia-de-2021-03-03-209422396": "in-the-news-de",
    "wikipedia-en-2018-03-21-831580901": "in-the-news",
    "wikipedia-en-DYK_hooks": "did-you-know",
    "wikipedia-fi-2021-03-04-19609502": "date-at-the-end",
    "wikipedia-fr-2021-03-04-180531600": "in-the-news-fr",
    "wikipedia-no-2021-03-04-21293374": "in-the-news-no",
    "wikipedia-pl-2021-03-03-62514586": "date-at-the-end",
}


@pytest.mark.parametrize(("name", "profile"), PROFILES.items())
def test_a_profile_that_comes_with_the_bot_finds_what_is_found_by_looking(name: str, profile: str) -> None:
    by_looking = news(f"{name}.wikitext")

    assert news(f"{name}.wikitext", named_profile(profile, LAYOUTS)).items == by_looking.items
    assert by_looking.items
