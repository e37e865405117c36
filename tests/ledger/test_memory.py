"""What a channel keeps between runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.ledger import open_ledger, open_scratch_copy
from tests.ledger.making import NOW

if TYPE_CHECKING:
    from bot.channels.base import Memory
    from bot.ledger import Ledger


def memory(ledger: Ledger, channel: str = "x") -> Memory:
    return ledger.memory(channel, clock=lambda: NOW)


def test_what_was_put_is_there_in_the_next_run(url: str) -> None:
    with open_ledger(url) as ledger:
        memory(ledger).put("session", "sealed: “日本語”")
    with open_ledger(url) as ledger:
        assert memory(ledger).get("session") == "sealed: “日本語”"


def test_the_last_value_counts_and_none_forgets(ledger: Ledger) -> None:
    kept = memory(ledger)
    assert kept.get("session") is None
    kept.put("session", "one")
    kept.put("session", "two")
    assert kept.get("session") == "two"
    kept.put("session", None)
    kept.put("never there", None)
    assert kept.get("session") is None


def test_each_channel_has_its_own(ledger: Ledger) -> None:
    memory(ledger, "one").put("session", "1")
    memory(ledger, "two").put("session", "2")
    assert memory(ledger, "one").get("session") == "1"
    assert memory(ledger, "One").get("session") is None


def test_a_simulation_knows_it_and_changes_a_copy(url: str) -> None:
    with open_ledger(url) as ledger:
        memory(ledger).put("session", "real")
    with open_scratch_copy(url) as scratch:
        assert memory(scratch).get("session") == "real"
        memory(scratch).put("session", "pretended")
        assert memory(scratch).get("session") == "pretended"
    with open_ledger(url) as ledger:
        assert memory(ledger).get("session") == "real"


def test_no_export_has_it_and_an_import_is_not_kept_from_it(ledger: Ledger) -> None:
    memory(ledger).put("session", "secret")
    lines = list(ledger.export())
    assert "secret" not in "".join(lines)
    ledger.restore(lines)
    assert memory(ledger).get("session") == "secret"


def test_a_ledger_that_cannot_be_used_only_forgets(url: str) -> None:
    with open_ledger(url) as ledger:
        kept = memory(ledger)
        kept.put("session", "one")
    kept.put("session", "two")
    assert kept.get("session") is None
