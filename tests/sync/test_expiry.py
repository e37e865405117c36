"""Credentials that are about to die: every run says so from a week before, and none fails for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.cli.simulate import Pretended
from bot.model import NetworkSpec
from tests.channels.memory import ABLE, MemoryChannel
from tests.fakes.faults import Fault
from tests.sync.conftest import OLD

if TYPE_CHECKING:
    from tests.sync.world import World

NEW = "'''2026-11-18''': [[MediaWiki 1.46]] is out. <!-- herald: id=new -->"


def warnings(world: World) -> list[str]:
    problems = world.run().problems
    assert not any(problem.failure for problem in problems)
    assert {problem.channel for problem in problems} <= {"mastodon"}
    return [problem.message for problem in problems]


@pytest.fixture
def telling(followed: World) -> World:
    """A world whose channel tells when its credentials die: in ten days."""
    followed.channel.capabilities = replace(ABLE, tells_expiry=True)
    followed.channel.expires_at = followed.now + timedelta(days=10)
    followed.channel.calls.clear()
    return followed


def test_the_day_in_the_configuration_is_warned_of_in_each_run_and_nobody_is_asked(followed: World) -> None:
    followed.channel_settings["mastodon"]["expires"] = date(2026, 11, 25)
    followed.channel.calls.clear()
    for _ in range(2):
        assert warnings(followed) == ["its credentials expire in 6 days, on 2026-11-25: renew them"]
    assert followed.channel.calls == []


def test_afterwards_it_still_tries(followed: World) -> None:
    followed.channel_settings["mastodon"]["expires"] = date(2026, 11, 18)
    followed.page(NEW)
    (said,) = warnings(followed)
    assert "expired on 2026-11-18" in said
    assert followed.texts == ["MediaWiki 1.46 is out."]


def test_a_network_that_tells_is_asked_once_a_day_and_remembered_between(telling: World) -> None:
    for _ in range(5):
        assert warnings(telling) == []
        telling.pass_time(hours=4)
    assert telling.channel.calls == ["account"]
    telling.pass_time(days=3)
    for _ in range(3):
        (said,) = warnings(telling)
        assert "expire in 6 days" in said
    assert telling.channel.calls == ["account", "account"]


def test_one_that_does_not_answer_is_asked_again_tomorrow_and_the_last_answer_counts(telling: World) -> None:
    warnings(telling)
    telling.pass_time(days=4)
    telling.channel.fail(Fault.BROKEN, on="account")
    for _ in range(2):
        (said,) = warnings(telling)
        assert "expire in 6 days" in said
    assert telling.channel.calls == ["account", "account"]


def test_with_new_credentials_the_warning_ends(telling: World) -> None:
    telling.pass_time(days=5)
    assert len(warnings(telling)) == 1
    telling.channel.expires_at = None
    telling.pass_time(days=1)
    assert warnings(telling) == []


class RenewingMemoryChannel(MemoryChannel):
    """A channel whose credentials live 60 days from when they are renewed."""

    def renew(self) -> None:
        self._begin("renew")
        self.expires_at = self.clock() + timedelta(days=60)


@pytest.fixture
def renewing(world: World) -> World:
    """A world whose only channel renews its credentials, an hour after it saw the page first."""
    world.channels.clear()
    world.add_channel("mastodon", kind=RenewingMemoryChannel)
    world.page(OLD)
    world.run()
    world.pass_time(hours=1)
    world.channel.capabilities = replace(ABLE, tells_expiry=True, renews=True)
    return world


def test_credentials_are_renewed_once_a_day_before_anybody_is_warned(renewing: World) -> None:
    renewing.channel.expires_at = renewing.now + timedelta(days=2)
    for _ in range(5):
        assert warnings(renewing) == []
        renewing.pass_time(hours=8)
    assert [call for call in renewing.channel.calls if call == "renew"] == ["renew"] * 2


def test_where_that_fails_all_else_goes_on_and_there_is_a_warning_a_week_before(renewing: World) -> None:
    renewing.channel.expires_at = renewing.now + timedelta(days=9)
    renewing.page(NEW, OLD)
    for _ in range(2):
        renewing.channel.fail(Fault.BROKEN, on="renew")
        assert warnings(renewing) == []
        renewing.pass_time(days=1)
    assert renewing.texts == ["MediaWiki 1.46 is out."]
    renewing.pass_time(hours=1)
    renewing.channel.fail(Fault.UNAUTHORISED, on="renew")
    (said,) = warnings(renewing)
    assert "expire in 6 days" in said


def test_where_that_fails_and_nobody_knows_the_end_there_is_a_warning_at_once(renewing: World) -> None:
    renewing.channel.expires_at = None
    renewing.channel.fail(Fault.UNAUTHORISED, on="renew")
    (said,) = warnings(renewing)
    assert "could not be renewed, and nobody knows when they expire" in said


def test_who_only_pretends_renews_nothing() -> None:
    channel = RenewingMemoryChannel(capabilities=replace(ABLE, tells_expiry=True, renews=True))
    spec = NetworkSpec(
        network="memory", title="Memory", capabilities=channel.capabilities, defaults=channel.limits()
    )
    pretended = Pretended(channel, spec, asks=True, warn=print)
    pretended.renew()
    assert "renew" not in channel.calls
