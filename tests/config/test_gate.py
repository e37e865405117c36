"""The keys of [gate], good and bad."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.config.gate import PRESETS
from bot.model import Gate, Review
from tests.config.networks import WELL, problems, read

if TYPE_CHECKING:
    from pathlib import Path

GOOD: dict[str, list[tuple[str, Any]]] = {
    "settle": [('"2h"', timedelta(hours=2)), ('"0s"', timedelta(0))],
    "max_new_items": [("1", 1)],
    "max_items_per_day": [("0", 0), ("7", 7)],
    "trusted_groups": [('["bot", "sysop"]', frozenset({"bot", "sysop"})), ("[]", frozenset())],
    "trusted_users": [('["some_body"]', frozenset({"Some body"}))],
    "min_edits": [("0", 0), ("50", 50)],
    "min_age": [('"4d"', timedelta(days=4))],
    "allowed_domains": [('["Example.ORG"]', frozenset({"example.org"}))],
    "hold_words": [('["Election", "ELECTION"]', frozenset({"election"}))],
    "hold_patterns": [(r"['\bx+']", (r"\bx+",))],
    "max_mentions": [("0", 0), ("3", 3)],
    "required_protection": [('["autoconfirmed"]', frozenset({"autoconfirmed"}))],
    "review": [('"flagged"', Review.FLAGGED), ('"none"', Review.NONE)],
    "second_person": [("true", True), ("false", False)],
    "stop_page": [('"User:NewsBot/run"', "User:NewsBot/run")],
    "command_page": [('"User:NewsBot/orders"', "User:NewsBot/orders")],
}
BAD = {
    "settle": ["1", '"soon"', '"-1m"'],
    "max_new_items": ["0", "true", '"5"'],
    "max_items_per_day": ["-1", "1.5", "true"],
    "trusted_groups": ['"sysop"', "[1]", '[""]', '["a\\nb"]'],
    "trusted_users": ['"Sue"', '["a|b"]', '[""]'],
    "min_edits": ["-1", '"1"'],
    "min_age": ["4", '"long"'],
    "allowed_domains": ['"example.org"', '["http://example.org/"]'],
    "hold_words": ['"x"', '[""]', "[1]"],
    "hold_patterns": ["['(']", "'x'", "[1]"],
    "max_mentions": ["-1", '"1"'],
    "required_protection": ['"sysop"', "[true]"],
    "review": ['"yes"', "true"],
    "second_person": ['"yes"', "1"],
    "stop_page": ['""', '"a|b"', "1"],
    "command_page": ['""', '"a|b"', "1"],
}


def test_every_key_is_looked_at() -> None:
    own_table = {"pictures"}
    assert GOOD.keys() == BAD.keys() == set(Gate.__slots__) - own_table


@pytest.mark.parametrize(
    ("key", "written", "meant"), [(key, *case) for key, cases in GOOD.items() for case in cases]
)
def test_a_key_is_read(tmp_path: Path, key: str, written: str, meant: Any) -> None:
    gate = read(tmp_path, f"{WELL}[gate]\n{key} = {written}").gate
    assert gate == replace(Gate(), **{key: meant})


@pytest.mark.parametrize(("key", "written"), [(key, case) for key, cases in BAD.items() for case in cases])
def test_what_cannot_be_meant_is_a_problem_that_names_the_key(tmp_path: Path, key: str, written: str) -> None:
    (problem,) = problems(tmp_path, f"{WELL}[gate]\n{key} = {written}")
    assert problem.startswith((f"gate: {key}: ", f"gate: {key}["))


@pytest.mark.parametrize("preset", PRESETS)
def test_a_key_goes_before_the_preset(tmp_path: Path, preset: str) -> None:
    text = f'{WELL}[gate]\npreset = "{preset}"\n'
    assert read(tmp_path, text).gate == PRESETS[preset]
    assert read(tmp_path, f"{text}max_new_items = 9").gate == replace(PRESETS[preset], max_new_items=9)
