"""The configuration on the wiki as it was when it was last good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from bot.ledger.schema import overlay

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


def recall(connection: Connection, site: str, title: str) -> tuple[int, str] | None:
    """Return the revision and its text; ``None`` where none was ever good."""
    query = select(overlay.c.revision, overlay.c.text).where(overlay.c.site == site, overlay.c.title == title)
    row = connection.execute(query).one_or_none()
    return None if row is None else (row.revision, row.text)


def remember(
    connection: Connection, site: str, title: str, revision: int, text: str, *, now: datetime
) -> None:
    """Put this revision in the place of the one before."""
    connection.execute(delete(overlay).where(overlay.c.site == site, overlay.c.title == title))
    kept = {"site": site, "title": title, "revision": revision, "text": text, "updated_at": now}
    connection.execute(insert(overlay), [kept])
