from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.decide.authors import (
    fresh,
    seasoned,
    settled,
    standing,
    unblocked,
    undisputed,
    unhidden,
    unreverted,
)
from bot.model import Change, Gate, Person, Provenance, Revision
from tests.builders import DAY, NOW, an_item, evidence
from tests.decide.people import SUE, ago, around, change, with_past


def names(changes: tuple[Change, ...]) -> list[str]:
    return [one.revision.editor for one in changes]


# --- whose work stands ---


def test_what_was_changed_back_stands_no_more_but_who_changed_it_back_does() -> None:
    past = (
        change("added", "Ann", 90, "good"),
        change("changed", "Vic", 20, "bad"),
        change("changed", "Pat", 19, "good"),
    )
    assert names(standing(past)) == ["Ann", "Pat"]


def test_an_edit_on_top_of_another_stands_on_it() -> None:
    past = (change("added", "Ann", 90, "a"), change("changed", "Bob", 20, "b"))
    assert names(standing(past)) == ["Ann", "Bob"]


def test_what_a_template_says_stands_whatever_was_changed_back() -> None:
    past = (
        change("added", "Ann", 90, "good"),
        change("shown", "Tim", 40),
        change("changed", "Vic", 20, "bad"),
        change("changed", "Pat", 19, "good"),
    )
    assert names(standing(past)) == ["Ann", "Tim", "Pat"]


# --- settling ---


@pytest.mark.parametrize(
    ("past", "open_"),
    [
        ([change("added", "Ann", 30)], True),
        ([change("added", "Ann", 29)], False),
        ([change("added", "Sue", 1)], True),
        ([change("added", "", 1)], False),
        # Nobody gets through in the wake of somebody trusted,
        ([change("added", "Ann", 10), change("changed", "Sue", 1)], False),
        # who may though mend at once what had settled before.
        ([change("added", "Ann", 60), change("changed", "Sue", 1)], True),
        ([change("added", "Ann", 60), change("changed", "Ann", 40), change("changed", "Sue", 15)], False),
        ([change("added", "Sue", 60), change("changed", "Vic", 1)], False),
        # A vandal's work that was undone by somebody trusted leaves no trace,
        (
            [
                change("added", "Ann", 90, "a"),
                change("changed", "Vic", 10, "b"),
                change("changed", "Sue", 5, "a"),
            ],
            True,
        ),
        # but who is not trusted and undoes it has to wait like anybody.
        (
            [
                change("added", "Ann", 90, "a"),
                change("changed", "Vic", 10, "b"),
                change("changed", "Pat", 5, "a"),
            ],
            False,
        ),
        (
            [
                change("added", "Sue", 90, "a"),
                change("removed", "Vic", 10),
                change("restored", "Pat", 9, "a"),
            ],
            False,
        ),
        (
            [
                change("added", "Sue", 90, "a"),
                change("removed", "Vic", 10),
                change("restored", "Tom", 9, "a"),
            ],
            True,
        ),
        # A link that leads elsewhere settles, whoever made it do so.
        ([change("added", "Sue", 90), change("changed", "Sue", 5, relinked=True)], False),
        ([change("added", "Sue", 90), change("changed", "Sue", 31, relinked=True)], True),
        # Whoever made the page show another one speaks with its voice.
        ([change("shown", "Vic", 5), change("added", "Sue", 1)], False),
        ([change("shown", "Vic", 5000), change("added", "Sue", 1)], True),
    ],
)
def test_who_has_to_wait(past: list[Change], *, open_: bool) -> None:
    item = with_past(*past)
    assert (settled(item, around(item)) is None) == open_


def test_the_settle_time_is_over_at_its_very_moment() -> None:
    item = an_item(provenance=Provenance(revision=7, editors=("Ann",), since=NOW - timedelta(minutes=30)))
    assert settled(item, around(item)) is None


@pytest.mark.parametrize(
    ("editors", "open_"), [(("Sue",), True), (("Sue", "192.0.2.7"), False), (("Sue", ""), False)]
)
def test_where_only_its_form_is_known_all_who_may_have_written_it_count(
    editors: tuple[str, ...], *, open_: bool
) -> None:
    item = an_item(provenance=Provenance(revision=7, editors=editors, since=NOW - ago(10)))
    assert (settled(item, around(item)) is None) == open_


def test_people_are_trusted_by_name_too_and_never_while_they_are_blocked() -> None:
    item = with_past(change("added", "Ann", 1))
    named = Gate(trusted_users=frozenset({"Ann"}))
    assert settled(item, around(item, gate=named)) is None
    blocked = evidence(item, people={"Ann": Person(name="Ann", blocked=True)})
    assert settled(item, around(gate=named, known=blocked)) is not None


def test_a_name_that_is_hidden_is_trusted_by_nobody() -> None:
    item = with_past(change("added", "", 1))
    assert settled(item, around(item, gate=Gate(trusted_users=frozenset({""})))) is not None


