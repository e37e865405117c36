"""Fixtures for all tests: what is here is used by more than one room.

A fixture that needs a real server starts it when the first test asks for it. Where that cannot be done its
tests are left out and listed with the reason at the end; with ``--require-servers``, or ``CI=true``, they
fail.
"""

from __future__ import annotations

import os
from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

import pytest

from tests.servers import mariadb as mariadb_server
from tests.servers import mediawiki as mediawiki_server
from tests.servers import ngircd as ngircd_server
from tests.servers import pds as pds_server
from tests.servers import pywikibot as pywikibot_server
from tests.servers import synapse as synapse_server
from tests.servers.debian import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.servers.mariadb import MariaDB
    from tests.servers.mediawiki import MediaWiki
    from tests.servers.ngircd import NgIrcd
    from tests.servers.pds import PDS
    from tests.servers.pywikibot import PywikibotDir
    from tests.servers.synapse import Synapse

T = TypeVar("T")
SERVER_FIXTURES = {"mariadb", "mediawiki", "ngircd", "pds", "synapse"}
INSTALLATION = 900  # seconds that the first test with a server may take, where it must be downloaded


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--require-servers",
        action="store_true",
        default=os.environ.get("CI") == "true",
        help="a real server that cannot be started is a failure (the default with CI=true)",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give tests with servers time to install them, and keep together what shares a server, or a file.

    Where tests run side by side (``./run test``), each server is so started by one process only.
    """
    for item in items:
        servers = sorted(SERVER_FIXTURES & {str(name) for name in _asked_for(item)})
        if servers:
            item.add_marker(pytest.mark.timeout(INSTALLATION))
        item.add_marker(pytest.mark.xdist_group("+".join(servers) or str(item.path)))


def _asked_for(item: pytest.Item) -> set[object]:
    """Return the fixtures of a test; one of two databases may be asked for by a parameter's value."""
    parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return {*getattr(item, "fixturenames", ()), *(one for one in parameters if isinstance(one, str))}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    left_out = defaultdict(list)
    for report in terminalreporter.getreports("skipped"):
        if isinstance(report.longrepr, tuple):
            left_out[report.longrepr[2].removeprefix("Skipped: ")].append(report.nodeid)
    for reason, tests in left_out.items():
        terminalreporter.section(f"left out: {reason}", sep="-")
        for test in sorted(tests):
            terminalreporter.line(test)


def start(request: pytest.FixtureRequest, server: AbstractContextManager[T]) -> Iterator[T]:
    """Start a server for a fixture, or say why its tests are left out."""
    terminal = request.config.pluginmanager.getplugin("capturemanager")
    try:
        with terminal.global_and_fixture_disabled():
            started = server.__enter__()
    except Unavailable as reason:
        if request.config.getoption("--require-servers"):
            pytest.fail(str(reason), pytrace=False)
        pytest.skip(str(reason))
    try:
        yield started
    finally:
        server.__exit__(None, None, None)


@pytest.fixture(scope="session")
def mediawiki(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MediaWiki]:
    """A real wiki, one for the whole session: each test takes titles of its own."""
    folder = tmp_path_factory.mktemp("mediawiki") / "site"
    yield from start(request, mediawiki_server.serve(folder))


@pytest.fixture(scope="session")
def mariadb(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDB]:
    """A real MariaDB, one for the whole session: each test takes a database of its own."""
    yield from start(request, mariadb_server.serve(tmp_path_factory.mktemp("mariadb") / "server"))


@pytest.fixture(scope="session")
def ngircd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NgIrcd]:
    """A real IRC server, one for the whole session; a room is gone when the last one leaves it."""
    yield from start(request, ngircd_server.serve(tmp_path_factory.mktemp("ngircd") / "server"))


@pytest.fixture(scope="session")
def pds(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PDS]:
    """A real server of the AT Protocol, one for the whole session: each test takes an account of its own."""
    yield from start(request, pds_server.serve(tmp_path_factory.mktemp("pds") / "server"))


@pytest.fixture(scope="session")
def synapse(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synapse]:
    """A real server of Matrix, one for the whole session: each test takes a room of its own."""
    yield from start(request, synapse_server.serve(tmp_path_factory.mktemp("synapse") / "server"))


@pytest.fixture(params=["sqlite", "mariadb"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty ledger: every test that takes it is one of both kinds of database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'herald.sqlite'}"
    server: MariaDB = request.getfixturevalue("mariadb")
    return server.clean_url()


@pytest.fixture
def pywikibot_dir(mediawiki: MediaWiki, tmp_path: Path) -> PywikibotDir:
    """A folder for Pywikibot that reads the wiki without an account."""
    return pywikibot_server.prepare(tmp_path / "pywikibot", mediawiki.url)


@pytest.fixture
def pywikibot_account(mediawiki: MediaWiki, tmp_path: Path) -> PywikibotDir:
    """A folder for Pywikibot that logs in with the bot's bot password."""
    return pywikibot_server.prepare(tmp_path / "account", mediawiki.url, password=mediawiki.bot_password)
