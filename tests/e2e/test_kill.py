"""Whenever the process dies or is told to end, each item is in the end where it belongs, once."""

from __future__ import annotations

import random
import signal
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.ledger import open_ledger
from tests.e2e.conftest import FEED, FILE_PAGE, MASTODON, TIMEOUT, Bot
from tests.e2e.cradle import Cradle
from tests.e2e.kill import Scene, Stage, Undisturbed, stage
from tests.e2e.networks import COMPANY
from tests.fakes.mastodon import POST_STATUS, MastodonServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.mariadb import MariaDB

TODAY = datetime.now(UTC).date().isoformat()
OLD = "* '''2026-01-10''': [[Old news]], on the page before the bot."
ONE = f"* '''{TODAY}''': '''[[MediaWiki 1.46]]''' is out! [[File:Logo.png|thumb|alt=The new logo]]"
TWO = f"* '''{TODAY}''': The [[Hackathon]] begins in Istanbul. <!-- herald: id=hackathon -->"
LONG = f"* '''{TODAY}''': [[MediaWiki 1.46]] is out. " + " ".join(
    f"Sentence {number} tells a little more about the release." for number in range(14)
)
THREADS = ("MainThread", "keeping", "forgetful", "feed")
# What differs between the networks is tried in full once; the harder one then stands for both.
SCENES = {
    "two new items": Scene(before=(OLD,), page=(TWO, ONE, OLD), threads=THREADS),
    "a thread": Scene(before=(OLD,), page=(LONG, OLD), settings='long = "thread"', threads=("forgetful",)),
    "an edit": Scene(
        before=(TWO, ONE, OLD),
        page=(TWO, ONE.replace("is out", "has been released"), OLD),
        threads=("forgetful", "feed"),
    ),
    "the first run": Scene(page=(TWO, ONE, OLD), threads=THREADS),
}
VISIBLE = {"two new items": 2, "a thread": 2, "an edit": 2, "the first run": 0}
MOMENTS = ("arrived", "accepted")
PATIENCE = 10  # seconds that a system gives a process to end


@pytest.fixture(scope="module")
def cradle() -> Iterator[Cradle]:
    with Cradle(module for actor in COMPANY for module in actor.imports) as cradle:
        yield cradle


