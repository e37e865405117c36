"""Which kind of ledger a URL means."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import LedgerError
from bot.ledger import sqlite

if TYPE_CHECKING:
    from bot.ledger.store import Ledger

SUPPORTED = "sqlite:///herald.sqlite (a file; sqlite:////with/four/slashes is absolute)"


def open_ledger(url: str) -> Ledger:
    """Open the ledger, made if it is missing, and bring it to the present schema.

    ``url`` is ``sqlite:///PATH``; a relative path is relative to the working folder.

    Raises:
        LedgerError: with what to do about it. A file that is damaged, somebody else's or of a newer version
            is left as it is.
        LedgerLocked: the schema is old and another run is at work.
    """
    return sqlite.open_file(_path(url))


def open_scratch_copy(url: str) -> Ledger:
    """Open a private copy of the ledger, empty if there is none yet, that is lost at the end.

    The ledger itself is only read, and nothing is locked.

    Raises:
        LedgerError: as for ``open_ledger``, but that the ledger need not be writable.
    """
    return sqlite.copy_file(_path(url))


def _path(url: str) -> Path:
    """Return the resolved path, so that a ledger has one lock by whatever name it is called."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise LedgerError(f"ledger.url is not a URL. Supported is {SUPPORTED}.") from error
    if parsed.drivername != "sqlite":
        raise LedgerError(f"ledger.url begins with {parsed.drivername}://. Supported is {SUPPORTED}.")
    if parsed.host or parsed.query or not parsed.database or parsed.database == ":memory:":
        raise LedgerError(f"ledger.url does not name a file. Supported is {SUPPORTED}.")
    return Path(os.path.realpath(parsed.database))
