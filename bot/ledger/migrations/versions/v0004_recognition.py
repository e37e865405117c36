"""By what an item was recognised when it was last edited, how alike it was, and what else it may be."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make three columns, where a step that was cut off has not made them yet."""
    there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("item")}
    for column in (
        sa.Column("recognised_by", sa.String(32)),
        sa.Column("likeness", sa.Integer()),
        sa.Column("doubt", sa.String(255)),
    ):
        if column.name not in there:
            op.add_column("item", column)
