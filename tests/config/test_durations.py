from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import durations


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0s", timedelta(0)),
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        ("14d", timedelta(days=14)),
        ("1d2h3m4s", timedelta(days=1, hours=2, minutes=3, seconds=4)),
    ],
)
def test_a_duration_is_amounts_with_units(text: str, expected: timedelta) -> None:
    assert durations.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "30",
        "m",
        "30 m",
        "30min",
        "1.5h",
        "-5m",
        "30m1h",
        "5m5m",
        "30M",
        "\u0663m",
        "30m\n",
        "1h 30m",
        "P1D",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a duration is written like"):
        durations.parse(text)


@pytest.mark.parametrize("text", ["10001d", "999999999d", "10000d1s"])
def test_an_absurd_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="at most 10000d"):
        durations.parse(text)


@given(st.integers(min_value=0, max_value=int(durations.LONGEST.total_seconds())))
def test_a_duration_that_was_spelt_reads_the_same(seconds: int) -> None:
    duration = timedelta(seconds=seconds)
    assert durations.parse(durations.spell(duration)) == duration
