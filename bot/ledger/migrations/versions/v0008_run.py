"""When the bot last ran, how that ended, and since when its status page could not be written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0008"
down_revision = "0007"

WHEN = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
PROSE = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def upgrade() -> None:
    """Make a table."""
    op.create_table(
        "run",
        sa.Column("command", sa.String(16), nullable=False),
        sa.Column("began_at", WHEN, nullable=False),
        sa.Column("ended_at", WHEN, nullable=False),
        sa.Column("ending", sa.String(16), nullable=False),
        sa.Column("detail", PROSE, nullable=False),
        sa.Column("unwritten_since", WHEN),
        sa.PrimaryKeyConstraint("command", name="pk_run"),
        if_not_exists=True,
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
    )
