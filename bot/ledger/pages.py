"""Reading and writing what is known of pages, within a transaction that the caller has open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, insert, select, update

from bot.ledger.changes import from_json, to_json
from bot.ledger.database import in_parts
from bot.ledger.schema import follow, item, page
from bot.model import KnownItem, PageMemory, Provenance, Recognition, Rung

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement


def recall(connection: Connection, site: str, title: str, *, past: bool) -> PageMemory | None:
    """Return what is known of the page, its items in the order they were first seen; see ``Ledger.page``."""
    row = connection.execute(
        select(page.c.id, page.c.revision, page.c.sha1, page.c.updated_at).where(
            page.c.site == site, page.c.title == title
        )
    ).one_or_none()
    if row is None or row.revision is None:
        return None
    channels = connection.scalars(select(follow.c.channel).where(follow.c.page_id == row.id))
    return PageMemory(
        site=site,
        title=title,
        revision=row.revision,
        sha1=row.sha1,
        items=tuple(known for _, known in _items(connection, row.id, *([] if past else [item.c.present]))),
        channels=frozenset(channels),
        seen_at=row.updated_at,
    )


def remember(connection: Connection, memory: PageMemory, *, now: datetime) -> None:
    """Write down what differs from what is known; nothing that was known is forgotten.

    An item that is not among ``memory.items`` is no longer present, and is otherwise left as it is.
    """
    page_id = page_row(connection, memory.site, memory.title, now=now)
    connection.execute(
        update(page)
        .where(page.c.id == page_id)
        .values(revision=memory.revision, sha1=memory.sha1, updated_at=now)
    )
    _remember_items(connection, page_id, memory.items, now=now)
    followed = set(connection.scalars(select(follow.c.channel).where(follow.c.page_id == page_id)))
    new = [{"page_id": page_id, "channel": name, "since": now} for name in sorted(memory.channels - followed)]
    if new:
        connection.execute(insert(follow), new)


def page_row(connection: Connection, site: str, title: str, *, now: datetime) -> int:
    """Return the page's id; a page not known yet gets a row without a revision."""
    query = select(page.c.id).where(page.c.site == site, page.c.title == title)
    known: int | None = connection.scalar(query)
    if known is None:
        connection.execute(
            insert(page).values(site=site, title=title, sha1="", first_seen_at=now, updated_at=now)
        )
        known = connection.execute(query).scalar_one()
    return known


def _remember_items(
    connection: Connection, page_id: int, items: Iterable[KnownItem], *, now: datetime
) -> None:
    items = tuple(items)
    known = {old.key: (row_id, old) for row_id, old in _items(connection, page_id, item.c.present)}
    for keys in in_parts(one.key for one in items if one.key not in known):
        known |= {old.key: (row_id, old) for row_id, old in _items(connection, page_id, item.c.key.in_(keys))}
    new: list[dict[str, Any]] = []
    for present in items:
        row_id, old = known.pop(present.key, (None, None))
        if old is None:
            new.append({**_columns(present), "page_id": page_id, "first_seen_at": now})
        elif old != present:
            connection.execute(update(item).where(item.c.id == row_id).values(_columns(present)))
    if new:
        connection.execute(insert(item), new)
    for row_id, old in known.values():
        if old.present:
            connection.execute(update(item).where(item.c.id == row_id).values(present=False))


def _items(
    connection: Connection, page_id: int, *conditions: ColumnElement[bool]
) -> Iterable[tuple[int, KnownItem]]:
    query = select(item).where(item.c.page_id == page_id, *conditions).order_by(item.c.id)
    rows = connection.execute(query)
    return [(row.id, _known_item(row)) for row in rows]


def _known_item(row: Row[Any]) -> KnownItem:
    return KnownItem(
        key=row.key,
        text=row.text,
        fingerprint=row.fingerprint,
        provenance=Provenance(
            revision=row.revision,
            editors=tuple(row.editors),
            since=row.since,
            changes=from_json(row.changes),
        ),
        date=row.date,
        main_link=row.main_link,
        unit=row.unit,
        present=row.present,
        recognition=_recognition(row),
    )


def _recognition(row: Row[Any]) -> Recognition | None:
    if row.recognised_by is None:
        return None
    return Recognition(by=Rung(row.recognised_by), score=row.likeness / 1000, doubt=row.doubt)


def _columns(known: KnownItem) -> dict[str, Any]:
    recognition = known.recognition
    return {
        "key": known.key,
        "text": known.text,
        "fingerprint": known.fingerprint,
        "date": known.date,
        "main_link": known.main_link,
        "unit": known.unit,
        "present": known.present,
        "revision": known.provenance.revision,
        "editors": list(known.provenance.editors),
        "since": known.provenance.since,
        "recognised_by": str(recognition.by) if recognition else None,
        "likeness": round(recognition.score * 1000) if recognition else None,
        "doubt": recognition.doubt if recognition else None,
        "changes": to_json(known.provenance.changes),
    }
