"""Bringing a database to the present schema, all steps or none, and refusing one that is not ours."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from bot.errors import LedgerError

if TYPE_CHECKING:
    from sqlalchemy import Connection

REVISIONS = ("0001",)
"""Every step there is, oldest first. Kept here so that a ledger that is up to date opens without Alembic."""

_one_at_a_time = threading.Lock()  # Alembic keeps the migration under way in a global variable


def needs_migration(connection: Connection, *, name: str) -> bool:
    """Tell whether steps are missing; ``name`` is the ledger's, for messages.

    Raises:
        LedgerError: the database is of a newer version or of another program.
    """
    tables = inspect(connection).get_table_names()
    if not tables:
        return True
    if "alembic_version" not in tables:
        raise LedgerError(
            f"{name} is the database of another program: it was left alone. Set ledger.url to a file "
            "of its own."
        )
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found not in REVISIONS:
        raise LedgerError(
            f"{name} was written by a newer version of Wikiherald (schema {found}; this one knows up to "
            f"{REVISIONS[-1]}): it was left alone. Upgrade Wikiherald, or restore the backup of before."
        )
    return bool(found != REVISIONS[-1])


def migrate(connection: Connection) -> None:
    """Run the missing steps within the connection's open transaction."""
    from alembic import command  # noqa: PLC0415 - an eighth of a second that most runs need not spend
    from alembic.config import Config  # noqa: PLC0415 - likewise

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    with _one_at_a_time:
        command.upgrade(config, "head")
