"""Bringing a database to the present schema, and refusing one that is not ours.

All steps or none, on SQLite. MariaDB commits each change of the schema by itself: there, a step that was cut
off in the middle is done again, and finds a part of its work done.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from bot.errors import LedgerError
from bot.ledger.schema import metadata

if TYPE_CHECKING:
    from sqlalchemy import Connection

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009")
"""Every step there is, oldest first. Kept here so that a ledger that is up to date opens without Alembic."""

VERSION_TABLE = "alembic_version"

_one_at_a_time = threading.Lock()  # Alembic keeps the migration under way in a global variable


def revision_of(connection: Connection, *, name: str) -> str | None:
    """Return the schema that the database has, ``None`` for none yet; ``name`` is for messages.

    Raises:
        LedgerError: the database is of a newer version or of another program.
    """
    tables = set(inspect(connection).get_table_names())
    found = None
    if VERSION_TABLE in tables:
        found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 - a constant
    if found is None and tables <= {VERSION_TABLE, *metadata.tables}:
        return None  # nothing, or what a first step has left on MariaDB that was cut off in the middle
    if found is None:
        raise LedgerError(
            f"{name} is the database of another program: it was left alone. Set ledger.url to one of its own."
        )
    if found not in REVISIONS:
        raise LedgerError(
            f"{name} was written by a newer version of Wikiherald (schema {found}; this one knows up to "
            f"{REVISIONS[-1]}): it was left alone. Upgrade Wikiherald, or restore the backup of before."
        )
    return str(found)


def needs_migration(connection: Connection, *, name: str) -> bool:
    """Tell whether steps are missing; ``name`` and what is raised are as for ``revision_of``."""
    return revision_of(connection, name=name) != REVISIONS[-1]


def migrate(connection: Connection, *, to: str = "head") -> None:
    """Run the missing steps within the connection's open transaction."""
    from alembic import command  # noqa: PLC0415 - an eighth of a second that most runs need not spend
    from alembic.config import Config  # noqa: PLC0415 - likewise

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    with _one_at_a_time:
        command.upgrade(config, to)
