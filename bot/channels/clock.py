"""The time, where nobody gives a channel another clock."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the time by the system's clock."""
    return datetime.now(UTC)
