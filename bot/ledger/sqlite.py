"""The ledger in a SQLite file.

The file keeps SQLite's rollback journal, not a write-ahead log: the log needs memory shared between
processes, which a network file system, as on Toolforge, has not (https://www.sqlite.org/wal.html).
``synchronous = EXTRA`` makes a commit survive a power cut the moment it returns: a claim that was forgotten
would be a post sent twice (https://www.sqlite.org/pragma.html#pragma_synchronous).
"""

from __future__ import annotations

import shutil
import sqlite3
import stat
import tempfile
from contextlib import closing, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError
from sqlalchemy.pool import StaticPool

from bot.errors import LedgerError
from bot.ledger.database import WRITES, Database
from bot.ledger.lock import file_lock
from bot.ledger.migrate import migrate, needs_migration
from bot.ledger.store import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 10.0  # seconds to wait for another program's transaction, which is over in milliseconds

_CAUSES = {
    sqlite3.SQLITE_FULL: "the disk is full. Make room there and run again",
    sqlite3.SQLITE_IOERR: "the disk, or its quota, failed. Look at the disk, make room and run again",
    sqlite3.SQLITE_READONLY: "it is read-only. Let this account write to the file and to its folder",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened. Let this account write to the file and to its folder",
    sqlite3.SQLITE_PERM: "it cannot be opened. Let this account write to the file and to its folder",
    sqlite3.SQLITE_BUSY: "another program keeps it locked. End that program, or run again later",
    sqlite3.SQLITE_LOCKED: "another program keeps it locked. End that program, or run again later",
    sqlite3.SQLITE_CORRUPT: "the file is damaged. Put it aside and restore a backup",
    sqlite3.SQLITE_NOTADB: "it is not a SQLite database. Set ledger.url to another file, or restore a backup",
}


def open_file(path: Path, *, patience: float = PATIENCE) -> Ledger:
    """Open the ledger in ``path``, made if it is missing, and bring it to the present schema.

    ``patience`` is how many seconds each transaction waits for another program's.

    Raises:
        LedgerLocked: the schema is old and another run is at work.
        LedgerError: it cannot be opened and written, or it is not a ledger that this version knows.
    """
    _exists(path)
    database = _database(partial(_connect, path, mode="rwc", patience=patience), name=f"The ledger {path}")
    lock = partial(file_lock, path.with_name(f"{path.name}.lock"))
    try:
        with database.reading() as connection:
            old = needs_migration(connection, name=database.name)
        if old:
            with lock():
                _migrate(database)
        with database.writing() as connection:  # what cannot be written must be known before anything is sent
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
    except BaseException:
        database.close()
        raise
    return Ledger(database, lock=lock)


def copy_file(path: Path, *, patience: float = PATIENCE) -> Ledger:
    """Open a private copy of the ledger in ``path``, empty if there is none; ``path`` is only read.

    The copy is a nameless temporary database, which SQLite keeps in memory and lets flow over into the
    temporary folder where it is large. It ends with the process, and locking it locks nothing.

    Raises:
        LedgerError: the ledger cannot be read, or it is not one that this version knows.
    """
    _exists(path)
    database = _database(partial(_connect_to_copy, path, patience=patience), name=f"The ledger {path}")
    try:
        _migrate(database)
    except BaseException:
        database.close()
        raise
    return Ledger(database, lock=nullcontext)


def nameless(*, name: str) -> Database:
    """Open an empty database, without a table even, that is lost at the end; ``name`` is for messages."""

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    return _database(connect, name=name)


def _exists(path: Path) -> bool:
    """Tell whether there is a file, and name the usual mistakes better than SQLite does."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        if not path.parent.is_dir():
            raise LedgerError(
                f"The ledger {path} has no folder to be in. Make the folder {path.parent}, or mend "
                "ledger.url."
            ) from None
        return False
    except OSError as error:
        raise LedgerError(
            f"The ledger {path} cannot be reached: {error.strerror}. Mend ledger.url, or let this account in."
        ) from error
    if not stat.S_ISREG(mode):
        raise LedgerError(f"The ledger {path} is not a file. Set ledger.url to a file.")
    return True


def _migrate(database: Database) -> None:
    with database.writing() as connection:
        if needs_migration(connection, name=database.name):
            migrate(connection)


def _database(connect: Callable[[], sqlite3.Connection], *, name: str) -> Database:
    engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool)
    event.listen(engine, "begin", _begin)
    return Database(engine, name=name, explain=partial(_explain, name=name))


def _begin(connection: Connection) -> None:
    """Begin by hand, since the driver does not before DDL; a writer takes the write lock at once.

    Otherwise two writers that have both read would wait for each other, and one would fail.
    """
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _connect(path: Path, *, mode: str, patience: float) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode={mode}",
        uri=True,
        timeout=patience,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = EXTRA")
        if mode != "ro":
            connection.execute("PRAGMA journal_mode = DELETE")
    except BaseException:
        connection.close()
        raise
    return connection


def _connect_to_copy(path: Path, *, patience: float) -> sqlite3.Connection:
    copy = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    try:
        copy.execute("PRAGMA foreign_keys = ON")
        if _exists(path):
            _copy(path, copy, patience=patience)
    except BaseException:
        copy.close()
        raise
    return copy


def _copy(path: Path, copy: sqlite3.Connection, *, patience: float) -> None:
    try:
        _back_up(path, copy, mode="ro", patience=patience)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_READONLY_ROLLBACK:
            raise
        _copy_unfinished(path, copy, patience=patience)


def _copy_unfinished(path: Path, copy: sqlite3.Connection, *, patience: float) -> None:
    """Copy a ledger whose last writer died in the middle of a commit.

    What it left has to be undone, but not in the original.
    """
    with tempfile.TemporaryDirectory(prefix="wikiherald-") as folder:
        twin = Path(folder, "ledger")
        try:
            for suffix in ("", "-journal"):
                shutil.copyfile(f"{path}{suffix}", f"{twin}{suffix}")
        except FileNotFoundError:  # a run has come between, and undone it in the original
            _back_up(path, copy, mode="ro", patience=patience)
        else:
            _back_up(twin, copy, mode="rw", patience=patience)


def _back_up(path: Path, copy: sqlite3.Connection, *, mode: str, patience: float) -> None:
    """Copy everything, as of one moment.

    The read lock is taken beforehand, where waiting for it has an end; ``backup`` would try for ever.
    """
    with closing(_connect(path, mode=mode, patience=patience)) as original:
        original.execute("BEGIN")
        original.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        original.backup(copy)
        original.execute("ROLLBACK")


def _explain(error: SQLAlchemyError, *, name: str) -> LedgerError:
    if isinstance(error, DBAPIError) and isinstance(error.orig, sqlite3.Error):
        code = getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        cause = _CAUSES.get(code, f"{error.orig}. If this happens again, please report it")
    elif isinstance(error, StatementError):
        cause = f"it refuses a value: {error.orig}"
    else:
        cause = f"{type(error).__name__}. If this happens again, please report it"
    return LedgerError(f"{name} cannot be used: {cause}.")
