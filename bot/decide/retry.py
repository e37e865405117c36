"""When to try again what has failed, and when no more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.model import Event, Pace

LONGEST_WAIT = timedelta(hours=6)  # between two tries, however often one has failed
UNSEEN = "interrupted; the network takes the same post only once"
"""Why a delivery is pending again of which nobody could see whether it is public."""

_FINAL = {Status.FAILED, Status.IN_DOUBT, Status.ADOPTED, Status.RETRACTED}


def wait(pace: Pace, attempts: int, *, jitter: float) -> timedelta:
    """Return how long to wait after so many tries: doubling, and longer by up to a quarter.

    ``jitter``, from 0 to 1, keeps channels that failed together from coming back together.
    """
    doublings = min(max(attempts - 1, 0), 16)  # beyond, LONGEST_WAIT rules anyway
    length: timedelta = min(pace.retry * 2**doublings, LONGEST_WAIT)
    return length * (1 + jitter / 4)


def given_up(events: Iterable[Event], pace: Pace, *, now: datetime) -> bool:
    """Tell whether the first try is so long ago that there is to be no other.

    ``events`` are the delivery's, oldest first. When a person has it tried again, the time begins anew.
    """
    first: datetime | None = None
    for event in events:
        if event.after is Status.SENDING and first is None:
            first = event.at
        elif event.before in _FINAL:
            first = None
    return first is not None and now - first >= pace.give_up


def may_be_public(events: Iterable[Event]) -> bool:
    """Tell whether an earlier try was interrupted and nobody has looked since what became of it.

    ``events`` are the delivery's, oldest first.
    """
    unseen = False
    for event in events:
        unseen = event.before not in _FINAL and (unseen or event.detail == UNSEEN)
    return unseen
