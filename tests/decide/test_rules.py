from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.decide import rules
from bot.decide.rules import FIRM, RULES, SOFT, obvious, verdict
from bot.model import Gate, Media, Order, Provenance, Recognition, Review, RichText, Run, Rung, Verb
from tests.builders import DAY, HOUR, NOW, an_item, evidence
from tests.decide.people import around, change, with_past

if TYPE_CHECKING:
    from bot.model import Item

SETTLING = Provenance(revision=7, editors=("Ann",), since=NOW - timedelta(minutes=10))


def linking_to(url: str) -> Item:
    return replace(an_item(), body=RichText(runs=(Run(text="news", url=url),)))


def an_order(verb: Verb, editor: str = "Sue", minutes: float = 1) -> Order:
    return Order(
        key=f"{verb}{minutes}",
        verb=verb,
        item="mw146",
        revision=5,
        editor=editor,
        at=NOW - timedelta(minutes=minutes),
        obeyed=True,
    )


def test_an_item_that_nothing_speaks_against_may_go_out() -> None:
    assert verdict(an_item(), around(an_item())) is None


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (an_item(directives={"hold": ""}), "held on the page"),
        (an_item(directives={"hold": "wait for Bob"}), "wait for Bob"),
        (an_item(directives={"not_before": NOW + HOUR}), "not before 2026-11-18 13:00 UTC"),
        (an_item(unresolved=("{{Version}}",)), "{{Version}}"),
        (an_item(text="", link=None), "no text"),
        (an_item(provenance=SETTLING), "settling on the page until 2026-11-18 12:20 UTC"),
        (an_item(provenance=None), "not known who wrote it"),
    ],
)
def test_each_rule_holds_with_a_reason_that_names_the_thing(item: Item, reason: str) -> None:
    found = verdict(item, around(item))
    assert found is not None
    assert reason in found.reason


def test_a_hold_that_time_will_end_says_when() -> None:
    item, other = an_item(provenance=SETTLING), an_item(directives={"not_before": NOW + HOUR})
    settling, asked = verdict(item, around(item)), verdict(other, around(other))
    assert settling is not None
    assert settling.until == NOW + timedelta(minutes=20)
    assert asked is not None
    assert asked.until == NOW + HOUR


def test_not_before_is_over_at_its_very_moment() -> None:
    item = an_item(directives={"not_before": NOW})
    assert verdict(item, around(item)) is None


def test_trust_does_not_open_what_an_editor_closed() -> None:
    item = an_item(directives={"hold": ""})
    assert verdict(item, around(item, trusted_page=True)) is not None


def test_a_hold_by_order_lasts_until_an_order_lifts_it() -> None:
    item = an_item()
    held = (an_order(Verb.HOLD, minutes=2),)
    found = verdict(item, around(item, orders=held))
    assert found is not None
    assert "held by Sue" in found.reason
    assert verdict(item, around(item, orders=(*held, an_order(Verb.APPROVE)))) is None


PAGE_RULES = Gate(required_protection=frozenset({"sysop"}))


@pytest.mark.parametrize(
    ("protection", "open_"),
    [
        (frozenset({"sysop"}), True),
        (frozenset({"autoconfirmed"}), False),
        (frozenset(), False),
        (None, False),
    ],
)
def test_a_page_has_to_be_protected_where_the_gate_wants_it(
    protection: frozenset[str] | None, *, open_: bool
) -> None:
    item = an_item()
    found = verdict(item, around(item, gate=PAGE_RULES, protection=protection))
    assert (found is None) == open_


@pytest.mark.parametrize(("reviewed", "open_"), [(True, True), (False, False), (None, False)])
def test_a_page_has_to_be_reviewed_where_the_gate_wants_it(reviewed: bool | None, *, open_: bool) -> None:
    item = an_item()
    found = verdict(item, around(item, gate=Gate(review=Review.FLAGGED), reviewed=reviewed))
    assert (found is None) == open_


