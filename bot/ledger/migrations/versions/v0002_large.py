"""What a run asks of a page stays quick however much has been published there."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Change indexes."""
    for table, columns in (
        ("delivery", ["status", "channel", "claimed_at"]),
        ("delivery", ["page_id", "status"]),
        ("delivery", ["page_id", "claimed_at"]),
        ("item", ["page_id", "present"]),
    ):
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns, if_not_exists=True)
    op.drop_index("ix_delivery_status_channel", "delivery", if_exists=True)
