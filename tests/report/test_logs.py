from __future__ import annotations

import logging

import pytest

from bot.report.logs import Lines
from tests.hostile import FORBIDDEN, HOSTILE, MARK


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_nothing_that_is_logged_passes_for_another_record(text: str) -> None:
    record = logging.makeLogRecord({"name": "bot", "levelname": "INFO", "msg": "read %s", "args": (text,)})
    first, *others = Lines("%(levelname)s %(name)s: %(message)s").format(record).splitlines()
    assert first.startswith("INFO bot: read ")
    assert all(line.startswith("    ") for line in others)
    assert MARK in first
    assert not FORBIDDEN.search("\n".join([first, *others]))


def test_a_traceback_stands_below_its_record() -> None:
    try:
        int("one\nERROR two")
    except ValueError as error:
        told = (ValueError, ValueError("one\nERROR two"), error.__traceback__)
    written = Lines("%(message)s").format(logging.makeLogRecord({"msg": "it failed", "exc_info": told}))
    assert written.startswith("it failed\n    Traceback")
    assert all(line.startswith("    ") for line in written.splitlines()[1:])
