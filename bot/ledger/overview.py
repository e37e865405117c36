"""Questions of those who show how things stand, on however large a ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.ledger.schema import delivery, item, page

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection

PLACES = 4  # rows that are looked at for each item wanted, at least: it may be on several channels, in parts


def latest_items(connection: Connection, most: int, *, channels: int) -> tuple[tuple[str, str, str], ...]:
    """Return site, page and key of the items whose deliveries were made last, newest first.

    A few rows at the end of the table are looked at, so that items of many parts may make them fewer than
    ``most``.
    """
    rows = (
        select(delivery.c.id, delivery.c.page_id, delivery.c.item)
        .order_by(delivery.c.id.desc())
        .limit(most * max(channels, PLACES))
    ).subquery()
    query = (
        select(page.c.site, page.c.title, rows.c.item)
        .join(page, page.c.id == rows.c.page_id)
        .order_by(rows.c.id.desc())
    )
    found = dict.fromkeys((row.site, row.title, row.item) for row in connection.execute(query))
    return tuple(found)[:most]


def texts(connection: Connection, site: str, title: str, keys: Collection[str]) -> dict[str, str]:
    """Return what the items of a page were last seen to say, by their keys."""
    query = (
        select(item.c.key, item.c.text)
        .join(page, page.c.id == item.c.page_id)
        .where(page.c.site == site, page.c.title == title, item.c.key.in_(keys))
    )
    return {row.key: row.text for row in connection.execute(query)}
