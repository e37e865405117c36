"""Reading and writing deliveries and their events, within a transaction that the caller has open."""

from __future__ import annotations

from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, Select, String, cast, func, insert, select, union, update

from bot.errors import LedgerError
from bot.ledger.database import in_parts
from bot.ledger.pages import page_row
from bot.ledger.schema import delivery, event, page
from bot.ledger.transitions import require
from bot.model import Delivery, Event, NewDelivery, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from bot.model import Wording

MAY_BE_PUBLIC = (Status.SENDING, Status.SENT, Status.IN_DOUBT, Status.RETRACTED)


_Place = tuple[str, str, int]  # item, channel, part


def find(
    connection: Connection,
    *,
    site: str | None,
    page_title: str | None,
    channel: str | None,
    statuses: Collection[Status] | None,
    items: Collection[str] | None,
    claimed_after: datetime | None,
) -> tuple[Delivery, ...]:
    """Return the deliveries that fit all that is given, oldest row first."""
    query = _all()
    if site is not None:
        query = query.where(page.c.site == site)
    if page_title is not None:
        query = query.where(page.c.title == page_title)
    if channel is not None:
        query = query.where(delivery.c.channel == channel)
    if statuses is not None:
        query = query.where(delivery.c.status.in_(list(statuses)))
    if claimed_after is not None:
        query = query.where(delivery.c.claimed_at > claimed_after)
    item = delivery.c.item
    queries = [query] if items is None else [query.where(item.in_(some)) for some in in_parts(items)]
    found = [_delivery(row) for query in queries for row in connection.execute(query)]
    return tuple(sorted(found, key=lambda row: row.id))


def remote_ids(connection: Connection, channel: str) -> frozenset[str]:
    """Return the ids of all posts on the channel that are ours or adopted, and those chosen for ours."""
    ids = [
        select(column).where(delivery.c.channel == channel, column.is_not(None))
        for column in (delivery.c.remote_id, delivery.c.chosen_id)
    ]
    return frozenset(connection.scalars(union(*ids)))


def create(connection: Connection, new: Sequence[NewDelivery], *, now: datetime) -> tuple[Delivery, ...]:
    """Write down those that are not there yet, and return what is there for each, in the order given."""
    for one in new:
        require(None, one.status)
    rows: dict[tuple[int, _Place], Delivery] = {}
    page_ids = {(one.site, one.page): page_row(connection, one.site, one.page, now=now) for one in new}
    by_page = sorted(new, key=lambda one: page_ids[one.site, one.page])
    for page_id, group in groupby(by_page, key=lambda one: page_ids[one.site, one.page]):
        wanted: dict[_Place, NewDelivery] = {}
        for one in group:
            wanted.setdefault(_place(one), one)
        keys = {item for item, _, _ in wanted}
        known = _on_page(connection, page_id, keys)
        missing = [one for place, one in wanted.items() if place not in known]
        if missing:
            connection.execute(insert(delivery), [_columns(one, page_id, now=now) for one in missing])
            known = _on_page(connection, page_id, keys)
            made = [(known[_place(one)], one) for one in missing]
            connection.execute(
                insert(event), [_event(row.id, now, None, row.status, one.reason) for row, one in made]
            )
        rows.update({(page_id, place): row for place, row in known.items()})
    return tuple(rows[page_ids[one.site, one.page], _place(one)] for one in new)


def claim(
    connection: Connection,
    seen: Delivery,
    wording: Wording,
    *,
    now: datetime,
    chosen_id: str | None = None,
    digest: str | None = None,
) -> Delivery:
    """Write down that a request leaves with this wording; an id that was chosen before stays."""
    return move(
        connection,
        seen,
        Status.SENDING,
        now=now,
        detail="",
        chosen_id=seen.chosen_id or chosen_id,
        digest=digest,
        attempts=seen.attempts + 1,
        claimed_at=now,
        **asdict(wording),
    )


def move(
    connection: Connection, seen: Delivery, after: Status, *, now: datetime, detail: str, **changes: object
) -> Delivery:
    """Bring the delivery from where the caller saw it to ``after``, or change nothing.

    The number of attempts is compared too: a row that was settled and claimed again meanwhile is not the one
    that was seen.
    """
    require(seen.status, after)
    moved = connection.execute(
        update(delivery)
        .where(
            delivery.c.id == seen.id,
            delivery.c.status == seen.status,
            delivery.c.attempts == seen.attempts,
        )
        .values(status=after, updated_at=now, **changes)
    )
    row = connection.execute(_all().where(delivery.c.id == seen.id)).one_or_none()
    if moved.rowcount != 1 or row is None:
        found = "gone" if row is None else f"{row.status}, at attempt {row.attempts}"
        raise LedgerError(
            f"Delivery {seen.id} ({seen.item} on {seen.channel}) is no longer {seen.status}, at attempt "
            f"{seen.attempts}, but {found}: another run has moved it. Nothing was written; run again."
        )
    connection.execute(insert(event), [_event(seen.id, now, seen.status, after, detail)])
    return _delivery(row)


