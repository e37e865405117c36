from __future__ import annotations

import threading
import time

import pytest

from bot.sync.parallel import LAST_MOMENT, side_by_side
from tests.channels.memory import MemoryChannel

CHANNELS = [MemoryChannel("a"), MemoryChannel("b"), MemoryChannel("c")]


def never() -> bool:
    return False


def test_every_channel_has_its_result() -> None:
    assert side_by_side(CHANNELS, lambda channel: channel.name.upper(), over=never) == {
        "a": "A",
        "b": "B",
        "c": "C",
    }


def test_without_channels_there_is_nothing_to_wait_for() -> None:
    assert side_by_side([], lambda channel: channel, over=never) == {}


def test_they_really_run_at_the_same_time() -> None:
    together = threading.Barrier(len(CHANNELS), timeout=30)
    assert len(side_by_side(CHANNELS, lambda _: together.wait(), over=never)) == 3


def test_an_exception_is_the_result_of_its_channel_alone() -> None:
    def task(channel: MemoryChannel) -> str:
        if channel.name == "b":
            raise ZeroDivisionError
        return "done"

    results = side_by_side(CHANNELS, task, over=never)
    assert (results["a"], results["c"]) == ("done", "done")
    assert isinstance(results["b"], ZeroDivisionError)


def test_the_death_of_the_process_is_no_result() -> None:
    def task(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        side_by_side(CHANNELS, task, over=never)


def test_a_channel_that_hangs_is_left_behind() -> None:
    let_go = threading.Event()

    def task(channel: object) -> str:
        if channel is CHANNELS[1]:
            let_go.wait(60)
        return "done"

    started = time.monotonic()
    try:
        results = side_by_side(CHANNELS, task, over=lambda: True)
    finally:
        let_go.set()
    assert set(results) == {"a", "c"}
    assert time.monotonic() - started < LAST_MOMENT + 20
