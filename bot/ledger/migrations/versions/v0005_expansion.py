"""What the wiki made of template calls, so that it is asked once for each revision of a page."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0005"
down_revision = "0004"

COMMON: dict[str, Any] = {
    "if_not_exists": True,
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_nopad_bin",
}
IDENTITY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PROSE = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def upgrade() -> None:
    """Make a table."""
    op.create_table(
        "expansion",
        sa.Column("id", IDENTITY, nullable=False),
        sa.Column("page_id", IDENTITY, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("call", PROSE, nullable=False),
        sa.Column("wikitext", PROSE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_expansion"),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name="fk_expansion_page_id"),
        **COMMON,
    )
    op.create_index("ix_expansion_page_id", "expansion", ["page_id"], if_not_exists=True)
