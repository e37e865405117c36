"""The bench itself, with tiny numbers, so that it cannot rot; what it measures here means nothing."""

from __future__ import annotations

import io
import json
import socket
from functools import partial
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from bench import bench, ledger, noop, pages, parallel, parsing
from bench.measure import Result, in_turn, machine, process, ratio

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.mediawiki import MediaWiki

GOOD = Result(name="good", what="something small", value=1.0, goal=1.2, unit="times", samples={"a": [1.0]})
BAD = Result(name="bad", what="something large", value=130, goal=120, unit="MB")


def test_channels_side_by_side_are_measured() -> None:
    (result,) = parallel.measure(channels=2, news=1, latency=0.01, repeats=1)
    assert result.value > 0
    assert {name: len(times) for name, times in result.samples.items()} == {"one channel": 1, "2 channels": 1}


def test_a_full_ledger_is_measured(tmp_path: Path) -> None:
    time, memory = ledger.measure(tmp_path, deliveries=50, repeats=1)
    assert time.value > 0
    assert 20 < memory.value < 500


def test_a_run_with_nothing_to_do_is_measured(mediawiki: MediaWiki, tmp_path: Path) -> None:
    time, requests = noop.measure(mediawiki, tmp_path, repeats=1)
    assert time.value > 0
    assert requests.value <= requests.goal


def test_many_pages_are_measured(mediawiki: MediaWiki, tmp_path: Path) -> None:
    (result,) = pages.measure(mediawiki, tmp_path, pages=60)
    assert (result.value, result.goal) == (2, 2)


def test_parsing_and_recognising_are_measured() -> None:
    results = parsing.measure(count=10, repeats=1)
    assert [result.name for result in results] == [
        "parsing",
        "parsing, growth",
        "identity",
        "identity by likeness",
    ]
    assert all(result.value > 0 for result in results)


def test_the_sides_take_turns_and_the_first_round_does_not_count() -> None:
    done: list[str] = []

    def side(name: str) -> float:
        done.append(name)
        return float(len(done))

    times = in_turn({name: partial(side, name) for name in "AB"}, repeats=2)
    assert done == ["A", "B"] * 3
    assert times == {"A": [3.0, 5.0], "B": [4.0, 6.0]}
    assert ratio(times, of="B", to="A") == pytest.approx(5 / 4)


def test_a_process_that_fails_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ended with 3: oh no"):
        process(["sh", "-c", "echo oh no; exit 3"], folder=tmp_path, environment={})


def test_a_missed_goal_is_said() -> None:
    said = io.StringIO()
    Console(file=said, width=100).print(bench.table([GOOD, BAD]))
    lines = said.getvalue().splitlines()
    (good,) = [line for line in lines if "something small" in line]
    (bad,) = [line for line in lines if "something large" in line]
    assert ("1.00 times" in good, "1.20 times" in good, "met" in good) == (True, True, True)
    assert ("130 MB" in bad, "120 MB" in bad, "missed" in bad) == (True, True, True)


def test_the_record_says_of_which_machine_it_is_and_not_its_name(tmp_path: Path) -> None:
    bench.write(tmp_path / "out" / "bench.json", machine(), [GOOD, BAD])
    text = (tmp_path / "out" / "bench.json").read_text(encoding="utf-8")
    record = json.loads(text)
    assert {"platform", "python", "cpus"} <= set(record["machine"])
    assert [(one["name"], one["met"]) for one in record["results"]] == [("good", True), ("bad", False)]
    assert socket.gethostname() not in record["machine"].values()
