"""Bad days: what the engine makes of a network's failures and of its own death."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.errors import AmbiguousError
from bot.model import FOREVER, Capabilities, Limits, Long, Pace, Status, Style
from tests.channels.memory import ABLE
from tests.fakes.faults import PUBLISHING, Fault
from tests.sync.conftest import OLD

if TYPE_CHECKING:
    from tests.sync.world import World

NEW = "'''2026-11-18''': [[MediaWiki 1.46]] is out. <!-- herald: id=new -->"
NEWER = "'''2026-11-18''': The [[Hackathon]] begins. <!-- herald: id=newer -->"
READABLE = Capabilities(read_back=True, edit=True)
DEAF = Capabilities()
AMBIGUOUS = [fault for fault, (error, _) in PUBLISHING.items() if error is AmbiguousError]


class Died(BaseException):
    """The process dies here."""


def die_at(world: World, step: str) -> None:
    def die(reached: str) -> None:
        if reached == step:
            raise Died

    world.channel.at = die


def run_until_quiet(world: World, runs: int = 8) -> None:
    world.channel.at = lambda _: None
    for _ in range(runs):
        world.pass_time(minutes=10)
        world.run()


@pytest.mark.parametrize("fault", list(Fault))
def test_whatever_the_network_does_the_item_is_there_once_in_the_end(followed: World, fault: Fault) -> None:
    followed.channel.capabilities = READABLE
    followed.page(NEW, OLD)
    followed.channel.fail(fault)
    followed.run()
    assert len(followed.channel.posts) == PUBLISHING[fault][1]
    run_until_quiet(followed)
    expected = 0 if fault is Fault.REJECTED else 1
    assert len(followed.channel.posts) == expected
    assert followed.statuses()["new"] == ("failed" if fault is Fault.REJECTED else "sent")


@pytest.mark.parametrize(
    "fault", [fault for fault, (error, _) in PUBLISHING.items() if error.__name__ == "AmbiguousError"]
)
def test_where_nobody_can_look_what_may_be_public_is_in_doubt_and_never_repeated(
    followed: World, fault: Fault
) -> None:
    followed.channel.capabilities = DEAF
    followed.page(NEW, OLD)
    followed.channel.fail(fault)
    followed.run()
    run_until_quiet(followed)
    assert len(followed.channel.posts) == PUBLISHING[fault][1]
    assert followed.statuses()["new"] == "in_doubt"


@pytest.mark.parametrize("step", ["publish", "accepted"])
def test_a_death_around_the_request_leaves_a_doubt_where_nobody_can_look(followed: World, step: str) -> None:
    followed.channel.capabilities = DEAF
    followed.page(NEW, OLD)
    die_at(followed, step)
    with pytest.raises(Died):
        followed.run()
    run_until_quiet(followed)
    assert len(followed.channel.posts) == (step == "accepted")
    assert followed.statuses()["new"] == "in_doubt"


@pytest.mark.parametrize("step", ["publish", "accepted"])
def test_a_death_around_the_request_neither_doubles_nor_loses(followed: World, step: str) -> None:
    followed.channel.capabilities = READABLE
    followed.page(NEWER, NEW, OLD)
    die_at(followed, step)
    with pytest.raises(Died):
        followed.run()
    assert followed.statuses()["new"] == "sending"
    run_until_quiet(followed)
    assert followed.texts == ["MediaWiki 1.46 is out.", "The Hackathon begins."]


@pytest.mark.parametrize("end", [Fault.REJECTED, Fault.REFUSED])
def test_what_may_be_public_has_not_failed_when_its_repetition_has(followed: World, end: Fault) -> None:
    followed.channel.capabilities = Capabilities(idempotent=FOREVER)
    followed.channel_settings["mastodon"]["delivery"] = Pace(give_up=timedelta(minutes=1))
    followed.page(NEW, OLD)
    followed.channel.fail(Fault.ACCEPTED_LOST, end)
    followed.run()
    followed.pass_time(minutes=10)
    followed.run()
    (row,) = [row for row in followed.deliveries() if row.item == "new"]
    assert row.status is Status.IN_DOUBT
    assert "resolve" in (row.error or "")


def test_during_the_grace_nothing_is_decided(followed: World) -> None:
    followed.channel.capabilities = READABLE
    followed.page(NEW, OLD)
    followed.channel.fail(Fault.RESET)
    followed.run()
    followed.pass_time(seconds=119)
    report = followed.run()
    assert followed.statuses()["new"] == "sending"
    assert [refusal.reason for refusal in report.skipped if refusal.item == "new"] == [
        "not settled yet: the channel has to be read first"
    ]
    followed.pass_time(seconds=1)
    followed.run()
    assert followed.texts == ["MediaWiki 1.46 is out."]


def test_the_grace_begins_when_nobody_has_answered_however_old_the_claim_is(followed: World) -> None:
    followed.channel.capabilities = READABLE
    followed.channel.at = lambda _: followed.pass_time(minutes=5)  # an upload, before the request itself
    followed.page(NEW, OLD)
    followed.channel.fail(Fault.RESET)
    followed.run()
    followed.pass_time(seconds=119)
    followed.run()
    assert followed.statuses()["new"] == "sending"
    followed.pass_time(seconds=1)
    followed.run()
    assert followed.texts == ["MediaWiki 1.46 is out."]


@pytest.mark.parametrize("ahead", [timedelta(minutes=6), timedelta(hours=14)])
def test_a_lost_reply_is_found_by_a_machine_whose_clock_is_wrong(followed: World, ahead: timedelta) -> None:
    followed.channel.capabilities = READABLE
    followed.channel.clock = lambda: followed.now - ahead
    followed.page(NEW, OLD)
    followed.channel.fail(Fault.ACCEPTED_LOST)
    followed.run()
    run_until_quiet(followed)
    assert len(followed.channel.posts) == 1
    assert followed.statuses()["new"] == "sent"


def put_back(world: World, **span: float) -> None:
    """Put our clock back by so much, to where the network's has been all the time."""
    before = world.now
    world.now -= timedelta(**span)
    world.channel.posts = [
        replace(post, created_at=world.now) if post.created_at == before else post
        for post in world.channel.posts
    ]


