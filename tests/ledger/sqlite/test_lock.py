from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from bot.errors import LedgerError, LedgerLocked
from bot.ledger import Ledger, open_ledger

if TYPE_CHECKING:
    from pathlib import Path


def test_the_process_that_holds_the_lock_is_named(ledger: Ledger, url: str) -> None:
    with (
        ledger.lock(),
        open_ledger(url) as other,
        pytest.raises(LedgerLocked, match=rf"process {os.getpid()} on .*, since 20\d\d-"),
        other.lock(),
    ):
        pytest.fail("two runs hold the lock")


def test_a_ledger_has_one_lock_by_whatever_name_it_is_called(ledger: Ledger, path: Path) -> None:
    link = path.with_name("link.sqlite")
    link.symlink_to(path)
    with ledger.lock(), open_ledger(f"sqlite:///{link}") as other, pytest.raises(LedgerLocked), other.lock():
        pytest.fail("two runs hold the lock")


def test_the_lock_file_is_left_empty(ledger: Ledger, path: Path) -> None:
    with ledger.lock():
        pass
    assert path.with_name("herald.sqlite.lock").read_bytes() == b""


def test_a_lock_file_that_cannot_be_used_is_named(ledger: Ledger, path: Path) -> None:
    lock = path.with_name("herald.sqlite.lock")
    lock.unlink()
    lock.mkdir()
    with (
        pytest.raises(LedgerError, match=r"herald\.sqlite\.lock cannot be used: Is a directory"),
        ledger.lock(),
    ):
        pytest.fail("a folder was locked")
