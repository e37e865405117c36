"""The same questions to a MariaDB of many years: none reads through all rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.ledger import Ledger, open_ledger, open_scratch_copy
from tests.ledger.asking import ASKED, fill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.servers.mariadb import MariaDB

MANY = 20_000
FEW = 1000


@pytest.fixture(scope="module")
def old(mariadb: MariaDB) -> str:
    url = mariadb.new_url()
    fill(url, MANY)
    return url


@pytest.fixture
def ledger(old: str) -> Iterator[Ledger]:
    with open_ledger(old) as opened:
        yield opened


def rows_read(ledger: Ledger) -> int:
    """Return how many rows, of tables or indexes, the ledger's connection has looked at."""
    with ledger._database.reading() as connection:
        counted = connection.exec_driver_sql("SHOW SESSION STATUS LIKE 'Handler_read%%'").all()
    return sum(int(count) for name, count in counted if name != "Handler_read_retry")


@pytest.mark.parametrize("ask", ASKED)
def test_nothing_that_a_run_asks_reads_through_all_rows(
    ledger: Ledger, ask: Callable[[Ledger], None]
) -> None:
    before = rows_read(ledger)
    ask(ledger)
    assert rows_read(ledger) - before < FEW


def test_all_of_it_can_be_copied(old: str, ledger: Ledger) -> None:
    with open_scratch_copy(old) as copy:
        assert copy.deliveries() == ledger.deliveries()
