"""A database that is lost in the middle of a run: every item is there once in the end, and known to be."""

from __future__ import annotations

from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import make_url

from bot.errors import LedgerError
from bot.ledger.mariadb import open_database
from bot.ledger.opening import open_ledger
from bot.model import Capabilities
from bot.sync import run as engine
from tests.ledger.mariadb.breaking import Moment, broken
from tests.sync.conftest import OLD
from tests.sync.world import World

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.model import RunReport
    from tests.servers.mariadb import MariaDB

NEW = "'''2026-11-18''': [[MediaWiki 1.46]] is out. <!-- herald: id=new -->"
NEWER = "'''2026-11-18''': The [[Hackathon]] begins. <!-- herald: id=newer -->"
TEXTS = ["MediaWiki 1.46 is out.", "The Hackathon begins."]
READABLE, DEAF = Capabilities(read_back=True, edit=True), Capabilities()


@pytest.fixture
def ledger_url(mariadb: MariaDB) -> str:
    return mariadb.clean_url()


def kill(mariadb: MariaDB, url: str) -> None:
    mariadb.kill(*mariadb.connections(url))


def restart(mariadb: MariaDB, url: str) -> None:
    del url
    mariadb.stop()
    mariadb.start()


def at_first(step: str, act: Callable[[], None]) -> Callable[[str], None]:
    """Return what a channel is to do ``at`` its steps: act when it first comes to ``step``."""
    left = [step]

    def do(reached: str) -> None:
        if reached in left:
            left.clear()
            act()

    return do


def failure(report: RunReport) -> str:
    """Return the only thing that went wrong in a run."""
    (problem,) = (problem for problem in report.problems if problem.failure)
    return problem.message


def run_until_quiet(world: World) -> None:
    world.channel.at = lambda _: None
    for _ in range(4):
        world.pass_time(minutes=10)
        world.run()


@pytest.mark.parametrize("capabilities", [READABLE, DEAF], ids=["readable", "deaf"])
@pytest.mark.parametrize("step", ["publish", "accepted"])
@pytest.mark.parametrize("act", [kill, restart])
def test_a_post_under_way_is_written_down_and_no_other_leaves(
    followed: World,
    mariadb: MariaDB,
    act: Callable[[MariaDB, str], None],
    step: str,
    capabilities: Capabilities,
) -> None:
    followed.channel.capabilities = capabilities
    followed.page(NEWER, NEW, OLD)
    followed.channel.at = at_first(step, lambda: act(mariadb, followed.ledger_url))
    assert "the connection to the server was lost" in failure(followed.run())
    assert followed.texts == TEXTS[:1]
    assert followed.statuses() == {"old": "adopted", "new": "sent", "newer": "pending"}
    run_until_quiet(followed)
    assert followed.texts == TEXTS
    assert followed.statuses() == {"old": "adopted", "new": "sent", "newer": "sent"}


@pytest.mark.parametrize(
    ("capabilities", "known"), [(READABLE, "sent"), (DEAF, "in_doubt")], ids=["readable", "deaf"]
)
def test_a_server_that_stays_away_leaves_a_post_to_be_looked_for(
    followed: World, mariadb: MariaDB, capabilities: Capabilities, known: str
) -> None:
    followed.channel.capabilities = capabilities
    followed.page(NEW, OLD)
    followed.channel.at = at_first("accepted", mariadb.stop)
    try:
        with open_database(make_url(followed.ledger_url), None, patience=0.1) as ledger:
            report = engine.run(followed.herald(ledger))
    finally:
        mariadb.start()
    assert "the server cannot be reached" in failure(report)
    assert followed.statuses()["new"] == "sending"
    run_until_quiet(followed)
    assert followed.texts == TEXTS[:1]
    assert followed.statuses()["new"] == known


@pytest.mark.parametrize("moment", [Moment.COMMIT, Moment.REPLY])
def test_whichever_commit_is_lost_every_item_is_there_once(
    tmp_path: Path, mariadb: MariaDB, moment: Moment
) -> None:
    """On a channel where nobody can look: what is not known for sure would stay in doubt."""
    for number in count():
        world = World(folder=tmp_path, ledger_url=mariadb.clean_url())
        world.channel.capabilities = DEAF
        world.page(OLD)
        world.run()
        world.pass_time(hours=1)
        world.page(NEWER, NEW, OLD)
        with (
            open_ledger(world.ledger_url) as ledger,
            broken(mariadb, ledger, moment, after=number) as plan,
            suppress(LedgerError),
        ):
            engine.run(world.herald(ledger))
        if not plan.done:
            break
        run_until_quiet(world)
        assert world.texts == TEXTS
        assert world.statuses() == {"old": "adopted", "new": "sent", "newer": "sent"}
    assert number >= len(("create", "remember", *("create", "claim", "settle") * 2))
