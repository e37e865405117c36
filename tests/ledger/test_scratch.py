from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from bot.ledger import Ledger, open_scratch_copy
from tests.ledger.making import NOW, PAGE, SITE, claim, known, memory, new, pending, sent

if TYPE_CHECKING:
    from pathlib import Path

DIE_WHILE_WRITING = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("PRAGMA cache_size = 1")  # so that changes reach the file before the commit
connection.execute("UPDATE delivery SET text = text || ?", ("half-written" * 1000,))
os._exit(0)
"""


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_copy_knows_what_the_ledger_knows_and_leaves_it_as_it_is(
    ledger: Ledger, path: Path, url: str
) -> None:
    row = pending(ledger)
    ledger.remember_page(memory(known("mw146")), now=NOW)
    before = contents(path.parent)
    with open_scratch_copy(url) as copy:
        assert copy.deliveries() == (row,)
        assert copy.page(SITE, PAGE) == memory(known("mw146"))
        claim(copy, row)
        copy.create([new("another")], now=NOW)
        assert len(copy.deliveries()) == 2
    assert contents(path.parent) == before
    assert ledger.deliveries() == (row,)


def test_without_a_ledger_the_copy_is_empty_and_nothing_is_made(path: Path, url: str) -> None:
    with open_scratch_copy(url) as copy:
        assert copy.deliveries() == ()
        sent(copy)
        with copy.lock(), copy.lock():
            assert len(copy.deliveries()) == 1
    assert contents(path.parent) == {}


def test_threads_share_one_copy(url: str) -> None:
    with open_scratch_copy(url) as copy, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: sent(copy, f"item {n}"), range(80)))
        assert len(copy.deliveries()) == 80


def test_a_ledger_whose_last_writer_died_is_copied_as_it_was_before(
    ledger: Ledger, path: Path, url: str
) -> None:
    rows = ledger.create([new(f"item {n}", text="x" * 1000) for n in range(50)], now=NOW)
    ledger.close()
    subprocess.run([sys.executable, "-c", DIE_WHILE_WRITING, path], check=True)
    before = contents(path.parent)
    assert "herald.sqlite-journal" in before
    with open_scratch_copy(url) as copy:
        assert copy.deliveries() == rows
    assert contents(path.parent) == before
