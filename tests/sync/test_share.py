"""Sharing somebody's post: once, whatever happens, and taken back like a post."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.ledger.opening import open_ledger
from bot.model import Capabilities, OnEdit, Pace, Prices, Status
from bot.sync import run as engine
from bot.sync.explain import explain
from bot.sync.preview import preview_all
from bot.sync.rebuild import rebuild
from bot.sync.resolve import Resolution, resolve
from tests.channels.sharing_memory import SHARES, SharingMemoryChannel
from tests.fakes.faults import PUBLISHING, Fault
from tests.sync.conftest import OLD
from tests.sync.test_faults import Died, die_at, run_until_quiet

if TYPE_CHECKING:
    from pathlib import Path

    from bot.model import Delivery, Outcome
    from tests.sync.world import World

URL = "https://wikis.world/@wikitech/1130"
OTHER = "https://wikis.world/@wikitech/1131"
NEW = "'''2026-11-18''': [[Wikitech]] on the outage. <!-- herald: id=new; share=" + URL + " -->"
CHANGED = NEW.replace("1130", "1131")
POST = "'''2026-11-18''': [[Wikitech]] on the outage. <!-- herald: id=new -->"
NEWER = "'''2026-11-18''': The [[Hackathon]] begins. <!-- herald: id=newer -->"
PRICES = Prices(
    post=Decimal("0.015"),
    post_with_link=Decimal("0.20"),
    reading=Decimal("0.001"),
    sharing=Decimal("0.015"),
    deleting=Decimal("0.01"),
    budget=Decimal(5),
)


@pytest.fixture
def ledger_url(shared_memory: Path) -> str:
    """One database is enough: what is written is no other than for a post."""
    return f"sqlite:///{shared_memory / 'herald.sqlite'}"


@pytest.fixture(params=[True, False], ids=["looks", "cannot look"])
def either(world: World, request: pytest.FixtureRequest) -> World:
    return prepared(world, looks=request.param)


@pytest.fixture
def sharing(world: World) -> World:
    return prepared(world, looks=True)


def prepared(world: World, *, looks: bool) -> World:
    """Let the world's only channel be one that shares, an hour after its first run."""
    world.channels.clear()
    settings = {"network": "mastodon", "prices": PRICES, "budget": Decimal(5)}
    world.add_channel(
        "sharing", kind=SharingMemoryChannel, keeps_keys=False, looks=looks, prices=PRICES, settings=settings
    )
    channel(world).others = {URL, OTHER}
    world.page(OLD)
    world.run()
    world.pass_time(hours=1)
    return world


def channel(world: World) -> SharingMemoryChannel:
    found = world.channels["sharing"]
    assert isinstance(found, SharingMemoryChannel)
    return found


def new(world: World) -> Delivery:
    (row,) = [row for row in world.deliveries() if (row.item, row.channel) == ("new", "sharing")]
    return row


def only(world: World) -> Outcome:
    (outcome,) = world.run().posts
    return outcome


def test_a_post_is_shared_once_and_nothing_is_posted(either: World) -> None:
    either.page(NEW, OLD)
    outcome = only(either)
    assert (outcome.action, outcome.status, outcome.post) == ("share", Status.SENT, None)
    assert (outcome.shares, outcome.url, outcome.cost) == (URL, URL, Decimal("0.015"))
    assert channel(either).shares == [URL]
    assert channel(either).posts == []
    row = new(either)
    assert (row.status, row.shares, row.text, row.remote_id) == (Status.SENT, URL, "", URL)
    either.pass_time(minutes=10)
    assert either.run().posts == ()
    assert channel(either).calls.count("share") == 1


def test_elsewhere_it_is_passed_over_with_that_reason(sharing: World) -> None:
    sharing.add_channel("feed", settings={"network": "feed"})
    sharing.page(OLD)
    sharing.run()
    sharing.page(NEW, OLD)
    report = sharing.run()
    assert [(skipped.channel, skipped.reason) for skipped in report.skipped if skipped.item == "new"] == [
        ("feed", "shares a post on Mastodon, and this is no channel there")
    ]
    assert sharing.channels["feed"].posts == []
    assert channel(sharing).shares == [URL]


@pytest.mark.parametrize("step", ["share", "shared"])
def test_a_death_around_the_request_neither_doubles_nor_loses(either: World, step: str) -> None:
    either.page(NEWER, NEW, OLD)
    die_at(either, step)
    with pytest.raises(Died):
        either.run()
    claimed = new(either)
    assert (claimed.status, claimed.shares) == (Status.SENDING, URL)
    assert claimed.chosen_id is None
    run_until_quiet(either, 4)
    assert channel(either).shares == [URL]
    assert either.texts == ["The Hackathon begins."]
    assert new(either).status is Status.SENT


