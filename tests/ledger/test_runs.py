from __future__ import annotations

from typing import TYPE_CHECKING

from bot.model import Ending, RunMemory
from tests.ledger.making import MINUTE, NOW, PAGE, SITE, known, memory, new

if TYPE_CHECKING:
    from bot.ledger import Ledger


def test_only_the_last_run_of_a_command_is_remembered(ledger: Ledger) -> None:
    first = RunMemory(command="sync", began_at=NOW, ended_at=NOW + MINUTE, ending=Ending.WELL)
    last = RunMemory(
        command="sync",
        began_at=NOW + 2 * MINUTE,
        ended_at=NOW + 2 * MINUTE,
        ending=Ending.REFUSED,
        detail="the page is empty",
        unwritten_since=NOW,
    )
    assert ledger.last_run("sync") is None
    ledger.remember_run(first)
    assert ledger.last_run("sync") == first
    ledger.remember_run(last)
    assert ledger.last_run("sync") == last
    assert ledger.last_run("adopt") is None


def test_an_export_does_not_tell_of_runs(ledger: Ledger) -> None:
    ledger.remember_run(RunMemory(command="sync", began_at=NOW, ended_at=NOW, ending=Ending.WELL))
    lines = list(ledger.export())
    assert not any('"run"' in line for line in lines)
    assert ledger.restore(lines) == 0  # a run that did nothing leaves a ledger that is empty


def test_the_latest_items_come_first_and_each_once(ledger: Ledger) -> None:
    for item in ("a", "b", "c"):
        ledger.create([new(item, channel=name) for name in ("x", "y")], now=NOW)
    assert ledger.latest_items(2, channels=2) == ((SITE, PAGE, "c"), (SITE, PAGE, "b"))
    assert len(ledger.latest_items(50, channels=2)) == 3
    assert ledger.latest_items(0, channels=2) == ()


def test_what_items_say_is_told_by_their_keys(ledger: Ledger) -> None:
    ledger.remember_page(memory(known("a"), known("b"), known("c")), now=NOW)
    assert ledger.item_texts(SITE, PAGE, ["a", "c", "none"]) == {"a": "News of a.", "c": "News of c."}
    assert ledger.item_texts(SITE, "Another", ["a"]) == {}
