"""Who did what to an item, what trusted people ordered on the wiki, and its last good configuration."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0006"
down_revision = "0005"

COMMON: dict[str, Any] = {
    "if_not_exists": True,
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_nopad_bin",
}
IDENTITY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
PROSE = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def upgrade() -> None:
    """Make two tables, and a column where a step that was cut off has not made it yet."""
    there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("item")}
    if "changes" not in there:
        op.add_column("item", sa.Column("changes", sa.JSON()))
    op.create_table(
        "command",
        sa.Column("id", IDENTITY, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("verb", sa.String(16), nullable=False),
        sa.Column("item", sa.String(255), nullable=False),
        sa.Column("channel", sa.String(100)),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("editor", PROSE, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("obeyed", sa.Boolean(), nullable=False),
        sa.Column("answer", PROSE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_command"),
        sa.UniqueConstraint("key", name="uq_command_key"),
        **COMMON,
    )
    op.create_table(
        "overlay",
        sa.Column("site", sa.String(100), nullable=False),
        sa.Column("title", sa.String(512), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("text", PROSE, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("site", "title", name="pk_overlay"),
        **COMMON,
    )