@pytest.mark.parametrize("fault", list(Fault))
def test_whatever_the_network_does_it_is_shared_once_in_the_end(either: World, fault: Fault) -> None:
    either.page(NEW, OLD)
    channel(either).fail(fault, on="share")
    either.run()
    assert len(channel(either).shares) == PUBLISHING[fault][1]
    run_until_quiet(either, 4)
    refused = fault is Fault.REJECTED
    assert channel(either).shares == ([] if refused else [URL])
    assert new(either).status is (Status.FAILED if refused else Status.SENT)
    assert channel(either).posts == []


def test_what_was_interrupted_is_repeated_only_where_nobody_can_look(either: World) -> None:
    either.page(NEW, OLD)
    channel(either).fail(Fault.ACCEPTED_LOST, on="share")
    either.run()
    run_until_quiet(either, 4)
    assert channel(either).calls.count("share") == (1 if channel(either).looks else 2)


def test_what_was_shared_is_known_though_its_item_is_held_by_now(sharing: World) -> None:
    sharing.page(NEW, OLD)
    channel(sharing).fail(Fault.ACCEPTED_LOST, on="share")
    sharing.run()
    sharing.page(NEW.replace("id=new", "id=new; hold"), OLD)
    run_until_quiet(sharing, 4)
    assert new(sharing).status is Status.SENT


def test_while_the_channel_cannot_be_asked_nothing_is_settled(sharing: World) -> None:
    sharing.page(NEW, OLD)
    channel(sharing).fail(Fault.ACCEPTED_LOST, on="share")
    sharing.run()
    sharing.pass_time(minutes=10)
    channel(sharing).fail(Fault.BROKEN, on="find")
    report = sharing.run()
    assert any("wait to be settled" in problem.message for problem in report.problems if problem.failure)
    assert new(sharing).status is Status.SENDING
    run_until_quiet(sharing, 4)
    assert (new(sharing).status, channel(sharing).shares) == (Status.SENT, [URL])


@pytest.mark.parametrize("now", [CHANGED, POST])
def test_an_interrupted_share_is_followed_by_nothing_else_unseen(world: World, now: str) -> None:
    prepared(world, looks=False)
    world.page(NEW, OLD)
    channel(world).fail(Fault.ACCEPTED_LOST, on="share")
    world.run()
    world.page(now, OLD)
    run_until_quiet(world, 4)
    assert (channel(world).shares, channel(world).posts) == ([URL], [])
    assert new(world).status is Status.FAILED
    assert f"an earlier try may have shared {URL}" in (new(world).error or "")
    with open_ledger(world.config().ledger_url) as ledger:
        resolve(ledger, "new", "sharing", Resolution.RETRY, now=world.now)
    run_until_quiet(world, 4)
    assert new(world).status is Status.SENT


def test_an_interrupted_post_does_not_become_a_share(world: World) -> None:
    prepared(world, looks=True)
    channel(world).capabilities = replace(SHARES, read_back=False)
    world.page(POST, OLD)
    channel(world).fail(Fault.ACCEPTED_LOST)
    world.run()
    world.page(NEW, OLD)
    run_until_quiet(world, 4)
    assert (channel(world).shares, len(channel(world).posts)) == ([], 1)
    assert "an earlier try may have published it" in (new(world).error or "")


def test_what_surely_was_not_shared_may_be_changed(either: World) -> None:
    either.page(NEW, OLD)
    channel(either).fail(Fault.REFUSED, on="share")
    either.run()
    either.page(CHANGED, OLD)
    run_until_quiet(either, 4)
    assert channel(either).shares == [OTHER]


def test_an_id_is_chosen_once_where_it_may_be(sharing: World) -> None:
    channel(sharing).capabilities = replace(SHARES, chooses_id=True)
    sharing.page(NEW, OLD)
    channel(sharing).fail(Fault.REFUSED, on="share")
    sharing.run()
    chosen = new(sharing).chosen_id
    assert chosen
    run_until_quiet(sharing, 4)
    assert (new(sharing).status, new(sharing).chosen_id) == (Status.SENT, chosen)


def test_edits_of_what_was_shared_are_not_followed(sharing: World) -> None:
    assert sharing.config().channels[0].on_edit is OnEdit.EDIT
    sharing.page(NEW, OLD)
    sharing.run()
    sharing.pass_time(hours=1)
    sharing.page(CHANGED, OLD)
    report = sharing.run()
    assert report.posts == ()
    assert [skipped.reason for skipped in report.skipped if skipped.item == "new"] == [
        "already shared; edits are not followed here"
    ]
    assert channel(sharing).shares == [URL]


