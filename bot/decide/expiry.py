"""When credentials die, and when to say so."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

NOTICE = timedelta(days=7)


def end_of_credentials(day: date | None, told: datetime | None) -> datetime | None:
    """Return when credentials die, the earlier of what the maintainer knows and what the network tells."""
    known = datetime.combine(day, time(), tzinfo=UTC) if day is not None else None
    return min((end for end in (known, told) if end is not None), default=None)


def warning(end: datetime | None, *, now: datetime) -> str | None:
    """Return what to tell the operator: nothing until a week before."""
    if end is None or now < end - NOTICE:
        return None
    if now >= end:
        return (
            f"its credentials expired on {end:%Y-%m-%d}, by what is known: renew them (it tries all the same)"
        )
    left = (end - now).days
    when = "today" if left == 0 else "in one day" if left == 1 else f"in {left} days"
    return f"its credentials expire {when}, on {end:%Y-%m-%d}: renew them"
