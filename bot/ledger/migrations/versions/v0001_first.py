"""The first schema. It repeats the types of schema.py on purpose: those move on, this step does not."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None

COMMON: dict[str, Any] = {
    "if_not_exists": True,  # on MariaDB, which keeps each table at once, the step may have been cut off
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_nopad_bin",
}
IDENTITY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
PROSE = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
STATUS = sa.String(16)


def upgrade() -> None:
    """Make every table."""
    _pages()
    _deliveries()


def _pages() -> None:
    op.create_table(
        "page",
        sa.Column("id", IDENTITY, nullable=False),
        sa.Column("site", sa.String(100), nullable=False),
        sa.Column("title", sa.String(512), nullable=False),
        sa.Column("revision", sa.BigInteger()),
        sa.Column("sha1", PROSE, nullable=False),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_page"),
        sa.UniqueConstraint("site", "title", name="uq_page_site_title"),
        **COMMON,
    )
    op.create_table(
        "item",
        sa.Column("id", IDENTITY, nullable=False),
        sa.Column("page_id", IDENTITY, nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("text", PROSE, nullable=False),
        sa.Column("fingerprint", PROSE, nullable=False),
        sa.Column("date", sa.Date()),
        sa.Column("main_link", PROSE),
        sa.Column("unit", PROSE),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("editors", sa.JSON(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_item"),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name="fk_item_page_id"),
        sa.UniqueConstraint("page_id", "key", name="uq_item_page_id_key"),
        **COMMON,
    )
    op.create_table(
        "follow",
        sa.Column("page_id", IDENTITY, nullable=False),
        sa.Column("channel", sa.String(100), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("page_id", "channel", name="pk_follow"),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name="fk_follow_page_id"),
        **COMMON,
    )


def _deliveries() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", IDENTITY, nullable=False),
        sa.Column("page_id", IDENTITY, nullable=False),
        sa.Column("item", sa.String(255), nullable=False),
        sa.Column("channel", sa.String(100), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("status", STATUS, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("text", PROSE, nullable=False),
        sa.Column("link", PROSE),
        sa.Column("fingerprint", PROSE, nullable=False),
        sa.Column("revision", sa.BigInteger()),
        sa.Column("editor", PROSE),
        sa.Column("remote_id", PROSE),
        sa.Column("url", PROSE),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_at", MOMENT),
        sa.Column("retry_at", MOMENT),
        sa.Column("error", PROSE),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name="fk_delivery_page_id"),
        sa.UniqueConstraint(
            "page_id", "item", "channel", "part", name="uq_delivery_page_id_item_channel_part"
        ),
        **COMMON,
    )
    op.create_index("ix_delivery_status_channel", "delivery", ["status", "channel"], if_not_exists=True)
    op.create_index(
        "ix_delivery_channel_claimed_at", "delivery", ["channel", "claimed_at"], if_not_exists=True
    )
    op.create_table(
        "event",
        sa.Column("id", IDENTITY, nullable=False),
        sa.Column("delivery_id", IDENTITY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("before", STATUS),
        sa.Column("after", STATUS, nullable=False),
        sa.Column("detail", PROSE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name="fk_event_delivery_id"),
        **COMMON,
    )
    op.create_index("ix_event_delivery_id", "event", ["delivery_id"], if_not_exists=True)
