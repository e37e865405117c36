from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine, create_engine, event, make_url

from bot.errors import LedgerError, LedgerLocked
from bot.ledger import Ledger, open_ledger, open_scratch_copy
from bot.ledger.mariadb import LOCK, open_database
from bot.ledger.schema import metadata
from bot.model import Secret, Status
from tests.ledger.making import NOW, RECEIPT, claim, new, pending, sent
from tests.servers.mariadb import TOOL, TOOL_PASSWORD, USER
from tests.servers.process import free_port

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from tests.servers.mariadb import MariaDB

OPENERS = [open_ledger, open_scratch_copy]


@pytest.fixture(params=OPENERS, ids=lambda opener: opener.__name__)
def opener(request: pytest.FixtureRequest) -> Callable[..., Ledger]:
    chosen: Callable[..., Ledger] = request.param
    return chosen


def tables(server: MariaDB, url: str) -> dict[str, str]:
    """Return how each of our tables would be made, without how many rows it has had."""
    database = url.rpartition("/")[2]
    made = (server.ask(f"SHOW CREATE TABLE `{database}`.`{table}`")[0] for table in metadata.tables)
    return {
        name: "\n".join(sorted(line.strip().rstrip(",") for line in sql.splitlines())) for name, sql in made
    }


def test_the_migrations_make_every_table_as_the_schema_has_it(mariadb: MariaDB) -> None:
    migrated, described = mariadb.new_url(), mariadb.new_url()
    open_ledger(migrated).close()
    mariadb.make(described)
    engine = create_engine(described)
    metadata.create_all(engine)
    engine.dispose()
    assert tables(mariadb, migrated) == tables(mariadb, described)


@pytest.mark.parametrize("number", [0, 1, 4, 8, 11])
def test_a_migration_that_was_cut_off_is_done_again(mariadb: MariaDB, number: int) -> None:
    """MariaDB keeps each table as soon as it is made."""
    url, whole = mariadb.new_url(), mariadb.new_url()
    open_ledger(whole).close()
    made: list[str] = []

    def cut(_connection: Connection, _cursor: object, sql: str, *_: object) -> None:
        if sql.lstrip().startswith(("CREATE TABLE", "CREATE INDEX")):
            made.append(sql)
            if len(made) == number + 1:
                mariadb.kill(*mariadb.connections(url))

    event.listen(Engine, "before_cursor_execute", cut)
    try:
        with pytest.raises(LedgerError, match="the connection to the server was lost"):
            open_ledger(url)
    finally:
        event.remove(Engine, "before_cursor_execute", cut)
    with open_scratch_copy(url) as copy:
        assert copy.deliveries() == ()
    with open_ledger(url) as ledger:
        assert tables(mariadb, url) == tables(mariadb, whole)
        sent(ledger)


def test_the_account_logs_in_with_its_password_and_makes_its_own_database(
    opener: Callable[..., Ledger], mariadb: MariaDB
) -> None:
    url = mariadb.url(f"{TOOL}__{mariadb.new_name()}", user=TOOL)
    password = Secret(TOOL_PASSWORD)
    with open_ledger(url, password=password) as ledger, ledger.lock():
        row = sent(ledger)
    with opener(url, password=password) as again:
        assert again.deliveries() == (row,)


@pytest.mark.parametrize("password", [None, Secret("hunter2")])
def test_a_wrong_password_is_told_and_nothing_of_it_shown(
    opener: Callable[..., Ledger], mariadb: MariaDB, password: Secret | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(LedgerError, match=r"does not let this account in\. Look at the user") as caught:
        opener(mariadb.url(f"{TOOL}__herald", user=TOOL), password=password)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value)) + caplog.text


