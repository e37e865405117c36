from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import make_url

from bot.ledger.opening import open_ledger
from tests.config.networks import SECRETS, WELL, problems, read
from tests.servers.mariadb import TOOL as TOOLS_USER
from tests.servers.mariadb import TOOL_PASSWORD as TOOLS_PASSWORD

if TYPE_CHECKING:
    from pathlib import Path

    from bot.config import Config
    from tests.servers.mariadb import MariaDB

MARIADB = "mysql+pymysql://herald@db.example:3307/herald"
TOOL = {"TOOL_TOOLSDB_USER": "s55123", "TOOL_TOOLSDB_PASSWORD": "correct horse"}


def ledger(url: str, *more: str) -> str:
    return "\n".join([WELL, "[ledger]", f'url = "{url}"', *more])


def password(config: Config) -> str | None:
    return config.ledger_password.reveal() if config.ledger_password else None


def test_a_file_has_no_password(tmp_path: Path) -> None:
    assert read(tmp_path, WELL).ledger_password is None
    assert problems(tmp_path, ledger("sqlite:///h.sqlite", 'password_env = "X"')) == (
        "ledger: password_env: a file has no password: leave it out",
    )


@pytest.mark.parametrize(
    "url",
    [MARIADB, "mysql+pymysql://a%40b@localhost/herald", f"{MARIADB}?unix_socket=/run/mysqld/mysqld.sock"],
)
def test_a_database_has_its_password_from_the_environment(tmp_path: Path, url: str) -> None:
    assert password(read(tmp_path, ledger(url))) is None
    config = read(
        tmp_path,
        ledger(url, 'password_env = "LEDGER_PASSWORD"'),
        environ=SECRETS | {"LEDGER_PASSWORD": " p@ss "},
    )
    assert config.ledger_url == url
    assert password(config) == " p@ss "
    assert "p@ss" not in repr(config)


def test_toolsdb_is_the_database_of_the_tool_that_toolforge_names(tmp_path: Path) -> None:
    config = read(tmp_path, ledger("toolsdb://herald"), environ=SECRETS | TOOL)
    assert config.ledger_url == "mysql+pymysql://s55123@tools.db.svc.wikimedia.cloud/s55123__herald"
    assert password(config) == "correct horse"


def test_toolsdb_can_be_on_another_host(tmp_path: Path) -> None:
    config = read(tmp_path, ledger("toolsdb://herald?host=127.0.0.1:3307"), environ=SECRETS | TOOL)
    url = make_url(config.ledger_url)
    assert (url.host, url.port, url.database) == ("127.0.0.1", 3307, "s55123__herald")


@pytest.mark.parametrize("missing", TOOL)
def test_what_toolforge_has_not_set_is_named(tmp_path: Path, missing: str) -> None:
    environ = {name: value for name, value in (SECRETS | TOOL).items() if name != missing}
    told = f"ledger: url: the environment variable {missing} is not set, or is empty"
    assert problems(tmp_path, ledger("toolsdb://herald"), environ=environ) == (told,)
    config = read(tmp_path, ledger("toolsdb://herald"), environ=environ, require_secrets=False)
    assert config.warnings == (told,)


def test_a_missing_password_is_named_or_warned_of(tmp_path: Path) -> None:
    text = ledger(MARIADB, 'password_env = "LEDGER_PASSWORD"')
    told = "ledger: password_env: the environment variable LEDGER_PASSWORD is not set, or is empty"
    assert problems(tmp_path, text) == (told,)
    config = read(tmp_path, text, require_secrets=False)
    assert (config.warnings, config.ledger_password) == ((told,), None)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql+pymysql://herald:hunter2@db/herald", "must not contain a password"),
        (f"{MARIADB}?password=hunter2", "must not contain a password"),
        ("toolsdb://herald?passwd=hunter2", "must not contain a password"),
        ("toolsdb://s55123:hunter2@herald", "must not contain a password"),
        ("mysql+pymysql://db/herald", "must be sqlite, three slashes and a file, such as"),
        ("mysql+pymysql://herald@db", "must be sqlite"),
        ("mysql+pymysql://herald@db/herald?charset=latin1", "must be sqlite"),
        ("mysql://herald@db/herald", "must be sqlite"),
        ("toolsdb://s55123__herald", 'must be "toolsdb://" and what comes after the two underscores'),
        ("toolsdb://", 'must be "toolsdb://"'),
        ("toolsdb://herald/other", 'must be "toolsdb://"'),
    ],
)
def test_what_names_no_ledger_is_refused_and_not_shown(tmp_path: Path, url: str, told: str) -> None:
    (problem,) = problems(tmp_path, ledger(url), environ=SECRETS | TOOL)
    assert problem.startswith(f"ledger: url: {told}")
    assert "hunter2" not in problem


def test_a_password_in_the_file_is_refused(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, ledger(MARIADB, 'password = "hunter2"'))
    assert "password_env" in problem
    assert "hunter2" not in problem


def test_a_password_for_toolsdb_is_refused(tmp_path: Path) -> None:
    text = ledger("toolsdb://herald", 'password_env = "LEDGER_PASSWORD"')
    assert problems(tmp_path, text, environ=SECRETS | TOOL) == (
        "ledger: password_env: ToolsDB's password is in TOOL_TOOLSDB_PASSWORD: leave it out",
    )


def test_what_toolsdb_becomes_is_opened(tmp_path: Path, mariadb: MariaDB) -> None:
    """From the file to the server, as on Toolforge."""
    name = mariadb.new_name()
    config = read(
        tmp_path,
        ledger(f"toolsdb://{name}?host=127.0.0.1:{mariadb.port}"),
        environ=SECRETS | {"TOOL_TOOLSDB_USER": TOOLS_USER, "TOOL_TOOLSDB_PASSWORD": TOOLS_PASSWORD},
    )
    with open_ledger(config.ledger_url, password=config.ledger_password) as opened, opened.lock():
        assert opened.deliveries() == ()
    assert (f"{TOOLS_USER}__{name}",) in mariadb.ask("SHOW DATABASES")
