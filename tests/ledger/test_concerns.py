"""What each messenger has told the operator of."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text

from bot.errors import LedgerError
from bot.ledger import open_ledger, open_scratch_copy
from bot.model import Concern, ConcernKind, KnownConcern
from tests.ledger.making import NOW

if TYPE_CHECKING:
    from bot.ledger import Ledger

LONG = "in_doubt:wiki:" + "Template:Ñews/日本語 " * 100


def a_known(
    key: str = "expiry:x", *, since: datetime = NOW, cause: str = "it says: “日本語”"
) -> KnownConcern:
    concern = Concern(
        key=key, kind=ConcernKind.EXPIRY, subject="x", thing="a thing", cause=cause, step="renew"
    )
    return KnownConcern(concern=concern, since=since)


ONE, TWO = a_known(), a_known(LONG, since=NOW + timedelta(seconds=1))


def test_what_was_written_down_is_there_in_the_next_run(url: str) -> None:
    with open_ledger(url) as ledger:
        assert ledger.concerns().recall() == {}
        ledger.concerns().prepare("mailtos", [TWO, ONE])
    with open_ledger(url) as ledger:
        assert ledger.concerns().recall() == {"mailtos": (ONE, TWO)}


def test_what_is_told_says_when_and_what_is_over_is_gone(ledger: Ledger) -> None:
    book = ledger.concerns()
    book.prepare("mailtos", [ONE, TWO])
    book.told("mailtos", [ONE, TWO], now=NOW)
    assert book.recall()["mailtos"] == (replace(ONE, told_at=NOW), replace(TWO, told_at=NOW))
    book.told("mailtos", [], [TWO], now=NOW)
    assert book.recall()["mailtos"] == (replace(ONE, told_at=NOW),)


def test_each_messenger_is_remembered_by_itself(ledger: Ledger) -> None:
    book = ledger.concerns()
    for name in ("matrix", "Matrix", "matrix 2"):
        book.prepare(name, [ONE])
    book.told("matrix", [ONE], now=NOW)
    known = book.recall()
    assert {name: bool(one.told_at) for name, (one,) in known.items()} == {
        "matrix": True,
        "Matrix": False,
        "matrix 2": False,
    }
    book.keep_only(["Matrix", "another"])
    assert set(book.recall()) == {"Matrix"}


def test_what_is_known_is_written_anew_and_what_passed_is_forgotten(ledger: Ledger) -> None:
    book = ledger.concerns()
    book.prepare("irc", [ONE, TWO])
    later = a_known(cause="other words")
    book.prepare("irc", [later], [TWO])
    assert book.recall() == {"irc": (later,)}


def test_hundreds_at_once_are_fine(ledger: Ledger) -> None:
    many = [a_known(f"failed:{number}") for number in range(1200)]
    book = ledger.concerns()
    book.prepare("irc", many)
    book.told("irc", many, now=NOW)
    assert all(one.told_at for one in book.recall()["irc"])
    book.told("irc", [], many, now=NOW)
    assert book.recall() == {}


def test_a_kind_of_a_newer_version_is_left_alone(url: str) -> None:
    with open_ledger(url) as ledger:
        ledger.concerns().prepare("irc", [ONE])
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE concern SET kind = 'weather'"))
    engine.dispose()
    with open_ledger(url) as ledger:
        assert ledger.concerns().recall() == {}


def test_a_scratch_copy_has_it_and_changes_nothing(url: str) -> None:
    with open_ledger(url) as ledger:
        ledger.concerns().prepare("irc", [ONE])
    with open_scratch_copy(url) as scratch:
        assert scratch.concerns().recall() == {"irc": (ONE,)}
        scratch.concerns().told("irc", [ONE], now=NOW)
    with open_ledger(url) as ledger:
        assert ledger.concerns().recall() == {"irc": (ONE,)}


def test_it_moves_with_an_export_so_that_nothing_is_told_again(ledger: Ledger) -> None:
    ledger.concerns().prepare("irc", [ONE, TWO])
    ledger.concerns().told("irc", [ONE], now=NOW)
    lines = list(ledger.export())
    assert sum(json.loads(line).get("table") == "concern" for line in lines) == 2
    known = ledger.concerns().recall()
    ledger.concerns().keep_only([])
    assert ledger.restore(lines) == 2
    assert ledger.concerns().recall() == known


def test_a_ledger_that_cannot_be_used_says_so(url: str) -> None:
    with open_ledger(url) as ledger:
        book = ledger.concerns()
    with pytest.raises(LedgerError):
        book.recall()
    with pytest.raises(LedgerError):
        book.prepare("irc", [ONE])
