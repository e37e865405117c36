"""Orders on the command page: carried out at once, and once, whoever wrote the same line before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.ledger.opening import open_ledger
from bot.model import Gate
from tests.sync.world import World

if TYPE_CHECKING:
    from pathlib import Path

ORDERS = "User:NewsBot/orders"
NEWS = "2026-11-18: [[MediaWiki 1.46]] is out. <!-- herald: id=mw146 -->"
OLD = "2026-01-10: [[Old news]] of long ago."
HOLD = "* hold mw146"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A bot that has seen its news page and its command page; nothing goes out by itself."""
    world = World(folder=tmp_path, gate=Gate(command_page=ORDERS))
    world.page(OLD)
    world.wiki.edit("Orders", title=ORDERS)
    world.run()
    return world


def reasons(world: World) -> list[str]:
    return [one.reason for one in world.run().held]


def test_a_stranger_cannot_spoil_an_order_by_writing_it_first(world: World) -> None:
    world.wiki.edit(HOLD, title=ORDERS, user="Vic")
    world.run()
    world.wiki.edit("", title=ORDERS, user="Ann")
    world.wiki.edit(HOLD, title=ORDERS, user="Sue")
    world.page(NEWS, OLD)
    assert reasons(world) == ["held by Sue, by order; 'approve' lifts that"]


def test_a_line_that_stays_is_one_order_whoever_saves_the_page(world: World) -> None:
    world.page(NEWS, OLD, user="Ann")
    world.wiki.edit(f"{HOLD}\n* approve mw146", title=ORDERS, user="Sue")
    world.run()
    for text in (f"Remember:\n{HOLD}\n* approve mw146", f"{HOLD}\n\n* approve mw146"):
        world.wiki.edit(text, title=ORDERS, user="Sue")
        world.run()
        world.run()
    with open_ledger(world.config().ledger_url) as ledger:
        assert len(ledger.latest_orders(9)) == 2


def test_a_line_that_a_sysop_puts_back_is_another_order(world: World) -> None:
    world.wiki.edit(HOLD, title=ORDERS, user="Sue")
    world.page(NEWS, OLD)
    assert reasons(world) == ["held by Sue, by order; 'approve' lifts that"]
    world.wiki.edit(f"{HOLD}\n* approve mw146", title=ORDERS, user="Sue")
    assert reasons(world) == []
    assert world.texts == ["MediaWiki 1.46 is out."]


def test_a_skip_is_heeded_by_the_run_that_reads_it(world: World) -> None:
    world.wiki.edit("* skip mw146", title=ORDERS, user="Sue")
    world.page(NEWS, OLD)
    world.run()
    world.run()
    assert (world.texts, world.statuses()["mw146"]) == ([], "adopted")


def test_a_skip_is_heeded_by_the_run_in_which_the_item_would_have_gone_out(world: World) -> None:
    world.page(NEWS, OLD, user="Ann")
    assert len(reasons(world)) == 1
    world.pass_time(hours=1)
    world.wiki.edit("* skip mw146", title=ORDERS, user="Sue")
    world.run()
    assert (world.texts, world.statuses()["mw146"]) == ([], "adopted")


def test_what_stood_there_before_a_gap_in_what_is_known_is_nobodys_order(world: World) -> None:
    world.page(NEWS, OLD, user="Ann")
    world.wiki.edit(HOLD, title=ORDERS, user="Vic")
    world.run()
    for number in range(3):
        world.wiki.edit(f"{HOLD}\n{number}", title=ORDERS, user="Sue")
    world.wiki.untold = {one.id for one, _ in world.wiki.histories[ORDERS][:-1]}
    (reason,) = reasons(world)
    assert reason.startswith("settling")
