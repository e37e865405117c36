"""The ledger as JSON lines: to keep, to look into, to move to another database.

The first line says what it is; then each line is a row with the name of its table, tables in the order in
which they can be written again; the last says how many rows there were. Times are ISO 8601 in UTC.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, Enum, Integer, func, insert, select

from bot.errors import LedgerError
from bot.ledger.migrate import REVISIONS
from bot.ledger.schema import UtcDateTime, metadata
from bot.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Column, Connection, Table

FORMAT = "wikiherald ledger"
AT_ONCE = 500  # rows in memory


def export(connection: Connection) -> Iterator[str]:
    """Return the lines, each with its end."""
    yield _line({"format": FORMAT, "schema": REVISIONS[-1]})
    written = 0
    for table in metadata.sorted_tables:
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
    for table in metadata.sorted_tables:
        if connection.scalar(select(func.count()).select_from(table)):
            raise LedgerError("The ledger is not empty, and an import never mixes: move it away first.")
    rows = 0
    for table, values in _rows(lines):
        connection.execute(insert(table).values(values))
        rows += 1
    return rows


def _rows(lines: Iterable[str]) -> Iterator[tuple[Table, dict[str, Any]]]:
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
                yield _row(told)
                read += 1
        except (ValueError, KeyError, TypeError) as error:
            raise LedgerError(
                f"Line {number} is not of a ledger's export ({error}). Nothing was imported."
            ) from error
    if not complete:
        raise LedgerError(f"The export is not complete: it ends after line {number}. Nothing was imported.")


def _row(told: dict[str, Any]) -> tuple[Table, dict[str, Any]]:
    table, row = metadata.tables[told["table"]], told["row"]
    if set(row) != set(table.columns.keys()):
        raise ValueError("other columns")
    return table, {column.name: _value(column, row[column.name]) for column in table.columns}


def _check_header(told: dict[str, Any]) -> None:
    if told["format"] != FORMAT:
        raise ValueError("it does not say that it is one")
    if told["schema"] != REVISIONS[-1]:
        raise ValueError(f"schema {told['schema']}, and this version of Wikiherald has {REVISIONS[-1]}")


def _value(column: Column[Any], told: Any) -> Any:  # noqa: ANN401 - whatever the column holds
    if told is None:
        return None
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(told)
    if isinstance(column.type, Date):
        return date.fromisoformat(told)
    if isinstance(column.type, Enum):
        return Status(told)
    if isinstance(column.type, Integer) and not isinstance(told, int):
        raise TypeError(f"{column.name} is no number")
    return told


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.value if isinstance(value, Status) else value


def _line(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False) + "\n"
