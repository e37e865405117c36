"""Breaks a ledger's connection at a chosen moment: the server ends it, as by KILL or by a restart."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from sqlalchemy import event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from bot.ledger import Ledger
    from tests.servers.mariadb import MariaDB


class Moment(Enum):
    """When the connection breaks."""

    FIRST = auto()  # at a transaction's first statement
    STATEMENT = auto()  # at one in the middle
    COMMIT = auto()  # at the commit, which the server does not get
    REPLY = auto()  # after the commit, whose reply is lost


@dataclass(slots=True)
class Break:
    """A break that is to come; ``done`` when it has."""

    done: bool = False


@contextmanager
def broken(
    server: MariaDB, ledger: Ledger, moment: Moment, *, statement: str = "", after: int = 0
) -> Iterator[Break]:
    """Break the ledger's connection once, in a transaction that writes, ``after`` so many have gone well.

    For ``STATEMENT``, that is before the next statement that begins with ``statement``.
    """
    engine = ledger._database._engine
    plan = Break()
    left = after + 1  # transactions until the one to break

    def cut(connection: Connection) -> None:
        plan.done = True
        server.kill(connection.connection.dbapi_connection.thread_id())  # type: ignore[union-attr] # the driver's

    def before_statement(connection: Connection, _cursor: object, sql: str, *_: object) -> None:
        nonlocal left
        left -= "FOR UPDATE" in sql
        first = moment is Moment.FIRST and left == 0
        if not plan.done and (first or (moment is Moment.STATEMENT and sql.startswith(statement))):
            cut(connection)

    def before_commit(connection: Connection) -> None:
        if left == 0 and not plan.done and moment in {Moment.COMMIT, Moment.REPLY}:
            if moment is Moment.REPLY:
                connection.connection.commit()
            cut(connection)

    event.listen(engine, "before_cursor_execute", before_statement)
    event.listen(engine, "commit", before_commit)
    try:
        yield plan
    finally:
        event.remove(engine, "before_cursor_execute", before_statement)
        event.remove(engine, "commit", before_commit)