def test_a_template_that_was_just_edited_makes_the_item_settle() -> None:
    edit = Revision(id=9, editor="Vic", saved_at=NOW - ago(5))
    item = with_past(change("added", "Sue", 60), expanded=("{{x}}",))
    assert settled(item, around(known=evidence(item, groups=SUE, templates=(edit,)))) is not None
    old = replace(edit, saved_at=NOW - ago(50))
    assert settled(item, around(known=evidence(item, groups=SUE, templates=(old,)))) is None


# --- what became of their edits ---


def test_what_was_reverted_and_put_back_waits_for_somebody_trusted() -> None:
    past = [change("added", "Vic", 300, "a"), change("removed", "Pat", 290, reverting=True)]
    again = with_past(*past, change("restored", "Vic", 280, "a"))
    found = undisputed(again, around(again))
    assert found is not None
    assert found.reason.startswith("it was reverted by Pat and put back by Vic")
    by_sue = with_past(*past, change("restored", "Sue", 280, "a"))
    assert undisputed(by_sue, around(by_sue)) is None


def test_what_was_blanked_and_brought_back_is_not_disputed() -> None:
    item = with_past(
        change("added", "Ann", 300, "a"), change("removed", "Vic", 290), change("restored", "Pat", 280, "a")
    )
    assert undisputed(item, around(item)) is None


def test_an_edit_that_the_wiki_calls_reverted_holds_though_it_was_not_when_it_was_read() -> None:
    item = with_past(change("added", "Vic", 60))
    (made,) = item.provenance.changes if item.provenance else ()
    now = {made.revision.id: replace(made.revision, tags=("mw-reverted",))}
    assert unreverted(item, around(item)) is None
    assert unreverted(item, around(known=evidence(item, revisions=now))) is not None


def test_an_edit_of_a_template_hides_no_revert_of_the_item() -> None:
    item = with_past(change("added", "Vic", 60), expanded=("{{x}}",))
    (made,) = item.provenance.changes if item.provenance else ()
    now = {made.revision.id: replace(made.revision, tags=("mw-reverted",))}
    later = Revision(id=99, editor="Tim", saved_at=NOW - ago(40))
    known = evidence(item, revisions=now, templates=(later,))
    assert unreverted(item, around(known=known)) is not None


@pytest.mark.parametrize("what", ["hidden", "gone"])
def test_an_edit_that_is_hidden_or_deleted_holds(what: str) -> None:
    item = with_past(change("added", "Vic", 60))
    (made,) = item.provenance.changes if item.provenance else ()
    now = {made.revision.id: replace(made.revision, hidden=True)} if what == "hidden" else {}
    assert unhidden(item, around(item)) is None
    assert unhidden(item, around(known=evidence(item, revisions=now))) is not None


def test_what_a_blocked_person_wrote_is_held_but_not_what_is_left_of_nothing_of_theirs() -> None:
    blocked = {"Vic": Person(name="Vic", blocked=True), "Ann": Person(name="Ann"), "Pat": Person(name="Pat")}
    theirs = with_past(change("added", "Vic", 600))
    undone = with_past(
        change("added", "Ann", 600, "a"),
        change("changed", "Vic", 500, "b"),
        change("changed", "Pat", 490, "a"),
    )
    assert unblocked(theirs, around(known=evidence(theirs, people=blocked))) is not None
    assert unblocked(undone, around(known=evidence(undone, people=blocked))) is None


def test_of_whom_the_wiki_does_not_tell_nobody_guesses() -> None:
    item = with_past(change("added", "Ann", 600))
    assert unblocked(item, around(known=evidence())) is not None


# --- newcomers ---


@pytest.mark.parametrize(
    ("edits", "age", "open_"),
    [(9, 40, False), (10, 40, True), (10, 3, False), (500, None, False), (10, 4, True)],
)
def test_newcomers_need_edits_and_an_account_of_some_age(edits: int, age: int | None, *, open_: bool) -> None:
    item = with_past(change("added", "Ann", 600))
    ann = Person(name="Ann", edits=edits, registered_at=None if age is None else NOW - age * DAY)
    gate = Gate(min_edits=10, min_age=timedelta(days=4))
    found = seasoned(item, around(gate=gate, known=evidence(item, people={"Ann": ann})))
    assert (found is None) == open_


def test_who_is_trusted_is_no_newcomer() -> None:
    item = with_past(change("added", "Sue", 600))
    assert seasoned(item, around(item, gate=Gate(min_edits=1000))) is None


# --- templates ---


def test_what_a_template_makes_by_now_is_what_counts() -> None:
    item = an_item(expanded=("{{x}}",))
    assert fresh(item, around(item)) is None
    assert fresh(item, around(known=evidence(item, stale=frozenset({"{{x}}"})))) is not None
    assert fresh(item, around(known=evidence(item, stale=frozenset({"{{y}}"})))) is None
    assert fresh(item, around(known=evidence(item, templates=None))) is not None
    assert fresh(an_item(), around(known=evidence(templates=None))) is None
