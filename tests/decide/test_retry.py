from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.decide.retry import LONGEST_WAIT, given_up, wait
from bot.model import Event, Pace, Status
from tests.builders import DAY, HOUR, NOW

PACE = Pace(retry=timedelta(minutes=1), give_up=3 * DAY)


def went(before: Status | None, after: Status, at: datetime) -> Event:
    return Event(delivery=1, at=at, before=before, after=after)


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(0, 1), (1, 1), (2, 2), (3, 4), (9, 256), (10, 360), (1000, 360)]
)
def test_waits_double_up_to_a_limit(attempts: int, minutes: int) -> None:
    assert wait(PACE, attempts, jitter=0) == timedelta(minutes=minutes)


def test_jitter_makes_a_wait_longer_by_a_quarter_at_most() -> None:
    assert wait(PACE, 1, jitter=1) == timedelta(seconds=75)
    assert wait(PACE, 99, jitter=1) == LONGEST_WAIT * 1.25


def test_after_give_up_there_is_no_other_try() -> None:
    tries = [
        went(None, Status.PENDING, NOW - 9 * DAY),
        went(Status.PENDING, Status.SENDING, NOW - 3 * DAY),
        went(Status.SENDING, Status.PENDING, NOW - 3 * DAY),
        went(Status.PENDING, Status.SENDING, NOW - HOUR),
    ]
    assert given_up(tries, PACE, now=NOW)
    assert not given_up(tries, PACE, now=NOW - HOUR)


def test_waiting_for_the_first_try_is_no_trying() -> None:
    assert not given_up([went(None, Status.HELD, NOW - 9 * DAY)], PACE, now=NOW)
    assert not given_up([], PACE, now=NOW)


@pytest.mark.parametrize("end", [Status.FAILED, Status.IN_DOUBT, Status.ADOPTED, Status.RETRACTED])
def test_when_a_person_has_it_tried_again_the_time_begins_anew(end: Status) -> None:
    tries = [
        went(Status.PENDING, Status.SENDING, NOW - 9 * DAY),
        went(Status.SENDING, end, NOW - 6 * DAY),
        went(end, Status.PENDING, NOW - HOUR),
        went(Status.PENDING, Status.SENDING, NOW - HOUR),
    ]
    assert not given_up(tries, PACE, now=NOW)
