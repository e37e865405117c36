from __future__ import annotations

from bot.decide.characters import read_as_written
from bot.decide.gate import Surroundings
from bot.model import Gate
from tests.builders import NOW, an_item

AROUND = Surroundings(gate=Gate(), now=NOW)


def test_an_item_that_reads_as_it_is_written_may_go_out() -> None:
    assert read_as_written(an_item(), AROUND) is None


def test_one_that_does_not_is_held_with_what_to_take_out() -> None:
    found = read_as_written(an_item(misleading=("U+202E (right-to-left override) behind “a”",)), AROUND)
    assert found is not None
    assert "U+202E (right-to-left override) behind “a”; take them out" in found.reason


def test_many_are_counted() -> None:
    found = read_as_written(an_item(misleading=tuple("abcde")), AROUND)
    assert found is not None
    assert "a, b, c and 2 more" in found.reason


def test_trust_does_not_help() -> None:
    around = Surroundings(gate=Gate(), now=NOW, trusted_page=True)
    assert read_as_written(an_item(misleading=("x",)), around) is not None