@pytest.mark.parametrize("fault", [Fault.ACCEPTED_LOST, Fault.RESET])
def test_what_was_interrupted_before_the_clock_was_put_back_is_settled_all_the_same(
    followed: World, fault: Fault
) -> None:
    followed.channel.capabilities = READABLE
    followed.pass_time(days=10)
    followed.page(NEW, OLD)
    followed.channel.fail(fault)
    followed.run()
    put_back(followed, days=10)
    followed.run()
    assert followed.statuses()["new"] == "sending"
    followed.pass_time(minutes=2)
    followed.run()
    assert followed.texts == ["MediaWiki 1.46 is out."]
    assert followed.statuses()["new"] == "sent"


def test_what_failed_before_the_clock_was_put_back_is_tried_again_at_once(followed: World) -> None:
    followed.pass_time(days=10)
    followed.page(NEW, OLD)
    followed.channel.fail(Fault.REFUSED)
    followed.run()
    put_back(followed, days=10)
    followed.run()
    assert followed.texts == ["MediaWiki 1.46 is out."]


def test_the_pace_is_not_kept_from_before_the_clock_was_put_back(followed: World) -> None:
    pace = Pace(max_per_day=1, min_interval=timedelta(hours=1))
    followed.channel_settings["mastodon"]["delivery"] = pace
    followed.pass_time(days=10)
    followed.page(NEW, OLD)
    followed.run()
    put_back(followed, days=10)
    followed.page(NEWER, NEW, OLD)
    followed.run()
    assert followed.texts == ["MediaWiki 1.46 is out.", "The Hackathon begins."]


