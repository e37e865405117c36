from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert

from bot.errors import LedgerError, LedgerLocked
from bot.ledger import Ledger, open_ledger, open_scratch_copy, sqlite
from bot.ledger.schema import follow
from tests.ledger.making import NOW, PAGE, SITE, known, memory, pending, sent

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


def test_a_new_ledger_is_made_and_keeps_what_it_is_told(path: Path, url: str) -> None:
    with open_ledger(url) as ledger:
        row = sent(ledger)
        ledger.remember_page(memory(known("mw146")), now=NOW)
    with open_ledger(url) as again:
        assert again.deliveries() == (row,)
        assert again.page(SITE, PAGE) == memory(known("mw146"))
    assert path.exists()


def test_a_path_may_be_relative_and_may_hold_odd_characters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with open_ledger("sqlite:///Größe 100% #1.sqlite") as ledger:
        row = pending(ledger)
    assert (tmp_path / "Größe 100% #1.sqlite").is_file()
    with open_scratch_copy("sqlite:///Größe 100% #1.sqlite") as copy:
        assert copy.deliveries() == (row,)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("herald.sqlite", "is not a URL"),
        ("", "is not a URL"),
        ("postgresql://user:hunter2@db/herald", "begins with postgresql://"),
        ("mysql+pymysql://user:hunter2@db/herald", r"begins with mysql\+pymysql://"),
        ("sqlite://", "does not name a file"),
        ("sqlite:///:memory:", "does not name a file"),
        ("sqlite://folder/herald.sqlite", "does not name a file"),
        ("sqlite:///herald.sqlite?mode=ro", "does not name a file"),
    ],
)
def test_a_url_that_is_not_supported_is_refused(opener: Callable[[str], Ledger], url: str, told: str) -> None:
    with pytest.raises(LedgerError, match=f"{told}.*Supported is sqlite:///") as caught:
        opener(url)
    assert "hunter2" not in str(caught.value)


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


def test_the_database_of_another_program_is_left_alone(
    opener: Callable[[str], Ledger], path: Path, url: str
) -> None:
    execute(path, "CREATE TABLE recipes (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(LedgerError, match=r"is the database of another program.*a file of its own"):
        opener(url)
    assert path.read_bytes() == before


def test_a_ledger_from_the_future_is_left_alone(
    opener: Callable[[str], Ledger], path: Path, url: str
) -> None:
    open_ledger(url).close()
    execute(path, "UPDATE alembic_version SET version_num = '9999'")
    before = path.read_bytes()
    with pytest.raises(LedgerError, match=r"newer version of Wikiherald \(schema 9999;.*Upgrade Wikiherald"):
        opener(url)
    assert path.read_bytes() == before


def test_an_empty_file_is_what_a_run_that_died_at_once_leaves(path: Path, url: str) -> None:
    path.touch()
    with open_ledger(url) as ledger:
        pending(ledger)


def test_a_ledger_is_not_migrated_under_a_run_that_is_at_work(path: Path, url: str, tmp_path: Path) -> None:
    with open_ledger(f"sqlite:///{tmp_path}/other") as other, other.lock():
        (tmp_path / "other.lock").rename(path.with_name("herald.sqlite.lock"))
        with pytest.raises(LedgerLocked):
            open_ledger(url)
    assert open_ledger(url).deliveries() == ()


def test_opening_a_ledger_that_is_up_to_date_changes_nothing_in_it(path: Path, url: str) -> None:
    with open_ledger(url) as ledger:
        sent(ledger)
    before = dump(path)
    open_ledger(url).close()
    assert dump(path) == before


def test_a_commit_is_made_to_survive_a_power_cut(path: Path, url: str) -> None:
    execute(path, "PRAGMA journal_mode = WAL", "CREATE TABLE gone (x)", "DROP TABLE gone")
    with open_ledger(url) as ledger, ledger._database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == EXTRA


def test_a_row_without_the_one_it_belongs_to_is_refused(opener: Callable[[str], Ledger], url: str) -> None:
    orphan = insert(follow).values(page_id=7, channel="feed", since=NOW)
    with (
        opener(url) as ledger,
        pytest.raises(LedgerError, match="FOREIGN KEY"),
        ledger._database.writing() as connection,
    ):
        connection.execute(orphan)


@pytest.mark.parametrize("opener", [sqlite.open_file, sqlite.copy_file])
def test_a_ledger_that_stays_locked_is_not_waited_for_for_ever(
    ledger: Ledger, path: Path, opener: Callable[..., Ledger]
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as rude:
        rude.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerError, match="another program keeps it locked"):
            opener(path, patience=0.01)
    assert ledger.deliveries() == ()
