from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bot.errors import LedgerError, LedgerLocked
from bot.ledger import Ledger, open_ledger, open_scratch_copy

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
import sys
from bot.ledger import open_ledger
with open_ledger(sys.argv[1]) as ledger, ledger.lock():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_run_is_told_at_once_who_is_at_work(ledger: Ledger, url: str) -> None:
    with ledger.lock(), open_ledger(url) as other:
        with (
            pytest.raises(LedgerLocked, match=rf"process {os.getpid()} on .*, since 20\d\d-") as caught,
            other.lock(),
        ):
            pytest.fail("two runs hold the lock")
        assert caught.value.exit_code == 75


def test_a_ledger_has_one_lock_by_whatever_name_it_is_called(ledger: Ledger, path: Path) -> None:
    link = path.with_name("link.sqlite")
    link.symlink_to(path)
    with ledger.lock(), open_ledger(f"sqlite:///{link}") as other, pytest.raises(LedgerLocked), other.lock():
        pytest.fail("two runs hold the lock")


def test_the_lock_is_free_after_the_run_however_it_ended(ledger: Ledger, path: Path) -> None:
    with ledger.lock():
        pass
    with pytest.raises(KeyboardInterrupt), ledger.lock():
        raise KeyboardInterrupt
    with ledger.lock():
        pass
    assert path.with_name("herald.sqlite.lock").read_bytes() == b""


def test_the_lock_does_not_keep_anyone_from_reading(ledger: Ledger, url: str) -> None:
    with ledger.lock(), open_scratch_copy(url) as copy:
        assert copy.deliveries() == ()


def test_a_killed_process_holds_no_lock(ledger: Ledger, url: str) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(LedgerLocked, match=f"process {child.pid} on"), ledger.lock():
            pytest.fail("two processes hold the lock")
        child.send_signal(signal.SIGKILL)
        child.wait()
    with ledger.lock():
        pass


def test_a_lock_file_that_cannot_be_used_is_named(ledger: Ledger, path: Path) -> None:
    lock = path.with_name("herald.sqlite.lock")
    lock.unlink()
    lock.mkdir()
    with (
        pytest.raises(LedgerError, match=r"herald\.sqlite\.lock cannot be used: Is a directory"),
        ledger.lock(),
    ):
        pytest.fail("a folder was locked")
