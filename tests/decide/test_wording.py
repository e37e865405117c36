from __future__ import annotations

import pytest

from bot.decide.wording import few_mentions, unwanted_patterns, unwanted_words
from bot.model import Gate
from tests.builders import an_item
from tests.decide.people import around

WORDS = Gate(hold_words=frozenset({"election", "straße"}))


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("The election is over.", True),
        ("ELECTION!", True),
        ("Selections of the week", False),
        ("Elections are over.", False),
        ("In der STRASSE", True),
        ("Nothing of the kind", False),
    ],
)
def test_a_word_holds_as_a_whole_and_in_whatever_case(text: str, *, held: bool) -> None:
    assert (unwanted_words(an_item(text=text), around(gate=WORDS)) is not None) == held


def test_words_are_looked_for_in_all_that_people_see() -> None:
    own = an_item(directives={"texts": {"mastodon": "About the election"}})
    warned = an_item(directives={"content_warning": "election results"})
    assert unwanted_words(own, around(gate=WORDS)) is not None
    assert unwanted_words(warned, around(gate=WORDS)) is not None


def test_an_expression_is_looked_for_in_links_too_and_is_named_by_its_number() -> None:
    gate = Gate(hold_patterns=(r"\bcoin\b", r"bit\.ly/"))
    found = unwanted_patterns(an_item(link="https://bit.ly/x"), around(gate=gate))
    assert found is not None
    assert "entry 2 of hold_patterns" in found.reason
    assert unwanted_patterns(an_item(), around(gate=gate)) is None


def test_an_expression_that_would_never_end_holds_instead() -> None:
    gate = Gate(hold_patterns=(r"(?:a|a)+$",))
    found = unwanted_patterns(an_item(text="a" * 40 + "!"), around(gate=gate))
    assert found is not None
    assert "entry 1 of hold_patterns takes too long" in found.reason


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("Thanks to @wikimedia!", False),
        ("Thanks to @wikimedia and @wikimedia.", False),
        ("Thanks to @wikimedia and @mozilla.", True),
        ("@news@wiki.example and @other@wiki.example", True),
        ("Write to news@wiki.example or help@wiki.example", False),
        ("See https://social.example/@one and https://social.example/@two", False),
    ],
)
def test_more_than_one_account_is_too_many(text: str, *, held: bool) -> None:
    assert (few_mentions(an_item(text=text, link=None), around(gate=Gate())) is not None) == held


def test_any_number_may_be_allowed() -> None:
    assert few_mentions(an_item(text="@a @b @c"), around(gate=Gate(max_mentions=None))) is None
