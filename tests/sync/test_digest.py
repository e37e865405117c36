"""Digests: all that is due on a channel goes out as one post, and shares its fate."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.ledger import open_ledger
from bot.model import FOREVER, Capabilities, Pace, Status
from bot.sync.resolve import Resolution, resolve
from tests.channels.memory import DigestMemoryChannel
from tests.fakes.faults import PUBLISHING, Fault
from tests.sync.conftest import OLD
from tests.sync.test_faults import AMBIGUOUS, Died, die_at, run_until_quiet

if TYPE_CHECKING:
    from bot.model import Delivery
    from tests.sync.world import World

ONE = "'''2026-11-16''': [[MediaWiki 1.46]] is out. <!-- herald: id=one -->"
TWO = "'''2026-11-17''': The [[Hackathon]] begins. <!-- herald: id=two -->"
THREE = "'''2026-11-18''': The servers are up again. <!-- herald: id=three -->"
DEAF = Capabilities(digest=True, media=True)
READABLE = Capabilities(digest=True, read_back=True)


@pytest.fixture
def mailing(world: World) -> World:
    """A world whose only channel sends digests and cannot be read, an hour after its first run."""
    world.channels.clear()
    world.add_channel(
        "list", kind=DigestMemoryChannel, capabilities=DEAF, keeps_keys=False, settings={"digest": True}
    )
    world.page(OLD)
    world.run()
    world.pass_time(hours=1)
    world.page(TWO, ONE, OLD)
    return world


def rows(world: World) -> dict[str, Delivery]:
    return {row.item: row for row in world.deliveries() if row.item != "old"}


def statuses(world: World) -> dict[str, Status]:
    return {item: row.status for item, row in rows(world).items()}


def both(status: Status) -> dict[str, Status]:
    return {"one": status, "two": status}


def test_a_revert_of_one_item_does_not_delete_what_says_several(mailing: World) -> None:
    mailing.channel.capabilities = Capabilities(digest=True, delete=True)
    mailing.page(ONE, OLD)
    mailing.page(TWO, ONE, OLD)
    mailing.run()
    mailing.page(ONE, OLD)
    report = mailing.run()
    assert len(mailing.channel.posts) == 1
    (refusal,) = [refusal for refusal in report.skipped if refusal.item == "two"]
    assert "digest" in refusal.reason


def test_all_that_is_due_is_one_post_oldest_first(mailing: World) -> None:
    report = mailing.run()
    (post,) = mailing.channel.posts
    assert 0 <= post.text.find("MediaWiki 1.46") < post.text.find("Hackathon")
    assert [(outcome.item, outcome.status, outcome.url) for outcome in report.posts] == [
        ("one", Status.SENT, post.url),
        ("two", Status.SENT, post.url),
    ]
    assert {row.remote_id for row in rows(mailing).values()} == {post.remote_id}
    assert mailing.run().posts == ()


def test_the_next_one_says_only_what_is_new(mailing: World) -> None:
    mailing.run()
    mailing.page(THREE, TWO, ONE, OLD)
    mailing.run()
    _, post = mailing.channel.posts
    assert post.text == "The servers are up again."


def test_without_digests_each_item_is_a_post(mailing: World) -> None:
    mailing.channel_settings["list"] = {}
    mailing.run()
    assert len(mailing.channel.posts) == 2


def test_the_claims_are_all_there_before_the_request_leaves(mailing: World) -> None:
    die_at(mailing, "publish")
    with pytest.raises(Died):
        mailing.run()
    assert statuses(mailing) == both(Status.SENDING)
    assert len({row.digest for row in rows(mailing).values()}) == 1


@pytest.mark.parametrize("step", ["publish", "accepted"])
@pytest.mark.parametrize("idempotent", [None, FOREVER])
def test_what_nobody_can_look_for_is_in_doubt_together_and_not_put_together_anew(
    mailing: World, step: str, idempotent: timedelta | None
) -> None:
    mailing.channel.capabilities = Capabilities(digest=True, idempotent=idempotent)
    die_at(mailing, step)
    with pytest.raises(Died):
        mailing.run()
    mailing.page(THREE, TWO, ONE, OLD)
    run_until_quiet(mailing)
    assert statuses(mailing) == {**both(Status.IN_DOUBT), "three": Status.SENT}
    shown = [post.text for post in mailing.channel.posts]
    assert sum("Hackathon" in text for text in shown) == (step == "accepted")


@pytest.mark.parametrize("step", ["publish", "accepted"])
@pytest.mark.parametrize("keeps_keys", [True, False])
def test_where_it_can_be_read_each_item_is_there_once(mailing: World, step: str, *, keeps_keys: bool) -> None:
    mailing.channel.capabilities = READABLE
    mailing.channel.keeps_keys = keeps_keys
    die_at(mailing, step)
    with pytest.raises(Died):
        mailing.run()
    mailing.page(THREE, TWO, ONE, OLD)
    run_until_quiet(mailing)
    assert set(statuses(mailing).values()) == {Status.SENT}
    everything = " ".join(post.text for post in mailing.channel.posts)
    assert [everything.count(word) for word in ("is out", "begins", "up again")] == [1, 1, 1]


def test_a_digest_that_was_lost_is_not_taken_for_somebodys_post_of_other_news(mailing: World) -> None:
    mailing.channel.capabilities = READABLE
    mailing.channel.keeps_keys = False
    mailing.channel.fail(Fault.ACCEPTED_LOST)
    mailing.run()
    mailing.page("'''2026-11-18''': More of [[MediaWiki 1.46]]. <!-- herald: id=three -->", TWO, ONE, OLD)
    mailing.run()
    run_until_quiet(mailing)
    assert set(statuses(mailing).values()) == {Status.SENT}
    assert len(mailing.channel.posts) == 2


@pytest.mark.parametrize("fault", AMBIGUOUS)
def test_a_lost_reply_leaves_all_to_be_settled(mailing: World, fault: Fault) -> None:
    mailing.channel.fail(fault)
    mailing.run()
    assert statuses(mailing) == both(Status.SENDING)
    run_until_quiet(mailing)
    assert statuses(mailing) == both(Status.IN_DOUBT)
    assert len(mailing.channel.posts) == PUBLISHING[fault][1]


def test_a_person_settles_each_of_them(mailing: World) -> None:
    mailing.channel.fail(Fault.RESET)
    mailing.run()
    run_until_quiet(mailing)
    with open_ledger(mailing.config().ledger_url) as ledger:
        for item in ("one", "two"):
            resolve(ledger, item, "list", Resolution.RETRY, now=mailing.now)
    mailing.run()
    assert statuses(mailing) == both(Status.SENT)
    assert len(mailing.channel.posts) == 1


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.RATE_LIMITED, Fault.UNAUTHORISED])
def test_what_was_surely_not_sent_goes_out_later_with_what_is_due_then(mailing: World, fault: Fault) -> None:
    mailing.channel.fail(fault)
    mailing.run()
    assert statuses(mailing) == both(Status.PENDING)
    mailing.pass_time(minutes=10)
    mailing.page(THREE, TWO, ONE, OLD)
    mailing.run()
    (post,) = mailing.channel.posts
    assert [word in post.text for word in ("MediaWiki", "Hackathon", "servers")] == [True] * 3


def test_one_that_the_network_refuses_has_failed(mailing: World) -> None:
    mailing.channel.fail(Fault.REJECTED)
    mailing.run()
    assert statuses(mailing) == both(Status.FAILED)


def test_an_item_without_its_picture_does_not_keep_the_others(mailing: World) -> None:
    mailing.page(
        "'''2026-11-18''': A [[Logo]]. [[File:Logo.png|alt=The logo]] <!-- herald: id=three -->",
        TWO,
        ONE,
        OLD,
    )
    mailing.run()
    assert statuses(mailing) == {**both(Status.SENT), "three": Status.HELD}
    mailing.wiki.files["Logo.png"] = b"\x89PNG"
    mailing.pass_time(minutes=10)
    mailing.run()
    _, post = mailing.channel.posts
    assert [one.alt for one in post.attachments] == ["The logo"]


def test_the_pace_is_one_of_digests(mailing: World) -> None:
    pace = Pace(min_interval=timedelta(hours=12), max_per_day=2)
    mailing.channel_settings["list"]["delivery"] = pace
    mailing.run()
    mailing.page(THREE, TWO, ONE, OLD)
    mailing.pass_time(hours=11)
    (waiting,) = mailing.run().held
    assert "min_interval" in waiting.reason
    mailing.pass_time(hours=1)
    mailing.run()
    assert len(mailing.channel.posts) == 2
    mailing.page("'''2026-11-18''': More. <!-- herald: id=more -->", THREE, TWO, ONE, OLD)
    mailing.channel_settings["list"]["delivery"] = Pace(max_per_day=2)
    (waiting,) = mailing.run().held
    assert "max_per_day = 2" in waiting.reason


def test_an_edit_of_one_item_does_not_touch_what_says_several(mailing: World) -> None:
    mailing.channel.capabilities = Capabilities(digest=True, edit=True, delete=True)
    mailing.run()
    before = list(mailing.channel.posts)
    mailing.page(TWO.replace("begins", "has begun"), ONE, OLD)
    report = mailing.run()
    assert mailing.channel.posts == before
    assert any("digest" in refusal.reason for refusal in report.skipped if refusal.item == "two")
