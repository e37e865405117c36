from __future__ import annotations

from datetime import timedelta
from itertools import count, pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from bot.errors import LedgerError
from bot.ledger.transitions import ALLOWED, FIRST, require
from bot.model import Status, Wording
from tests.ledger.making import NOW, RECEIPT, claim, new

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.ledger import Ledger
    from bot.model import Delivery, Event

SITES = count()  # each program has a site of its own, in a ledger that is shared
NEVER = [
    (Status.SENT, Status.PENDING),  # it would be published twice
    (Status.SENT, Status.SENDING),
    (Status.SENDING, Status.ADOPTED),  # a request has left: nobody may call it "not posted"
    (Status.SENDING, Status.HELD),
    (Status.PENDING, Status.SENT),  # nothing was claimed
    (Status.HELD, Status.SENDING),  # past the gate
    (Status.FAILED, Status.SENDING),
    (Status.IN_DOUBT, Status.SENDING),
    (Status.RETRACTED, Status.SENDING),
]


def test_every_status_has_its_row_in_the_table() -> None:
    assert set(ALLOWED) == set(Status)


@pytest.mark.parametrize(("before", "after"), NEVER)
def test_the_dangerous_transitions_are_not_in_the_table(before: Status, after: Status) -> None:
    with pytest.raises(LedgerError, match=f"cannot go from {before} to {after}"):
        require(before, after)


def test_what_is_in_doubt_or_failed_always_has_a_way_out() -> None:
    for stuck in (Status.IN_DOUBT, Status.FAILED, Status.HELD, Status.PENDING, Status.SENDING):
        assert ALLOWED[stuck] - {stuck}, stuck


class CarelessProgram(RuleBasedStateMachine):
    """Tries everything on two deliveries, with rows as they are and as they were."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self.ledger = ledger
        self.site = f"site {next(SITES)}"
        self.seen: list[Delivery] = []
        self.ticks = 0

    @rule(item=st.sampled_from(["a", "b"]), status=st.sampled_from(Status))
    def create(self, item: str, status: Status) -> None:
        try:
            [row] = self.ledger.create([new(item, status=status, site=self.site)], now=NOW)
        except LedgerError:
            assert status not in FIRST
        else:
            self.seen.append(row)

    @rule(data=st.data(), how=st.sampled_from(["claim", "note", "edit", *Status]))
    def move(self, data: st.DataObject, how: str) -> None:
        if not self.seen:
            return
        row = data.draw(st.sampled_from(self.seen[-3:]))
        before = self._now_at(row)
        self.ticks += 1
        try:
            self.seen.append(self._do(row, how, now=NOW + timedelta(seconds=self.ticks)))
        except LedgerError:
            assert self._now_at(row) == before
        else:
            assert (before.status, before.attempts) == (row.status, row.attempts)
            assert self._now_at(row) == self.seen[-1]

    def _now_at(self, row: Delivery) -> Delivery:
        return next(one for one in self.ledger.deliveries(site=self.site) if one.id == row.id)

    def _do(self, row: Delivery, how: str, *, now: datetime) -> Delivery:
        match how:
            case "claim":
                return claim(self.ledger, row, now=now)
            case "note":
                return self.ledger.note_error(row, error="503", retry_at=None, now=now)
            case "edit":
                return self.ledger.edited(
                    row,
                    wording=Wording(
                        text="Corrected.",
                        link=None,
                        fingerprint="1:def",
                        revision=4712,
                        editor=None,
                    ),
                    receipt=RECEIPT,
                    now=now,
                )
            case _:
                return self.ledger.settle(row, Status(how), now=now, receipt=RECEIPT)

    def teardown(self) -> None:
        for row in self.ledger.deliveries(site=self.site):
            history = self.ledger.events(row.id)
            assert_allowed(history)
            assert history[-1].after is row.status
            assert row.attempts == sum(event.before is Status.PENDING for event in claims(history))
            assert row.remote_id or row.status is not Status.SENT


def assert_allowed(history: Sequence[Event]) -> None:
    """Show that every event is an allowed transition from where the one before ended."""
    assert history[0].before is None
    assert history[0].after in FIRST
    for before, event in pairwise(history):
        assert event.before is before.after
        assert event.after in ALLOWED[before.after]


def claims(history: Sequence[Event]) -> list[Event]:
    return [event for event in history if event.after is Status.SENDING]


def test_a_careless_program_cannot_leave_the_table(ledger: Ledger, url: str) -> None:
    examples = 60 if url.startswith("sqlite:") else 20
    run_state_machine_as_test(
        lambda: CarelessProgram(ledger),  # type: ignore[arg-type] # a factory does as well as a class
        settings=settings(max_examples=examples, stateful_step_count=30, deadline=None),
    )
