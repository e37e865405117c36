"""What the operator reads: which thing, since when, why, and what to do next."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.model import Concern, ConcernKind, KnownConcern
from bot.report.notice import LONGEST, MOST, notice, trial

SINCE = datetime(2026, 11, 18, 12, 30, 15, tzinfo=UTC)


def a_known(number: int = 1, **fields: Any) -> KnownConcern:
    made: dict[str, Any] = {
        "key": f"in_doubt:{number}",
        "kind": ConcernKind.DOUBT,
        "subject": "x",
        "thing": f"mw{number} on x: in doubt",
        "cause": "the answer was lost",
        "step": "look there",
    }
    return KnownConcern(concern=Concern(**made | fields), since=SINCE)


def test_a_notice_says_what_since_when_why_and_what_next() -> None:
    told = notice([a_known()], [a_known(2)], about="Template:News")
    assert told.title == "Wikiherald: mw1 on x: in doubt; 1 thing is over"
    assert told.text == (
        "This needs a look:\n\n"
        "- mw1 on x: in doubt, since 2026-11-18 12:30 UTC\n"
        "  why: the answer was lost\n"
        "  next: look there\n\n"
        "This is over:\n\n"
        "- mw2 on x: in doubt, since 2026-11-18 12:30 UTC\n\n"
        "Wikiherald, which reads Template:News. Each matter is told once, and once when it is over."
    )
    assert (told.begun, told.over) == ((a_known(),), (a_known(2),))


def test_the_title_is_about_the_one_thing_or_counts_them() -> None:
    one, two = a_known(1), a_known(2)
    titles = [notice(begun, over, about="").title for begun, over in [([one, two], [one, two]), ([], [one])]]
    assert titles == [
        "Wikiherald: 2 things need a look; 2 things are over",
        "Wikiherald: over: mw1 on x: in doubt",
    ]


def test_a_notice_stays_short() -> None:
    told = notice([a_known(number, cause="x" * 5000) for number in range(50)], [], about="")
    assert told.text.count("\n- ") + told.text.startswith("- ") == MOST
    assert f"And {50 - MOST} more: see with wikiherald status" in told.text
    assert len(told.text) < MOST * (LONGEST + 200)
    assert len(told.begun) == 50


def test_what_comes_from_outside_stays_in_its_line_and_commands_nothing() -> None:
    evil = "x\r\nBcc: all@example.org\n\n\x1b[2J\u202e"
    told = notice([a_known(thing=evil, cause=evil, step=evil)], [], about=evil)
    assert "\n" not in told.title
    assert not any(line.startswith("Bcc") for line in told.text.splitlines())
    assert not {"\r", "\x1b", "\u202e"} & set(told.title + told.text)


def test_a_trial_says_that_it_is_one() -> None:
    told = trial(about="Template:News")
    assert "test" in told.title
    assert "Template:News" in told.text
    assert told.begun == told.over == ()
