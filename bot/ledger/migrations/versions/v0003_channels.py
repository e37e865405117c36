"""What channels keep of their own, what they have spent, ids chosen beforehand, and digests."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0003"
down_revision = "0002"

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
    """Make two tables, and two columns where a step that was cut off has not made them yet."""
    there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("delivery")}
    for column in (sa.Column("chosen_id", PROSE), sa.Column("digest", sa.String(64))):
        if column.name not in there:
            op.add_column("delivery", column)
    op.create_table(
        "memory",
        sa.Column("channel", sa.String(100), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("value", PROSE, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("channel", "name", name="pk_memory"),
        **COMMON,
    )
    op.create_table(
        "spending",
        sa.Column("id", IDENTITY, nullable=False),
        sa.Column("channel", sa.String(100), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("delivery_id", IDENTITY),
        sa.PrimaryKeyConstraint("id", name="pk_spending"),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name="fk_spending_delivery_id"),
        **COMMON,
    )
    op.create_index("ix_spending_channel_at", "spending", ["channel", "at"], if_not_exists=True)
    op.create_index("ix_spending_delivery_id", "spending", ["delivery_id"], if_not_exists=True)