def test_every_edit_has_to_be_patrolled_where_the_gate_wants_it() -> None:
    item = with_past(change("added", "Ann", 90), change("changed", "Bob", 60))
    ids = {one.revision.id for one in item.provenance.changes if item.provenance}  # type: ignore[union-attr]
    gate = Gate(review=Review.PATROLLED)
    all_of_them = evidence(item, patrolled=frozenset(ids))
    all_but_one = evidence(item, patrolled=frozenset({min(ids)}))
    assert verdict(item, around(gate=gate, known=all_of_them)) is None
    found = verdict(item, around(gate=gate, known=all_but_one))
    assert found is not None
    assert "by Bob has not been patrolled" in found.reason


def test_what_needs_no_question_to_the_wiki_is_told_without_one() -> None:
    item = an_item(directives={"hold": ""}, provenance=SETTLING)
    nothing = around(known=evidence())
    assert obvious(item, nothing) == verdict(item, nothing)
    assert obvious(an_item(provenance=SETTLING), nothing) is None


def test_every_rule_can_object_and_is_in_one_list() -> None:
    strict = Gate(
        allowed_domains=frozenset({"mediawiki.org"}),
        hold_words=frozenset({"spam"}),
        hold_patterns=(r"buy \w+",),
        min_edits=10,
        required_protection=frozenset({"sysop"}),
        review=Review.PATROLLED,
        second_person=True,
    )
    newcomer = with_past(change("added", "Ann", 10))
    reverted = with_past(
        change("added", "Ann", 90, "a"),
        change("removed", "Bob", 80, reverting=True),
        change("restored", "Ann", 70, "a"),
    )
    objecting = {
        "held_by_editor": an_item(directives={"hold": ""}),
        "held_by_order": an_item(),
        "not_yet": an_item(directives={"not_before": NOW + DAY}),
        "unmistaken": an_item(recognition=Recognition(by=Rung.NEW, score=0.7, doubt="mw145")),
        "understood": an_item(unresolved=("{{x}}",)),
        "read_as_written": an_item(misleading=("U+202E (right-to-left override)",)),
        "plain_addresses": linking_to("http://0x7f.1/"),
        "pictures_usable": an_item(media=(Media(file="A.png", alt="An A"),)),
        "pictures_described": an_item(media=(Media(file="A.png", alt=""),)),
        "pictures_licensed": an_item(media=(Media(file="A.png", alt="An A"),)),
        "linked_domains": linking_to("https://elsewhere.example/"),
        "protected": an_item(),
        "told": newcomer,
        "fresh": an_item(expanded=("{{x}}",)),
        "unhidden": newcomer,
        "reviewed": newcomer,
        "second_person": newcomer,
        "unwanted_words": an_item(text="This is spam."),
        "unwanted_patterns": an_item(text="Please buy this."),
        "few_mentions": an_item(text="@one and @two"),
        "unblocked": newcomer,
        "unreverted": with_past(change("added", "Ann", 10, tags=("mw-reverted",))),
        "undisputed": reverted,
        "seasoned": newcomer,
        "settled": newcomer,
    }
    assert [rule.__name__ for rule in RULES] == list(objecting)
    assert set(FIRM) & set(SOFT) == set()
    telling = around(
        gate=strict,
        known=replace(evidence(), templates=None, lack="the wiki cannot be reached"),
        protection=frozenset(),
        orders=(an_order(Verb.HOLD),),
    )
    for rule in RULES:
        assert rule(objecting[rule.__name__], telling) is not None, rule.__name__


def test_approval_lifts_the_soft_rules_and_no_firm_one() -> None:
    item = with_past(change("added", "Ann", 10), change("approved", "Sue", 5), text="@one and @two")
    assert verdict(item, around(item)) is None
    held = replace(item, directives=replace(item.directives, hold=""))
    assert verdict(held, around(item)) is not None


def test_where_nobody_looks_the_wiki_is_not_guessed_to_have_said_yes() -> None:
    item = with_past(change("added", "Ann", 90))
    found = verdict(item, around(known=evidence()))
    assert found is not None
    assert rules.verdict is verdict
