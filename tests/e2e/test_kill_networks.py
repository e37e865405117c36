"""Whenever the process dies, each item is in the end on each network once, or in doubt where nobody can look.

What is the same for all networks is tried in tests/e2e/test_kill.py; here each dies in its own thread.
"""

from __future__ import annotations

import signal
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.channels.base import NETWORKS
from tests.e2e.cradle import Cradle
from tests.e2e.kill import Scene, Stage, Undisturbed, stage
from tests.e2e.networks import COMPANY, SOLOISTS, Actor
from tests.fakes.site import Page, Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TODAY = datetime.now(UTC).date().isoformat()
OLD = "* '''2026-01-10''': [[Old news]], on the page before the bot."
ONE = f"* '''{TODAY}''': '''[[MediaWiki 1.46]]''' is out! [[File:Logo.png|thumb|alt=The new logo]]"
TWO = f"* '''{TODAY}''': The [[Hackathon]] begins in Istanbul. <!-- herald: id=hackathon -->"
WITH_PICTURE = TWO.replace("id=hackathon", "id=hackathon; image=File:Logo.png; alt=The new logo")


@pytest.fixture(scope="module")
def cradle() -> Iterator[Cradle]:
    with Cradle(module for actor in SOLOISTS for module in actor.imports) as cradle:
        yield cradle


@pytest.fixture(params=SOLOISTS, ids=lambda actor: actor.name)
def actor(request: pytest.FixtureRequest) -> Actor:
    chosen: Actor = request.param
    return chosen


@pytest.fixture
def solo(actor: Actor, tmp_path: Path, cradle: Cradle, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    for name, secret in actor.environment.items():
        monkeypatch.setenv(name, secret)
    with Site() as site, stage(tmp_path, cradle, (actor,), has_feed=False) as solo:
        site.pages[f"/{actor.picture_name}"] = Page(body=actor.picture, kind=actor.picture_type)
        solo.prepare(
            Scene(
                before=(OLD,),
                page=tuple(
                    line.replace("Logo.png", actor.picture_name)
                    for line in (WITH_PICTURE if actor.needs_pictures else TWO, ONE, OLD)
                ),
                threads=(actor.name,),
                picture=actor.picture,
                picture_name=actor.picture_name,
                pictures_url=site.url,
            )
        )
        yield solo


def test_every_network_dies() -> None:
    """The feed does so in the company of Mastodon (tests/e2e/test_kill.py)."""
    assert {actor.network for actor in (*COMPANY, *SOLOISTS)} | {"feed"} == set(NETWORKS)


def test_killed_at_any_boundary_an_item_is_there_once_or_in_doubt(solo: Stage, actor: Actor) -> None:
    dry = solo.undisturbed()
    assert len(dry.outcome["shown"][actor.name]) == actor.posts
    assert sum("before a request leaves" in boundary for boundary in dry.boundaries) >= actor.posts
    assert sum("after a commit" in boundary for boundary in dry.boundaries) >= 2 * actor.posts
    for boundary in dry.boundaries:
        solo.reset()
        assert solo.run(boundary=boundary) == -signal.SIGKILL, (boundary, solo.errors)
        solo.settle()
        is_as_it_should_be(solo, actor, dry, boundary)


@pytest.mark.parametrize("moment", ["arrived", "accepted"])
def test_killed_while_its_network_has_a_request_an_item_is_there_once_or_in_doubt(
    solo: Stage, actor: Actor, moment: str
) -> None:
    """What has arrived is accepted after its sender's death; what is accepted finds nobody to answer.

    A request that only reads leaves nothing there: to die while it is on its way is to die before it left.
    """
    dry = solo.undisturbed()
    assert len(dry.writes[actor.name]) >= actor.posts
    for number in dry.writes[actor.name]:
        request = dry.requests[actor.name][number - 1]
        solo.reset()
        assert solo.run_until(actor.name, moment, number) == -signal.SIGKILL, (request, solo.errors)
        solo.settle()
        is_as_it_should_be(solo, actor, dry, request)


def is_as_it_should_be(solo: Stage, actor: Actor, dry: Undisturbed, death: str) -> None:
    outcome = solo.outcome()
    if actor.is_sure:
        assert outcome == dry.outcome, death
        return
    shown, expected = outcome["shown"][actor.name], dry.outcome["shown"][actor.name]
    assert [post for post in expected if shown.count(post) > 1] == [], death
    assert [post for post in shown if post not in expected] == [], death
    statuses = {(item, part): status for _, item, part, status, _, _ in outcome["ledger"]}
    doubtful = set()
    for _, item, part, status, index, _ in dry.outcome["ledger"]:
        found = statuses.pop((item, part))
        if status != "sent" or found != "in_doubt":
            assert found == status, (death, item)
            assert index is None or expected[index] in shown, (death, item)
        else:
            doubtful.add(index)
    assert statuses == {}, death
    assert len(doubtful) <= 1, death