def test_a_password_is_nowhere_to_be_seen(mariadb: MariaDB, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    url = mariadb.url(f"{TOOL}__herald", user=TOOL)
    with open_ledger(url, password=Secret(TOOL_PASSWORD)) as ledger:
        sent(ledger, mariadb.new_name())
        engine = ledger._database._engine
        shown = (repr(engine), str(engine.url), engine.url.render_as_string(hide_password=False), caplog.text)
    assert not any(TOOL_PASSWORD in text for text in shown)


def test_a_database_that_this_account_may_not_make_is_named(
    opener: Callable[..., Ledger], mariadb: MariaDB
) -> None:
    with pytest.raises(
        LedgerError, match=r"The ledger others on 127\.0\.0\.1 cannot be used: this account lacks"
    ):
        opener(mariadb.url("others"))


def test_a_server_that_is_not_there_is_named(opener: Callable[..., Ledger]) -> None:
    with pytest.raises(LedgerError, match=r"The ledger herald on 127\.0\.0\.1 .*server cannot be reached"):
        opener(f"mysql+pymysql://herald@127.0.0.1:{free_port()}/herald")


def test_a_server_with_no_connection_left_is_told_apart(url: str, mariadb: MariaDB) -> None:
    mariadb.ask(f"ALTER USER '{USER}'@'127.0.0.1' WITH MAX_USER_CONNECTIONS 1")
    try:
        with (
            open_ledger(url),
            pytest.raises(LedgerError, match=r"no connection left for this account\. Run again"),
        ):
            open_ledger(url)
    finally:
        mariadb.ask(f"ALTER USER '{USER}'@'127.0.0.1' WITH MAX_USER_CONNECTIONS 0")


def test_a_ledger_that_may_only_be_read_is_refused_at_once_and_can_be_copied(mariadb: MariaDB) -> None:
    name = f"other_{mariadb.new_name()}"
    mariadb.ask(f"GRANT ALL ON `{name}`.* TO '{USER}'@'127.0.0.1'")
    with open_ledger(mariadb.url(name)) as ledger:
        row = sent(ledger)
    mariadb.ask(f"REVOKE ALL ON `{name}`.* FROM '{USER}'@'127.0.0.1'")
    mariadb.ask(f"GRANT SELECT ON `{name}`.* TO '{USER}'@'127.0.0.1'")
    with pytest.raises(LedgerError, match=r"lacks a right\. Grant it ALL on the database"):
        open_ledger(mariadb.url(name))
    with open_scratch_copy(mariadb.url(name)) as copy:
        assert copy.deliveries() == (row,)


def test_a_server_that_is_read_only_is_refused_at_once_and_can_be_copied(url: str, mariadb: MariaDB) -> None:
    with open_ledger(url) as ledger:
        row = sent(ledger)
    mariadb.ask("SET GLOBAL read_only = 1")
    try:
        with pytest.raises(LedgerError, match=r"read-only, perhaps for maintenance\. Run again later"):
            open_ledger(url)
        with open_scratch_copy(url) as copy:
            assert copy.deliveries() == (row,)
    finally:
        mariadb.ask("SET GLOBAL read_only = 0")


def test_a_socket_serves_as_well(mariadb: MariaDB) -> None:
    mariadb.ask(f"CREATE USER IF NOT EXISTS '{USER}'@'localhost'")
    mariadb.ask(f"GRANT ALL ON `{USER}%`.* TO '{USER}'@'localhost'")
    url = f"mysql+pymysql://{USER}@localhost/{mariadb.new_name()}?unix_socket={mariadb.socket}"
    with open_ledger(url) as ledger, ledger.lock():
        row = sent(ledger)
    with open_scratch_copy(url) as copy:
        assert copy.deliveries() == (row,)


def test_the_holder_of_the_lock_is_named_as_far_as_the_server_tells(
    ledger: Ledger, url: str, mariadb: MariaDB
) -> None:
    with ledger.lock():
        (*_, holder) = mariadb.connections(url)
        with (
            open_ledger(url) as other,
            pytest.raises(
                LedgerLocked,
                match=rf"held by {USER} at 127\.0\.0\.1:\d+ \(connection {holder}, last heard of \d+ s ago\)",
            ),
            other.lock(),
        ):
            pytest.fail("two runs hold the lock")


def test_each_database_has_a_lock_of_its_own(ledger: Ledger, mariadb: MariaDB) -> None:
    with ledger.lock(), open_ledger(mariadb.new_url()) as other, other.lock():
        sent(ledger)
        sent(other)


def test_a_ledger_is_not_migrated_under_a_run_that_is_at_work(mariadb: MariaDB) -> None:
    url = mariadb.new_url()
    mariadb.make(url)
    engine = create_engine(url)
    with engine.connect() as run:
        assert run.exec_driver_sql(f"SELECT GET_LOCK({LOCK}, 0)").scalar() == 1
        with pytest.raises(LedgerLocked):
            open_ledger(url)
        run.exec_driver_sql(f"DO RELEASE_LOCK({LOCK})")
    engine.dispose()
    with open_ledger(url) as ledger:
        assert ledger.deliveries() == ()


def test_what_does_not_fit_is_refused_not_cut(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="the server refuses it: Out of range value for column 'part'"):
        pending(ledger, part=2**31)
    assert ledger.deliveries() == ()


def test_a_transaction_of_somebody_else_is_not_waited_for_for_ever(url: str, mariadb: MariaDB) -> None:
    del mariadb
    with open_database(make_url(url), None) as ledger:
        claimed = claim(ledger, pending(ledger))
        engine = create_engine(url)
        with engine.connect() as rude:
            rude.exec_driver_sql("SELECT * FROM alembic_version FOR UPDATE")
            with ledger._database._engine.connect() as mine:
                mine.exec_driver_sql("SET SESSION innodb_lock_wait_timeout = 1")
            with pytest.raises(LedgerError, match="another program keeps it locked"):
                ledger.settle(claimed, Status.SENT, now=NOW, receipt=RECEIPT)
        engine.dispose()
        assert ledger.create([new()], now=NOW) == (claimed,)