class TestTakingBack:
    def test_a_revert_in_time_takes_the_share_back(self, either: World) -> None:
        either.page(NEW, OLD)
        either.run()
        either.pass_time(minutes=20)
        either.page(OLD)
        outcome = only(either)
        assert (outcome.action, outcome.status, outcome.shares) == ("retract", Status.RETRACTED, URL)
        assert channel(either).shares == []
        assert "delete" not in channel(either).calls
        either.page(NEW, OLD)
        assert either.run().posts == ()

    def test_a_late_one_does_not(self, sharing: World) -> None:
        sharing.page(NEW, OLD)
        sharing.run()
        sharing.pass_time(hours=25)
        sharing.page(OLD)
        sharing.run()
        assert channel(sharing).shares == [URL]

    def test_what_fails_is_tried_again(self, sharing: World) -> None:
        sharing.page(NEW, OLD)
        sharing.run()
        sharing.page(OLD)
        channel(sharing).fail(Fault.BROKEN, on="unshare")
        report = sharing.run()
        assert any("could not be deleted" in problem.message for problem in report.problems)
        run_until_quiet(sharing, 4)
        assert channel(sharing).shares == []


class TestFinding:
    def test_what_is_not_found_is_looked_for_again_and_keeps_nobody_waiting(self, sharing: World) -> None:
        channel(sharing).others.clear()
        sharing.page(NEWER, NEW, OLD)
        report = sharing.run()
        found = {outcome.item: outcome for outcome in report.posts}
        assert found["newer"].status is Status.SENT
        assert found["new"].status is Status.PENDING
        assert f"does not find the post {URL}" in (found["new"].error or "")
        sharing.pass_time(minutes=30)
        assert sharing.run().posts == ()
        channel(sharing).others.add(URL)
        sharing.pass_time(minutes=30)
        assert only(sharing).status is Status.SENT

    def test_what_is_gone_has_failed_and_keeps_nobody_waiting(self, sharing: World) -> None:
        channel(sharing).gone.add(URL)
        sharing.page(NEWER, NEW, OLD)
        sharing.run()
        assert new(sharing).status is Status.FAILED
        assert "Record not found" in (new(sharing).error or "")
        assert sharing.texts == ["The Hackathon begins."]

    def test_what_was_not_found_when_it_was_settled_may_be_there_all_the_same(self, sharing: World) -> None:
        sharing.page(NEW, OLD)
        channel(sharing).fail(Fault.ACCEPTED_LOST, on="share")
        sharing.run()
        channel(sharing).others.clear()
        run_until_quiet(sharing, 2)
        assert new(sharing).status is Status.PENDING
        channel(sharing).others.add(URL)
        sharing.pass_time(hours=2)
        outcome = only(sharing)
        assert (outcome.status, outcome.cost) == (Status.SENT, None)
        assert channel(sharing).calls.count("share") == 1

    def test_what_has_gone_since_an_interrupted_try_has_failed(self, sharing: World) -> None:
        sharing.page(NEW, OLD)
        channel(sharing).fail(Fault.ACCEPTED_LOST, on="share")
        sharing.run()
        channel(sharing).gone.add(URL)
        run_until_quiet(sharing, 4)
        assert new(sharing).status is Status.FAILED

    def test_what_a_person_has_shared_is_taken_as_done_and_never_taken_back(self, sharing: World) -> None:
        channel(sharing).shares.append(URL)
        sharing.page(NEW, OLD)
        outcome = only(sharing)
        assert (outcome.action, outcome.status) == ("share", Status.ADOPTED)
        assert outcome.error == "somebody shared it there by hand"
        sharing.page(OLD)
        sharing.run()
        assert channel(sharing).shares == [URL]

    @pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.UNAUTHORISED, Fault.RATE_LIMITED])
    def test_where_nothing_can_be_asked_the_channel_rests(self, sharing: World, fault: Fault) -> None:
        sharing.page(NEWER, NEW, OLD)
        channel(sharing).fail(fault, on="find")
        report = sharing.run()
        assert any(problem.failure for problem in report.problems)
        assert (channel(sharing).shares, channel(sharing).posts) == ([], [])
        run_until_quiet(sharing, 4)
        assert channel(sharing).shares == [URL]