def test_while_the_channel_cannot_be_read_nothing_is_posted_again(followed: World) -> None:
    followed.channel.capabilities = READABLE
    followed.page(NEW, OLD)
    followed.channel.fail(Fault.ACCEPTED_LOST)
    followed.run()
    followed.channel.fail(Fault.REFUSED, Fault.BROKEN, on="recent")
    for _ in range(2):
        followed.pass_time(minutes=10)
        report = followed.run()
        assert any(problem.failure for problem in report.problems)
        assert followed.statuses()["new"] == "sending"
    run_until_quiet(followed)
    assert followed.texts == ["MediaWiki 1.46 is out."]
    assert followed.statuses()["new"] == "sent"


@pytest.mark.parametrize("idempotent", [None, FOREVER])
def test_what_was_interrupted_and_has_left_the_page_is_not_held_but_found(
    followed: World, idempotent: timedelta | None
) -> None:
    followed.channel.capabilities = replace(READABLE, idempotent=idempotent)
    followed.page(NEW, OLD)
    followed.channel.fail(Fault.ACCEPTED_LOST)
    followed.run()
    followed.page(OLD, user="192.0.2.1")
    run_until_quiet(followed)
    assert followed.statuses()["new"] == "sent"


def test_a_rate_limit_is_kept(followed: World) -> None:
    followed.page(NEW, OLD)
    followed.channel.fail(Fault.RATE_LIMITED)
    followed.run()
    (row,) = [row for row in followed.deliveries() if row.item == "new"]
    assert row.retry_at == followed.now + timedelta(minutes=5)
    followed.pass_time(minutes=4)
    followed.channel.calls.clear()
    followed.run()
    assert followed.channel.calls == []
    followed.pass_time(minutes=1)
    followed.run()
    assert followed.texts == ["MediaWiki 1.46 is out."]


def test_waits_double_and_survive_the_process(followed: World) -> None:
    followed.page(NEW, OLD)
    waits = []
    for _ in range(4):
        followed.channel.fail(Fault.REFUSED)
        followed.run()
        (row,) = [row for row in followed.deliveries() if row.item == "new"]
        assert row.retry_at is not None
        waits.append(row.retry_at - followed.now)
        followed.now = row.retry_at
    assert waits == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]


def test_after_give_up_it_has_failed_with_the_last_reason(followed: World) -> None:
    followed.channel_settings["mastodon"]["delivery"] = Pace(give_up=timedelta(hours=1))
    followed.page(NEW, OLD)
    for _ in range(3):
        followed.channel.fail(Fault.REFUSED)
        followed.run()
        followed.pass_time(minutes=40)
    (row,) = [row for row in followed.deliveries() if row.item == "new"]
    assert row.status is Status.FAILED
    assert "given up" in (row.error or "")
    assert "refused" in (row.error or "")


def test_revoked_credentials_let_the_channel_rest_and_its_rows_wait(followed: World) -> None:
    other = followed.add_channel("other")
    followed.run()
    followed.page(NEWER, NEW, OLD)
    followed.channels["mastodon"].fail(Fault.UNAUTHORISED)
    report = followed.run()
    assert len(other.posts) == 2
    assert followed.channels["mastodon"].posts == []
    assert followed.channels["mastodon"].calls.count("publish") == 1
    assert [problem.channel for problem in report.problems] == ["mastodon"]
    followed.run()
    assert len(followed.channels["mastodon"].posts) == 2


def test_the_operator_is_told_once_that_credentials_are_bad(followed: World) -> None:
    followed.page(NEW, OLD)
    failures = []
    for _ in range(3):
        followed.channel.fail(Fault.UNAUTHORISED)
        failures.append([problem.failure for problem in followed.run().problems])
    assert failures == [[True], [False], [False]]


