"""The ledger as JSON lines, out of either kind of database and into the other."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.errors import LedgerError
from bot.ledger import open_ledger
from bot.model import PageMemory, Status
from tests.ledger.making import MINUTE, NOW, PAGE, SITE, known, new, pending, sent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.ledger import Ledger


@pytest.fixture
def full(ledger: Ledger) -> Ledger:
    """A ledger with something in each table, in many scripts."""
    ledger.remember_page(
        PageMemory(
            site=SITE,
            title=PAGE,
            revision=4711,
            sha1="abc",
            items=(
                known("mw146", date=date(2026, 11, 18), main_link="https://x.example/Ü", unit="4"),
                known("日本語", text="“日本語” & नमस्ते \U0001f468\u200d\U0001f469\u200d\U0001f467"),
            ),
            channels=frozenset({"wikis-world", "feed"}),
        ),
        now=NOW,
    )
    sent(ledger)
    ledger.note_error(pending(ledger, "日本語"), error='it said "no"\n', retry_at=NOW + MINUTE, now=NOW)
    ledger.create([new("held", status=Status.HELD, reason="settling")], now=NOW)
    return ledger


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(f"sqlite:///{tmp_path / 'another.sqlite'}") as opened:
        yield opened


def everything(ledger: Ledger) -> list[object]:
    deliveries = ledger.deliveries()
    return [ledger.page(SITE, PAGE), deliveries, [ledger.events(row.id) for row in deliveries]]


def test_what_is_exported_and_imported_is_the_same(full: Ledger, empty: Ledger) -> None:
    lines = list(full.export())
    assert empty.restore(lines) == len(lines) - 2
    assert everything(empty) == everything(full)
    assert list(empty.export()) == lines


def test_afterwards_the_ledger_goes_on(full: Ledger, empty: Ledger) -> None:
    empty.restore(full.export())
    (row,) = empty.create([new("later")], now=NOW)
    assert row.id > max(delivery.id for delivery in full.deliveries())


def test_sqlite_goes_into_the_other_kind(ledger: Ledger, empty: Ledger) -> None:
    sent(empty)
    ledger.restore(empty.export())
    assert ledger.deliveries() == empty.deliveries()


def test_each_line_is_a_json_object_that_says_its_table(full: Ledger) -> None:
    header, *rows, end = [json.loads(line) for line in full.export()]
    assert header["format"] == "wikiherald ledger"
    assert end == {"rows": len(rows)}
    assert {row["table"] for row in rows} == {"page", "item", "follow", "delivery", "event"}


def test_an_import_never_mixes(full: Ledger) -> None:
    before = everything(full)
    with pytest.raises(LedgerError, match="not empty"):
        full.restore(list(full.export()))
    assert everything(full) == before


@pytest.mark.parametrize(
    ("number", "line"),
    [
        (1, '{"format": "something else", "schema": "0002"}'),
        (1, '{"format": "wikiherald ledger", "schema": "9999"}'),
        (1, "[]"),
        (2, "not JSON"),
        (3, '{"table": "user", "row": {}}'),
        (3, '{"table": "page", "row": {"id": 1}}'),
        (3, '{"row": {}}'),
        (3, "7"),
    ],
)
def test_a_broken_line_is_named_and_nothing_is_imported(
    full: Ledger, empty: Ledger, number: int, line: str
) -> None:
    lines = list(full.export())
    lines[number - 1] = line
    with pytest.raises(LedgerError, match=f"Line {number} .*[Nn]othing was imported"):
        empty.restore(lines)
    assert json.loads(list(empty.export())[-1]) == {"rows": 0}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("status", "lost"),
        ("claimed_at", "yesterday"),
        ("attempts", "many"),
        ("claimed_at", "2026-11-18T12:00"),
    ],
)
def test_a_value_that_cannot_be_is_refused(full: Ledger, empty: Ledger, column: str, value: str) -> None:
    lines = list(full.export())
    place = next(number for number, line in enumerate(lines) if '"delivery"' in line)
    told = json.loads(lines[place])
    told["row"][column] = value
    lines[place] = json.dumps(told)
    with pytest.raises(LedgerError):
        empty.restore(lines)
    assert json.loads(list(empty.export())[-1]) == {"rows": 0}


def test_an_empty_file_is_no_export(empty: Ledger) -> None:
    with pytest.raises(LedgerError, match="not complete"):
        empty.restore([])


def test_a_cut_off_file_is_no_export(full: Ledger, empty: Ledger) -> None:
    lines = list(full.export())
    for cut in ([*lines[:-2], lines[-2][:20]], lines[:-1], [*lines[:-2], lines[-1]]):
        with pytest.raises(LedgerError, match=r"[Nn]othing was imported"):
            empty.restore(cut)
    assert json.loads(list(empty.export())[-1]) == {"rows": 0}
