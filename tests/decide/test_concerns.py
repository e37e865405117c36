"""What the operator should look at after a run, and what the run has seen to be over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.decide.concerns import after_break, after_run, kind_of
from bot.errors import STOP_PAGE, CredentialsError, PageError, TransientError
from bot.model import Concern, ConcernKind, Delivery, RunReport, Status, Trouble
from tests.builders import HOUR, NOW, PAGE, a_row

CHANNELS = ("mastodon", "x")


def sight(report: RunReport | None = None, *rows: Delivery, served: tuple[str, ...] = CHANNELS) -> Any:
    return after_run(report or RunReport(), rows, served=served, configured=CHANNELS, now=NOW)


def keys(report: RunReport | None = None, *rows: Delivery) -> list[str]:
    return [concern.key for concern in sight(report, *rows).concerns]


def refused(by: str, *problems: Trouble) -> RunReport:
    return RunReport(refusal="refused, because", refused_by=by, problems=problems)


def trouble(kind: ConcernKind, channel: str = "mastodon", message: str = "503") -> Trouble:
    return Trouble(message=message, channel=channel, failure=True, kind=kind)


UNREAD = Trouble(message="cannot be reached", page=PAGE, failure=True)
WAITS = a_row(status=Status.PENDING, attempts=3, error="503", retry_at=NOW + HOUR)
TRIED = a_row(status=Status.PENDING, attempts=1, error="401")


@pytest.mark.parametrize(
    ("report", "rows", "expected"),
    [
        (RunReport(), [a_row(), a_row(status=Status.HELD), a_row(status=Status.PENDING)], []),
        (
            RunReport(),
            [a_row(status=Status.IN_DOUBT, error="lost"), a_row("b", Status.FAILED, channel="x")],
            [f"in_doubt:test:test:{PAGE}:mw146:mastodon", f"failed:test:test:{PAGE}:b:x"],
        ),
        (
            RunReport(),
            [a_row(status=Status.FAILED), a_row(status=Status.FAILED, part=1)],
            [f"failed:test:test:{PAGE}:mw146:mastodon"],
        ),
        (RunReport(problems=(trouble(ConcernKind.CHANNEL),)), [WAITS], ["channel:mastodon"]),
        (RunReport(problems=(trouble(ConcernKind.CREDENTIALS),)), [TRIED], ["credentials:mastodon"]),
        (RunReport(problems=(trouble(ConcernKind.EXPIRY),)), [], ["expiry:mastodon"]),
        (RunReport(), [WAITS], ["channel:mastodon"]),
        (RunReport(), [replace(WAITS, retry_at=NOW)], []),
        (RunReport(), [TRIED], []),
        (RunReport(problems=(UNREAD, UNREAD)), [], [f"wiki:{PAGE}"]),
        (RunReport(problems=(replace(UNREAD, failure=False, line=3),)), [], []),
        (RunReport(problems=(Trouble(message="an edit", channel="x", failure=True),)), [], []),
        (refused(STOP_PAGE), [WAITS], ["stop:"]),
        (refused("flood"), [WAITS], ["refused:flood:"]),
        (refused(f"blanked:{PAGE}"), [], [f"refused:blanked:{PAGE}"]),
        (refused("blanked:User:Ann/News: new"), [], ["refused:blanked:User:Ann/News: new"]),
    ],
)
def test_what_there_is_to_look_at(report: RunReport, rows: list[Delivery], expected: list[str]) -> None:
    assert keys(report, *rows) == expected


def test_a_key_does_not_change_with_what_is_said() -> None:
    first = keys(
        RunReport(problems=(trouble(ConcernKind.EXPIRY, message="in 6 days"), UNREAD)),
        a_row(status=Status.FAILED, error="422 at 12:00"),
    )
    second = keys(
        RunReport(problems=(trouble(ConcernKind.EXPIRY, message="in 5 days"), replace(UNREAD, message="!"))),
        a_row(status=Status.FAILED, error="422 at 13:00", attempts=2),
    )
    assert first == second


def test_each_names_the_thing_the_cause_and_the_very_command() -> None:
    (doubt,) = sight(None, a_row("a b", Status.IN_DOUBT, error="the answer was lost")).concerns
    assert (doubt.kind, doubt.subject) == (ConcernKind.DOUBT, "mastodon")
    assert (doubt.thing, doubt.cause) == ("a b on mastodon: in doubt", "the answer was lost")
    assert "wikiherald resolve 'a b' mastodon --sent URL" in doubt.step
    for kind in (ConcernKind.CHANNEL, ConcernKind.CREDENTIALS, ConcernKind.EXPIRY):
        (concern,) = sight(RunReport(problems=(trouble(kind, message="the cause"),))).concerns
        assert "mastodon" in concern.thing
        assert concern.cause == "the cause"
        assert "wikiherald check" in concern.step


def concern(kind: ConcernKind, subject: str = "mastodon") -> Concern:
    key = "refused:flood:" if kind is ConcernKind.BRAKE and not subject else f"{kind}:{subject}"
    return Concern(key=key, kind=kind, subject=subject, thing="thing", cause="", step="")


GOOD = RunReport()
K = ConcernKind
CASES: list[tuple[Concern, RunReport, tuple[Delivery, ...], bool]] = [
    (concern(K.DOUBT), GOOD, (), True),
    (concern(K.FAILURE), refused(STOP_PAGE), (), True),  # the ledger knows, whatever the run did
    (concern(K.STOP, ""), GOOD, (), True),
    (concern(K.STOP, ""), refused(STOP_PAGE), (), False),
    (concern(K.RUN, ""), refused(STOP_PAGE), (), True),
    (concern(K.WIKI, PAGE), GOOD, (), True),
    (concern(K.WIKI, PAGE), RunReport(problems=(UNREAD,)), (), False),
    (concern(K.WIKI, PAGE), refused("flood"), (), True),
    (concern(K.WIKI, PAGE), refused(STOP_PAGE), (), False),
    (concern(K.BRAKE, PAGE), GOOD, (), True),
    (concern(K.BRAKE, PAGE), RunReport(problems=(UNREAD,)), (), False),
    (concern(K.BRAKE, PAGE), refused("blanked:Another"), (), False),
    (concern(K.BRAKE, ""), refused("flood"), (), False),
    (concern(K.BRAKE, ""), GOOD, (), True),
    (concern(K.BRAKE, ""), refused(STOP_PAGE), (), False),
    (concern(K.CHANNEL), GOOD, (), True),
    (concern(K.CHANNEL), GOOD, (WAITS,), False),
    (concern(K.CHANNEL), GOOD, (TRIED,), False),  # it was not its turn: nobody knows
    (concern(K.CHANNEL), GOOD, (a_row(status=Status.PENDING, channel="x", attempts=1, error="401"),), True),
    (concern(K.CHANNEL), refused("flood"), (), False),
    (concern(K.CHANNEL, "removed"), GOOD, (), True),
    (concern(K.CREDENTIALS), GOOD, (), True),
    (concern(K.CREDENTIALS), RunReport(problems=(trouble(K.CHANNEL),)), (), False),
    (concern(K.CREDENTIALS), GOOD, (TRIED,), False),
    (concern(K.EXPIRY), GOOD, (), True),
    (concern(K.EXPIRY), refused("flood"), (), True),
    (concern(K.EXPIRY), refused(STOP_PAGE), (), False),
    (concern(K.EXPIRY), RunReport(problems=(trouble(K.CHANNEL),)), (), False),
]


@pytest.mark.parametrize(("known", "report", "rows", "over"), CASES)
def test_over_is_what_a_run_has_seen_to_be_over(
    known: Concern, report: RunReport, rows: tuple[Delivery, ...], *, over: bool
) -> None:
    assert sight(report, *rows).is_over(known) is over


def test_a_run_of_one_channel_knows_nothing_of_the_others() -> None:
    seen = sight(served=("x",))
    assert not seen.is_over(concern(K.CHANNEL))
    assert not seen.is_over(concern(K.EXPIRY))
    assert seen.is_over(concern(K.CHANNEL, "x"))


def test_a_run_that_broke_off_knows_only_that() -> None:
    seen = after_break(PageError("the wiki cannot be reached"))
    (broken,) = seen.concerns
    assert (broken.key, broken.cause) == ("run:", "the wiki cannot be reached")
    assert not any(seen.is_over(known) for known, *_ in CASES)
    assert seen.concerns[0].key == after_break(KeyError("token=secret")).concerns[0].key
    assert "secret" not in after_break(KeyError("token=secret")).concerns[0].cause


def test_credentials_do_not_mend_themselves() -> None:
    assert kind_of(CredentialsError("401")) is ConcernKind.CREDENTIALS
    assert kind_of(TransientError("503")) is kind_of(None) is ConcernKind.CHANNEL
