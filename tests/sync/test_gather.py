"""News of which each piece is a page of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.model import Status

if TYPE_CHECKING:
    from tests.sync.world import World

FIRST, SECOND = "News/2026/46", "News/2026/47"


@pytest.fixture
def letters(world: World) -> World:
    """A newsletter with one issue, which stood there before the bot."""
    world.prefix = "News/2026/"
    world.wiki.edit("Last week: [[MediaWiki 1.45]].", title=FIRST)
    world.run()
    return world


def test_what_was_there_before_is_not_posted_and_a_new_page_is(letters: World) -> None:
    assert letters.texts == []
    letters.wiki.edit("This week: [[MediaWiki 1.46]] is out.", title=SECOND)
    letters.run()
    (text,) = letters.texts
    assert text.startswith(f"{SECOND}: This week: MediaWiki 1.46 is out.")
    (row,) = (row for row in letters.deliveries() if row.status is Status.SENT)
    assert row.link == "https://wiki.example/wiki/News/2026/47"
    letters.run()
    assert len(letters.texts) == 1


def test_a_page_keeps_its_identity_whatever_becomes_of_its_text(letters: World) -> None:
    letters.wiki.edit("This week: [[MediaWiki 1.46]] is out.", title=SECOND)
    letters.run()
    letters.wiki.edit("Nothing of the kind. All new words in here, every one.", title=SECOND)
    letters.run()
    (text,) = letters.texts
    assert "All new words" in text
    assert {row.item for row in letters.deliveries() if row.status is Status.SENT} == {"page-2"}


def test_a_page_that_is_older_than_the_last_look_and_was_not_there_is_nobodys(letters: World) -> None:
    history = letters.wiki.edit("This week: [[MediaWiki 1.46]] is out.", title="Elsewhere")
    letters.wiki.edit("Last week: [[MediaWiki 1.45]], again.", title=FIRST)
    letters.run()
    letters.wiki.histories[SECOND] = letters.wiki.histories.pop("Elsewhere")
    (held,) = letters.run().held
    assert held.reason.startswith("settling on the page")
    assert letters.wiki.histories[SECOND][-1][0] == history
    letters.pass_time(minutes=31)
    letters.run()
    assert len(letters.texts) == 1


def test_each_page_settles_by_itself(letters: World) -> None:
    letters.wiki.edit("This week: [[MediaWiki 1.46]] is out.", title=SECOND, user="Stranger")
    letters.wiki.edit("Last week: [[MediaWiki 1.45]], again.", title=FIRST)
    report = letters.run()
    assert letters.texts == []
    assert "settling" in report.held[0].reason
    letters.pass_time(hours=1)
    letters.wiki.edit("Last week: [[MediaWiki 1.45]], once more.", title=FIRST, user="Stranger")
    letters.run()
    assert len(letters.texts) == 1


def test_who_wrote_a_page_between_two_runs_counts(letters: World) -> None:
    letters.wiki.edit("This week: spam.", title=SECOND, user="Stranger")
    letters.wiki.edit("This week: [[MediaWiki 1.46]] is out.", title=SECOND)
    report = letters.run()
    assert "settling" in report.held[0].reason


def test_a_run_without_news_asks_for_the_pages_and_nothing_else(letters: World) -> None:
    letters.pass_time(hours=1)
    letters.wiki.asked.clear()
    letters.run()
    assert letters.wiki.asked == ["members"]


def test_where_all_pages_are_gone_the_brake_holds(letters: World) -> None:
    del letters.wiki.histories[FIRST]
    assert letters.run().refusal is not None


def test_a_wiki_that_does_not_tell_the_pages_is_a_trouble(letters: World) -> None:
    letters.wiki.down = "members"
    assert letters.run().problems[0].failure
