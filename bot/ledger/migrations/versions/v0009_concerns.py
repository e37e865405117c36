"""What the operator has been told of."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0009"
down_revision = "0008"

COMMON: dict[str, Any] = {
    "if_not_exists": True,
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_nopad_bin",
}
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
PROSE = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def upgrade() -> None:
    """Make a table."""
    op.create_table(
        "concern",
        sa.Column("messenger", sa.String(100), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("key", PROSE, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", PROSE, nullable=False),
        sa.Column("thing", PROSE, nullable=False),
        sa.Column("cause", PROSE, nullable=False),
        sa.Column("step", PROSE, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT),
        sa.PrimaryKeyConstraint("messenger", "digest", name="pk_concern"),
        **COMMON,
    )
