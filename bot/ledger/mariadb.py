"""The ledger in a MariaDB database, such as Toolforge's ToolsDB.

**The lock and the writes share one connection.** ``GET_LOCK`` belongs to a connection and ends with it
(https://mariadb.com/kb/en/get_lock/). Asking on another connection whether it is still held would tell of a
moment ago; a transaction on the lock's own connection cannot be committed by a run that has lost the lock. So
that connection is never replaced: once it is lost, a run claims nothing more.

**A writer first locks the one row of ``alembic_version``.** Writers then take turns, as SQLite's do, none
meets another's deadlock, and whoever comes after a transaction whose end was not heard of waits until the
server has ended it, one way or the other.

InnoDB's own isolation, repeatable read, is what "one state of the database" asks for. A writer sees what the
writer before it has left, because the first thing it reads is what it waited for.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError

from bot.errors import LedgerError, LedgerLocked
from bot.ledger import sqlite
from bot.ledger.copying import copy_rows
from bot.ledger.database import ConnectionLost, Database
from bot.ledger.migrate import migrate, needs_migration
from bot.ledger.store import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection, Engine

    from bot.model import Secret

PATIENCE = 5.0  # seconds to wait for a server that restarts while there is something to be written down
WAIT = 10  # seconds for another program's transaction, which is over in milliseconds
CONNECT = 10  # seconds for a server to answer at all
SILENCE = 60  # seconds for a server to answer a statement
IDLE = 3600  # seconds after which the server frees the lock of a machine that has gone without a word

ONE_AT_A_TIME = "SELECT version_num FROM alembic_version FOR UPDATE"
# Names of locks are the server's own and no longer than 64 characters; those of databases are that long.
LOCK = "CONCAT('wikiherald.', SHA1(LOWER(DATABASE())))"

_LOST = (
    "the connection to the server was lost. Nothing is lost with it: what was under way is settled by the "
    "next run"
)
_AWAY = "the server cannot be reached. See that ledger.url names it and that it is up, and run again"
_BUSY = "the server has no connection left for this account. Run again later"
_DENIED = (
    "the server does not let this account in. Look at the user in ledger.url and at the password's variable"
)
_NO_RIGHT = "this account lacks a right. Grant it ALL on the database"
_FULL = "the server's disk is full. Have room made there and run again"
_KEPT = "another program keeps it locked. End that program, or run again later"
_READ_ONLY = "the server is read-only, perhaps for maintenance. Run again later"
_DAMAGED = "its tables are damaged. Restore a backup"
_OTHER_SERVER = "the server is not MariaDB 10.2 or later. Set ledger.url to one that is"

# https://mariadb.com/kb/en/mariadb-error-code-reference/; from 2000 on they are the client's own.
_GONE = {1053: _LOST, 1927: _LOST, 2006: _LOST, 2013: _LOST, 2002: _AWAY, 2003: _AWAY, 2005: _AWAY}
_GONE |= {1040: _BUSY, 1203: _BUSY, 1226: _BUSY}
_CAUSES = {
    1021: _FULL,
    1034: _DAMAGED,
    1035: _DAMAGED,
    1044: _NO_RIGHT,
    1045: _DENIED,
    1114: _FULL,
    1142: _NO_RIGHT,
    1143: _NO_RIGHT,
    1205: _KEPT,
    1213: _KEPT,
    1227: _NO_RIGHT,
    1273: _OTHER_SERVER,
    1290: _READ_ONLY,
    1698: _DENIED,
    1792: _READ_ONLY,
    1836: _READ_ONLY,
    4151: _DENIED,
}
_NO_DATABASE = 1049


class NoDatabase(LedgerError):  # noqa: N818 - named like its siblings in bot/errors.py: what has happened
    """The server has no such database."""


class Server(Database):
    """A database on a server: it can be lost at any moment, and the lock with it."""

    def __init__(self, engine: Engine, *, name: str, patience: float) -> None:
        super().__init__(engine, name=name, explain=self._told)
        self.patience = patience
        self._holder: Connection | None = None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction on the lock's connection while the lock is held; see the module's text."""
        with self._transaction(self._locked_connection) as connection:
            connection.exec_driver_sql(ONE_AT_A_TIME)
            yield connection

    @contextmanager
    def mending(self) -> Iterator[Connection]:
        """Open a transaction on another connection than the lock's, once the lost one's has ended."""
        with self._transaction(self._engine.connect) as connection:
            connection.exec_driver_sql(ONE_AT_A_TIME)
            yield connection

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Open a transaction on the lock's connection, where there may be no table yet.

        MariaDB commits each change of the schema by itself: a step of which only a part was done is done
        again from its beginning.
        """
        with self._transaction(self._locked_connection) as connection:
            yield connection

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the database for one run; the server frees it when the process dies.

        Raises:
            LedgerLocked: another run holds it; at once, without waiting.
            LedgerError: the server cannot be asked.
        """
        holder = self._acquire()
        before, self._holder = self._holder, holder
        try:
            yield
        finally:
            with self._turn:
                self._holder = before
                self._release(holder)

    @contextmanager
    def _locked_connection(self) -> Iterator[Connection]:
        if self._holder is None:
            with self._engine.connect() as connection:
                yield connection
        elif self._holder.invalidated:
            raise ConnectionLost(f"{self.name} is no longer held by this run: {_LOST}.")
        else:
            yield self._holder

    def _acquire(self) -> Connection:
        with self._transaction(self._new_holder) as holder:
            if holder.scalar(text(f"SELECT GET_LOCK({LOCK}, 0)")) != 1:
                raise LedgerLocked(
                    f"Another run is at work. {self.name} is held by {_other_holder(holder)}. Nothing was "
                    "done; the lock is free as soon as that process ends."
                )
        return holder

    @contextmanager
    def _new_holder(self) -> Iterator[Connection]:
        """Connect anew, and stay connected unless something goes wrong."""
        holder = self._engine.connect()
        try:
            holder.detach()
            yield holder
        except BaseException:
            holder.close()
            raise

    def _release(self, holder: Connection) -> None:
        """Free the lock now: the server takes its time to notice that a connection was closed."""
        with suppress(SQLAlchemyError), holder:
            if not holder.invalidated:
                holder.execute(text(f"DO RELEASE_LOCK({LOCK})"))

    def _told(self, error: SQLAlchemyError) -> LedgerError:
        code = _code(error)
        if code in _GONE or (isinstance(error, DBAPIError) and error.connection_invalidated):
            return ConnectionLost(f"{self.name} cannot be used: {_GONE.get(code, _LOST)}.")
        if code == _NO_DATABASE:
            return NoDatabase(f"{self.name} does not exist. Make the database, or mend ledger.url.")
        if code in _CAUSES:
            cause = _CAUSES[code]
        elif isinstance(error, StatementError):
            said = error.orig.args[-1] if error.orig is not None and error.orig.args else error.orig
            cause = f"the server refuses it: {said}" if code else f"it refuses a value: {said}"
        else:
            cause = f"{type(error).__name__}. If this happens again, please report it"
        return LedgerError(f"{self.name} cannot be used: {cause}.")


