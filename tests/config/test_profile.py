"""The profiles that come with the bot, and what a page says on top of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.config.profile import named_profile, profile_names
from bot.model import DateOrder, MainLink
from bot.news.parse import LAYOUTS
from tests.config.networks import problems, read, well_but

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", profile_names())
def test_each_profile_can_be_used(name: str) -> None:
    assert named_profile(name, LAYOUTS).layout in LAYOUTS


def test_a_page_can_begin_with_a_profile_and_change_it(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        well_but(
            (
                'title = "Template:News"',
                """title = "Vorlage:Hauptseite Aktuelles"
            profile = "in-the-news-de"
            main_link = "first"
            strip = ["(Bild)"]""",
            ),
        ),
    )
    profile = config.pages[0].profile
    assert (profile.layout, profile.argument) == ("bullets", "AUFZÄHLUNG")
    assert profile.date_order is DateOrder.DMY
    assert (profile.main_link, profile.strip) == (MainLink.FIRST, ("(Bild)",))


def test_an_unknown_profile_is_told_with_those_there_are(tmp_path: Path) -> None:
    page = '[[pages]]\ntitle = "A"\nprofile = "in-the-new"'
    (problem,) = [one for one in problems(tmp_path, page) if "profile" in one]
    assert "must be one of" in problem
    assert "did you mean in-the-news?" in problem
