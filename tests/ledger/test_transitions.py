from __future__ import annotations

from datetime import timedelta
from tempfile import gettempdir
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.errors import LedgerError
from bot.ledger import open_scratch_copy
from bot.ledger.transitions import ALLOWED, FIRST, require
from bot.model import Status
from tests.ledger.making import NOW, RECEIPT, claim, new

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model import Delivery

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

    def __init__(self) -> None:
        super().__init__()
        self.ledger = open_scratch_copy(f"sqlite:///{gettempdir()}/there-is-no-such-ledger")
        self.seen: list[Delivery] = []
        self.ticks = 0

    def teardown(self) -> None:
        self.ledger.close()

    @rule(item=st.sampled_from(["a", "b"]), status=st.sampled_from(Status))
    def create(self, item: str, status: Status) -> None:
        try:
            [row] = self.ledger.create([new(item, status=status)], now=NOW)
        except LedgerError:
            assert status not in FIRST
        else:
            self.seen.append(row)

    @rule(data=st.data(), how=st.sampled_from(["claim", "note", "edit", *Status]))
    def move(self, data: st.DataObject, how: str) -> None:
        if not self.seen:
            return
        row = data.draw(st.sampled_from(self.seen[-4:]))
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
        return next(one for one in self.ledger.deliveries() if one.id == row.id)

    def _do(self, row: Delivery, how: str, *, now: datetime) -> Delivery:
        match how:
            case "claim":
                return claim(self.ledger, row, now=now)
            case "note":
                return self.ledger.note_error(row, error="503", retry_at=None, now=now)
            case "edit":
                return self.ledger.edited(
                    row,
                    text="Corrected.",
                    link=None,
                    fingerprint="1:def",
                    revision=4712,
                    editor=None,
                    receipt=RECEIPT,
                    now=now,
                )
            case _:
                return self.ledger.settle(row, Status(how), now=now, receipt=RECEIPT)

    @invariant()
    def every_event_is_an_allowed_transition_from_where_the_last_one_ended(self) -> None:
        for row in self.ledger.deliveries():
            first, *others = self.ledger.events(row.id)
            assert first.before is None
            assert first.after in FIRST
            last = first
            for event in others:
                assert event.before is not None
                assert event.before is last.after
                assert event.after in ALLOWED[event.before]
                last = event
            assert last.after is row.status

    @invariant()
    def there_are_as_many_attempts_as_claims(self) -> None:
        for row in self.ledger.deliveries():
            claims = [
                event
                for event in self.ledger.events(row.id)
                if (event.before, event.after) == (Status.PENDING, Status.SENDING)
            ]
            assert row.attempts == len(claims)

    @invariant()
    def what_was_sent_says_where(self) -> None:
        assert all(row.remote_id for row in self.ledger.deliveries(statuses={Status.SENT}))


CarelessProgram.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestCarelessProgram = CarelessProgram.TestCase
