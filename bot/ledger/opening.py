"""Which kind of ledger a URL means."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import LedgerError
from bot.ledger import mariadb, sqlite

if TYPE_CHECKING:
    from bot.ledger.store import Ledger
    from bot.model import Secret

SUPPORTED = (
    "Supported are sqlite:///herald.sqlite (a file; sqlite:////with/four/slashes is absolute) and "
    "mysql+pymysql://user@host/database"
)


def open_ledger(url: str, *, password: Secret | None = None) -> Ledger:
    """Open the ledger, made if it is missing, and bring it to the present schema.

    ``url`` is ``sqlite:///PATH``, where a relative path is relative to the working folder, or
    ``mysql+pymysql://USER@HOST:PORT/DATABASE``, to which ``password`` belongs.

    Raises:
        LedgerError: with what to do about it. A database that is damaged, somebody else's or of a newer
            version is left as it is.
        LedgerLocked: the schema is old and another run is at work.
    """
    parsed = _parse(url)
    if parsed.drivername == "sqlite":
        return sqlite.open_file(_path(parsed))
    return mariadb.open_database(parsed, password)


def open_scratch_copy(url: str, *, password: Secret | None = None) -> Ledger:
    """Open a private copy of the ledger, empty if there is none yet, that is lost at the end.

    The ledger itself is only read, and nothing is locked.

    Raises:
        LedgerError: as for ``open_ledger``, but that the ledger need not be writable.
    """
    parsed = _parse(url)
    if parsed.drivername == "sqlite":
        return sqlite.copy_file(_path(parsed))
    return mariadb.copy_database(parsed, password)


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise LedgerError(f"ledger.url is not a URL. {SUPPORTED}.") from error
    if parsed.password:
        raise LedgerError("ledger.url contains a password: put it in an environment variable (password_env).")
    if parsed.drivername == "toolsdb":
        raise LedgerError(
            "ledger.url is of ToolsDB, and TOOL_TOOLSDB_USER and TOOL_TOOLSDB_PASSWORD are not both set. "
            "Toolforge sets them for a tool's jobs; elsewhere, set them yourself."
        )
    if parsed.drivername == "mysql+pymysql":
        if not parsed.host or not parsed.database or not parsed.username:
            raise LedgerError(f"ledger.url does not name a user, a host and a database. {SUPPORTED}.")
    elif parsed.drivername != "sqlite":
        raise LedgerError(f"ledger.url begins with {parsed.drivername}://. {SUPPORTED}.")
    elif parsed.host or parsed.query or not parsed.database or parsed.database == ":memory:":
        raise LedgerError(f"ledger.url does not name a file. {SUPPORTED}.")
    return parsed


def _path(url: URL) -> Path:
    """Return the resolved path, so that a ledger has one lock by whatever name it is called."""
    return Path(os.path.realpath(url.database or ""))
