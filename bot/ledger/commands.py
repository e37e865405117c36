"""What trusted people ordered on the wiki, within a transaction that the caller has open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, insert, select

from bot.ledger.database import in_parts
from bot.ledger.schema import command
from bot.model import Order, Verb

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection


def known(connection: Connection, keys: Collection[str]) -> frozenset[str]:
    """Return which of these orders were answered before."""
    found: set[str] = set()
    for some in in_parts(keys):
        found.update(connection.scalars(select(command.c.key).where(command.c.key.in_(some))))
    return frozenset(found)


def answer(connection: Connection, order: Order) -> None:
    """Write down an order with its answer; one that is there already stays as it is."""
    if order.key in known(connection, [order.key]):
        return
    connection.execute(
        insert(command).values(
            key=order.key,
            verb=order.verb.value,
            item=order.item,
            channel=order.channel,
            revision=order.revision,
            editor=order.editor,
            at=order.at,
            obeyed=order.obeyed,
            answer=order.answer,
        )
    )


def recall(connection: Connection, items: Collection[str]) -> tuple[Order, ...]:
    """Return the orders about these items, in the order they were given."""
    found: list[Row[Any]] = []
    for some in in_parts(items):
        found += connection.execute(select(command).where(command.c.item.in_(some))).all()
    return tuple(_order(row) for row in sorted(found, key=lambda row: (row.at, row.id)))


def latest(connection: Connection, most: int) -> tuple[Order, ...]:
    """Return the last orders, the newest first."""
    query = select(command).order_by(command.c.at.desc(), command.c.id.desc()).limit(most)
    return tuple(_order(row) for row in connection.execute(query))


def _order(row: Row[Any]) -> Order:
    return Order(
        key=row.key,
        verb=Verb(row.verb),
        item=row.item,
        channel=row.channel,
        revision=row.revision,
        editor=row.editor,
        at=row.at,
        obeyed=row.obeyed,
        answer=row.answer,
    )
