"""Networks where we choose a post's id: it is written down before the request, and a retry cannot double."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.ledger import open_ledger
from bot.model import FOREVER, Capabilities, Status
from bot.sync.resolve import Resolution, resolve
from tests.channels.memory import ChoosingMemoryChannel, MemoryPost
from tests.fakes.faults import PUBLISHING, Fault
from tests.sync.conftest import OLD
from tests.sync.test_faults import Died, die_at, run_until_quiet

if TYPE_CHECKING:
    from bot.model import Delivery
    from tests.sync.world import World

NEW = "'''2026-11-18''': [[MediaWiki 1.46]] is out. <!-- herald: id=new -->"
READABLE = Capabilities(read_back=True, edit=True, delete=True, chooses_id=True)
UNREADABLE = Capabilities(chooses_id=True, idempotent=FOREVER)


@pytest.fixture(params=[READABLE, UNREADABLE], ids=["readable", "idempotent"])
def choosing(world: World, request: pytest.FixtureRequest) -> World:
    """A world whose only channel lets us choose, an hour after its first run."""
    world.channels.clear()
    world.add_channel("bluesky", kind=ChoosingMemoryChannel, capabilities=request.param, keeps_keys=False)
    world.page(OLD)
    world.run()
    world.pass_time(hours=1)
    world.page(NEW, OLD)
    return world


def readable(world: World) -> bool:
    return world.channel.capabilities.read_back


def new(world: World) -> Delivery:
    (row,) = [row for row in world.deliveries() if row.item == "new"]
    return row


@pytest.mark.parametrize("step", ["publish", "accepted"])
def test_the_id_is_in_the_ledger_before_the_request_leaves_and_never_another(
    choosing: World, step: str
) -> None:
    die_at(choosing, step)
    with pytest.raises(Died):
        choosing.run()
    claimed = new(choosing)
    assert claimed.status is Status.SENDING
    assert claimed.chosen_id
    assert claimed.remote_id is None
    run_until_quiet(choosing)
    (post,) = choosing.channel.posts
    assert (new(choosing).status, new(choosing).chosen_id) == (Status.SENT, claimed.chosen_id)
    assert post.remote_id == new(choosing).remote_id == claimed.chosen_id


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.REJECTED])
def test_whatever_the_network_does_it_is_there_once_under_the_first_id(choosing: World, fault: Fault) -> None:
    choosing.channel.fail(fault)
    choosing.run()
    chosen = new(choosing).chosen_id
    assert len(choosing.channel.posts) == PUBLISHING[fault][1]
    run_until_quiet(choosing)
    assert [post.remote_id for post in choosing.channel.posts] == [chosen]
    assert new(choosing).status is Status.SENT


def test_a_lost_post_is_found_by_its_id_whatever_the_network_made_of_its_text(choosing: World) -> None:
    choosing.channel.fail(Fault.ACCEPTED_LOST)
    choosing.run()
    (post,) = choosing.channel.posts
    choosing.channel.posts = [replace(post, text="Something else entirely", links=())]
    run_until_quiet(choosing)
    assert len(choosing.channel.posts) == 1
    assert new(choosing).status is Status.SENT
    assert choosing.channel.calls.count("publish") == (1 if readable(choosing) else 2)


def test_what_somebody_else_wrote_is_not_taken_for_the_lost_post(choosing: World) -> None:
    choosing.channel.fail(Fault.RESET)
    choosing.run()
    by_hand = choosing.channel.post_by_hand(new(choosing).text)
    run_until_quiet(choosing)
    if readable(choosing):
        assert choosing.channel.posts == [by_hand]
        assert (new(choosing).status, new(choosing).remote_id) == (Status.ADOPTED, by_hand.remote_id)
    else:
        assert len(choosing.channel.posts) == 2
        assert new(choosing).remote_id == new(choosing).chosen_id


def test_our_own_post_that_came_late_is_not_taken_for_somebody_elses(choosing: World) -> None:
    choosing.channel.fail(Fault.RESET, Fault.REFUSED)
    choosing.run()
    choosing.pass_time(minutes=10)
    choosing.run()
    row = new(choosing)
    assert row.status is Status.PENDING
    late = MemoryPost(remote_id=row.chosen_id or "", text=row.text, created_at=choosing.now)
    choosing.channel.posts.append(late)
    run_until_quiet(choosing)
    assert [post.remote_id for post in choosing.channel.posts] == [row.chosen_id]
    assert new(choosing).status is Status.SENT


def test_what_a_person_wants_back_after_it_was_deleted_is_another_post(choosing: World) -> None:
    choosing.run()
    first = new(choosing)
    choosing.channel.posts.clear()
    with open_ledger(choosing.config().ledger_url) as ledger:
        ledger.settle(first, Status.RETRACTED, now=choosing.now)
        resolve(ledger, "new", "bluesky", Resolution.RETRY, now=choosing.now)
    choosing.run()
    (post,) = choosing.channel.posts
    assert post.remote_id == new(choosing).chosen_id != first.chosen_id


@pytest.mark.parametrize("doubt", [Resolution.RETRY, Resolution.SKIP])
def test_a_doubt_keeps_its_id_so_that_a_persons_retry_cannot_double(
    choosing: World, doubt: Resolution
) -> None:
    choosing.channel.capabilities = replace(UNREADABLE, idempotent=None)
    choosing.channel.fail(Fault.ACCEPTED_LOST)
    choosing.run()
    choosing.pass_time(minutes=10)
    choosing.run()
    before = new(choosing)
    assert before.status is Status.IN_DOUBT
    with open_ledger(choosing.config().ledger_url) as ledger:
        for said in dict.fromkeys([doubt, Resolution.RETRY]):
            resolve(ledger, "new", "bluesky", said, now=choosing.now)
    choosing.run()
    assert [post.remote_id for post in choosing.channel.posts] == [before.chosen_id]
    assert new(choosing).status is Status.SENT
