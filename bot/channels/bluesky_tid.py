"""Timestamp identifiers, which Bluesky's posts are called by: https://atproto.com/specs/tid.

Thirteen characters whose order is that of time: microseconds since 1970, then a number that tells those of
the same moment apart.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256

CLOCKS = 1024  # how many of one microsecond can be told apart
_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
_LENGTH = 13
_TID = re.compile(rf"[234567abcdefghij][{_DIGITS}]{{12}}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SECOND = 1_000_000


def microseconds(when: datetime) -> int:
    """Return the microseconds from 1970 until ``when``, none where that is earlier."""
    return max(0, (when - _EPOCH) // _MICROSECOND)


def tid(micros: int, key: str) -> str:
    """Return the identifier of a moment, in ``microseconds``; ``key`` tells it from others of that moment."""
    number = micros * CLOCKS + _digest(key) % CLOCKS
    digits = (_DIGITS[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))
    return "".join(digits)


def derived(when: datetime, key: str) -> str:
    """Return the same identifier each time for a ``key``, within the second that begins at ``when``."""
    return tid(microseconds(when) + _digest(key) // CLOCKS % _SECOND, key)


def time_of(identifier: str) -> datetime | None:
    """Return the moment that ``identifier`` names, or ``None`` where it is no such identifier."""
    if not _TID.fullmatch(identifier):
        return None
    number = 0
    for character in identifier:
        number = number << 5 | _DIGITS.index(character)
    return _EPOCH + number // CLOCKS * _MICROSECOND


def _digest(key: str) -> int:
    return int.from_bytes(sha256(key.encode()).digest()[:8])