def test_a_refused_post_does_not_keep_the_next_from_going_out(followed: World) -> None:
    followed.page(NEWER, NEW, OLD)
    followed.channel.fail(Fault.REJECTED)
    report = followed.run()
    assert followed.texts == ["The Hackathon begins."]
    assert [(outcome.item, outcome.status) for outcome in report.posts] == [
        ("new", Status.FAILED),
        ("newer", Status.SENT),
    ]


def test_a_channel_that_breaks_in_an_unforeseen_way_disturbs_no_other(followed: World) -> None:
    other = followed.add_channel("other")
    followed.run()

    def break_down(_: str) -> None:
        raise ZeroDivisionError

    followed.channels["mastodon"].at = break_down
    followed.page(NEW, OLD)
    report = followed.run()
    assert len(other.posts) == 1
    assert any("ZeroDivisionError" in problem.message for problem in report.problems)
    rows = {row.channel: row.status for row in followed.deliveries() if row.item == "new"}
    assert rows == {"mastodon": Status.SENDING, "other": Status.SENT}


def test_a_failed_edit_is_tried_again_and_never_becomes_a_post(followed: World) -> None:
    followed.page(NEW, OLD)
    followed.run()
    followed.page(NEW.replace("is out", "has been released"), OLD)
    followed.channel.fail(Fault.ACCEPTED_LOST, on="edit")
    followed.run()
    assert followed.statuses()["new"] == "sent"
    followed.pass_time(minutes=10)
    followed.run()
    assert followed.texts == ["MediaWiki 1.46 has been released."]


def test_a_picture_that_cannot_be_had_puts_the_item_off(followed: World) -> None:
    followed.page(
        "'''2026-11-18''': [[MediaWiki 1.46]] is out. [[File:Logo.png|alt=The logo]] <!-- herald: id=new -->",
        OLD,
    )
    followed.wiki.files["Logo.png"] = b"\x89PNG"
    followed.wiki.down = "fetch"
    report = followed.run()
    assert followed.texts == []
    assert [(outcome.status, outcome.error) for outcome in report.posts] == [
        (Status.PENDING, "the wiki cannot be reached")
    ]
    followed.wiki.down = None
    followed.pass_time(minutes=10)
    followed.run()
    (post,) = followed.channel.posts
    assert [(one.content, one.alt) for one in post.attachments] == [(b"\x89PNG", "The logo")]


def test_the_end_of_the_runs_time_leaves_the_rest_for_the_next(followed: World) -> None:
    def minutes_pass(step: str) -> None:
        if step == "accepted":
            followed.pass_time(minutes=11)

    followed.channel.at = minutes_pass
    followed.page(NEWER, NEW, OLD)
    report = followed.run()
    assert followed.texts == ["MediaWiki 1.46 is out."]
    assert [refusal.item for refusal in report.held] == ["newer"]
    followed.run()
    assert len(followed.texts) == 2


def test_what_was_reverted_and_put_back_between_two_looks_settles_anew(followed: World) -> None:
    followed.page(NEW, OLD, user="192.0.2.1")
    followed.run()
    followed.pass_time(minutes=28)
    followed.page(OLD)
    followed.page(NEW, OLD, user="192.0.2.1")
    followed.pass_time(minutes=2)
    followed.run()
    assert followed.texts == []
    followed.pass_time(minutes=28)
    followed.run()
    assert followed.texts == ["MediaWiki 1.46 is out."]


def test_what_a_trusted_person_took_back_is_not_trusted_when_a_stranger_puts_it_back(followed: World) -> None:
    followed.page(NEW, OLD)
    followed.channel.fail(Fault.REFUSED)
    followed.run()
    followed.page(OLD)
    followed.page(NEW, OLD, user="192.0.2.1")
    followed.pass_time(minutes=10)
    report = followed.run()
    assert followed.texts == []
    assert [refusal.item for refusal in report.held] == ["new"]


# --- threads ---

SENTENCES = " ".join(f"Sentence {number} tells a little more about the release." for number in range(12))
LONG = f"'''2026-11-18''': [[MediaWiki 1.46]] is out. {SENTENCES} <!-- herald: id=long -->"


