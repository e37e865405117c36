"""What the community may configure on the wiki, and what it may not."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.compose.template import check_template
from bot.config import ChannelConfig, Config, WikiConfig
from bot.config.overlay import overlaid
from bot.errors import ConfigError
from bot.model import Capabilities, Gate, Long, OnEdit, Pace, Review, Style

if TYPE_CHECKING:
    from collections.abc import Mapping

GATE = Gate(
    settle=timedelta(minutes=30),
    max_new_items=5,
    max_items_per_day=10,
    trusted_groups=frozenset({"sysop", "bot"}),
    trusted_users=frozenset({"Sue"}),
    min_edits=10,
    min_age=timedelta(days=2),
    allowed_domains=frozenset({"a.org", "b.org"}),
    hold_words=frozenset({"casino"}),
    max_mentions=2,
    required_protection=frozenset({"autoconfirmed", "sysop"}),
    review=Review.PATROLLED,
    second_person=True,
)


def a_channel(name: str, **fields: Any) -> ChannelConfig:
    made: dict[str, Any] = {
        "network": "pigeon",
        "server": "",
        "style": Style(),
        "on_edit": OnEdit.EDIT,
        "delivery": Pace(),
    }
    return ChannelConfig(name=name, **{**made, **fields})


def a_config(gate: Gate = GATE) -> Config:
    return Config(
        path=Path("news.toml"),
        wiki=WikiConfig(),
        pages=(),
        ledger_url="sqlite://",
        gate=gate,
        run_timeout=timedelta(minutes=10),
        channels=(a_channel("birds"), a_channel("wall", network="poster", on_edit=OnEdit.IGNORE)),
    )


def laid_over(values: Any, gate: Gate = GATE) -> Config:
    return overlaid(
        a_config(gate),
        values if isinstance(values, str) else json.dumps(values),
        capabilities=lambda network: Capabilities(threads=network == "pigeon", edit=True),
        check_template=check_template,
    )


def refused(values: Any, gate: Gate = GATE) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        laid_over(values, gate)
    return list(raised.value.problems)


def test_nothing_said_changes_nothing() -> None:
    nothing: list[Any] = [{}, {"gate": {}}, {"channels": {}}, {"channels": {"birds": {}}}]
    for values in nothing:
        assert laid_over(values) == a_config()


def test_wording_and_whether_a_channel_is_on_may_be_said() -> None:
    said = {
        "enabled": False,
        "template": "News: {{ text }}",
        "hashtags": ["MediaWiki"],
        "long": "thread",
        "on_edit": "ignore",
    }
    birds, wall = laid_over({"channels": {"birds": said}}).channels
    assert (birds.enabled, birds.on_edit) == (False, OnEdit.IGNORE)
    assert birds.style == replace(
        Style(), template="News: {{ text }}", hashtags=("MediaWiki",), long=Long.THREAD
    )
    assert wall == a_config().channels[1]


STRICTER: Mapping[str, list[Any]] = {
    "settle": ["30m", "3h"],
    "max_new_items": [5, 1],
    "max_items_per_day": [10, 0],
    "trusted_groups": [["sysop"], []],
    "trusted_users": [["Sue"], []],
    "min_edits": [10, 500],
    "min_age": ["2d", "90d"],
    "allowed_domains": [["a.org"], ["a.org", "b.org"]],
    "hold_words": [["casino", "lottery"]],
    "max_mentions": [2, 0],
    "required_protection": [["sysop"], ["autoconfirmed", "sysop"]],
    "review": ["patrolled"],
    "second_person": [True],
}
LOOSER: Mapping[str, list[Any]] = {
    "settle": ["29m", "0s"],
    "max_new_items": [6],
    "max_items_per_day": [11],
    "trusted_groups": [["sysop", "user"], ["*"]],
    "trusted_users": [["Sue", "Vic"], ["Vic"]],
    "min_edits": [9, 0],
    "min_age": ["1d"],
    "allowed_domains": [[], ["c.org"], ["a.org", "c.org"]],
    "hold_words": [[], ["lottery"]],
    "max_mentions": [3],
    "required_protection": [[], ["user"], ["sysop", "user"]],
    "review": ["none", "flagged"],
    "second_person": [False],
}
KEPT_BACK = {"pictures", "stop_page", "command_page", "hold_patterns", "preset"}


def test_every_key_of_the_gate_is_looked_at() -> None:
    assert STRICTER.keys() == LOOSER.keys() == set(Gate.__slots__) - KEPT_BACK


@pytest.mark.parametrize(("key", "value"), [(key, one) for key, values in STRICTER.items() for one in values])
def test_the_gate_may_be_stricter(key: str, value: Any) -> None:
    assert laid_over({"gate": {key: value}}).channels == a_config().channels


@pytest.mark.parametrize(("key", "value"), [(key, one) for key, values in LOOSER.items() for one in values])
def test_it_may_never_be_looser(key: str, value: Any) -> None:
    assert refused({"gate": {key: value}}) == [
        f"gate: {key}: would be looser than in the configuration file; here it can only be stricter"
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("max_items_per_day", 3),
        ("max_mentions", 0),
        ("allowed_domains", ["a.org"]),
        ("required_protection", ["sysop"]),
        ("review", "flagged"),
        ("second_person", True),
    ],
)
def test_where_the_file_asks_for_nothing_the_page_may(key: str, value: Any) -> None:
    laid_over({"gate": {key: value}}, Gate(max_mentions=None))


@pytest.mark.parametrize("key", sorted(KEPT_BACK))
def test_what_the_file_alone_says_is_unknown_there(key: str) -> None:
    (problem,) = refused({"gate": {key: "User:Vic/run"}})
    assert problem.startswith(f"gate: {key}: unknown key")


@pytest.mark.parametrize(
    "key",
    ["server", "token_env", "path", "network", "budget", "stop_page", "delivery", "max_per_day"],
)
def test_no_server_secret_or_path_can_be_said(key: str) -> None:
    (problem,) = refused({"channels": {"birds": {key: "x"}}})
    assert f"{key}: unknown key" in problem


def test_a_secret_is_refused_and_not_repeated() -> None:
    (problem,) = refused({"channels": {"birds": {"token": "hunter2"}}})
    assert "a secret does not belong in this file" in problem
    assert "hunter2" not in problem


@pytest.mark.parametrize(
    "template",
    [
        "{% for x in [1] %}{{ text }}{% endfor %}",
        "{# x #}{{ text }}",
        "{{ text }}{% raw %}",
        "news!",
        "{{ txt }}",
        "{{ text",
        "",
        7,
    ],
)
def test_a_template_is_words_and_variables(template: Any) -> None:
    (problem,) = refused({"channels": {"birds": {"template": template}}})
    assert "birds: template: " in problem


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("", "this is not JSON"),
        ("{", "this is not JSON"),
        ("[" * 100_000, "this is not JSON"),
        ("[]", "this must be a JSON object"),
        ("7", "this must be a JSON object"),
        (" " * 100_001, "it is longer than"),
        ({"gat": {}}, "gat: unknown key; did you mean gate?"),
        ({"gate": []}, "gate"),
        ({"channels": {"brids": {}}}, "channels: brids: unknown key; did you mean birds?"),
        ({"channels": {"wall": {"long": "thread"}}}, 'must be "shorten"'),
        ({"channels": {"wall": {"on_edit": "edit"}}}, 'must be "ignore"'),
        ({"channels": {"birds": {"enabled": "no"}}}, "enabled: must be true or false"),
        ({"channels": {"birds": {"hashtags": ["#x"]}}}, "hashtags: must be hashtags without #"),
    ],
)
def test_anything_wrong_is_told_by_its_key(values: Any, said: str) -> None:
    (problem,) = refused(values)
    assert said in problem


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert len(refused({"gate": {"settle": "1s", "x": 1}, "channels": {"birds": {"y": 1}}, "z": 1})) == 4


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*STRICTER, "birds", "x"]), inner),
    max_leaves=8,
)


@given(st.fixed_dictionaries({}, optional={"gate": JSON, "channels": JSON, "x": JSON}) | JSON | st.text())
def test_whatever_stands_there_is_read_or_refused(values: Any) -> None:
    with suppress(ConfigError):
        made = laid_over(values)
        assert made.gate.settle >= GATE.settle
        assert made.gate.trusted_users <= GATE.trusted_users
