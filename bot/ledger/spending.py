"""Reading and writing what networks charge, within a transaction that the caller has open."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from bot.ledger.schema import spending

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.model import Delivery

POST, PICTURES, READING, DELETING = "post", "pictures", "reading", "deleting"
NOTHING = Decimal(0)


def on_post(connection: Connection, delivery: Delivery, amount: Decimal, *, now: datetime) -> None:
    """Write down what publishing a delivery may cost."""
    _add(connection, channel=delivery.channel, at=now, amount=amount, what=POST, delivery_id=delivery.id)


def on_pictures(connection: Connection, channel: str, amount: Decimal, *, now: datetime) -> None:
    """Write down what is charged before a post is asked for; it is never given back."""
    _add(connection, channel=channel, at=now, amount=amount, what=PICTURES)


def on_deleting(connection: Connection, channel: str, amount: Decimal, *, now: datetime) -> None:
    """Write down what deleting a post may cost; it is never given back."""
    _add(connection, channel=channel, at=now, amount=amount, what=DELETING)


def on_reading(connection: Connection, channel: str, amount: Decimal, *, now: datetime) -> int:
    """Write down what reading a channel may cost; return what ``correct`` takes."""
    return _add(connection, channel=channel, at=now, amount=amount, what=READING)


def correct(connection: Connection, spending_id: int, amount: Decimal) -> None:
    """Write down what it did cost."""
    connection.execute(update(spending).where(spending.c.id == spending_id).values(amount=amount))


def refund(connection: Connection, delivery: Delivery) -> None:
    """Let the claim of a delivery have cost nothing; what its earlier claims cost is not touched."""
    last = select(func.max(spending.c.id)).where(
        spending.c.delivery_id == delivery.id, spending.c.at == delivery.claimed_at
    )
    if (spending_id := connection.scalar(last)) is not None:
        correct(connection, spending_id, NOTHING)


def total(connection: Connection, channel: str, since: datetime | None, until: datetime | None) -> Decimal:
    """Return what was spent from ``since`` until before ``until``; ``None``: always."""
    amounts = select(func.sum(spending.c.amount)).where(spending.c.channel == channel)
    if since is not None:
        amounts = amounts.where(spending.c.at >= since)
    if until is not None:
        amounts = amounts.where(spending.c.at < until)
    found: Decimal | None = connection.scalar(amounts)
    return NOTHING if found is None else found


def _add(connection: Connection, **row: object) -> int:
    made = connection.execute(insert(spending).values(**row)).inserted_primary_key
    return int(made[0]) if made else 0
