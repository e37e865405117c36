"""Once when it begins, once when it is over, and what may pass only if it lasts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.decide.alerts import Due, due
from bot.decide.concerns import Sight
from bot.model import FLEETING, AlertPolicy, Concern, ConcernKind, KnownConcern, RunReport
from tests.builders import HOUR, NOW

MINUTE = timedelta(minutes=1)
POLICY = AlertPolicy(kinds=frozenset(ConcernKind), after=HOUR)


def a_concern(kind: ConcernKind = ConcernKind.DOUBT, cause: str = "lost") -> Concern:
    return Concern(key=f"{kind}:a", kind=kind, subject="a", thing="a thing", cause=cause, step="look")


def seen(*concerns: Concern) -> Sight:
    return Sight(concerns=concerns, report=RunReport(), served=frozenset("a"), configured=frozenset("a"))


def known(concern: Concern, *, since: datetime = NOW - HOUR, told: datetime | None = None) -> KnownConcern:
    return KnownConcern(concern=concern, since=since, told_at=told)


DOUBT, CHANNEL = a_concern(), a_concern(ConcernKind.CHANNEL)
JUST = KnownConcern(concern=DOUBT, since=NOW)


@pytest.mark.parametrize(
    ("before", "sight", "expected"),
    [
        ([], seen(), Due()),
        ([], seen(DOUBT), Due(new=(JUST,), begun=(JUST,))),
        ([known(DOUBT, told=NOW)], seen(DOUBT), Due()),
        ([known(DOUBT)], seen(DOUBT), Due(begun=(known(DOUBT),))),  # it could not be told before
        ([known(DOUBT, told=NOW)], seen(), Due(over=(known(DOUBT, told=NOW),))),
        ([known(DOUBT)], seen(), Due(forgotten=(known(DOUBT),))),
        ([], seen(CHANNEL), Due(new=(KnownConcern(concern=CHANNEL, since=NOW),))),
        ([known(CHANNEL, since=NOW - HOUR + MINUTE)], seen(CHANNEL), Due()),
        ([known(CHANNEL, since=NOW - HOUR)], seen(CHANNEL), Due(begun=(known(CHANNEL),))),
        ([known(CHANNEL)], seen(), Due(forgotten=(known(CHANNEL),))),
        ([known(CHANNEL, told=NOW)], seen(), Due(over=(known(CHANNEL, told=NOW),))),
        ([known(CHANNEL)], Sight(concerns=()), Due()),  # nobody has looked
        ([known(CHANNEL, told=NOW)], Sight(concerns=()), Due()),
    ],
)
def test_what_a_messenger_has_to_do(before: list[KnownConcern], sight: Sight, expected: Due) -> None:
    assert due(before, sight, POLICY, now=NOW) == expected


@pytest.mark.parametrize("kind", ConcernKind)
def test_only_what_may_pass_by_itself_has_to_last(kind: ConcernKind) -> None:
    told = due([], seen(a_concern(kind)), POLICY, now=NOW).begun
    assert bool(told) is (kind not in FLEETING)
    at_once = AlertPolicy(kinds=POLICY.kinds, after=timedelta(0))
    assert due([], seen(a_concern(kind)), at_once, now=NOW).begun


def test_what_is_told_is_the_cause_of_now() -> None:
    now = a_concern(ConcernKind.CHANNEL, "504 now")
    (told,) = due([known(CHANNEL)], seen(now), POLICY, now=NOW).begun
    assert (told.concern, told.since) == (now, NOW - HOUR)


def test_a_clock_that_was_put_back_keeps_nothing_from_being_told() -> None:
    early = known(CHANNEL, since=NOW + 5 * HOUR)
    assert due([early], seen(CHANNEL), POLICY, now=NOW).begun == (early,)


def test_kinds_that_nobody_wants_are_not_told_and_forgotten() -> None:
    policy = AlertPolicy(kinds=frozenset({ConcernKind.CHANNEL}), after=HOUR)
    before = [known(DOUBT, told=NOW)]
    assert due(before, seen(DOUBT), policy, now=NOW) == Due(forgotten=(*before,))
    assert due([], seen(DOUBT), policy, now=NOW) == Due()
