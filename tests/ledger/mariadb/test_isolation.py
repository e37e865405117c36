"""What transactions see of each other, and what each may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Engine, event, func, select

from bot.ledger import Ledger, open_ledger, open_scratch_copy
from bot.ledger.schema import delivery
from tests.ledger.making import pending

if TYPE_CHECKING:
    from sqlalchemy import Connection

COUNT = select(func.count()).select_from(delivery)


def test_a_reader_sees_one_state_while_others_write(ledger: Ledger, url: str) -> None:
    with open_ledger(url) as other:
        with ledger._database.reading() as reader:
            assert reader.scalar(COUNT) == 0
            pending(other)
            assert reader.scalar(COUNT) == 0
        assert len(ledger.deliveries()) == 1


def test_a_reader_sees_nothing_that_is_not_committed(ledger: Ledger, url: str) -> None:
    row = pending(ledger)
    with open_ledger(url) as other, other._database.writing() as writer:
        writer.execute(delivery.update().values(text="not yet"))
        assert ledger.deliveries() == (row,)


def test_a_writer_sees_what_the_writer_before_it_left(ledger: Ledger, url: str) -> None:
    with open_ledger(url) as other:
        row = pending(ledger)
        assert pending(other) == row


def test_the_server_itself_keeps_a_copy_from_writing(ledger: Ledger, url: str) -> None:
    pending(ledger)
    only_reads: list[bool] = []

    def ask(connection: Connection, _cursor: object, sql: str, *_: object) -> None:
        if connection.dialect.name == "mysql" and sql.startswith("SELECT delivery"):
            only_reads.append(connection.exec_driver_sql("SELECT @@tx_read_only").scalar() == 1)

    event.listen(Engine, "before_cursor_execute", ask)
    try:
        open_scratch_copy(url).close()
    finally:
        event.remove(Engine, "before_cursor_execute", ask)
    assert only_reads == [True]
