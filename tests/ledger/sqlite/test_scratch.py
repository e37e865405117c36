from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from bot.ledger import Ledger, open_scratch_copy
from tests.ledger.making import NOW, claim, new, pending, sent

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


def test_a_copy_leaves_the_files_as_they_are(ledger: Ledger, path: Path, url: str) -> None:
    row = pending(ledger)
    before = contents(path.parent)
    with open_scratch_copy(url) as copy:
        claim(copy, row)
        assert contents(path.parent) == before
    assert contents(path.parent) == before


def test_a_copy_of_no_ledger_makes_no_file(path: Path, url: str) -> None:
    with open_scratch_copy(url) as copy:
        sent(copy)
    assert contents(path.parent) == {}


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
