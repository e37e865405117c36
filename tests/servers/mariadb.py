"""A real MariaDB on loopback, which is what Toolforge's ToolsDB is: fresh for each test session."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from threading import Timer
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from tests.servers import debian
from tests.servers.process import free_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

NAME = "MariaDB"
# Programs only: no service is set up, none is started.
PACKAGES = ("mariadb-server-core", "mariadb-client-core")
SETUP = 60.0  # seconds
GOING = 10.0  # seconds for a connection to be gone that was broken

USER = "herald"  # has no password and may do everything with databases called herald...
TOOL, TOOL_PASSWORD = "s55123", "correct hörse, battery ✓"  # as on ToolsDB: databases called s55123__...
ADMIN = "admin"

ACCOUNTS = f"""
CREATE USER IF NOT EXISTS '{ADMIN}'@'127.0.0.1';
GRANT ALL ON *.* TO '{ADMIN}'@'127.0.0.1' WITH GRANT OPTION;
CREATE USER IF NOT EXISTS '{USER}'@'127.0.0.1';
GRANT ALL ON `{USER}%`.* TO '{USER}'@'127.0.0.1';
CREATE USER IF NOT EXISTS '{TOOL}'@'127.0.0.1' IDENTIFIED BY '{TOOL_PASSWORD}';
GRANT ALL ON `{TOOL}\\_\\_%`.* TO '{TOOL}'@'127.0.0.1';
"""

SOCKET = "mariadbd.sock"
# Small, and without the care for a power cut, which takes most of the time that a test would take.
OPTIONS = (
    "--bind-address=127.0.0.1",
    f"--socket={SOCKET}",  # in the data folder: a longer path might not fit into an address
    "--pid-file=mariadbd.pid",
    "--skip-name-resolve",
    "--skip-log-bin",
    "--performance-schema=OFF",
    "--max-connections=60",
    "--key-buffer-size=1M",
    "--innodb-buffer-pool-size=32M",
    "--innodb-log-file-size=8M",
    "--innodb-flush-log-at-trx-commit=2",
    "--innodb-flush-method=nosync",
    "--innodb-doublewrite=OFF",
    "--innodb-use-native-aio=OFF",
    "--innodb-buffer-pool-dump-at-shutdown=OFF",
)

_numbers = count(1)


@dataclass(kw_only=True, slots=True)
class MariaDB:
    """A running server. Databases whose names begin with ``herald`` are open to the user ``herald``."""

    folder: Path
    port: int
    _process: ExitStack = field(default_factory=ExitStack, repr=False)

    def start(self) -> None:
        """Start the server, with the data that it had."""
        command = [
            shutil.which("mariadbd", path=f"{os.environ['PATH']}:/usr/sbin") or "mariadbd",
            "--no-defaults",
            *_as_root(),
            f"--datadir={self.folder / 'data'}",
            f"--port={self.port}",
            f"--init-file={self.folder / 'accounts.sql'}",
            *OPTIONS,
        ]
        self._process.enter_context(
            running(
                NAME, command, log=self.folder / "log", environment=os.environ, ready=lambda: self.answers
            )
        )

    def stop(self) -> None:
        """Stop the server; its data stay."""
        self._process.close()

    @contextmanager
    def down(self, *, seconds: float) -> Iterator[None]:
        """Stop the server; it comes back by itself so long after the block has begun, as from a restart."""
        self.stop()
        coming = Timer(seconds, self.start)
        coming.start()
        try:
            yield
        finally:
            coming.join()

    @contextmanager
    def locked_out(self, user: str = USER) -> Iterator[None]:
        """Let a user in no more; whoever is connected stays so."""
        self.ask(f"ALTER USER '{user}'@'127.0.0.1' ACCOUNT LOCK")
        try:
            yield
        finally:
            self.ask(f"ALTER USER '{user}'@'127.0.0.1' ACCOUNT UNLOCK")

    @property
    def answers(self) -> bool:
        """Whether somebody can log in."""
        with suppress(DBAPIError):
            self.ask("SELECT 1")
            return True
        return False

    def ask(self, statement: str, **values: object) -> Sequence[tuple[Any, ...]]:
        """Execute a statement as one who may do everything; ``:name`` stands for a value."""
        engine = create_engine(
            f"mysql+pymysql://{ADMIN}@127.0.0.1:{self.port}/",
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
        )
        with engine.connect() as connection:
            result = connection.execute(text(statement), values)
            return [tuple(row) for row in result] if result.returns_rows else []

    def url(self, database: str, *, user: str = USER) -> str:
        """Return a database's URL as news.toml has it."""
        return f"mysql+pymysql://{user}@127.0.0.1:{self.port}/{database}"

    @property
    def socket(self) -> Path:
        """Where the server listens besides."""
        return self.folder / "data" / SOCKET

    def new_name(self) -> str:
        """Return the name of a database that does not exist yet."""
        return f"{USER}_{next(_numbers)}"

    def new_url(self) -> str:
        """Return the URL of a database that does not exist yet."""
        return self.url(self.new_name())

    def make(self, url: str) -> None:
        """Make a database, as another program's way of setting up would."""
        self.ask(f"CREATE DATABASE `{url.rpartition('/')[2]}`")

    def clean_url(self) -> str:
        """Return the URL of a database whose tables are empty; always the same, as a new one takes longer."""
        self._sweep(USER)
        return self.url(USER)

    def _sweep(self, database: str) -> None:
        tables = self.ask(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = :it", it=database
        )
        names = [name for (name,) in tables if name != "alembic_version"]
        sweep = "; ".join(f"DELETE FROM `{database}`.`{name}`" for name in names)  # noqa: S608 - names of our own
        if sweep:
            self.ask(f"BEGIN NOT ATOMIC SET foreign_key_checks = 0; {sweep}; END")

    def connections(self, url: str) -> list[int]:
        """Return the ids of the connections that are open to a database, the oldest first."""
        found = self.ask(
            "SELECT id FROM information_schema.processlist WHERE db = :name ORDER BY id",
            name=url.rpartition("/")[2],
        )
        return [number for (number,) in found]

    def kill(self, *connections: int) -> None:
        """Break connections, as a server that restarts does, and wait until they are gone."""
        for number in connections:
            with suppress(DBAPIError):  # it has ended by itself
                self.ask(f"KILL CONNECTION {number}")
        end = time.monotonic() + GOING
        while self._alive() & set(connections) and time.monotonic() < end:
            time.sleep(0.005)

    def _alive(self) -> set[int]:
        return {number for (number,) in self.ask("SELECT id FROM information_schema.processlist")}


@contextmanager
def serve(folder: Path) -> Iterator[MariaDB]:
    """Set a server up in ``folder`` and run it until the end of the block."""
    debian.install(NAME, PACKAGES)
    folder.mkdir(parents=True)
    _set_up(folder / "data")
    (folder / "accounts.sql").write_text(ACCOUNTS.lstrip(), encoding="utf-8")
    server = MariaDB(folder=folder, port=free_port())
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _set_up(data: Path) -> None:
    # Its temporary files have the same names in every session: in a common folder, two at once would collide.
    scratch = data.with_name("tmp")
    scratch.mkdir()
    setup = ["mariadb-install-db", "--no-defaults", *_as_root(), f"--datadir={data}", f"--tmpdir={scratch}"]
    done = subprocess.run(
        [*setup, "--auth-root-authentication-method=normal", "--skip-test-db"],
        capture_output=True,
        text=True,
        check=False,
        timeout=SETUP,
    )
    if done.returncode != 0:
        raise debian.Unavailable(f"{NAME}: its data could not be set up: {done.stderr.strip()[-500:]}")


def _as_root() -> list[str]:
    """Let root run it: there is no account of its own, since no package has set one up."""
    return ["--user=root"] if os.geteuid() == 0 else []
