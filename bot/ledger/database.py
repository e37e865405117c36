"""A database as the ledger uses it: short transactions, one at a time, and errors in plain sentences."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from sqlalchemy.exc import SQLAlchemyError

from bot.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection, Engine

WRITES = "herald_writes"
"""The execution option that marks a transaction which is going to write."""

AT_ONCE = 500  # keys in one query; databases limit how many parameters they take


def in_parts(keys: Iterable[str]) -> Iterator[list[str]]:
    """Part keys so that each part fits into one query."""
    wanted = sorted(set(keys))
    for start in range(0, len(wanted), AT_ONCE):
        yield wanted[start : start + AT_ONCE]


class ConnectionLost(LedgerError):  # noqa: N818 - named like its siblings in bot/errors.py: what has happened
    """The connection to the database broke.

    ``uncertain`` says that it did so while a transaction was being committed: nobody knows whether it was.
    """

    uncertain = False


class Explain(Protocol):
    """Makes a sentence for a person of what a database's driver said."""

    def __call__(self, error: SQLAlchemyError) -> LedgerError:
        """Return the error to raise instead; a ``ConnectionLost`` where that is what has happened."""
        ...


class Database:
    """An engine whose transactions the threads of this process take in turn.

    A transaction is never open across anything else, so that nobody waits long; ``name`` is for messages;
    ``patience`` is how many seconds it is worth waiting for a connection that was lost.
    """

    patience = 0.0

    def __init__(self, engine: Engine, *, name: str, explain: Explain) -> None:
        self.name = name
        self._engine = engine
        self._writer = engine.execution_options(**{WRITES: True})
        self._explain = explain
        self._turn = threading.RLock()
        self._closed = False

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the database.

        Raises:
            LedgerError: the database cannot be read.
        """
        with self._transaction(self._engine.connect) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that is committed at the end of the block, or leaves nothing behind.

        Raises:
            ConnectionLost: the connection broke, and with it the lock where that is one of the connection.
            LedgerError: the database cannot be written, or refused a value.
        """
        with self._transaction(self._writer.connect) as connection:
            yield connection

    @contextmanager
    def mending(self) -> Iterator[Connection]:
        """Open a transaction for what must be written down although the connection was lost.

        It sees what became of the transaction that was lost, and it is not protected by the lock.

        Raises:
            ConnectionLost: there is still no connection.
            LedgerError: as for ``writing``.
        """
        with self.writing() as connection:
            yield connection

    @contextmanager
    def _transaction(self, connect: Callable[[], AbstractContextManager[Connection]]) -> Iterator[Connection]:
        with self._turn:
            if self._closed:
                raise LedgerError(f"{self.name} is closed already: please report this fault.")
            done = False
            try:
                with connect() as connection, connection.begin():
                    yield connection
                    done = True
            except SQLAlchemyError as error:
                told = self._explain(error)
                if isinstance(told, ConnectionLost):
                    told.uncertain = done
                raise told from error

    def close(self) -> None:
        """Let go of the database; closing twice is no harm."""
        with self._turn:
            self._closed = True
            self._engine.dispose()