@pytest.fixture
def threading(followed: World) -> World:
    followed.channel.capabilities = replace(READABLE, threads=True)
    followed.channel._limits = Limits(text=200, url_weight=23)
    style = Style(template="{{ text }} {{ link }}", long=Long.THREAD)
    followed.channel_settings["mastodon"]["style"] = style
    followed.page(LONG, OLD)
    return followed


def thread_is_whole(world: World) -> bool:
    posts = world.channel.posts
    return len(posts) > 2 and [post.reply_to for post in posts] == [
        None,
        *(post.remote_id for post in posts[:-1]),
    ]


def test_a_long_item_becomes_a_thread(threading: World) -> None:
    threading.run()
    assert thread_is_whole(threading)
    assert threading.run().posts == ()


@pytest.mark.parametrize("step", ["publish", "accepted"])
@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_thread_that_was_broken_off_is_continued(threading: World, step: str, part: int) -> None:
    seen = []

    def die_at_part(reached: str) -> None:
        if reached == step:
            seen.append(reached)
            if len(seen) == part + 1:
                raise Died

    threading.channel.at = die_at_part
    with pytest.raises(Died):
        threading.run()
    run_until_quiet(threading)
    assert thread_is_whole(threading)
    whole = [post.text for post in threading.channel.posts]
    assert len(set(whole)) == len(whole)


def test_a_thread_whose_item_shrank_before_it_began_leaves_nothing_behind(threading: World) -> None:
    threading.channel.fail(Fault.REFUSED)
    threading.run()
    threading.page("'''2026-11-18''': [[MediaWiki 1.46]] is out. <!-- herald: id=long -->", OLD)
    run_until_quiet(threading)
    assert threading.texts == ["MediaWiki 1.46 is out."]
    threading.page(LONG, OLD)
    report = threading.run()
    assert report.posts == () or report.posts[0].action == "edit"


@pytest.mark.parametrize("came_back", [False, True])
def test_a_thread_is_deleted_to_its_end_though_the_deletion_was_interrupted(
    threading: World, came_back: bool
) -> None:
    threading.channel.capabilities = ABLE
    threading.run()
    assert thread_is_whole(threading)
    threading.page(OLD)
    threading.channel.fail(None, Fault.REFUSED, on="delete")
    threading.run()
    assert threading.channel.posts
    if came_back:
        threading.page(LONG, OLD)
    run_until_quiet(threading)
    assert threading.channel.posts == []
    assert {row.status for row in threading.deliveries() if row.item == "long"} == {Status.RETRACTED}


def test_a_thread_that_is_reverted_before_it_is_whole_is_deleted_as_far_as_it_is_out(
    threading: World,
) -> None:
    threading.channel.capabilities = ABLE
    threading.channel.fail(None, Fault.REFUSED)
    threading.run()
    assert len(threading.channel.posts) == 1
    threading.page(OLD)
    run_until_quiet(threading)
    assert threading.channel.posts == []
    parts = [row.status for row in threading.deliveries() if row.item == "long"]
    assert (parts[0], set(parts[1:])) == (Status.RETRACTED, {Status.HELD})


@pytest.mark.parametrize(
    ("fault", "status"), [(Fault.REJECTED, Status.FAILED), (Fault.ACCEPTED_LOST, Status.IN_DOUBT)]
)
def test_a_thread_whose_first_part_has_come_to_an_end_may_leave_the_page(
    threading: World, fault: Fault, status: Status
) -> None:
    threading.channel.capabilities = replace(DEAF, threads=True)
    threading.channel.fail(fault)
    threading.run()
    run_until_quiet(threading, runs=1)
    threading.page(OLD)
    run_until_quiet(threading, runs=1)
    parts = [row.status for row in threading.deliveries() if row.item == "long"]
    assert (parts[0], set(parts[1:])) == (status, {Status.HELD})
