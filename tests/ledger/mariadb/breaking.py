"""Breaks a ledger's connection at a chosen moment: the server ends it, as by KILL or by a restart."""

from __future__ import annotations

from contextlib import contextmanager
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


@contextmanager
def broken(server: MariaDB, ledger: Ledger, moment: Moment, *, statement: str = "") -> Iterator[None]:
    """Break the ledger's connection once, in the next transaction that writes.

    For ``STATEMENT``, that is before the next one that begins with ``statement``.
    """
    engine = ledger._database._engine
    writing = False
    left = [moment]

    def cut(connection: Connection) -> None:
        left.clear()
        server.kill(connection.connection.dbapi_connection.thread_id())  # type: ignore[union-attr] # the driver's

    def before_statement(connection: Connection, _cursor: object, sql: str, *_: object) -> None:
        nonlocal writing
        writing = writing or "FOR UPDATE" in sql
        if (left == [Moment.FIRST] and writing) or (left == [Moment.STATEMENT] and sql.startswith(statement)):
            cut(connection)

    def before_commit(connection: Connection) -> None:
        if writing and left == [Moment.REPLY]:
            connection.connection.commit()
        if writing and left and left[0] in {Moment.COMMIT, Moment.REPLY}:
            cut(connection)

    event.listen(engine, "before_cursor_execute", before_statement)
    event.listen(engine, "commit", before_commit)
    try:
        yield
        assert not left, "the moment never came"
    finally:
        event.remove(engine, "before_cursor_execute", before_statement)
        event.remove(engine, "commit", before_commit)
