"""What a killed process leaves behind, and what threads and processes that write at once do to each other."""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

import pytest

from bot.errors import LedgerError
from bot.ledger import Ledger, open_ledger
from bot.model import Status
from tests.ledger.making import claim, pending, sent

if TYPE_CHECKING:
    from collections.abc import Iterator

CLAIM = """
import sys, time
from bot.ledger import open_ledger
from tests.ledger.making import claim, pending
ledger = open_ledger(sys.argv[1])
claim(ledger, pending(ledger))
print("claimed", flush=True)
time.sleep(600)
"""
WORK = """
import sys
from bot.ledger import open_ledger
from tests.ledger.making import sent
ledger = open_ledger(sys.argv[1])
for n in range(int(sys.argv[3])):
    sent(ledger, f"{sys.argv[2]} {n}")
    print(n, flush=True)
"""


@contextmanager
def killed_at_the_end(program: str, *arguments: str) -> Iterator[IO[str]]:
    """Run a program, let its output be read, and kill it without a warning."""
    command = [sys.executable, "-c", program, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            yield child.stdout
        finally:
            child.send_signal(signal.SIGKILL)


def read(lines: int, output: IO[str]) -> None:
    for _ in range(lines):
        assert output.readline(), "the program ended by itself"


def test_a_claim_survives_its_process(url: str) -> None:
    with killed_at_the_end(CLAIM, url) as output:
        read(1, output)
    with open_ledger(url) as ledger:
        [left] = ledger.deliveries()
        assert (left.status, left.attempts) == (Status.SENDING, 1)
        assert left.text
        assert [event.after for event in ledger.events(left.id)] == [Status.PENDING, Status.SENDING]


@pytest.mark.parametrize("lines", [0, 1, 7])
def test_a_process_killed_at_any_moment_leaves_nothing_half_written(url: str, lines: int) -> None:
    with killed_at_the_end(WORK, url, "item", "1000000") as output:
        read(lines, output)
    with open_ledger(url) as ledger:
        rows = ledger.deliveries()
        assert len([row for row in rows if row.status is Status.SENT]) >= lines
        for row in rows:
            assert_whole(ledger, row.id, row.status)
        sent(ledger, "the next one")


def assert_whole(ledger: Ledger, delivery: int, status: Status) -> None:
    way = [Status.PENDING, Status.SENDING, Status.SENT]
    assert [event.after for event in ledger.events(delivery)] == way[: way.index(status) + 1]


def test_two_processes_may_write_at_once(ledger: Ledger, url: str) -> None:
    with (
        killed_at_the_end(WORK, url, "one", "10") as one,
        killed_at_the_end(WORK, url, "two", "10") as two,
    ):
        read(10, one)
        read(10, two)
    rows = ledger.deliveries()
    assert {row.item for row in rows} == {f"{name} {n}" for name in ("one", "two") for n in range(10)}
    for row in rows:
        assert_whole(ledger, row.id, row.status)


def test_of_many_threads_one_gets_the_claim(ledger: Ledger, url: str) -> None:
    seen = pending(ledger)

    def attempt(which: Ledger) -> int:
        try:
            claim(which, seen)
        except LedgerError:
            return 0
        return 1

    with open_ledger(url) as other, ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, [ledger, other] * 8)) == 1
    assert ledger.deliveries()[0].attempts == 1


def test_threads_lose_nothing_of_each_other(ledger: Ledger, url: str) -> None:
    with open_ledger(url) as other, ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: sent([ledger, other][n % 2], f"item {n}"), range(30)))
    rows = ledger.deliveries()
    assert {row.id for row in rows} == {row.id for row in made}
    for row in rows:
        assert_whole(ledger, row.id, Status.SENT)
