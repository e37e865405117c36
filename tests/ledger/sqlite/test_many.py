"""A ledger of many years: what a run asks of it stays as quick, and as small, as on the first day."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bot.ledger import Ledger, open_ledger
from tests.ledger.asking import ASKED, fill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MANY = 100_000
STEPS = 1000  # of SQLite's machine, between two ticks; reading through all rows takes several hundred ticks

MEMORY_OF_A_COPY = """
import resource, sys
from bot.ledger import open_scratch_copy
from bot.model import Status
with open_scratch_copy(sys.argv[1]) as copy:
    assert copy.deliveries(statuses={Status.PENDING}) == ()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("old") / "herald.sqlite"
    fill(f"sqlite:///{path}", MANY)
    return path


@pytest.fixture
def ledger(old: Path) -> Iterator[Ledger]:
    with open_ledger(f"sqlite:///{old}") as opened:
        yield opened


@pytest.mark.parametrize("ask", ASKED)
def test_nothing_that_a_run_asks_reads_through_all_rows(
    ledger: Ledger, ask: Callable[[Ledger], None]
) -> None:
    ticks = []
    with ledger._database.reading() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.set_progress_handler(lambda: ticks.append(1), STEPS)
    ask(ledger)
    assert len(ticks) < 100


def test_a_copy_of_a_large_ledger_takes_little_more_memory_than_a_small_one(old: Path, url: str) -> None:
    def memory_of(url: str) -> int:
        done = subprocess.run([sys.executable, "-c", MEMORY_OF_A_COPY, url], capture_output=True, check=True)
        return int(done.stdout) * 1024

    assert memory_of(f"sqlite:///{old}") - memory_of(url) < old.stat().st_size / 2
