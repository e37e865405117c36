"""A page that shows nothing but another one, whose items are the news."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sync.conftest import OLD
from tests.sync.world import TITLE

if TYPE_CHECKING:
    from tests.sync.world import World

NEW = "'''2026-11-18''': [[MediaWiki 1.46]] is out. <!-- herald: id=new -->"
SHOWN = "Template:Shown"
POINTER = "{{Shown}}\n[[Category:Main page]]"


def shown(world: World, *lines: str, user: str = "Sue") -> None:
    world.page(*lines, title=SHOWN, user=user)


def pointing(world: World, user: str = "Sue") -> None:
    world.wiki.edit(POINTER, title=TITLE, user=user)


def test_what_is_added_to_the_page_that_is_shown_goes_out(world: World) -> None:
    shown(world, OLD)
    pointing(world)
    world.run()
    assert world.texts == []
    shown(world, NEW, OLD)
    world.run()
    assert len(world.texts) == 1
    world.run()
    assert len(world.texts) == 1


def test_who_edits_the_page_that_is_shown_counts(world: World) -> None:
    shown(world, OLD)
    pointing(world)
    world.run()
    shown(world, NEW, OLD, user="Stranger")
    report = world.run()
    assert "settling" in report.held[0].reason
    world.pass_time(hours=1)
    world.run()
    assert len(world.texts) == 1


def test_a_stranger_who_makes_the_page_show_another_one_must_wait(followed: World) -> None:
    """Though what is shown then was written long ago, and by somebody who is trusted."""
    followed.page(NEW, OLD, title=SHOWN)
    followed.pass_time(days=1)
    pointing(followed, user="Stranger")
    report = followed.run()
    assert followed.texts == []
    assert "settling" in report.held[0].reason


def test_what_is_shown_and_cannot_be_read_is_told(world: World) -> None:
    pointing(world)
    report = world.run()
    (problem,) = report.problems
    assert problem.failure
    assert f"shows {SHOWN}, which cannot be read" in problem.message


def test_a_circle_of_pages_ends(world: World) -> None:
    world.wiki.edit("{{Shown}}", title=TITLE)
    world.wiki.edit(f"{{{{:{TITLE}}}}}", title=SHOWN)
    report = world.run()
    assert "more than 3 pages" in report.problems[0].message


def test_a_page_that_keeps_bots_away_is_not_published(followed: World) -> None:
    followed.page(NEW, OLD, "<noinclude>{{nobots}}</noinclude>")
    report = followed.run()
    assert followed.texts == []
    (problem,) = report.problems
    assert not problem.failure
    assert "says {{nobots}}" in problem.message


def test_neither_is_one_that_is_shown_by_another(followed: World) -> None:
    followed.page(NEW, OLD, title=SHOWN)
    followed.wiki.edit("{{Shown}}<noinclude>{{nobots}}</noinclude>", title=TITLE)
    followed.run()
    assert followed.texts == []
