"""The ledger as JSON lines: to keep, to look into, to move to another database.

The first line says what it is; then each line is a row with the name of its table, tables in the order in
which they can be written again; the last says how many rows there were. Times are ISO 8601 in UTC, amounts
millionths of a US dollar. What channels keep for themselves (``memory``) stays behind on purpose: a session
belongs to where it was begun, and is no business of whoever gets to see the file. So does what the wiki can
be asked again (``expansion``), and when the last run was (``run``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Boolean, Date, Enum, Integer, func, insert, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError

from bot.errors import LedgerError
from bot.ledger.migrate import REVISIONS
from bot.ledger.schema import MILLION, Dollars, Name, Prose, UtcDateTime, expansion, memory, metadata, run
from bot.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Column, Connection, Table
    from sqlalchemy.types import TypeEngine

FORMAT = "wikiherald ledger"
AT_ONCE = 500  # rows in memory

TABLES = {table.name: table for table in metadata.sorted_tables if table not in {memory, expansion, run}}
# Columns that exports of older versions do not have.
LATER = {
    "delivery": {"chosen_id", "digest", "shares"},
    "item": {"recognised_by", "likeness", "doubt", "changes"},
}


def export(connection: Connection) -> Iterator[str]:
    """Return the lines, each with its end."""
    yield _line({"format": FORMAT, "schema": REVISIONS[-1]})
    written = 0
    for table in TABLES.values():
        order = list(table.primary_key.columns)
        rows = connection.execute(select(table).order_by(*order), execution_options={"yield_per": AT_ONCE})
        for row in rows.mappings():
            yield _line({"table": table.name, "row": {name: _plain(value) for name, value in row.items()}})
            written += 1
    yield _line({"rows": written})


def restore(connection: Connection, lines: Iterable[str]) -> int:
    """Write the lines into an empty ledger and return how many rows they were.

    Raises:
        LedgerError: the ledger is not empty, or a line, which is named, is not what ``export`` writes.
    """
    for table in TABLES.values():
        if connection.scalar(select(func.count()).select_from(table)):
            raise LedgerError("The ledger is not empty, and an import never mixes: move it away first.")
    written = 0
    for table, rows in groupby(_rows(lines), key=lambda row: row.table):
        while some := list(islice(rows, AT_ONCE)):
            _write(connection, table, some)
            written += len(some)
    return written


@dataclass(frozen=True, kw_only=True, slots=True)
class _Row:
    """A line that tells of a row."""

    line: int
    table: Table
    values: dict[str, Any]


def _write(connection: Connection, table: Table, rows: list[_Row]) -> None:
    """Write rows at once; if they cannot be, one by one, to know which."""
    try:
        with connection.begin_nested():
            connection.execute(insert(table), [row.values for row in rows])
    except StatementError as error:
        if isinstance(error, DBAPIError) and not isinstance(error, IntegrityError | DataError):
            raise  # it is not the rows' fault
        if len(rows) == 1:
            raise _broken(rows[0].line, error.orig.args[-1] if error.orig else error) from error
        for row in rows:
            _write(connection, table, [row])


def _rows(lines: Iterable[str]) -> Iterator[_Row]:
    number = read = 0
    complete = False
    for number, line in enumerate(lines, start=1):
        try:
            told = json.loads(line)
            if number == 1:
                _check_header(told)
            elif "rows" in told:
                complete = told["rows"] == read
            else:
                yield _row(number, told)
                read += 1
                complete = False
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise _broken(number, error) from error
    if not complete:
        raise LedgerError(f"The export is not complete: it ends after line {number}. Nothing was imported.")


def _broken(line: int, why: object) -> LedgerError:
    return LedgerError(f"Line {line} is not of a ledger's export ({why}). Nothing was imported.")


def _row(number: int, told: dict[str, Any]) -> _Row:
    table, row = TABLES[told["table"]], told["row"]
    columns = set(table.columns.keys())
    if not columns - LATER.get(table.name, set()) <= set(row) <= columns:
        raise ValueError("other columns")
    values = {column.name: _value(column, row.get(column.name)) for column in table.columns}
    return _Row(line=number, table=table, values=values)


def _check_header(told: dict[str, Any]) -> None:
    """Let an older export pass: what has changed since, its rows will tell."""
    if told["format"] != FORMAT:
        raise ValueError("it does not say that it is one")
    if told["schema"] not in REVISIONS:
        raise ValueError(f"it is of a newer version of Wikiherald, schema {told['schema']}: upgrade first")


_KINDS: tuple[tuple[type[TypeEngine[Any]], type], ...] = (
    (Enum, str),  # before the text that it also is
    (Boolean, bool),
    (Integer, int),
    (Dollars, int),
    (JSON, list),
    (Date, str),
    (UtcDateTime, str),
    (Name, str),
    (Prose, str),
)


def _value(column: Column[Any], told: Any) -> Any:  # noqa: ANN401 - whatever the column holds
    if told is None:
        return None
    kind = column.type
    expected = next(python for sql, python in _KINDS if isinstance(kind, sql))
    fits = type(told) is expected  # not isinstance: true is no number
    if not fits:
        raise TypeError(f"{column.name} is not what it should be")
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(told)
    if isinstance(kind, Date):
        return date.fromisoformat(told)
    if isinstance(kind, Dollars):
        return Decimal(told) / MILLION
    return Status(told) if isinstance(kind, Enum) else told


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value * MILLION)
    return value.value if isinstance(value, Status) else value


def _line(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False) + "\n"
