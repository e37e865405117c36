"""Whenever the process dies while it shares somebody's post, the post is in the end shared once."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.e2e.cradle import Cradle
from tests.e2e.kill import Scene, Stage, stage
from tests.e2e.networks import KEEPING, SOLOISTS, Actor
from tests.e2e.test_kill_networks import OLD, TODAY
from tests.fakes.bluesky import BlueskyServer
from tests.fakes.mastodon import MastodonServer
from tests.fakes.x import XServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHARERS = (KEEPING, *(actor for actor in SOLOISTS if actor.network in {"bluesky", "x"}))


@pytest.fixture(scope="module")
def cradle() -> Iterator[Cradle]:
    with Cradle(module for actor in SHARERS for module in actor.imports) as cradle:
        yield cradle


@pytest.fixture(params=SHARERS, ids=lambda actor: actor.network)
def actor(request: pytest.FixtureRequest) -> Actor:
    chosen: Actor = request.param
    return chosen


@pytest.fixture
def solo(actor: Actor, tmp_path: Path, cradle: Cradle, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    for name, secret in actor.environment.items():
        monkeypatch.setenv(name, secret)
    with stage(tmp_path, cradle, (actor,), has_feed=False) as solo:
        item = f"* '''{TODAY}''': Said by [[others]]. <!-- herald: share={somebody_s(solo, actor)} -->"
        solo.prepare(Scene(before=(OLD,), page=(item, OLD), threads=(actor.name,)))
        yield solo


def somebody_s(solo: Stage, actor: Actor) -> str:
    """Return the address of somebody's post on the actor's network."""
    network = solo.networks[actor.name]
    assert isinstance(network, MastodonServer | BlueskyServer | XServer)
    posted = network.api.post_by_others()
    return posted if isinstance(posted, str) else posted.url


def test_killed_at_any_boundary_a_post_is_shared_once(solo: Stage, actor: Actor) -> None:
    dry = solo.undisturbed()
    (share,) = dry.outcome["shown"][actor.name]
    assert (bool(share["shares"]), share["text"]) == (True, "")
    assert sum("before a request leaves" in boundary for boundary in dry.boundaries) >= 1
    assert sum("after a commit" in boundary for boundary in dry.boundaries) >= 2
    for boundary in dry.boundaries:
        solo.reset()
        assert solo.run(boundary=boundary) == -signal.SIGKILL, (boundary, solo.errors)
        solo.settle()
        assert solo.outcome() == dry.outcome, boundary


@pytest.mark.parametrize("moment", ["arrived", "accepted"])
def test_killed_while_its_network_has_a_request_a_post_is_shared_once(
    solo: Stage, actor: Actor, moment: str
) -> None:
    dry = solo.undisturbed()
    assert dry.writes[actor.name]
    for number in dry.writes[actor.name]:
        solo.reset()
        assert solo.run_until(actor.name, moment, number) == -signal.SIGKILL, (number, solo.errors)
        solo.settle()
        assert solo.outcome() == dry.outcome, dry.requests[actor.name][number - 1]
