from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from bot.ledger import Ledger, open_scratch_copy
from bot.model import Status
from tests.ledger.making import NOW, PAGE, SITE, claim, known, memory, new, pending, sent

if TYPE_CHECKING:
    import pytest

    from tests.servers.mariadb import MariaDB


def test_a_copy_knows_what_the_ledger_knows_and_leaves_it_as_it_is(ledger: Ledger, url: str) -> None:
    rows = ledger.create([new(f"item {n}", text="Zoë 🎉", status=Status.HELD) for n in range(2500)], now=NOW)
    row = claim(ledger, pending(ledger))
    ledger.remember_page(memory(known("mw146"), known("gone", present=False)), now=NOW)
    with open_scratch_copy(url) as copy:
        assert copy.deliveries() == (*rows, row)
        assert copy.page(SITE, PAGE) == ledger.page(SITE, PAGE)
        assert copy.events(row.id) == ledger.events(row.id)
        copy.settle(row, Status.FAILED, now=NOW)
        copy.create([new("another")], now=NOW)
        assert len(copy.deliveries()) == 2502
    assert ledger.deliveries() == (*rows, row)


def test_a_copy_can_be_taken_while_a_run_is_at_work(ledger: Ledger, url: str) -> None:
    with ledger.lock():
        row = sent(ledger)
        with open_scratch_copy(url) as copy, copy.lock(), copy.lock():
            assert copy.deliveries() == (row,)


def test_without_a_ledger_the_copy_is_empty_and_nothing_is_made(
    url: str, request: pytest.FixtureRequest
) -> None:
    server: MariaDB | None = None
    if not url.startswith("sqlite:"):
        server = request.getfixturevalue("mariadb")
        url = server.new_url()
    with open_scratch_copy(url) as copy:
        assert copy.deliveries() == ()
        sent(copy)
        assert len(copy.deliveries()) == 1
    if server is not None:
        assert (url.rpartition("/")[2],) not in server.ask("SHOW DATABASES")


def test_threads_share_one_copy(url: str) -> None:
    with open_scratch_copy(url) as copy, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: sent(copy, f"item {n}"), range(80)))
        assert len(copy.deliveries()) == 80
