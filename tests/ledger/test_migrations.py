from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Enum, PrimaryKeyConstraint, UniqueConstraint, create_engine, inspect
from sqlalchemy.dialects import mysql
from sqlalchemy.schema import CreateTable

import bot.ledger
from bot.ledger.migrate import REVISIONS, migrate
from bot.ledger.migrations.versions import v0001_first
from bot.ledger.schema import Name, Prose, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Table
    from sqlalchemy.types import TypeEngine

TABLES = metadata.sorted_tables
DIALECT = mysql.dialect()
MARIADB_INDEX = 3072  # bytes, https://mariadb.com/kb/en/innodb-limitations/


@pytest.fixture
def migrated() -> Iterator[Engine]:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        migrate(connection)
    yield engine
    engine.dispose()


def test_the_migrations_make_exactly_the_schema(migrated: Engine) -> None:
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_migrations_name_every_key_as_the_schema_does(migrated: Engine) -> None:
    made = inspect(migrated)
    for name, table in metadata.tables.items():
        expected = {constraint.name for constraint in table.constraints} | {
            index.name for index in table.indexes
        }
        found = {made.get_pk_constraint(name)["name"]}
        found |= {unique["name"] for unique in made.get_unique_constraints(name)}
        found |= {foreign["name"] for foreign in made.get_foreign_keys(name)}
        found |= {index["name"] for index in made.get_indexes(name)}
        assert found == expected


def test_the_list_of_revisions_is_that_of_the_files() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(bot.ledger.__file__).with_name("migrations")))
    script = ScriptDirectory.from_config(config)
    assert [step.revision for step in reversed(list(script.walk_revisions()))] == list(REVISIONS)


def test_the_migrations_make_the_same_tables_on_mariadb() -> None:
    sql = StringIO()
    opts = {"as_sql": True, "output_buffer": sql}
    with Operations.context(MigrationContext.configure(dialect=DIALECT, opts=opts)):
        v0001_first.upgrade()
    made = {lines(statement) for statement in sql.getvalue().split(";") if "CREATE TABLE" in statement}
    assert made == {lines(str(CreateTable(table).compile(dialect=DIALECT))) for table in TABLES}


def lines(statement: str) -> tuple[str, ...]:
    """Return a statement's lines without what does not matter: their order, and what stands between them."""
    return tuple(sorted(line.strip().rstrip(",") for line in statement.splitlines() if line.strip()))


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
