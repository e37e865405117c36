from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Enum, PrimaryKeyConstraint, UniqueConstraint, create_engine, inspect
from sqlalchemy.dialects import mysql
from sqlalchemy.schema import CreateTable

import bot.ledger
from bot.ledger import open_ledger
from bot.ledger.migrate import REVISIONS
from bot.ledger.schema import Name, Prose, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Table
    from sqlalchemy.types import TypeEngine

TABLES = metadata.sorted_tables
DIALECT = mysql.dialect()
MARIADB_INDEX = 3072  # bytes, https://mariadb.com/kb/en/innodb-limitations/


@pytest.fixture
def migrated(url: str) -> Iterator[Engine]:
    open_ledger(url).close()
    engine = create_engine(url)
    yield engine
    engine.dispose()


def test_the_migrations_make_exactly_the_schema(migrated: Engine) -> None:
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_migrations_name_every_key_as_the_schema_does(migrated: Engine) -> None:
    made = inspect(migrated)
    for name, table in metadata.tables.items():
        expected = {key.name for key in table.constraints} | {index.name for index in table.indexes}
        # MariaDB calls every primary key PRIMARY and makes an index for it.
        primary = made.get_pk_constraint(name)["name"] or f"pk_{name}"
        others = [*made.get_unique_constraints(name), *made.get_foreign_keys(name), *made.get_indexes(name)]
        found = {primary, *(key["name"] for key in others)}
        assert found == expected


def test_the_list_of_revisions_is_that_of_the_files() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(bot.ledger.__file__).with_name("migrations")))
    script = ScriptDirectory.from_config(config)
    assert [step.revision for step in reversed(list(script.walk_revisions()))] == list(REVISIONS)


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_mariadb_compares_byte_by_byte_and_keeps_all_of_a_text_and_a_time(table: Table) -> None:
    sql = str(CreateTable(table).compile(dialect=DIALECT))
    assert "ENGINE=InnoDB" in sql
    assert "COLLATE utf8mb4_nopad_bin" in sql
    assert " TEXT" not in sql
    assert sql.count("DATETIME") == sql.count("DATETIME(6)")


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_every_index_fits_into_mariadb(table: Table) -> None:
    keys = [key for key in table.constraints if isinstance(key, UniqueConstraint | PrimaryKeyConstraint)]
    for key in [*table.indexes, *keys]:
        assert sum(size(column.type) for column in key.columns) <= MARIADB_INDEX, key.name


def size(kind: TypeEngine[Any]) -> int:
    """Return the greatest number of bytes that a value takes in an index."""
    assert not isinstance(kind, Prose), "a text of any length cannot be indexed"
    return 4 * kind.length if isinstance(kind, Name | Enum) and kind.length else 8
