"""After the ledger was lost: nothing is posted twice, and what stood where is known again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.errors import ConfigError
from bot.ledger.opening import open_ledger
from bot.model import Capabilities, Status
from bot.sync.rebuild import rebuild
from tests.fakes.faults import Fault
from tests.sync.conftest import OLD

if TYPE_CHECKING:
    from bot.model import RunReport
    from tests.sync.world import World

NEW = "'''2026-11-18''': [[MediaWiki 1.46]] is out. <!-- herald: id=new -->"
NEWER = "'''2026-11-18''': The [[Hackathon]] begins. <!-- herald: id=newer -->"


def rebuilt(world: World) -> RunReport:
    with open_ledger(world.config().ledger_url) as ledger:
        return rebuild(world.herald(ledger))


@pytest.fixture
def bereft(followed: World) -> World:
    """Two items were published; then the ledger was lost, and one more item was added."""
    followed.page(NEWER, NEW, OLD)
    followed.run()
    assert len(followed.texts) == 2
    followed.lose_ledger()
    followed.pass_time(hours=1)
    return followed


@pytest.mark.parametrize("keeps_keys", [True, False])
def test_nothing_is_posted_twice_and_posts_are_known_again(bereft: World, *, keeps_keys: bool) -> None:
    bereft.channel.keeps_keys = keeps_keys
    report = rebuilt(bereft)
    assert {outcome.item: outcome.url for outcome in report.posts} == {
        "newer": "https://memory.example/2",
        "new": "https://memory.example/1",
        "old": None,
    }
    assert bereft.run().posts == ()
    assert len(bereft.texts) == 2
    assert set(bereft.statuses().values()) == {"adopted"}


def test_afterwards_new_items_go_out_as_ever(bereft: World) -> None:
    rebuilt(bereft)
    bereft.page("'''2026-11-18''': Fresh news.", NEWER, NEW, OLD)
    bereft.run()
    assert bereft.texts[2:] == ["Fresh news."]


def test_what_cannot_be_looked_for_is_taken_as_done(bereft: World) -> None:
    bereft.channel.capabilities = Capabilities()
    report = rebuilt(bereft)
    assert {outcome.error for outcome in report.posts} == {"rebuilt: this channel could not be read"}
    bereft.run()
    assert len(bereft.texts) == 2


def test_a_channel_that_fails_is_told_and_nothing_is_posted_twice(bereft: World) -> None:
    bereft.channel.fail(Fault.REFUSED, on="recent")
    report = rebuilt(bereft)
    assert [problem.channel for problem in report.problems] == ["mastodon"]
    bereft.run()
    assert len(bereft.texts) == 2


def test_an_item_edited_since_is_found_by_its_link(bereft: World) -> None:
    bereft.channel.keeps_keys = False
    bereft.page(NEWER, NEW.replace("is out", "was released, at last, to great applause"), OLD)
    report = rebuilt(bereft)
    found = {outcome.item: outcome.url for outcome in report.posts}
    assert found["new"] == "https://memory.example/1"


def test_a_ledger_that_is_not_empty_is_never_rebuilt(followed: World) -> None:
    before = followed.deliveries()
    with pytest.raises(ConfigError, match="not empty"):
        rebuilt(followed)
    assert followed.deliveries() == before


def test_a_person_may_still_have_one_of_them_posted(bereft: World) -> None:
    bereft.channel.posts.clear()
    rebuilt(bereft)
    with open_ledger(bereft.config().ledger_url) as ledger:
        (row,) = [row for row in ledger.deliveries() if row.item == "new"]
        ledger.settle(row, Status.PENDING, now=bereft.now)
    bereft.run()
    assert bereft.texts == ["MediaWiki 1.46 is out."]


def test_without_threads_or_not_the_first_part_finds_the_post(bereft: World) -> None:
    bereft.channel.keeps_keys = False
    bereft.channel.posts[0] = replace(bereft.channel.posts[0], text="MediaWiki 1.46 is out. (1/2)", links=())
    found = {outcome.item: outcome.url for outcome in rebuilt(bereft).posts}
    assert found["newer"] == "https://memory.example/2"
