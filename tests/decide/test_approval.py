from __future__ import annotations

import pytest

from bot.decide.approval import approved, second_person
from bot.model import Change, Gate, Order, Verb
from tests.builders import NOW
from tests.decide.people import ago, around, change, with_past

FOUR_EYES = Gate(second_person=True)


@pytest.mark.parametrize(
    ("past", "open_"),
    [
        ([change("added", "Ann", 60)], False),
        ([change("added", "Sue", 60)], False),
        ([change("added", "Ann", 60), change("approved", "Sue", 30)], True),
        ([change("added", "Sue", 60), change("approved", "Tom", 30)], True),
        # Nobody approves of their own, nor does anybody count whom nobody trusts.
        ([change("added", "Sue", 60), change("approved", "Sue", 30)], False),
        ([change("added", "Ann", 60), change("approved", "Vic", 30)], False),
        ([change("added", "Ann", 60), change("approved", "", 30)], False),
        # Written by the author in the very same edit, under whatever name.
        ([change("added", "Vic", 60), change("approved", "Vic", 60)], False),
        # What was changed since was not seen.
        ([change("added", "Ann", 60), change("approved", "Sue", 30), change("changed", "Vic", 10)], False),
        ([change("added", "Ann", 60), change("approved", "Sue", 30), change("changed", "Sue", 10)], False),
        (
            [
                change("added", "Ann", 60),
                change("approved", "Sue", 30),
                change("changed", "Sue", 10),
                change("approved", "Tom", 5, detail="again"),
            ],
            True,
        ),
        # In the same second, before and after the approval.
        ([change("added", "Ann", 60, id=7), change("approved", "Sue", 60, id=8)], True),
        (
            [
                change("added", "Ann", 60, id=7),
                change("approved", "Sue", 60, id=8),
                change("changed", "Vic", 60, id=9),
            ],
            False,
        ),
        # What was changed back since was.
        (
            [
                change("added", "Ann", 60, "a"),
                change("changed", "Vic", 40, "b"),
                change("changed", "Pat", 35, "a"),
                change("approved", "Sue", 30),
            ],
            True,
        ),
        (
            [
                change("added", "Ann", 60),
                change("approved", "Sue", 30),
                change("withdrawn", "Vic", 20, detail="approve"),
            ],
            False,
        ),
        # Two who stand for each other's part.
        (
            [
                change("added", "Sue", 60),
                change("approved", "Tom", 50),
                change("changed", "Tom", 40),
                change("approved", "Sue", 30, detail="Sue"),
            ],
            True,
        ),
    ],
)
def test_each_change_has_a_second_person(past: list[Change], *, open_: bool) -> None:
    item = with_past(*past)
    assert (second_person(item, around(item, gate=FOUR_EYES)) is None) == open_
    assert approved(item, around(item)) == open_


def test_the_reason_names_whose_part_nobody_has_seen() -> None:
    item = with_past(change("added", "Ann", 60), change("approved", "Sue", 30), change("changed", "Vic", 10))
    found = second_person(item, around(item, gate=FOUR_EYES))
    assert found is not None
    assert "nobody has approved what Vic wrote" in found.reason


@pytest.mark.parametrize(
    ("minutes", "editor", "open_"), [(30, "Sue", True), (90, "Sue", False), (30, "Ann", False)]
)
def test_an_order_approves_of_what_was_there_when_it_was_given(
    minutes: float, editor: str, *, open_: bool
) -> None:
    item = with_past(change("added", "Ann", 60))
    order = Order(
        key="k",
        verb=Verb.APPROVE,
        item=item.key,
        revision=round(100_000 - minutes * 10),
        editor=editor,
        at=NOW - ago(minutes),
        obeyed=True,
    )
    found = second_person(item, around(item, gate=FOUR_EYES, orders=(order,)))
    assert (found is None) == open_


def test_what_a_page_showed_before_the_item_came_was_seen_with_it() -> None:
    item = with_past(change("shown", "Tim", 500), change("added", "Ann", 60), change("approved", "Sue", 30))
    assert approved(item, around(item))
    later = with_past(change("added", "Ann", 60), change("approved", "Sue", 30), change("shown", "Tim", 20))
    assert not approved(later, around(later))


def test_a_page_whose_writers_are_trusted_needs_nobody() -> None:
    item = with_past(change("added", "Ann", 60))
    assert second_person(item, around(item, gate=FOUR_EYES, trusted_page=True)) is None
