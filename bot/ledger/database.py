"""A database as the ledger uses it: short transactions, one at a time, and errors in plain sentences."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from sqlalchemy.exc import SQLAlchemyError

from bot.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

WRITES = "herald_writes"
"""The execution option that marks a transaction which is going to write."""


class Explain(Protocol):
    """Makes a sentence for a person of what a database's driver said."""

    def __call__(self, error: SQLAlchemyError) -> LedgerError:
        """Return the error to raise instead."""
        ...


class Database:
    """An engine whose transactions the threads of this process take in turn.

    A transaction is never open across anything else, so that nobody waits long; ``name`` is for messages.
    """

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
        with self._transaction(self._engine) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that is committed at the end of the block, or leaves nothing behind.

        Raises:
            LedgerError: the database cannot be written, or refused a value.
        """
        with self._transaction(self._writer) as connection:
            yield connection

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Connection]:
        with self._turn:
            if self._closed:
                raise LedgerError(f"{self.name} is closed already: please report this fault.")
            try:
                with engine.begin() as connection:
                    yield connection
            except SQLAlchemyError as error:
                raise self._explain(error) from error

    def close(self) -> None:
        """Let go of the database; closing twice is no harm."""
        with self._turn:
            self._closed = True
            self._engine.dispose()
