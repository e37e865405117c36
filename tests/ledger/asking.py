"""A ledger of many years, and what a run asks of it and tells it.

All of it is on one page: each item was sent long ago on five channels, and ten items still stand there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import create_engine, text

from bot.ledger import open_ledger
from bot.model import Status
from tests.ledger.making import CHANNEL, MINUTE, NOW, PAGE, SITE, claim, known, memory, new, pending

if TYPE_CHECKING:
    from bot.ledger import Ledger

PRESENT = [f"item {n}" for n in range(10)]
UNSETTLED = {Status.PENDING, Status.HELD, Status.SENDING, Status.IN_DOUBT, Status.FAILED}

# What differs between the databases is in braces.
NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :many)"
DELIVERIES = """
    INSERT INTO delivery (page_id, item, channel, part, status, `key`, text, fingerprint, remote_id, attempts,
                          claimed_at, created_at, updated_at)
    {numbers}
    SELECT page.id, {item}, {channel}, 0, 'sent', hex(n), {prose}, hex(n), n, 1, {past}, {past}, {past}
    FROM numbers, page
"""
ITEMS = """
    INSERT INTO item (page_id, `key`, text, fingerprint, present, revision, editors, since, first_seen_at)
    {numbers}
    SELECT page.id, {item}, {prose}, hex(n), 0, 1, '[]', {past}, {past}
    FROM numbers, page WHERE n >= 50 AND n % 5 = 0
"""
EVENTS = "INSERT INTO event (delivery_id, at, after, detail) SELECT id, created_at, 'sent', '' FROM delivery"
COMMON = {"numbers": NUMBERS, "past": "'2020-01-01 00:00:00.000000'"}
SQLITE = {
    "item": "'item ' || (n / 5)",
    "channel": "'channel ' || (n % 5)",
    "prose": "printf('%.300c', 'x')",
    "before": "SELECT 1",
    "after": "SELECT 1",
}
MARIADB = {
    "item": "CONCAT('item ', n DIV 5)",
    "channel": "CONCAT('channel ', n % 5)",
    "prose": "REPEAT('x', 300)",
    "before": "SET SESSION max_recursive_iterations = 1000000",
    "after": "ANALYZE TABLE page, item, delivery, event",  # the server does so by itself, some seconds later
}


def fill(url: str, many: int) -> None:
    """Write so many deliveries into a ledger that is empty."""
    with open_ledger(url) as ledger:
        ledger.remember_page(memory(*(known(key) for key in PRESENT)), now=NOW)
    engine = create_engine(url)
    words = SQLITE if engine.dialect.name == "sqlite" else MARIADB
    with engine.begin() as connection:
        for statement in words["before"], DELIVERIES, ITEMS, EVENTS, words["after"]:
            connection.execute(text(statement.format(**COMMON, **words)), {"many": many})
    engine.dispose()


def outbox(ledger: Ledger) -> None:
    assert not ledger.deliveries(statuses={Status.SENDING, Status.IN_DOUBT, Status.HELD})


def outbox_of_a_channel(ledger: Ledger) -> None:
    assert not ledger.deliveries(channel="channel 1", statuses={Status.SENDING})


def pace(ledger: Ledger) -> None:
    assert ledger.last_sent("channel 1", now=NOW) is not None
    assert ledger.sent_since("channel 1", NOW, now=NOW) == 0


def history(ledger: Ledger) -> None:
    assert len(ledger.events(7777)) == 1


def another_page(ledger: Ledger) -> None:
    assert not ledger.deliveries(site=SITE, page="Template:Other")


def a_delivery_that_was_there(ledger: Ledger) -> None:
    [row] = ledger.create([new("item 7", channel="channel 1")], now=NOW)
    assert row.status is Status.SENT


def a_delivery_from_first_to_last(ledger: Ledger) -> None:
    row = claim(ledger, pending(ledger, "the newest"), now=NOW - MINUTE)
    ledger.settle(row, Status.FAILED, now=NOW)
    assert ledger.sent_since(CHANNEL, NOW, now=NOW) == 0


def the_page(ledger: Ledger) -> None:
    page = ledger.page(SITE, PAGE, past=False)
    assert page is not None
    assert [item.key for item in page.items] == PRESENT


def the_page_as_it_is_now(ledger: Ledger) -> None:
    ledger.remember_page(memory(*(known(key) for key in PRESENT)), now=NOW)


def the_items_on_the_page(ledger: Ledger) -> None:
    assert len(ledger.deliveries(site=SITE, page=PAGE, items=PRESENT)) >= 49


def what_is_not_settled_on_the_page(ledger: Ledger) -> None:
    assert len(ledger.deliveries(site=SITE, page=PAGE, statuses=UNSETTLED)) <= 1


def what_may_be_taken_back(ledger: Ledger) -> None:
    assert not ledger.deliveries(site=SITE, page=PAGE, claimed_after=NOW)


ASKED = [
    outbox,
    outbox_of_a_channel,
    pace,
    history,
    another_page,
    a_delivery_that_was_there,
    a_delivery_from_first_to_last,
    the_page,
    the_page_as_it_is_now,
    the_items_on_the_page,
    what_is_not_settled_on_the_page,
    what_may_be_taken_back,
]
