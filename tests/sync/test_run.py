"""The everyday life of a page, run by run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.errors import LedgerLocked
from bot.ledger.opening import open_ledger
from bot.model import Gate, Pace, Status
from tests.sync.conftest import OLD
from tests.sync.world import TITLE

if TYPE_CHECKING:
    from tests.sync.world import World

NEW = "'''2026-11-18''': [[MediaWiki 1.46]] is out. <!-- herald: id=new -->"
NEWER = "'''2026-11-18''': The [[Hackathon]] begins. <!-- herald: id=newer -->"


def test_what_stood_on_the_page_before_is_not_posted(world: World) -> None:
    world.page(NEW, OLD)
    report = world.run()
    assert world.texts == []
    assert {refusal.item for refusal in report.skipped} == {"new", "old"}
    assert world.statuses() == {"new": "adopted", "old": "adopted"}


def test_a_new_item_is_posted_once(followed: World) -> None:
    followed.page(NEW, OLD)
    report = followed.run()
    assert followed.texts == ["MediaWiki 1.46 is out."]
    assert [(outcome.item, outcome.status) for outcome in report.posts] == [("new", Status.SENT)]
    assert report.posts[0].url == "https://memory.example/1"
    again = followed.run()
    assert followed.texts == ["MediaWiki 1.46 is out."]
    assert again.posts == ()


def test_a_run_with_nothing_to_do_only_reads_the_page(followed: World) -> None:
    followed.wiki.asked.clear()
    followed.channel.calls.clear()
    followed.run()
    assert followed.wiki.asked == ["read"]
    assert followed.channel.calls == []


def test_backfill_posts_the_newest_of_a_page_seen_for_the_first_time(world: World) -> None:
    world.page(NEWER, NEW, OLD)
    world.run(backfill=2)
    assert world.texts == ["MediaWiki 1.46 is out.", "The Hackathon begins."]


def test_a_mended_typo_is_no_new_post(followed: World) -> None:
    followed.page("'''2026-11-18''': [[MediaWiki 1.46]] is uot.", OLD)
    followed.run()
    followed.page("'''2026-11-18''': [[MediaWiki 1.46]] is out.", OLD)
    report = followed.run()
    assert followed.texts == ["MediaWiki 1.46 is out."]
    assert [outcome.action for outcome in report.posts] == ["edit"]


def test_blanking_and_reverting_posts_nothing(followed: World) -> None:
    followed.page(NEW, OLD)
    followed.run()
    followed.wiki.edit("", user="Vandal")
    report = followed.run()
    assert report.refusal is not None
    assert "no item was found" in report.refusal
    followed.page(NEW, OLD)
    assert followed.run().posts == ()
    assert followed.texts == ["MediaWiki 1.46 is out."]


@pytest.mark.parametrize(
    "text",
    [
        "{{News box}}",
        "{| class=wikitable\n! Day !! News\n|-\n| 2026-11-18 || [[MediaWiki 1.46]] is out.\n|}",
        "<noinclude>\n* 2026-11-18: [[MediaWiki 1.46]] is out.\n</noinclude>",
        "<!--\n* 2026-11-18: [[MediaWiki 1.46]] is out.\n-->",
    ],
    ids=["moved elsewhere", "now a table", "now hidden", "now a comment"],
)
def test_a_page_whose_items_are_no_longer_found_raises_the_alarm(followed: World, text: str) -> None:
    followed.page(NEW, OLD)
    followed.run()
    followed.wiki.edit(text)
    report = followed.run()
    assert report.refusal is not None or any(problem.failure for problem in report.problems)
    assert followed.texts == ["MediaWiki 1.46 is out."]


def test_another_order_posts_nothing(followed: World) -> None:
    followed.page(NEWER, NEW, OLD)
    followed.run()
    followed.page(OLD, NEW, NEWER)
    assert followed.run().posts == ()
    assert len(followed.texts) == 2


def test_an_item_that_ages_off_and_comes_back_is_not_posted_again(followed: World) -> None:
    followed.page(NEW, OLD)
    followed.run()
    followed.page(NEWER, OLD)
    followed.run()
    followed.page(NEWER, NEW, OLD)
    followed.run()
    assert followed.texts == ["MediaWiki 1.46 is out.", "The Hackathon begins."]


def test_a_page_that_is_read_in_another_way_remembers_what_had_left_it(followed: World) -> None:
    """One revision may have other items than before: another layout is configured, a template has changed."""
    story = "'''2026-11-18''': The city of [[Berlin]] has planted ten thousand trees in a single year."
    followed.page(story, OLD)
    followed.run()
    followed.page(NEWER, OLD)
    followed.run()
    history = followed.wiki.histories[TITLE]
    again = story.replace("11-18", "11-17")
    history[-1] = (history[-1][0], f"* {again}\n{history[-1][1]}")
    assert followed.run().posts == ()
    assert len(followed.texts) == 2


def test_an_item_of_a_stranger_settles_first(followed: World) -> None:
    followed.page(NEW, OLD, user="192.0.2.1")
    report = followed.run()
    assert [refusal.item for refusal in report.held] == ["new"]
    assert followed.statuses()["new"] == "held"
    followed.pass_time(minutes=29)
    assert followed.run().posts == ()
    followed.pass_time(minutes=1)
    followed.run()
    assert followed.texts == ["MediaWiki 1.46 is out."]


def test_spam_that_is_reverted_while_it_settles_never_goes_out(followed: World) -> None:
    followed.page("'''2026-11-18''': Buy pills", OLD, user="Spammer")
    followed.run()
    followed.page(OLD)
    followed.pass_time(hours=2)
    followed.run()
    assert followed.texts == []


def test_a_vandals_change_of_a_settling_item_settles_anew(followed: World) -> None:
    followed.page(NEW, OLD, user="Nina")
    followed.run()
    followed.pass_time(minutes=25)
    followed.page(NEW.replace("MediaWiki 1.46", "Buy pills"), OLD, user="Vandal")
    followed.pass_time(minutes=10)
    followed.run()
    assert followed.texts == []


@pytest.mark.parametrize("bound", ["hold", "channels=other", "not-before=2026-12-01"])
def test_a_stranger_who_lifts_a_bound_has_to_settle_and_a_trusted_one_has_not(
    followed: World, bound: str
) -> None:
    followed.page(NEW.replace("id=new", f"id=new; {bound}"), OLD)
    followed.run()
    followed.pass_time(hours=2)
    followed.page(NEW, OLD, user="Stranger")
    followed.run()
    assert followed.texts == []
    followed.page(NEW.replace("id=new", f"id=new; {bound}"), OLD)
    followed.run()
    followed.page(NEW, OLD)
    followed.run()
    assert followed.texts == ["MediaWiki 1.46 is out."]


def test_an_item_that_leaves_the_page_before_it_went_out_is_held_and_comes_back(followed: World) -> None:
    followed.channel_settings["mastodon"]["delivery"] = Pace(max_per_day=0)
    followed.page(NEW, OLD)
    followed.run()
    assert followed.statuses()["new"] == "pending"
    followed.page(OLD)
    followed.run()
    assert followed.statuses()["new"] == "held"
    followed.channel_settings["mastodon"]["delivery"] = Pace()
    followed.page(NEW, OLD)
    followed.run()
    assert followed.texts == ["MediaWiki 1.46 is out."]


def test_a_flood_is_refused_as_a_whole_and_can_be_forced(followed: World) -> None:
    lines = [f"'''2026-11-18''': News number {number}, {'x' * number}" for number in range(6)]
    followed.page(*lines, OLD)
    report = followed.run()
    assert report.refusal is not None
    assert "--force" in report.refusal
    assert followed.texts == []
    followed.run(force=True)
    assert len(followed.texts) == 6


def test_each_channel_publishes_and_a_new_channel_adopts(followed: World) -> None:
    followed.page(NEW, OLD)
    followed.run()
    late = followed.add_channel("late")
    followed.run()
    assert late.posts == []
    followed.page(NEWER, NEW, OLD)
    followed.run()
    assert [len(channel.posts) for channel in followed.channels.values()] == [2, 1]


def test_only_the_chosen_channel_is_served_and_the_other_catches_up(followed: World) -> None:
    other = followed.add_channel("other")
    followed.run()
    followed.page(NEW, OLD)
    followed.run(only="other")
    assert [len(other.posts), len(followed.channels["mastodon"].posts)] == [1, 0]
    followed.run()
    assert [len(other.posts), len(followed.channels["mastodon"].posts)] == [1, 1]


def test_an_item_found_on_the_channel_posted_by_hand_is_adopted(followed: World) -> None:
    followed.channel.post_by_hand("It is out!", links=("https://wiki.example/wiki/MediaWiki_1.46",))
    followed.page(NEW, OLD)
    report = followed.run()
    assert [(outcome.action, outcome.status) for outcome in report.posts] == [("adopt", Status.ADOPTED)]
    assert followed.texts == ["It is out!"]
    assert followed.run().posts == ()


def test_a_held_item_that_a_person_posts_by_hand_meanwhile_is_adopted(followed: World) -> None:
    followed.page(NEW.replace("id=new", "id=new; hold"), OLD)
    followed.run()
    followed.channel.post_by_hand("It is out!", links=("https://wiki.example/wiki/MediaWiki_1.46",))
    followed.run()
    assert followed.statuses()["new"] == "adopted"
    followed.page(NEW, OLD)
    followed.run()
    assert followed.texts == ["It is out!"]


def test_a_second_item_with_the_same_main_link_is_news_all_the_same(followed: World) -> None:
    followed.page("'''2026-11-18''': [[Download|MediaWiki 1.46]] is out.", OLD)
    followed.run()
    followed.pass_time(hours=1)
    followed.page(
        "'''2026-11-19''': [[Download|MediaWiki 1.46.1]] mends a leak.",
        "'''2026-11-18''': [[Download|MediaWiki 1.46]] is out.",
        OLD,
    )
    followed.run()
    assert followed.texts == ["MediaWiki 1.46 is out.", "MediaWiki 1.46.1 mends a leak."]


def test_the_stop_page_stops_before_anything_and_in_the_middle(followed: World) -> None:
    followed.page(NEWER, NEW, OLD)
    followed.stop_reason = "stopped from the wiki"
    assert followed.run().refusal == "stopped from the wiki"
    assert followed.texts == []
    followed.stop_reason = None

    def stop_after_the_first(step: str) -> None:
        if step == "accepted":
            followed.stop_reason = "stopped from the wiki"

    followed.channel.at = stop_after_the_first
    report = followed.run()
    assert report.refusal == "stopped from the wiki"
    assert len(followed.texts) == 1
    assert [refusal.item for refusal in report.held] == ["newer"]


def test_a_page_that_cannot_be_read_does_not_keep_the_others(followed: World) -> None:
    followed.titles = ("Missing", *followed.titles)
    followed.page(NEW, OLD)
    report = followed.run()
    assert followed.texts == ["MediaWiki 1.46 is out."]
    assert [(problem.page, problem.failure) for problem in report.problems] == [("Missing", True)]


def test_a_wiki_that_is_down_is_reported_and_changes_nothing(followed: World) -> None:
    before = followed.deliveries()
    followed.wiki.down = "read"
    report = followed.run()
    assert [problem.message for problem in report.problems] == ["the wiki cannot be reached"]
    assert followed.deliveries() == before


@pytest.mark.parametrize("question", ["people", "revisions"])
def test_while_the_wiki_does_not_tell_who_wrote_it_what_is_new_is_held(
    followed: World, question: str
) -> None:
    followed.page(NEW, OLD)
    followed.wiki.down = question
    report = followed.run()
    assert followed.texts == []
    assert [refusal.item for refusal in report.held] == ["new"]
    followed.wiki.down = None
    followed.run()
    assert followed.texts == ["MediaWiki 1.46 is out."]


def test_adopt_takes_everything_as_done(followed: World) -> None:
    followed.page(NEWER, NEW, OLD, user="192.0.2.1")
    followed.run()
    followed.adopt()
    assert set(followed.statuses().values()) == {"adopted"}
    followed.pass_time(days=1)
    assert followed.run().posts == ()


def test_a_page_that_is_empty_at_first_is_followed_from_then_on(world: World) -> None:
    world.wiki.edit("Nothing yet.")
    world.run()
    world.pass_time(hours=1)
    world.page(NEW)
    world.run()
    assert world.texts == ["MediaWiki 1.46 is out."]


def test_two_runs_at_once_are_one(followed: World) -> None:
    with open_ledger(followed.config().ledger_url) as ledger, ledger.lock(), pytest.raises(LedgerLocked):
        followed.run()


def test_a_template_is_expanded_by_the_wiki_or_holds_the_item(followed: World) -> None:
    followed.gate = Gate(max_new_items=9)
    followed.page(
        "'''2026-11-18''': It is {{Known}} now. <!-- herald: id=known -->",
        "'''2026-11-18''': It is {{Unknown}} now. <!-- herald: id=unknown -->",
        OLD,
    )
    report = followed.run()
    assert [refusal.item for refusal in report.held] == ["unknown"]
    assert len(followed.texts) == 1


def test_what_the_wiki_makes_of_a_template_is_asked_for_while_it_may_go_out(followed: World) -> None:
    followed.page("'''2026-11-18''': {{Known}} is out. <!-- herald: id=new -->", OLD)
    followed.run()
    assert followed.wiki.asked.count("expand") == 2  # to read it, and to see whether that still holds
    followed.run()
    assert followed.wiki.asked.count("expand") == 2
    followed.page("'''2026-11-18''': {{Known}} is out now. <!-- herald: id=new -->", OLD)
    followed.run()
    assert followed.wiki.asked.count("expand") == 4


def test_what_the_wiki_could_not_expand_is_asked_for_again(followed: World) -> None:
    followed.page("'''2026-11-18''': {{Unknown}} is out. <!-- herald: id=new -->", OLD)
    followed.run()
    followed.run()
    assert followed.wiki.asked.count("expand") == 2


def test_where_the_wiki_cannot_be_asked_for_a_template_nothing_of_the_page_goes_out(followed: World) -> None:
    followed.page("'''2026-11-18''': {{Known}} is out. <!-- herald: id=new -->", OLD)
    followed.wiki.down = "expand"
    report = followed.run()
    assert followed.texts == []
    assert report.problems[0].failure


def test_a_report_and_a_post_say_which_revision_they_come_from_and_whose(followed: World) -> None:
    followed.page(NEW, OLD, user="Ann")
    (held,) = followed.run().held
    assert (held.revision, held.editors) == (2, ("Ann",))
    followed.page(NEW.replace("is out", "is out now"), OLD, user="Sue")
    followed.pass_time(hours=1)
    report = followed.run()
    (post,) = report.posts
    assert (post.revision, post.editors) == (3, ("Sue",))
    assert {(skip.revision, skip.editors) for skip in report.skipped} == {(1, ("Sue",))}
    assert followed.channel.posts[-1].source == "https://wiki.example/wiki/Special:PermanentLink/3"
