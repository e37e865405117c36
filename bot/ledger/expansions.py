"""What the wiki made of the template calls on a page at one revision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from bot.ledger.pages import page_row
from bot.ledger.schema import expansion, page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection


def recall(connection: Connection, site: str, title: str, revision: int) -> dict[str, str]:
    """Return what is known of the calls on the page at that revision."""
    query = (
        select(expansion.c.call, expansion.c.wikitext)
        .join(page, page.c.id == expansion.c.page_id)
        .where(page.c.site == site, page.c.title == title, expansion.c.revision == revision)
    )
    return {row.call: row.wikitext for row in connection.execute(query)}


def remember(
    connection: Connection,
    site: str,
    title: str,
    revision: int,
    made: Mapping[str, str] | None,
    *,
    now: datetime,
) -> None:
    """Write down more of that revision, or (``None``) forget it; what was known of others is forgotten."""
    page_id = page_row(connection, site, title, now=now)
    unwanted = [expansion.c.page_id == page_id]
    if made is None:
        made = {}
    else:
        unwanted.append(expansion.c.revision != revision)
    connection.execute(delete(expansion).where(*unwanted))
    rows = [
        {"page_id": page_id, "revision": revision, "call": call, "wikitext": text}
        for call, text in made.items()
    ]
    if rows:
        connection.execute(insert(expansion), rows)
