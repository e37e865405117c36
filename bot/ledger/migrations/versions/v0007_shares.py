"""Which deliveries share somebody's post, and which one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0007"
down_revision = "0006"

PROSE = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def upgrade() -> None:
    """Make a column, where a step that was cut off has not made it yet."""
    there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("delivery")}
    if "shares" not in there:
        op.add_column("delivery", sa.Column("shares", PROSE))
