"""Copying a ledger from one kind of database to another, row by row, a few at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import MetaData, insert, select

from bot.ledger.migrate import VERSION_TABLE, migrate, revision_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

AT_ONCE = 1000  # rows in memory


def copy_rows(original: Connection, target: Connection, *, name: str) -> None:
    """Copy all there is in ``original`` into the empty SQLite database ``target``, at the same schema.

    The tables are taken as that schema has them, not as the present one would: the original may be older.

    Raises:
        LedgerError: ``original``, which is called ``name``, is not a ledger that this version knows.
    """
    revision = revision_of(original, name=name)
    if revision is None:
        return
    migrate(target, to=revision)
    tables = MetaData()
    tables.reflect(target)
    for table in tables.sorted_tables:
        if table.name == VERSION_TABLE:
            continue
        for column in table.columns:
            column.type = (
                column.type.as_generic()
            )  # what SQLite says of its own, MariaDB would not understand
        rows = original.execute(select(table), execution_options={"yield_per": AT_ONCE})
        for some in rows.mappings().partitions():
            target.execute(insert(table), [dict(row) for row in some])