def moved(
    connection: Connection, seen: Delivery, after: Status, *, now: datetime, detail: str, **changes: object
) -> Delivery | None:
    """Return the delivery if this very move has been made since the caller saw it, else ``None``."""
    row = connection.execute(_all().where(delivery.c.id == seen.id)).one_or_none()
    latest = select(event).where(event.c.delivery_id == seen.id).order_by(event.c.id.desc()).limit(1)
    last = connection.execute(latest).one_or_none()
    if row is None or last is None:
        return None
    written = {"status": after, "updated_at": now, **changes}
    told = (last.at, last.before, last.after, last.detail) == (now, seen.status, after, detail)
    return _delivery(row) if told and all(getattr(row, name) == it for name, it in written.items()) else None


def current(connection: Connection, delivery_id: int) -> Delivery | None:
    """Return the delivery as it is now."""
    row = connection.execute(_all().where(delivery.c.id == delivery_id)).one_or_none()
    return None if row is None else _delivery(row)


def events(connection: Connection, delivery_id: int) -> tuple[Event, ...]:
    """Return a delivery's transitions, oldest first."""
    rows = connection.execute(select(event).where(event.c.delivery_id == delivery_id).order_by(event.c.id))
    return tuple(
        Event(delivery=row.delivery_id, at=row.at, before=row.before, after=row.after, detail=row.detail)
        for row in rows
    )


def last_claim(connection: Connection, channel: str, *, until: datetime) -> datetime | None:
    """Return when the last request up to then left that may have published something."""
    # Status by status, each is one look into the index; over all at once it would be read from end to end.
    latest = [
        connection.scalar(
            select(func.max(delivery.c.claimed_at)).where(
                delivery.c.channel == channel, delivery.c.status == status, delivery.c.claimed_at <= until
            )
        )
        for status in MAY_BE_PUBLIC
    ]
    return max((at for at in latest if at is not None), default=None)


def claims_between(connection: Connection, channel: str, since: datetime, until: datetime) -> int:
    """Count the posts claimed at ``since``, at ``until`` or in between that may be public."""
    posts = func.count(func.distinct(func.coalesce(delivery.c.digest, cast(delivery.c.id, String(64)))))
    query = select(posts).where(
        delivery.c.channel == channel,
        delivery.c.status.in_(MAY_BE_PUBLIC),
        delivery.c.claimed_at.between(since, until),
    )
    return connection.scalar(query) or 0


def items_between(
    connection: Connection, since: datetime, until: datetime
) -> frozenset[tuple[str, str, str]]:
    """Return the items, by site, page and key, whose first claim of all was at ``since`` or later."""
    first = func.min(delivery.c.claimed_at)
    query = (
        select(page.c.site, page.c.title, delivery.c.item)
        .join(page)
        .where(delivery.c.status.in_(MAY_BE_PUBLIC))
        .group_by(page.c.site, page.c.title, delivery.c.item)
        .having(first.between(since, until))
    )
    return frozenset((row.site, row.title, row.item) for row in connection.execute(query))


def _all() -> Select[Any]:
    return select(delivery, page.c.site, page.c.title.label("page")).join(page)


def _on_page(connection: Connection, page_id: int, keys: Iterable[str]) -> dict[_Place, Delivery]:
    found: dict[_Place, Delivery] = {}
    for some in in_parts(keys):
        query = _all().where(delivery.c.page_id == page_id, delivery.c.item.in_(some))
        found.update({_place(row): row for row in map(_delivery, connection.execute(query))})
    return found


def _place(one: NewDelivery | Delivery) -> _Place:
    return one.item, one.channel, one.part


def _columns(new: NewDelivery, page_id: int, *, now: datetime) -> dict[str, Any]:
    return {
        "page_id": page_id,
        "item": new.item,
        "channel": new.channel,
        "part": new.part,
        "status": new.status,
        "key": new.key,
        "text": new.text,
        "link": new.link,
        "fingerprint": new.fingerprint,
        "revision": new.revision,
        "editor": new.editor,
        "remote_id": new.remote_id,
        "url": new.url,
        "attempts": 0,
        "error": new.reason or None,
        "created_at": now,
        "updated_at": now,
    }


def _event(
    delivery_id: int, now: datetime, before: Status | None, after: Status, detail: str
) -> dict[str, Any]:
    return {"delivery_id": delivery_id, "at": now, "before": before, "after": after, "detail": detail}


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        site=row.site,
        page=row.page,
        item=row.item,
        channel=row.channel,
        part=row.part,
        status=row.status,
        key=row.key,
        created_at=row.created_at,
        updated_at=row.updated_at,
        text=row.text,
        link=row.link,
        fingerprint=row.fingerprint,
        revision=row.revision,
        editor=row.editor,
        remote_id=row.remote_id,
        url=row.url,
        attempts=row.attempts,
        claimed_at=row.claimed_at,
        retry_at=row.retry_at,
        error=row.error,
        chosen_id=row.chosen_id,
        digest=row.digest,
        shares=row.shares,
    )
