"""A connection that is lost in the middle of a run: nothing is lost with it, nothing is done twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import make_url
from tenacity import retry, retry_if_result, stop_after_delay, wait_fixed

from bot.errors import LedgerError, LedgerLocked
from bot.ledger import Ledger, deliveries, open_ledger
from bot.ledger.mariadb import open_database
from bot.model import Status, Wording
from tests.ledger.making import (
    CHANNEL,
    MINUTE,
    NOW,
    PAGE,
    RECEIPT,
    SITE,
    claim,
    known,
    memory,
    new,
    pending,
    sent,
)
from tests.ledger.mariadb.breaking import Moment, broken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.model import Delivery
    from tests.servers.mariadb import MariaDB

WAY = [Status.PENDING, Status.SENDING, Status.SENT]
INSERT = "INSERT INTO event"  # the last statement of every transition


@pytest.fixture
def held(ledger: Ledger) -> Iterator[Ledger]:
    """A ledger in the hands of a run."""
    with ledger.lock():
        yield ledger


def statuses(ledger: Ledger, row: Delivery) -> list[Status]:
    return [event.after for event in ledger.events(row.id)]


# --- the claim ---


@pytest.mark.parametrize("moment", Moment)
def test_a_claim_whose_connection_broke_is_no_claim(held: Ledger, mariadb: MariaDB, moment: Moment) -> None:
    row = pending(held)
    with broken(mariadb, held, moment, statement=INSERT), pytest.raises(LedgerError, match="was lost"):
        claim(held, row)
    [left] = held.deliveries()
    assert left.status is Status.PENDING
    if moment is Moment.REPLY:
        assert statuses(held, row) == [Status.PENDING, Status.SENDING, Status.PENDING]
        assert left.attempts == 1
        assert left.error is not None
        assert "nothing was sent" in left.error
    else:
        assert left == row
    assert held.last_sent(CHANNEL, now=NOW) is None


def test_a_claim_that_cannot_be_taken_back_is_left_for_the_next_run(url: str, mariadb: MariaDB) -> None:
    with open_database(make_url(url), None, patience=0.1) as ledger, ledger.lock():
        row = pending(ledger)
        with broken(mariadb, ledger, Moment.REPLY), mariadb.locked_out(), pytest.raises(LedgerError):
            claim(ledger, row)
        [left] = ledger.deliveries()
    assert (left.status, left.claimed_at) == (Status.SENDING, NOW)


def test_without_its_lock_a_run_claims_nothing_more_but_reads(
    held: Ledger, url: str, mariadb: MariaDB
) -> None:
    row = pending(held)
    mariadb.kill(*mariadb.connections(url))
    for _ in range(2):
        with pytest.raises(LedgerError, match="the connection to the server was lost"):
            claim(held, row)
    assert held.deliveries() == (row,)


@pytest.mark.parametrize(
    "write",
    [
        lambda ledger: ledger.create([new("another")], now=NOW),
        lambda ledger: ledger.remember_page(memory(known("mw146")), now=NOW),
        lambda ledger: ledger.settle(ledger.deliveries()[0], Status.HELD, now=NOW, error="not now"),
        lambda ledger: ledger.note_error(ledger.deliveries()[0], error="later", retry_at=None, now=NOW),
    ],
    ids=["create", "remember", "hold", "put off"],
)
@pytest.mark.parametrize("moment", [None, *Moment])
def test_what_was_only_decided_is_left_to_the_next_run(
    held: Ledger, url: str, mariadb: MariaDB, write: Callable[[Ledger], object], moment: Moment | None
) -> None:
    row = pending(held)
    if moment is None:
        mariadb.kill(*mariadb.connections(url))
        with pytest.raises(LedgerError, match="was lost"):
            write(held)
    else:
        with broken(mariadb, held, moment, statement="INSERT"), pytest.raises(LedgerError, match="was lost"):
            write(held)
    if moment is not Moment.REPLY:
        assert held.deliveries() == (row,)
        assert held.page(SITE, PAGE) is None
    with pytest.raises(LedgerError):
        claim(held, row)


def test_a_run_that_has_lost_its_lock_does_not_disturb_the_next(
    held: Ledger, url: str, mariadb: MariaDB
) -> None:
    row = pending(held)
    mariadb.kill(*mariadb.connections(url))
    with open_ledger(url) as other, other.lock():
        claimed = claim(other, row)
        with pytest.raises(LedgerError):
            claim(held, row)
        assert other.deliveries() == (claimed,)


# --- the receipt ---


@pytest.mark.parametrize("moment", [None, *Moment])
def test_a_receipt_is_written_down_once_whatever_becomes_of_the_connection(
    held: Ledger, url: str, mariadb: MariaDB, moment: Moment | None
) -> None:
    claimed = claim(held, pending(held))
    if moment is None:
        mariadb.kill(*mariadb.connections(url))
        done = held.settle(claimed, Status.SENT, now=NOW + MINUTE, receipt=RECEIPT)
    else:
        with broken(mariadb, held, moment, statement=INSERT):
            done = held.settle(claimed, Status.SENT, now=NOW + MINUTE, receipt=RECEIPT)
    assert (done.status, done.url, done.updated_at) == (Status.SENT, RECEIPT.url, NOW + MINUTE)
    assert held.deliveries() == (done,)
    assert statuses(held, done) == WAY


@pytest.mark.parametrize("moment", Moment)
@pytest.mark.parametrize("what", ["note", "edit", "retract"])
def test_so_is_whatever_else_a_network_has_answered(
    held: Ledger, mariadb: MariaDB, moment: Moment, what: str
) -> None:
    row = claim(held, pending(held)) if what == "note" else sent(held)
    before = len(held.events(row.id))
    with broken(mariadb, held, moment, statement=INSERT):
        match what:
            case "note":
                done = held.note_error(row, error="503", retry_at=None, now=NOW)
            case "edit":
                done = held.edited(
                    row,
                    wording=Wording(
                        text="Corrected.",
                        link=None,
                        fingerprint="1:def",
                        revision=4712,
                        editor=None,
                    ),
                    receipt=RECEIPT,
                    now=NOW + MINUTE,
                )
            case _:
                done = held.settle(row, Status.RETRACTED, now=NOW + MINUTE, detail="deleted")
    assert held.deliveries() == (done,)
    assert len(held.events(row.id)) == before + 1
    assert done != row


def test_a_receipt_is_not_written_twice_where_its_first_commit_is_still_under_way(
    ledger: Ledger, url: str, mariadb: MariaDB
) -> None:
    """The connection was lost, and the server has not got to the commit yet."""
    claimed = claim(ledger, pending(ledger))
    told: dict[str, Any] = {"now": NOW, "detail": "7"}
    receipt: dict[str, Any] = {"remote_id": "7", "url": None}
    with open_ledger(url) as other, ThreadPoolExecutor(1) as pool:
        with other._database.writing() as connection:
            lost = deliveries.move(connection, claimed, Status.SENT, **told, **receipt)
            mended = pool.submit(ledger._moving.mend, [claimed], Status.SENT, receipt, **told)
            wait_until(lambda: somebody_waits(mariadb))
        assert mended.result() == (lost,)
    assert statuses(ledger, claimed) == WAY


def somebody_waits(server: MariaDB) -> bool:
    return bool(server.ask("SELECT 1 FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'"))


@retry(retry=retry_if_result(lambda true: not true), stop=stop_after_delay(10), wait=wait_fixed(0.02))
def wait_until(condition: Callable[[], bool]) -> bool:
    return condition()


def test_a_receipt_that_comes_too_late_changes_nothing(held: Ledger, url: str, mariadb: MariaDB) -> None:
    claimed = claim(held, pending(held))
    mariadb.kill(*mariadb.connections(url))
    with open_ledger(url) as other, other.lock():
        found = other.settle(claimed, Status.SENT, now=NOW, receipt=RECEIPT, detail="found on the channel")
    with pytest.raises(LedgerError, match="no longer sending, at attempt 1, but sent"):
        held.settle(claimed, Status.SENT, now=NOW + MINUTE, receipt=RECEIPT)
    assert held.deliveries() == (found,)


def test_a_receipt_waits_for_a_server_that_restarts(held: Ledger, mariadb: MariaDB) -> None:
    claimed = claim(held, pending(held))
    with mariadb.down(seconds=0.5):
        done = held.settle(claimed, Status.SENT, now=NOW + MINUTE, receipt=RECEIPT)
    assert held.deliveries() == (done,)
    assert statuses(held, done) == WAY


def test_a_receipt_does_not_wait_for_ever(url: str, mariadb: MariaDB) -> None:
    with open_database(make_url(url), None, patience=0.1) as ledger, ledger.lock():
        claimed = claim(ledger, pending(ledger))
        mariadb.stop()
        try:
            with pytest.raises(LedgerError, match="cannot be reached"):
                ledger.settle(claimed, Status.SENT, now=NOW, receipt=RECEIPT)
            with pytest.raises(LedgerError, match=r"See that ledger\.url names it and that it is up"):
                ledger.deliveries()
        finally:
            mariadb.start()
        assert ledger.deliveries() == (claimed,)


# --- the lock ---


def test_after_a_lost_connection_the_lock_can_be_taken_again(
    ledger: Ledger, url: str, mariadb: MariaDB
) -> None:
    with ledger.lock():
        mariadb.kill(*mariadb.connections(url))
        with open_ledger(url) as other, other.lock(), pytest.raises(LedgerLocked), ledger.lock():
            pytest.fail("two runs hold the lock")
    with ledger.lock():
        sent(ledger)


def test_a_run_ends_quietly_where_its_connection_was_lost_and_nothing_was_left_to_write(
    ledger: Ledger, url: str, mariadb: MariaDB
) -> None:
    with ledger.lock():
        mariadb.kill(*mariadb.connections(url))
        assert ledger.deliveries() == ()


def test_a_read_that_is_cut_off_is_a_sentence_and_the_next_one_works(
    ledger: Ledger, mariadb: MariaDB
) -> None:
    row = pending(ledger)
    with (
        broken(mariadb, ledger, Moment.STATEMENT, statement="SELECT delivery"),
        pytest.raises(LedgerError, match="Nothing is lost with it"),
    ):
        ledger.deliveries()
    assert ledger.deliveries() == (row,)


def test_a_connection_that_was_closed_while_idle_is_replaced(
    ledger: Ledger, url: str, mariadb: MariaDB
) -> None:
    row = pending(ledger)
    mariadb.kill(*mariadb.connections(url))
    assert ledger.deliveries() == (row,)
    mariadb.kill(*mariadb.connections(url))
    assert claim(ledger, row).status is Status.SENDING
