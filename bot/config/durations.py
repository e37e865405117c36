"""Durations as people write them: ``90s``, ``30m``, ``14d``, ``1h30m``."""

from __future__ import annotations

import re
from datetime import timedelta

# Far enough for any rule, and near enough that a date minus a duration is still a date.
LONGEST = timedelta(days=10_000)

_DURATION = re.compile(
    r"(?:(?P<days>[0-9]{1,9})d)?"
    r"(?:(?P<hours>[0-9]{1,9})h)?"
    r"(?:(?P<minutes>[0-9]{1,9})m)?"
    r"(?:(?P<seconds>[0-9]{1,9})s)?"
)


def parse(text: str) -> timedelta:
    """Return the duration written as whole days, hours, minutes and seconds, largest unit first.

    Raises:
        ValueError: it is not written so, or is longer than ``LONGEST``.
    """
    match = _DURATION.fullmatch(text)
    amounts = {unit: int(amount) for unit, amount in match.groupdict("").items() if amount} if match else {}
    if not amounts:
        raise ValueError('a duration is written like "30m", "14d", "90s" or "1h30m"')
    duration = timedelta(**amounts)
    if duration > LONGEST:
        raise ValueError(f"a duration is at most {spell(LONGEST)}")
    return duration


def spell(duration: timedelta) -> str:
    """Return the shortest text that ``parse`` reads as ``duration``; fractions of a second are dropped."""
    hours, seconds = divmod(duration.seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    amounts = ((duration.days, "d"), (hours, "h"), (minutes, "m"), (seconds, "s"))
    return "".join(f"{amount}{unit}" for amount, unit in amounts if amount) or "0s"
