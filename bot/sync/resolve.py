"""A person settles a delivery that the engine cannot, or will not."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from bot.errors import ConfigError
from bot.model import Receipt, Status

if TYPE_CHECKING:
    from datetime import datetime

    from bot.ledger.store import Ledger
    from bot.model import Delivery


class Resolution(StrEnum):
    """What a person says of a delivery."""

    SENT = "sent"  # it is there, at this URL
    RETRY = "retry"  # it is not there: try again
    SKIP = "skip"  # let it be


# What each may be said of. What is held or pending goes its way by itself: a person only ends that.
_OPEN = {
    Resolution.SENT: {Status.IN_DOUBT, Status.FAILED, Status.HELD, Status.PENDING},
    Resolution.RETRY: {Status.IN_DOUBT, Status.FAILED, Status.ADOPTED, Status.RETRACTED},
    Resolution.SKIP: {Status.IN_DOUBT, Status.FAILED, Status.HELD, Status.PENDING},
}


def resolve(
    ledger: Ledger, item: str, channel: str, resolution: Resolution, *, now: datetime, url: str | None = None
) -> tuple[Delivery, ...]:
    """Settle the deliveries of ``item`` on ``channel`` and return them as they are now.

    Raises:
        ConfigError: there is no such delivery, or this cannot be said of it.
        LedgerLocked: a run is at work.
    """
    with ledger.lock():
        rows = [row for row in ledger.deliveries(channel=channel) if row.item == item]
        if not rows:
            raise ConfigError(f"there is no delivery of {item} on {channel}; 'wikiherald status' lists them")
        due = [row for row in rows if row.status in _OPEN[resolution]]
        if not due:
            states = ", ".join(sorted({row.status for row in rows}))
            hint = " The next run settles it." if any(row.status is Status.SENDING for row in rows) else ""
            raise ConfigError(f"{item} on {channel} is {states}: --{resolution} does not apply.{hint}")
        return tuple(_resolved(ledger, row, resolution, now=now, url=url) for row in due)


def _resolved(
    ledger: Ledger, row: Delivery, resolution: Resolution, *, now: datetime, url: str | None
) -> Delivery:
    said = f"a person says: {resolution}"
    if resolution is Resolution.RETRY:
        return ledger.settle(row, Status.PENDING, now=now, detail=said)
    if resolution is Resolution.SKIP:
        return ledger.settle(row, Status.ADOPTED, now=now, error=said, detail=said)
    # A post's URL ends in its id on the networks that have such URLs; later edits need the id.
    receipt = Receipt(remote_id=(url or "").rstrip("/").rpartition("/")[2], url=url)
    if row.status is Status.IN_DOUBT:
        return ledger.settle(row, Status.SENT, now=now, receipt=receipt, detail=said)
    return ledger.settle(row, Status.ADOPTED, now=now, receipt=receipt, error=said, detail=said)