@pytest.fixture
def theatre(tmp_path: Path, cradle: Cradle, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    for name, secret in COMPANY[0].environment.items():
        monkeypatch.setenv(name, secret)
    with stage(tmp_path, cradle, COMPANY, has_feed=True) as theatre:
        yield theatre


@pytest.mark.parametrize("name", SCENES)
def test_killed_at_any_boundary_it_loses_and_doubles_nothing(theatre: Stage, name: str) -> None:
    theatre.prepare(SCENES[name])
    dry = theatre.undisturbed()
    assert [len(posts) for posts in dry.outcome["shown"].values()][:2] == [VISIBLE[name]] * 2
    die_at_each(theatre, dry)


def test_killed_with_its_ledger_on_a_server_it_loses_and_doubles_nothing(
    theatre: Stage, mariadb: MariaDB
) -> None:
    theatre.database = mariadb
    theatre.prepare(replace(SCENES["two new items"], threads=("MainThread", "forgetful")))
    die_at_each(theatre, theatre.undisturbed())


def die_at_each(theatre: Stage, dry: Undisturbed) -> None:
    for boundary in dry.boundaries:
        theatre.reset()
        assert theatre.run(boundary=boundary) == -signal.SIGKILL, (boundary, theatre.errors)
        theatre.settle()
        assert theatre.outcome() == dry.outcome, boundary


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_while_a_server_has_its_request_it_loses_and_doubles_nothing(
    theatre: Stage, moment: str
) -> None:
    """What has arrived is accepted after its sender's death; what is accepted finds nobody to answer."""
    theatre.prepare(SCENES["two new items"])
    dry = theatre.undisturbed()
    for name, requests in dry.requests.items():
        assert requests[-2:] == ("POST /api/v1/statuses",) * 2
        for number, request in enumerate(requests, start=1):
            theatre.reset()
            assert theatre.run_until(name, moment, number) == -signal.SIGKILL, (request, theatre.errors)
            theatre.settle()
            assert theatre.outcome() == dry.outcome, (name, request)


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_again_and_again_it_loses_and_doubles_nothing(theatre: Stage, seed: int) -> None:
    """Also where the run that settles is killed itself."""
    chance = random.Random(seed)  # noqa: S311 - it is to be the same in every test run
    theatre.prepare(SCENES["two new items"])
    dry = theatre.undisturbed()
    for _ in range(8):
        theatre.reset()
        deaths = [f"{chance.choice(THREADS)} {chance.randint(1, 14)}:" for _ in range(3)]
        codes = [theatre.run(boundary=boundary) for boundary in deaths]
        assert set(codes) <= {0, -signal.SIGKILL}, (deaths, theatre.errors)
        theatre.settle()
        assert theatre.outcome() == dry.outcome, deaths


def test_told_to_end_at_any_boundary_it_leaves_nothing_half_done(theatre: Stage) -> None:
    theatre.prepare(replace(SCENES["two new items"], threads=("MainThread", "keeping")))
    dry = theatre.undisturbed()
    for boundary in dry.boundaries:
        theatre.reset()
        code = theatre.run(boundary=boundary, sends="SIGTERM", within=PATIENCE)
        opening = boundary.startswith(("MainThread 1:", "MainThread 2:"))  # the run has not begun
        assert code == (-signal.SIGTERM if opening else 0), (boundary, theatre.errors)
        assert not any(row.status == "sending" for row in theatre.deliveries()), boundary
        theatre.settle()
        assert theatre.outcome() == dry.outcome, boundary


# --- the command itself, as it is started by hand or by a scheduler ---


@contextmanager
def holding(server: MastodonServer, moment: str, on: str) -> Iterator[threading.Event]:
    """Hold the first request that begins with ``on`` at a moment of the server's; the event tells when."""
    held, let_go = threading.Event(), threading.Event()

    def at(reached: str, request: str) -> None:
        if reached == moment and request.startswith(on) and not held.is_set():
            held.set()
            let_go.wait(TIMEOUT)

    server.at = at
    try:
        yield held
    finally:
        server.at = lambda *_: None
        let_go.set()


def newsroom(bot: Bot, mastodon: MastodonServer, *, items: int, delivery: str = "") -> Bot:
    """A bot that has seen its page once and has a number of items to publish."""
    bot.environment = {"MASTODON_TOKEN": mastodon.token}
    bot.configure(
        FILE_PAGE + MASTODON.format(server=mastodon.url) + FEED + f'[delivery]\ngrace = "0s"\n{delivery}\n'
    )
    bot.write_page(OLD)
    assert bot.run().code == 0
    numbered = [
        f"* '''{TODAY}''': [[Item {number}]] is here. <!-- herald: id=item{number} -->"
        for number in range(items)
    ]
    bot.write_page(*numbered, OLD)
    return bot


def states(bot: Bot, channel: str) -> list[str]:
    """Where the items stand that were to be published, sorted."""
    with open_ledger(f"sqlite:///{bot.folder / 'herald.sqlite'}") as ledger:
        rows = ledger.deliveries(channel=channel)
    return sorted(row.status for row in rows if row.item.startswith("item"))


def settled(bot: Bot, mastodon: MastodonServer, *, items: int) -> None:
    """Run again when all has landed; everything is out, once, and the lock was free."""
    mastodon.land()
    done = bot.run()
    assert done.code == 0, done.out + done.err
    texts = [status.text for status in mastodon.api.statuses]
    assert len(set(texts)) == len(texts) == items
    assert states(bot, "wikis-world") == states(bot, "feed") == ["sent"] * items


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_command_killed_in_the_middle_of_a_request(
    bot: Bot, mastodon: MastodonServer, moment: str
) -> None:
    newsroom(bot, mastodon, items=2)
    with holding(mastodon, moment, POST_STATUS) as held, bot.start() as process:
        assert held.wait(TIMEOUT)
        process.kill()
    assert "sending" in states(bot, "wikis-world")
    settled(bot, mastodon, items=2)


def test_told_to_end_it_finishes_the_request_in_flight_and_begins_no_other(
    bot: Bot, mastodon: MastodonServer
) -> None:
    newsroom(bot, mastodon, items=5)
    with bot.start() as process:
        with holding(mastodon, "arrived", POST_STATUS) as held:
            assert held.wait(TIMEOUT)
            process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, out + err
    assert len(mastodon.api.statuses) < 5
    assert set(states(bot, "wikis-world")) == {"sent", "pending"}
    settled(bot, mastodon, items=5)


def test_told_to_end_it_does_not_wait_for_a_server_that_hangs(bot: Bot, mastodon: MastodonServer) -> None:
    newsroom(bot, mastodon, items=2)
    with holding(mastodon, "accepted", POST_STATUS) as held, bot.start() as process:
        assert held.wait(TIMEOUT)
        process.send_signal(signal.SIGTERM)
        code = process.wait(PATIENCE)
        out, err = process.communicate()
    assert (code, "wikis-world" in out, "Traceback" in err) == (1, True, False)
    assert states(bot, "wikis-world") == ["pending", "sending"]
    settled(bot, mastodon, items=2)


@pytest.mark.parametrize(
    ("request_", "left"), [(POST_STATUS, "sending"), ("GET /api/v2/instance", "pending")]
)
def test_a_run_ends_in_time_though_a_server_hangs_and_the_other_channel_is_served(
    bot: Bot, mastodon: MastodonServer, request_: str, left: str
) -> None:
    newsroom(bot, mastodon, items=1, delivery='run_timeout = "3s"')
    with holding(mastodon, "accepted", request_) as held, bot.start("--json") as process:
        assert held.wait(TIMEOUT)
        began = time.monotonic()
        out, err = process.communicate(timeout=TIMEOUT)
        assert time.monotonic() - began < PATIENCE
    assert (process.returncode, "Traceback" in err) == (1, False)
    assert "wikis-world" in out
    assert (states(bot, "wikis-world"), states(bot, "feed")) == ([left], ["sent"])
    settled(bot, mastodon, items=1)
