"""Taking back: a revert is a retraction, ageing off is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.model import Pace, Status
from tests.channels.memory import ABLE
from tests.fakes.faults import Fault
from tests.sync.conftest import OLD

if TYPE_CHECKING:
    from tests.sync.world import World

NEW = "'''2026-11-18''': [[MediaWiki 1.46]] is out. <!-- herald: id=new -->"


@pytest.fixture
def published(followed: World) -> World:
    """An item has just been published."""
    followed.page(NEW, OLD)
    followed.run()
    assert followed.texts == ["MediaWiki 1.46 is out."]
    followed.pass_time(minutes=20)
    return followed


def test_a_trusted_revert_deletes_at_once(published: World) -> None:
    published.page(OLD)
    report = published.run()
    assert published.texts == []
    assert [(outcome.action, outcome.status) for outcome in report.posts] == [("retract", Status.RETRACTED)]
    assert published.statuses()["new"] == "retracted"
    assert published.run().posts == ()


def test_a_strangers_revert_settles_first_and_may_be_reverted_itself(published: World) -> None:
    published.page(OLD, user="Stranger")
    published.run()
    assert len(published.texts) == 1
    published.pass_time(minutes=10)
    published.page(NEW, OLD)
    published.pass_time(hours=1)
    published.run()
    assert len(published.texts) == 1
    published.page(OLD, user="Stranger")
    published.run()
    published.pass_time(minutes=30)
    published.run()
    assert published.texts == []


def test_ageing_off_deletes_nothing(published: World) -> None:
    published.page("'''2026-11-18''': Something newer.", user="Sue")
    published.run()
    assert "MediaWiki 1.46 is out." in published.texts


def test_a_late_revert_deletes_nothing(published: World) -> None:
    published.pass_time(hours=25)
    published.page(OLD)
    published.run()
    assert len(published.texts) == 1


def test_how_late_is_late_is_for_the_maintainer_to_say(published: World) -> None:
    published.channel_settings["mastodon"]["delivery"] = Pace(retract_within=timedelta(minutes=10))
    published.page(OLD)
    published.run()
    assert len(published.texts) == 1


def test_where_nothing_can_be_deleted_a_person_is_asked_to(published: World) -> None:
    published.channel.capabilities = replace(ABLE, delete=False)
    published.page(OLD)
    report = published.run()
    assert any("delete it by hand" in refusal.reason for refusal in report.skipped)
    assert len(published.texts) == 1


def test_a_deletion_that_fails_is_tried_again(published: World) -> None:
    published.page(OLD)
    published.channel.fail(Fault.REFUSED, on="delete")
    report = published.run()
    assert any(problem.failure for problem in report.problems)
    published.pass_time(minutes=10)
    published.run()
    assert published.texts == []


def test_what_was_retracted_does_not_come_back_by_itself(published: World) -> None:
    published.page(OLD)
    published.run()
    published.page(NEW, OLD)
    published.run()
    assert published.texts == []
    assert published.statuses()["new"] == "retracted"


def test_history_is_asked_only_where_something_published_has_gone(published: World) -> None:
    published.wiki.asked.clear()
    published.run()
    assert "history" not in published.wiki.asked
    published.page(OLD)
    published.run()
    assert "history" in published.wiki.asked
