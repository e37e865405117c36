from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import MetaData, create_engine, insert, select
from sqlalchemy.pool import NullPool

from bot.errors import LedgerError
from bot.ledger import Ledger, open_ledger, open_scratch_copy
from bot.ledger.migrate import REVISIONS
from bot.ledger.schema import follow, metadata
from tests.ledger.making import NOW, PAGE, SITE, known, memory, sent

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.servers.mariadb import MariaDB

OPENERS = [open_ledger, open_scratch_copy]
SINCE_0002 = {
    "ix_delivery_status_channel_claimed_at",
    "ix_delivery_page_id_status",
    "ix_delivery_page_id_claimed_at",
    "ix_item_page_id_present",
}


@pytest.fixture(params=OPENERS, ids=lambda opener: opener.__name__)
def opener(request: pytest.FixtureRequest) -> Callable[[str], Ledger]:
    chosen: Callable[[str], Ledger] = request.param
    return chosen


@pytest.fixture
def new_url(url: str, request: pytest.FixtureRequest) -> str:
    """A place where there is nothing yet."""
    if url.startswith("sqlite:"):
        return url
    server: MariaDB = request.getfixturevalue("mariadb")
    return server.new_url()


def execute(url: str, *statements: str) -> None:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def dump(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Return all there is in a database, table by table."""
    engine = create_engine(url, poolclass=NullPool)
    tables = MetaData()
    with engine.begin() as connection:
        tables.reflect(connection)
        return {
            table.name: [tuple(row) for row in connection.execute(select(table))]
            for table in tables.sorted_tables
        }


def test_a_new_ledger_is_made_and_keeps_what_it_is_told(new_url: str) -> None:
    with open_ledger(new_url) as ledger:
        row = sent(ledger)
        ledger.remember_page(memory(known("mw146")), now=NOW)
    with open_ledger(new_url) as again:
        assert again.deliveries() == (row,)
        assert again.page(SITE, PAGE) == memory(known("mw146"))


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ("herald.sqlite", "is not a URL"),
        ("", "is not a URL"),
        ("postgresql://user@db/herald", "begins with postgresql://"),
        ("mysql://user@db/herald", "begins with mysql://"),
        ("sqlite://", "does not name a file"),
        ("sqlite:///:memory:", "does not name a file"),
        ("sqlite://folder/herald.sqlite", "does not name a file"),
        ("sqlite:///herald.sqlite?mode=ro", "does not name a file"),
        ("mysql+pymysql://db/herald", "does not name a user, a host and a database"),
        ("mysql+pymysql://user@db", "does not name a user, a host and a database"),
    ],
)
def test_a_url_that_is_not_supported_is_refused(opener: Callable[[str], Ledger], bad: str, told: str) -> None:
    with pytest.raises(LedgerError, match=rf"{told}.*Supported are sqlite:///.* and mysql\+pymysql://"):
        opener(bad)


@pytest.mark.parametrize("scheme", ["mysql+pymysql", "postgresql", "toolsdb"])
def test_a_url_with_a_password_is_refused_and_the_password_not_shown(
    opener: Callable[[str], Ledger], scheme: str
) -> None:
    with pytest.raises(LedgerError, match="contains a password: put it in an environment variable") as caught:
        opener(f"{scheme}://user:hunter2@db/herald")
    assert "hunter2" not in str(caught.value)


def test_without_toolforges_variables_there_is_no_toolsdb(opener: Callable[[str], Ledger]) -> None:
    with pytest.raises(LedgerError, match="TOOL_TOOLSDB_USER and TOOL_TOOLSDB_PASSWORD are not both set"):
        opener("toolsdb://herald")


def test_the_database_of_another_program_is_left_alone(
    opener: Callable[[str], Ledger], new_url: str, request: pytest.FixtureRequest
) -> None:
    if not new_url.startswith("sqlite:"):
        request.getfixturevalue("mariadb").make(new_url)
    execute(new_url, "CREATE TABLE recipes (name VARCHAR(100))")
    before = dump(new_url)
    with pytest.raises(LedgerError, match=r"is the database of another program.*one of its own"):
        opener(new_url)
    assert dump(new_url) == before


def test_a_ledger_from_the_future_is_left_alone(opener: Callable[[str], Ledger], new_url: str) -> None:
    open_ledger(new_url).close()
    execute(new_url, "UPDATE alembic_version SET version_num = '9999'")
    before = dump(new_url)
    with pytest.raises(LedgerError, match=r"newer version of Wikiherald \(schema 9999;.*Upgrade Wikiherald"):
        opener(new_url)
    assert dump(new_url) == before


def test_an_older_ledger_is_brought_up_to_date_and_a_copy_leaves_it_as_it_is(new_url: str) -> None:
    with open_ledger(new_url) as ledger:
        row = sent(ledger)
    engine = create_engine(new_url, poolclass=NullPool)
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            for index in table.indexes:
                if index.name in SINCE_0002:
                    index.drop(connection)
    execute(new_url, "UPDATE alembic_version SET version_num = '0001'")
    before = dump(new_url)
    with open_scratch_copy(new_url) as copy:
        assert copy.deliveries() == (row,)
    assert dump(new_url) == before
    with open_ledger(new_url) as ledger:
        assert ledger.deliveries() == (row,)
    assert dump(new_url)["alembic_version"] == [(REVISIONS[-1],)]


def test_opening_a_ledger_that_is_up_to_date_changes_nothing_in_it(url: str) -> None:
    with open_ledger(url) as ledger:
        sent(ledger)
    before = dump(url)
    open_ledger(url).close()
    assert dump(url) == before


def test_a_row_without_the_one_it_belongs_to_is_refused(opener: Callable[[str], Ledger], url: str) -> None:
    orphan = insert(follow).values(page_id=7, channel="feed", since=NOW)
    with (
        opener(url) as ledger,
        pytest.raises(LedgerError, match=r"(?i)foreign key"),
        ledger._database.writing() as connection,
    ):
        connection.execute(orphan)
