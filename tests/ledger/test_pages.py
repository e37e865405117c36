from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.errors import LedgerError
from bot.model import Provenance
from tests.ledger.making import CHANNEL, MINUTE, NOW, PAGE, SITE, known, memory

if TYPE_CHECKING:
    from bot.ledger import Ledger


def test_an_unknown_page_is_none(ledger: Ledger) -> None:
    assert ledger.page(SITE, PAGE) is None


def test_a_page_comes_back_as_it_was_remembered(ledger: Ledger) -> None:
    seen = memory(
        known("mw146", date=date(2026, 11, 18), main_link="https://x.example/", unit="42"),
        known("hackathon", present=False, provenance=Provenance(revision=1, editors=(), since=NOW)),
    )
    ledger.remember_page(seen, now=NOW)
    assert ledger.page(SITE, PAGE) == seen
    assert ledger.page("meta:meta", PAGE) is None


def test_an_item_that_left_the_page_stays_known(ledger: Ledger) -> None:
    ledger.remember_page(memory(known("old"), known("older")), now=NOW)
    ledger.remember_page(memory(known("new"), known("older"), revision=4712), now=NOW + MINUTE)
    expected = memory(known("old", present=False), known("older"), known("new"), revision=4712)
    assert ledger.page(SITE, PAGE) == replace(expected, seen_at=NOW + MINUTE)


def test_a_page_can_be_asked_for_without_its_past(ledger: Ledger) -> None:
    ledger.remember_page(memory(known("old"), known("older")), now=NOW)
    ledger.remember_page(memory(known("new"), known("older")), now=NOW + MINUTE)
    present = ledger.page(SITE, PAGE, past=False)
    assert present == memory(known("older"), known("new"), seen_at=NOW + MINUTE)
    assert present is not None
    ledger.remember_page(present, now=NOW + 2 * MINUTE)
    whole = memory(known("old", present=False), known("older"), known("new"), seen_at=NOW + 2 * MINUTE)
    assert ledger.page(SITE, PAGE) == whole


def test_an_item_that_was_edited_or_came_back_is_the_same_item(ledger: Ledger) -> None:
    ledger.remember_page(memory(known("mw146"), known("other")), now=NOW)
    ledger.remember_page(memory(known("other")), now=NOW)
    edited = known("mw146", text="Corrected.", fingerprint="1:new", date=date(2026, 11, 19))
    ledger.remember_page(memory(edited, known("other")), now=NOW + MINUTE)
    assert ledger.page(SITE, PAGE) == memory(edited, known("other"), seen_at=NOW + MINUTE)


def test_a_channel_goes_on_following_a_page(ledger: Ledger) -> None:
    ledger.remember_page(memory(channels=frozenset({CHANNEL})), now=NOW)
    ledger.remember_page(memory(channels=frozenset({"feed"})), now=NOW)
    assert ledger.page(SITE, PAGE) == memory(channels=frozenset({CHANNEL, "feed"}))


def test_a_page_that_cannot_be_remembered_is_as_it_was(ledger: Ledger) -> None:
    before = memory(known("mw146"))
    ledger.remember_page(before, now=NOW)
    bad = replace(known("bad"), provenance=Provenance(revision=1, editors=(), since=NOW.replace(tzinfo=None)))
    with pytest.raises(LedgerError, match="no time zone"):
        ledger.remember_page(memory(bad, revision=4712), now=NOW)
    assert ledger.page(SITE, PAGE) == before
