from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.errors import LedgerError, LedgerLocked
from bot.ledger import Ledger, open_ledger, open_scratch_copy, sqlite
from tests.ledger.making import pending, sent

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EXTRA = 3  # https://www.sqlite.org/pragma.html#pragma_synchronous
OPENERS = [open_ledger, open_scratch_copy]


@pytest.fixture(params=OPENERS, ids=lambda opener: opener.__name__)
def opener(request: pytest.FixtureRequest) -> Callable[[str], Ledger]:
    chosen: Callable[[str], Ledger] = request.param
    return chosen


def execute(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_a_path_may_be_relative_and_may_hold_odd_characters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with open_ledger("sqlite:///Größe 100% #1.sqlite") as ledger:
        row = pending(ledger)
    assert (tmp_path / "Größe 100% #1.sqlite").is_file()
    with open_scratch_copy("sqlite:///Größe 100% #1.sqlite") as copy:
        assert copy.deliveries() == (row,)


def test_a_missing_folder_is_named(opener: Callable[[str], Ledger], tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=rf"Make the folder {tmp_path}/missing, or"):
        opener(f"sqlite:///{tmp_path}/missing/herald.sqlite")
    assert not (tmp_path / "missing").exists()


def test_a_folder_or_a_device_is_no_ledger(opener: Callable[[str], Ledger], tmp_path: Path) -> None:
    for path in (tmp_path, "/dev/null"):
        with pytest.raises(LedgerError, match=f"{path} is not a file"):
            opener(f"sqlite:///{path}")


def test_a_path_through_a_file_is_refused(opener: Callable[[str], Ledger], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LedgerError, match="cannot be reached: Not a directory"):
        opener(f"sqlite:///{tmp_path}/file/herald.sqlite")


def test_a_file_that_is_no_database_is_left_alone(
    opener: Callable[[str], Ledger], path: Path, url: str
) -> None:
    path.write_text("My precious notes.\n" * 100)
    with pytest.raises(LedgerError, match=f"{path} cannot be used: it is not a SQLite database"):
        opener(url)
    assert path.read_text() == "My precious notes.\n" * 100


def test_a_ledger_that_was_cut_short_is_left_alone(
    opener: Callable[[str], Ledger], path: Path, url: str
) -> None:
    with open_ledger(url) as ledger:
        sent(ledger)
    cut = path.read_bytes()[:-4096]
    path.write_bytes(cut)
    with pytest.raises(LedgerError, match=f"{path} cannot be used: the file is damaged.*restore a backup"):
        opener(url)
    assert path.read_bytes() == cut


def test_an_empty_file_is_what_a_run_that_died_at_once_leaves(path: Path, url: str) -> None:
    path.touch()
    with open_ledger(url) as ledger:
        pending(ledger)


def test_a_ledger_is_not_migrated_under_a_run_that_is_at_work(path: Path, url: str, tmp_path: Path) -> None:
    with open_ledger(f"sqlite:///{tmp_path}/other") as other, other.lock():
        (tmp_path / "other.lock").rename(path.with_name("herald.sqlite.lock"))
        with pytest.raises(LedgerLocked):
            open_ledger(url)
    with open_ledger(url) as ledger:
        assert ledger.deliveries() == ()


def test_a_commit_is_made_to_survive_a_power_cut(path: Path, url: str) -> None:
    execute(path, "PRAGMA journal_mode = WAL", "CREATE TABLE gone (x)", "DROP TABLE gone")
    with open_ledger(url) as ledger, ledger._database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == EXTRA


@pytest.mark.parametrize("opener", [sqlite.open_file, sqlite.copy_file])
def test_a_ledger_that_stays_locked_is_not_waited_for_for_ever(
    ledger: Ledger, path: Path, opener: Callable[..., Ledger]
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as rude:
        rude.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerError, match="another program keeps it locked"):
            opener(path, patience=0.01)
    assert ledger.deliveries() == ()
