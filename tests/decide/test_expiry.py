from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.decide.expiry import end_of_credentials, warning

END = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(days=7, seconds=1), None),
        (timedelta(days=7), "expire in 7 days, on 2026-12-01"),
        (timedelta(days=1), "expire in one day"),
        (timedelta(seconds=1), "expire today"),
        (timedelta(0), "expired on 2026-12-01"),
        (timedelta(days=-30), "expired on 2026-12-01"),
    ],
)
def test_from_a_week_before_they_are_warned_of(left: timedelta, expected: str | None) -> None:
    said = warning(END, now=END - left)
    assert (said is None) == (expected is None)
    assert (expected or "") in (said or "")


def test_what_never_expires_is_not_warned_of() -> None:
    assert warning(None, now=END) is None


@pytest.mark.parametrize(
    ("day", "told", "expected"),
    [
        (None, None, None),
        (date(2026, 12, 1), None, END),
        (None, END, END),
        (date(2026, 12, 1), END + timedelta(days=1), END),
        (date(2026, 12, 2), END, END),
    ],
)
def test_the_earlier_end_counts(day: date | None, told: datetime | None, expected: datetime | None) -> None:
    assert end_of_credentials(day, told) == expected