class TestLimits:
    def test_a_share_counts_for_the_pace(self, sharing: World) -> None:
        sharing.channel_settings["sharing"]["delivery"] = Pace(max_per_day=1)
        sharing.page(NEWER, NEW, OLD)
        sharing.run()
        assert (channel(sharing).shares, channel(sharing).posts) == ([URL], [])

    def test_the_month_s_budget_is_not_exceeded(self, sharing: World) -> None:
        sharing.channel_settings["sharing"]["budget"] = Decimal("0.014")
        sharing.page(NEW, OLD)
        report = sharing.run()
        assert ["it costs $0.015" in held.reason for held in report.held] == [True]
        assert channel(sharing).bill == []

    def test_all_that_is_charged_is_counted(self, either: World) -> None:
        either.page(NEW, OLD)
        channel(either).fail(Fault.ACCEPTED_LOST, on="share")
        either.run()
        run_until_quiet(either, 4)
        either.page(OLD)
        either.run()
        with open_ledger(either.config().ledger_url) as ledger:
            assert ledger.spent("sharing") == sum(amount for _, amount in channel(either).bill)

    def test_the_stop_page_stops_it(self, sharing: World) -> None:
        sharing.page(NEW, OLD)
        reasons = iter([None, "stopped from the wiki"])
        with open_ledger(sharing.config().ledger_url) as ledger:
            report = engine.run(sharing.herald(ledger, stop_page=lambda _: next(reasons)))
        assert report.refusal == "stopped from the wiki"
        assert channel(sharing).shares == []


class TestTelling:
    def test_a_preview_names_the_post_and_what_it_costs(self, sharing: World) -> None:
        sharing.add_channel("feed", settings={"network": "feed"})
        sharing.page(OLD)
        sharing.run()
        sharing.page(NEW, OLD)
        with open_ledger(sharing.config().ledger_url) as ledger:
            previews, _ = preview_all(sharing.herald(ledger))
        found = {look.channel: look for look in previews if look.item.key == "new"}
        here, there = found["sharing"], found["feed"]
        assert (here.shares, here.post, here.cost, here.note) == (URL, None, Decimal("0.015"), "")
        assert (there.shares, there.post, there.cost) == (None, None, None)
        assert there.note == "nothing to do: shares a post on Mastodon, and this is no channel there"

    def test_a_preview_says_what_cannot_be_paid_for(self, sharing: World) -> None:
        sharing.channel_settings["sharing"]["budget"] = Decimal(0)
        sharing.page(NEW, OLD)
        with open_ledger(sharing.config().ledger_url) as ledger:
            previews, _ = preview_all(sharing.herald(ledger))
        (note,) = [look.note for look in previews if look.item.key == "new"]
        assert note.startswith("wait: it costs $0.015")

    def test_explain_says_what_the_next_run_would_do(self, sharing: World) -> None:
        sharing.page(NEW, OLD)
        with open_ledger(sharing.config().ledger_url) as ledger:
            (one,), _ = explain(sharing.herald(ledger), "new")
        assert (one.decision, one.reason) == ("share", f"it shares {URL}, and nothing speaks against that")


def test_a_share_that_settles_is_not_taken_for_a_post_with_the_same_link(sharing: World) -> None:
    channel(sharing).prices = None
    sharing.channel_settings["sharing"] |= {"prices": None, "budget": None}
    channel(sharing).post_by_hand("On the outage", links=("https://wiki.example/wiki/Wikitech",))
    sharing.page(NEW, OLD, user="Stranger")
    sharing.run()
    assert new(sharing).status is Status.HELD
    sharing.pass_time(hours=1)
    sharing.run()
    assert channel(sharing).shares == [URL]


def test_all_can_be_taken_as_done(sharing: World) -> None:
    sharing.page(NEW, OLD)
    sharing.adopt()
    sharing.pass_time(minutes=10)
    sharing.run()
    assert (new(sharing).status, channel(sharing).shares) == (Status.ADOPTED, [])


def test_after_the_ledger_was_lost_it_is_not_shared_again(sharing: World) -> None:
    sharing.page(NEW, OLD)
    sharing.run()
    sharing.lose_ledger()
    with open_ledger(sharing.config().ledger_url) as ledger:
        report = rebuild(sharing.herald(ledger))
    reasons = {outcome.item: outcome.error for outcome in report.posts}
    assert (
        reasons["new"]
        == "rebuilt: what was shared is not looked for; if it was never shared: resolve --retry"
    )
    sharing.run()
    assert channel(sharing).calls.count("share") == 1


def test_a_network_that_cannot_is_never_asked(sharing: World) -> None:
    channel(sharing).capabilities = Capabilities(read_back=True)
    sharing.page(NEW, OLD)
    sharing.run()
    assert not {"find", "share"} & set(channel(sharing).calls)
