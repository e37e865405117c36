"""A ledger of many years: what a run asks of it stays as quick, and as small, as on the first day."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.ledger import Ledger, open_ledger
from bot.model import Status
from tests.ledger.making import CHANNEL, MINUTE, NOW, SITE, claim, memory, new, pending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MANY = 100_000
STEPS = 1000  # of SQLite's machine, between two ticks; reading through all rows takes several hundred ticks

OLD_DELIVERIES = """
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
    INSERT INTO delivery (page_id, item, channel, part, status, key, text, fingerprint, remote_id, attempts,
                          claimed_at, created_at, updated_at)
    SELECT 1, 'item ' || (n / 5), 'channel ' || (n % 5), 0, 'sent', hex(n), printf('%.300c', 'x'), hex(n), n,
           1, '2020-01-01 00:00:00.000000', '2020-01-01 00:00:00.000000', '2020-01-01 00:00:00.000000'
    FROM numbers
"""
OLD_EVENTS = """
    INSERT INTO event (delivery_id, at, after, detail)
    SELECT id, created_at, 'sent', '' FROM delivery
"""
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
    with open_ledger(f"sqlite:///{path}") as ledger:
        ledger.remember_page(memory(), now=NOW)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(OLD_DELIVERIES, (MANY,))
        connection.execute(OLD_EVENTS)
    return path


@pytest.fixture
def ledger(old: Path) -> Iterator[Ledger]:
    with open_ledger(f"sqlite:///{old}") as opened:
        yield opened


def outbox(ledger: Ledger) -> None:
    assert not ledger.deliveries(statuses={Status.SENDING, Status.IN_DOUBT, Status.HELD})


def outbox_of_a_channel(ledger: Ledger) -> None:
    assert not ledger.deliveries(channel="channel 1", statuses={Status.SENDING})


def pace(ledger: Ledger) -> None:
    assert ledger.last_sent("channel 1") is not None
    assert ledger.sent_since("channel 1", NOW) == 0


def history(ledger: Ledger) -> None:
    assert len(ledger.events(MANY // 2)) == 1


def another_page(ledger: Ledger) -> None:
    assert not ledger.deliveries(site=SITE, page="Template:Other")


def a_delivery_that_was_there(ledger: Ledger) -> None:
    [row] = ledger.create([new("item 7", channel="channel 1")], now=NOW)
    assert row.status is Status.SENT


def a_delivery_from_first_to_last(ledger: Ledger) -> None:
    row = claim(ledger, pending(ledger, "the newest"), now=NOW - MINUTE)
    ledger.settle(row, Status.FAILED, now=NOW)
    assert ledger.sent_since(CHANNEL, NOW) == 0


@pytest.mark.parametrize(
    "ask",
    [
        outbox,
        outbox_of_a_channel,
        pace,
        history,
        another_page,
        a_delivery_that_was_there,
        a_delivery_from_first_to_last,
    ],
)
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
