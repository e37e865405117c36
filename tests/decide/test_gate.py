from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.decide.gate import RULES, Surroundings, verdict
from bot.model import Gate, Media, Provenance, Recognition, RichText, Run, Rung
from tests.builders import DAY, HOUR, NOW, an_item

if TYPE_CHECKING:
    from bot.model import Item

SETTLING = Provenance(revision=7, editors=("Ann",), since=NOW - timedelta(minutes=10))


def around(**fields: object) -> Surroundings:
    gate = fields.pop("gate", Gate())
    return Surroundings(gate=gate, now=NOW, **fields)  # type: ignore[arg-type]  # a test's shorthand


def linking_to(url: str) -> Item:
    return replace(an_item(), body=RichText(runs=(Run(text="news", url=url),)))


def test_an_item_that_nothing_speaks_against_may_go_out() -> None:
    assert verdict(an_item(), around()) is None


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (an_item(directives={"hold": ""}), "held on the page"),
        (an_item(directives={"hold": "wait for Bob"}), "wait for Bob"),
        (an_item(directives={"not_before": NOW + HOUR}), "not before 2026-11-18 13:00 UTC"),
        (an_item(unresolved=("{{Version}}",)), "{{Version}}"),
        (an_item(text="", link=None), "no text"),
        (an_item(media=(Media(file="Logo.png"),)), "Logo.png has no alt text"),
        (an_item(provenance=SETTLING), "settling on the page until 2026-11-18 12:20 UTC"),
        (an_item(provenance=None), "not known who wrote it"),
    ],
)
def test_each_rule_holds_with_a_reason_that_names_the_thing(item: Item, reason: str) -> None:
    found = verdict(item, around())
    assert found is not None
    assert reason in found.reason


def test_a_hold_that_time_will_end_says_when() -> None:
    settling = verdict(an_item(provenance=SETTLING), around())
    asked = verdict(an_item(directives={"not_before": NOW + HOUR}), around())
    assert settling is not None
    assert settling.until == NOW + timedelta(minutes=20)
    assert asked is not None
    assert asked.until == NOW + HOUR


def test_the_settle_time_is_over_at_its_very_moment() -> None:
    item = an_item(provenance=replace(SETTLING, since=NOW - timedelta(minutes=30)))
    assert verdict(item, around()) is None


def test_not_before_is_over_at_its_very_moment() -> None:
    assert verdict(an_item(directives={"not_before": NOW}), around()) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"trusted_page": True},
        {"gate": Gate(trusted_users=frozenset({"Ann"}))},
        {"groups": {"Ann": frozenset({"*", "user", "sysop"})}},
    ],
)
def test_the_trusted_need_not_settle(fields: dict[str, object]) -> None:
    assert verdict(an_item(provenance=SETTLING), around(**fields)) is None


def test_one_untrusted_hand_among_trusted_ones_means_settling() -> None:
    item = an_item(provenance=replace(SETTLING, editors=("Ann", "192.0.2.7")))
    assert verdict(item, around(groups={"Ann": frozenset({"sysop"})})) is not None


def test_a_hidden_editor_is_never_trusted() -> None:
    item = an_item(provenance=replace(SETTLING, editors=("",)))
    trusting = around(gate=Gate(trusted_users=frozenset({""})), groups={"": frozenset({"sysop"})})
    assert verdict(item, trusting) is not None


def test_nobody_is_trusted_while_their_groups_are_not_known() -> None:
    assert verdict(an_item(provenance=SETTLING), around(groups={})) is not None


def test_trust_does_not_open_what_an_editor_closed() -> None:
    item = an_item(directives={"hold": ""})
    assert verdict(item, around(trusted_page=True)) is not None


def test_every_rule_can_object() -> None:
    objecting = {
        "held_by_editor": an_item(directives={"hold": ""}),
        "not_yet": an_item(directives={"not_before": NOW + DAY}),
        "unmistaken": an_item(recognition=Recognition(by=Rung.NEW, score=0.7, doubt="mw145")),
        "understood": an_item(unresolved=("{{x}}",)),
        "read_as_written": an_item(misleading=("U+202E (right-to-left override)",)),
        "plain_addresses": linking_to("http://0x7f.1/"),
        "pictures_described": an_item(media=(Media(file="A.png", alt=""),)),
        "linked_domains": linking_to("https://elsewhere.example/"),
        "settled": an_item(provenance=SETTLING),
    }
    strict = around(gate=Gate(allowed_domains=frozenset({"mediawiki.org"})))
    assert {rule.__name__ for rule in RULES} == set(objecting)
    for rule in RULES:
        assert rule(objecting[rule.__name__], strict) is not None
