"""The ledger's rows for what is about to be published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.decide.keys import idempotency_key
from bot.model import NewDelivery, Status

if TYPE_CHECKING:
    from bot.decide.actions import Place
    from bot.model import Delivery
    from bot.sync.desk import Desk

SHORTER = "the item has become shorter"


def rows(desk: Desk, place: Place, parts: int) -> tuple[Delivery, ...]:
    """Return the ledger's rows for this many parts, as they are now.

    Those that are missing are made, pending; parts that the item has lost since an earlier try are closed,
    and opened again where it has got them back.
    """
    ledger, now = desk.ledger, desk.now()
    made = ledger.create(
        [
            NewDelivery(
                site=place.site,
                page=place.page,
                item=place.item,
                channel=place.channel,
                part=part,
                status=Status.PENDING,
                key=idempotency_key(place.site, place.page, place.item, place.channel, part),
            )
            for part in range(max(parts, len(place.rows)))
        ],
        now=now,
    )
    for row in made[parts:]:
        if row.status is Status.PENDING:
            ledger.settle(row, Status.ADOPTED, now=now, error=SHORTER, detail=SHORTER)
    return tuple(
        ledger.settle(row, Status.PENDING, now=now) if row.status is Status.ADOPTED else row
        for row in made[:parts]
    )
