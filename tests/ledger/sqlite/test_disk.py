"""A disk that is full, and files that are not ours to write."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.errors import LedgerError
from bot.ledger import Ledger, open_ledger, open_scratch_copy
from tests.ledger.making import NOW, new, pending, sent

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY = 65534
FILL = """
import resource, sys
from bot.errors import LedgerError
from bot.ledger import open_ledger
from tests.ledger.making import NOW, new
with open_ledger(sys.argv[1]) as ledger:
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    try:
        for n in range(1000):
            ledger.create([new(f"item {n}", text="x" * 5000)], now=NOW)
    except LedgerError as error:
        print(error)
"""


def fill(ledger: Ledger) -> None:
    for n in range(1000):
        ledger.create([new(f"item {n}", text="x" * 5000)], now=NOW)


def assert_whole(ledger: Ledger) -> None:
    rows = ledger.deliveries()
    assert rows
    assert all(len(row.text) == 5000 and len(ledger.events(row.id)) == 1 for row in rows)


def test_a_database_that_cannot_grow_says_so_and_keeps_what_it_has(ledger: Ledger) -> None:
    with ledger._database.writing() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 60")
    with pytest.raises(LedgerError, match=r"the disk is full\. Make room there and run again"):
        fill(ledger)
    assert_whole(ledger)


def test_a_disk_that_refuses_to_write_is_named_and_nothing_is_half_written(path: Path, url: str) -> None:
    done = subprocess.run([sys.executable, "-c", FILL, url], capture_output=True, text=True, check=True)
    assert f"{path} cannot be used: the disk, or its quota, failed" in done.stdout
    assert done.stderr == ""
    with open_ledger(url) as ledger:
        assert_whole(ledger)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    mount = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(tmp_path)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("no disk can be mounted in this container")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_full_disk_is_named_and_what_was_there_is_kept(small_disk: Path) -> None:
    with open_ledger(f"sqlite:///{small_disk}/herald.sqlite") as ledger:
        with pytest.raises(LedgerError, match="the disk is full"):
            fill(ledger)
        assert_whole(ledger)
    with open_scratch_copy(f"sqlite:///{small_disk}/herald.sqlite") as copy:
        assert_whole(copy)
        sent(copy)


def test_a_new_ledger_on_a_full_disk_is_refused(small_disk: Path) -> None:
    with (small_disk / "filler").open("wb") as filler, pytest.raises(OSError, match="No space left"):
        filler.write(b"x" * 1_000_000)
    with pytest.raises(LedgerError, match="disk"):
        open_ledger(f"sqlite:///{small_disk}/herald.sqlite")


@contextmanager
def unprivileged() -> Iterator[None]:
    """Be an account that file permissions apply to."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def public() -> Iterator[Path]:
    """A ledger in a folder that every account can reach, which pytest's are not."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        with unprivileged():
            path = folder / "herald.sqlite"
            path.touch()
        with open_ledger(f"sqlite:///{path}") as ledger:
            pending(ledger)
        with ledger.lock():  # so that there is a lock file
            pass
        yield path
        folder.chmod(0o777)


def test_a_file_that_may_not_be_read_is_refused(public: Path) -> None:
    public.chmod(0o000)
    for opener in (open_ledger, open_scratch_copy):
        with unprivileged(), pytest.raises(LedgerError, match=r"cannot be opened\. Let this account"):
            opener(f"sqlite:///{public}")


def test_a_file_that_may_not_be_written_is_refused_at_once_and_can_be_copied(public: Path) -> None:
    public.chmod(0o444)
    with unprivileged():
        with pytest.raises(LedgerError, match=r"it is read-only\. Let this account write"):
            open_ledger(f"sqlite:///{public}")
        with open_scratch_copy(f"sqlite:///{public}") as copy:
            assert len(copy.deliveries()) == 1


def test_a_folder_that_may_not_be_written_is_refused_at_once_and_can_be_copied(public: Path) -> None:
    public.parent.chmod(0o555)
    with unprivileged():
        with pytest.raises(
            LedgerError, match=r"it is read-only\. Let this account write to the file and to its folder"
        ):
            open_ledger(f"sqlite:///{public}")
        with open_scratch_copy(f"sqlite:///{public}") as copy:
            assert len(copy.deliveries()) == 1


def test_a_folder_that_may_not_be_entered_is_no_empty_ledger(public: Path) -> None:
    public.parent.chmod(0o000)
    for opener in (open_ledger, open_scratch_copy):
        with unprivileged(), pytest.raises(LedgerError, match="cannot be reached: Permission denied"):
            opener(f"sqlite:///{public}")


def test_a_lock_file_of_somebody_else_is_named(public: Path) -> None:
    public.with_name("herald.sqlite.lock").chmod(0o000)
    with (
        unprivileged(),
        open_ledger(f"sqlite:///{public}") as ledger,
        pytest.raises(LedgerError, match=r"herald\.sqlite\.lock cannot be used: Permission denied"),
        ledger.lock(),
    ):
        pytest.fail("a file of somebody else was locked")