def open_database(url: URL, password: Secret | None, *, patience: float = PATIENCE) -> Ledger:
    """Open the ledger in the database that ``url`` names, made if it is missing, at the present schema.

    Raises:
        LedgerLocked: the schema is old and another run is at work.
        LedgerError: it cannot be opened and written, or it is not a ledger that this version knows.
    """
    database = Server(_engine(url, password), name=_name(url), patience=patience)
    try:
        try:
            old = _is_old(database)
        except NoDatabase:
            _make_database(url, password)
            old = _is_old(database)
        if old:
            with database.lock(), database.migrating() as connection:
                if needs_migration(connection, name=database.name):
                    migrate(connection)
        with database.writing() as connection:  # what cannot be written must be known before anything is sent
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
    except BaseException:
        database.close()
        raise
    return Ledger(database, lock=database.lock)


def copy_database(url: URL, password: Secret | None) -> Ledger:
    """Open a private copy, empty if there is no such database; the server is only read.

    Raises:
        LedgerError: the ledger cannot be read, or it is not one that this version knows.
    """
    server = Server(_engine(url, password, read_only=True), name=_name(url), patience=0)
    copy = sqlite.nameless(name=server.name)
    try:
        with suppress(NoDatabase), copy.writing() as target, server.reading() as original:
            copy_rows(original, target, name=server.name)
        with copy.writing() as target:
            migrate(target)
    except BaseException:
        copy.close()
        raise
    finally:
        server.close()
    return Ledger(copy, lock=nullcontext)


def _engine(url: URL, password: Secret | None, *, read_only: bool = False) -> Engine:
    # STRICT: a value that does not fit is refused, not cut. NO_ENGINE_SUBSTITUTION: InnoDB or nothing.
    settings = (
        f"SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', wait_timeout = {IDLE}, "
        f"innodb_lock_wait_timeout = {WAIT}, lock_wait_timeout = {WAIT}"
    )
    engine = create_engine(
        url,
        isolation_level="REPEATABLE READ",
        pool_pre_ping=True,  # a read that finds its connection gone takes another
        pool_size=1,
        max_overflow=1,
        connect_args={
            "charset": "utf8mb4",
            "connect_timeout": CONNECT,
            "read_timeout": SILENCE,
            "write_timeout": SILENCE,
            "init_command": settings,
        },
    )

    def authenticate(_dialect: object, _record: object, _arguments: object, options: dict[str, Any]) -> None:
        """Hand the password to the driver alone: a URL that has it would be shown sooner or later."""
        if password is not None:
            options["password"] = password.reveal().encode()  # the driver would take it for Latin-1

    def only_read(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's, which has no types
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION TRANSACTION READ ONLY")

    event.listen(engine, "do_connect", authenticate)
    if read_only:
        event.listen(engine, "connect", only_read)
    return engine


def _make_database(url: URL, password: Secret | None) -> None:
    """Make the database, as SQLite makes a file; on ToolsDB a tool may."""
    server = Server(_engine(url.set(database=""), password), name=_name(url), patience=0)
    name = (url.database or "").replace("`", "``")
    try:
        with server.migrating() as connection:
            connection.exec_driver_sql(
                f"CREATE DATABASE IF NOT EXISTS `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"
            )
    finally:
        server.close()


def _is_old(database: Server) -> bool:
    with database.reading() as connection:
        return needs_migration(connection, name=database.name)


def _name(url: URL) -> str:
    return f"The ledger {url.database} on {url.host}"


def _code(error: SQLAlchemyError) -> int:
    """Return the server's or the driver's number for what went wrong, 0 where there is none."""
    known = error.orig.args[0] if isinstance(error, DBAPIError) and error.orig and error.orig.args else 0
    return known if isinstance(known, int) else 0


def _other_holder(connection: Connection) -> str:
    """Say what the server tells of the lock's holder; of other accounts it may tell nothing."""
    number = connection.scalar(text(f"SELECT IS_USED_LOCK({LOCK})"))
    known = connection.execute(
        text("SELECT user, host, time FROM information_schema.processlist WHERE id = :id"), {"id": number}
    ).one_or_none()
    if known is None:
        return "a process that has just ended" if number is None else f"the server's connection {number}"
    return f"{known.user} at {known.host} (connection {number}, last heard of {known.time} s ago)"
