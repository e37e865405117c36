from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.decide.actions import Action, Adopt, Edit, Hold, Publish, Skip, Wait
from bot.decide.plan import GONE, plan, undecided
from bot.decide.views import Circumstances, View
from bot.errors import PlanRefused
from bot.model import (
    Capabilities,
    Gate,
    KnownItem,
    Media,
    OnEdit,
    Order,
    Pace,
    PageMemory,
    Picture,
    Provenance,
    Rights,
    Status,
    Verb,
)
from bot.news.identity import remember
from tests.builders import DAY, HOUR, NOW, PAGE, SITE, a_follower, a_row, an_item, edited, evidence

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model import Delivery, Follower, Item

MASTODON = a_follower()


def a_view(
    *items: Item, rows: tuple[Delivery, ...] = (), followed_by: tuple[str, ...] = ("mastodon",), **fields: Any
) -> View:
    known = fields.pop("known", items)
    fields.setdefault("evidence", evidence(*items))
    memory = PageMemory(
        site=SITE.name,
        title=PAGE,
        revision=99,
        sha1="",
        items=remember(known),
        channels=frozenset(followed_by),
    )
    return View(site=SITE, title=PAGE, items=items, memory=memory, rows=rows, **fields)


def decided(view: View, *followers: Follower, **around: Any) -> tuple[Action, ...]:
    return plan([view], followers or (MASTODON,), Circumstances(now=NOW, **{"gate": Gate(), **around}))


def only(view: View, *followers: Follower, **around: Any) -> Action:
    (action,) = decided(view, *followers, **around)
    return action


def several(count: int) -> tuple[Item, ...]:
    return tuple(
        an_item(f"n{number}", f"News number {number}", date=date(2026, 11, 18) - timedelta(days=number))
        for number in range(count)
    )


# --- a network without posts of text alone ---


def test_a_network_that_needs_a_picture_gets_no_item_without_one() -> None:
    illustrated = a_follower("pictures", network="instagram", capabilities=Capabilities(needs_media=True))
    view = a_view(an_item(), followed_by=("mastodon", "pictures"))
    actions = {action.place.channel: action for action in decided(view, MASTODON, illustrated)}
    held = actions["pictures"]
    assert isinstance(actions["mastodon"], Publish)
    assert isinstance(held, Hold)
    assert held.reason == (
        "instagram takes no post without a picture: add image=File:... and alt=... to the item"
    )
    with_picture = replace(an_item(), media=(Media(file="Logo.jpg", alt="The logo"),))
    known = {"Logo.jpg": Picture(file="Logo.jpg", rights=Rights(code="cc0"))}
    view = a_view(with_picture, followed_by=("pictures",), pictures=known)
    assert isinstance(only(view, illustrated), Publish)


def test_what_lost_its_picture_while_it_waited_is_held_too() -> None:
    illustrated = a_follower("pictures", network="instagram", capabilities=Capabilities(needs_media=True))
    item = an_item()
    row = a_row(item.key, channel="pictures", status=Status.PENDING)
    assert isinstance(only(a_view(item, rows=(row,), followed_by=("pictures",)), illustrated), Hold)


# --- the first sight of a page ---


def test_what_stands_on_a_page_seen_for_the_first_time_is_adopted() -> None:
    actions = decided(replace(a_view(*several(3)), memory=None))
    assert [type(action) for action in actions] == [Adopt, Adopt, Adopt]


def test_a_channel_that_is_new_on_a_known_page_adopts_what_stands_there() -> None:
    actions = decided(a_view(*several(2)), a_follower("new one"))
    assert all(isinstance(action, Adopt) for action in actions)


def test_backfill_publishes_the_newest_and_adopts_the_rest() -> None:
    actions = decided(replace(a_view(*several(4)), memory=None), backfill=2)
    assert {action.place.item for action in actions if isinstance(action, Adopt)} == {"n2", "n3"}
    assert [action.place.item for action in actions if isinstance(action, Publish)] == ["n1", "n0"]


def test_backfill_does_nothing_on_a_page_that_is_followed_already() -> None:
    rows = tuple(a_row(item, Status.ADOPTED) for item in several(2))
    actions = decided(a_view(*several(2), rows=rows), backfill=2)
    assert all(isinstance(action, Skip) for action in actions)


def test_a_backfill_may_be_larger_than_the_brake() -> None:
    actions = decided(replace(a_view(*several(8)), memory=None), backfill=8)
    assert len([action for action in actions if isinstance(action, Publish)]) == 8


@pytest.mark.parametrize("directive", [{"hold": ""}, {"not_before": NOW + HOUR}])
def test_what_the_page_holds_back_is_not_adopted_at_first_sight(directive: dict[str, Any]) -> None:
    action = only(replace(a_view(an_item(directives=directive)), memory=None))
    assert isinstance(action, Hold)


def test_an_empty_page_is_followed_too_so_that_its_first_item_goes_out() -> None:
    assert decided(replace(a_view(), memory=None)) == ()
    assert isinstance(only(a_view(an_item(), known=())), Publish)


# --- what is new ---


def test_a_new_item_is_published_on_every_channel() -> None:
    actions = decided(
        a_view(an_item(), known=(), followed_by=("mastodon", "feed")),
        MASTODON,
        a_follower("feed", network="feed"),
    )
    assert [(type(action), action.place.channel) for action in actions] == [
        (Publish, "mastodon"),
        (Publish, "feed"),
    ]


def test_the_oldest_news_goes_first() -> None:
    actions = decided(a_view(*several(4), known=several(1)))
    assert [action.place.item for action in actions] == ["n3", "n2", "n1", "n0"]


def test_without_dates_the_page_is_taken_to_be_newest_first() -> None:
    items = [replace(an_item(key), date=None) for key in ("top", "middle", "bottom")]
    actions = decided(a_view(*items, known=items[:1]))
    assert [action.place.item for action in actions] == ["bottom", "middle", "top"]


def test_a_page_that_grows_downwards_is_read_downwards() -> None:
    days = {"first": 15, "second": 16, "third": 16}
    items = [an_item(key, date=date(2026, 11, day)) for key, day in days.items()]
    actions = decided(a_view(*items, known=items[:1]))
    assert [action.place.item for action in actions] == ["first", "second", "third"]


@pytest.mark.parametrize(
    ("channels", "expected"),
    [
        (("mastodon",), Publish),
        (("wikis-world",), Publish),
        (("bluesky", "feed"), Skip),
    ],
)
def test_an_item_goes_to_the_channels_that_it_names(channels: tuple[str, ...], expected: type) -> None:
    item = an_item(directives={"channels": channels})
    follower = a_follower("wikis-world", network="mastodon")
    assert isinstance(only(a_view(item, followed_by=("wikis-world",)), follower), expected)


def test_old_news_is_passed_over() -> None:
    action = only(a_view(an_item(date=date(2026, 11, 1))))
    assert isinstance(action, Skip)
    assert action.reason == "older than max_age (14 days)"


@pytest.mark.parametrize(("until", "expected"), [(NOW, Skip), (NOW + HOUR, Publish)])
def test_what_an_editor_limits_is_not_published_any_more(until: datetime, expected: type) -> None:
    assert isinstance(only(a_view(an_item(directives={"until": until}))), expected)


def test_old_news_that_was_queued_is_held_so_that_the_ledger_says_why() -> None:
    item = an_item(date=date(2026, 11, 1))
    assert isinstance(only(a_view(item, rows=(a_row(item, Status.PENDING),))), Hold)


def test_the_gate_holds() -> None:
    item = an_item(provenance=Provenance(revision=1, editors=("Ann",), since=NOW))
    action = only(a_view(item))
    assert isinstance(action, Hold)
    assert action.until == NOW + timedelta(minutes=30)
    trusting = evidence(item, groups={"Ann": {"sysop"}})
    assert isinstance(only(a_view(item, evidence=trusting)), Publish)
    assert isinstance(only(a_view(item, trusted=True)), Publish)


def test_a_held_item_goes_out_when_the_gate_opens() -> None:
    item = an_item()
    assert isinstance(only(a_view(item, rows=(a_row(item, Status.HELD, error="settling"),))), Publish)


# --- what is known ---


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (Status.SENT, "already sent"),
        (Status.ADOPTED, "adopted: by hand"),
        (Status.FAILED, "failed: by hand"),
        (Status.IN_DOUBT, "in doubt"),
        (Status.SENDING, "not settled yet"),
        (Status.RETRACTED, "retracted"),
    ],
)
def test_what_is_done_is_never_done_again(status: Status, reason: str) -> None:
    item = an_item()
    action = only(a_view(item, rows=(a_row(item, status, error="by hand"),)), force=True, backfill=9)
    assert isinstance(action, Skip)
    assert action.reason.startswith(reason)


def test_a_failed_try_waits_for_its_time() -> None:
    item = an_item()
    row = a_row(item, Status.PENDING, retry_at=NOW + HOUR, error="connection refused")
    action = only(a_view(item, rows=(row,)))
    assert isinstance(action, Wait)
    assert action.until == NOW + HOUR
    assert "connection refused" in action.reason
    later = replace(row, retry_at=NOW)
    assert isinstance(only(a_view(item, rows=(later,))), Publish)


@pytest.mark.parametrize("status", [Status.PENDING, Status.HELD])
def test_what_left_the_page_unpublished_is_held_with_that_reason(status: Status) -> None:
    gone, left = an_item("gone"), an_item("left")
    actions = decided(a_view(left, rows=(a_row(gone, status), a_row(left)), known=(gone, left)))
    held = [action for action in actions if isinstance(action, Hold)]
    assert [(action.place.item, action.reason) for action in held] == [("gone", GONE)]


def test_what_left_the_page_long_ago_is_not_reported_for_ever() -> None:
    gone, left = an_item("gone"), an_item("left")
    row = a_row(gone, Status.HELD, updated_at=NOW - 15 * DAY)
    actions = decided(a_view(left, rows=(row, a_row(left)), known=(gone, left)))
    (action,) = [action for action in actions if action.place.item == "gone"]
    assert isinstance(action, Skip)
    assert action.reason == GONE


def test_what_left_the_page_published_has_aged_off() -> None:
    gone, left = an_item("gone"), an_item("left")
    actions = decided(a_view(left, rows=(a_row(gone), a_row(left)), known=(gone, left)))
    assert [action.place.item for action in actions] == ["left"]


# --- edits ---


def test_an_edit_follows_to_the_channel() -> None:
    item = an_item()
    action = only(a_view(edited(item, "MediaWiki 1.46 is out now."), rows=(a_row(item),)))
    assert isinstance(action, Edit)


@pytest.mark.parametrize(
    "follower",
    [a_follower(on_edit=OnEdit.IGNORE), a_follower(capabilities=Capabilities(edit=False))],
)
def test_an_edit_stays_on_the_page_where_it_is_not_wanted_or_not_possible(follower: Follower) -> None:
    item = an_item()
    assert isinstance(only(a_view(edited(item, "New"), rows=(a_row(item),)), follower), Skip)


def test_an_edit_has_to_pass_the_gate_too() -> None:
    item = an_item()
    vandalised = replace(
        edited(item, "Buy pills"), provenance=Provenance(revision=8, editors=("Vandal",), since=NOW)
    )
    action = only(a_view(vandalised, rows=(a_row(item),)))
    assert isinstance(action, Skip)
    assert "settling" in action.reason


def test_an_edit_that_failed_waits_for_its_time() -> None:
    item = an_item()
    row = a_row(item, retry_at=NOW + HOUR)
    assert isinstance(only(a_view(edited(item, "New"), rows=(row,))), Skip)


# --- threads ---


def test_a_thread_broken_off_is_continued() -> None:
    item = an_item()
    rows = (a_row(item, part=0), a_row(item, Status.PENDING, part=1))
    assert isinstance(only(a_view(item, rows=rows)), Publish)


def test_a_thread_broken_off_whose_item_changed_is_held_for_a_person() -> None:
    item = an_item()
    rows = (a_row(item, part=0), a_row(item, Status.PENDING, part=1))
    action = only(a_view(edited(item, "New"), rows=rows))
    assert isinstance(action, Hold)


def test_a_thread_with_a_part_in_doubt_is_left_alone() -> None:
    item = an_item()
    rows = (a_row(item, part=0), a_row(item, Status.IN_DOUBT, part=1))
    assert isinstance(only(a_view(item, rows=rows)), Skip)


# --- brakes ---


def test_a_blanked_page_is_refused_with_the_way_out() -> None:
    with pytest.raises(PlanRefused, match=r"no item was found where there were 3.*--force"):
        decided(a_view(known=several(3)))
    assert decided(a_view(known=several(3)), force=True) == ()


def test_a_page_whose_items_had_all_aged_off_is_not_blanked() -> None:
    view = a_view(known=several(2))
    assert view.memory is not None
    aged: tuple[KnownItem, ...] = tuple(replace(item, present=False) for item in view.memory.items)
    assert decided(replace(view, memory=replace(view.memory, items=aged))) == ()


def test_too_many_new_items_at_once_are_refused_with_the_way_out() -> None:
    with pytest.raises(PlanRefused, match=r"6 new items.*max_new_items = 5.*--force"):
        decided(a_view(*several(6)))
    assert len(decided(a_view(*several(6)), force=True)) == 6
    assert len(decided(a_view(*several(5)))) == 5


def test_the_brake_counts_items_not_posts() -> None:
    channels = ("mastodon", "feed")
    followers = [a_follower(name) for name in channels]
    assert len(decided(a_view(*several(5), followed_by=channels), *followers)) == 10


def test_held_items_that_come_free_together_are_braked_but_not_what_was_queued_before() -> None:
    items = several(6)
    held = tuple(a_row(item, Status.HELD) for item in items)
    with pytest.raises(PlanRefused):
        decided(a_view(*items, rows=held))
    queued = tuple(a_row(item, Status.PENDING) for item in items)
    assert len(decided(a_view(*items, rows=queued))) == 6


# --- pace ---


def test_a_channel_publishes_no_more_than_max_per_day() -> None:
    follower = a_follower(pace=Pace(max_per_day=3))
    actions = decided(a_view(*several(4)), follower, sent_today={"mastodon": 1})
    kinds = [(action.place.item, type(action)) for action in actions]
    assert kinds == [("n3", Publish), ("n2", Publish), ("n1", Wait), ("n0", Wait)]


def test_a_channel_keeps_its_interval_within_a_run_and_between_runs() -> None:
    follower = a_follower(pace=Pace(min_interval=HOUR))
    actions = decided(a_view(*several(2)), follower, last_sent={"mastodon": NOW - 2 * HOUR})
    assert [type(action) for action in actions] == [Publish, Wait]
    action = only(a_view(an_item()), follower, last_sent={"mastodon": NOW - HOUR / 2})
    assert isinstance(action, Wait)
    assert action.until == NOW + HOUR / 2


def test_the_pace_of_one_channel_is_not_that_of_another() -> None:
    slow, fast = a_follower("slow", pace=Pace(max_per_day=0)), a_follower("fast")
    actions = decided(a_view(an_item(), followed_by=("slow", "fast")), slow, fast)
    assert {action.place.channel: type(action) for action in actions} == {"slow": Wait, "fast": Publish}


def test_news_as_old_as_max_age_still_goes_out() -> None:
    item = an_item(date=None, provenance=Provenance(revision=1, editors=("Ann",), since=NOW - 14 * DAY))
    assert isinstance(only(a_view(item)), Publish)


# --- what the page, the wiki or an order says of a channel ---


@pytest.mark.parametrize(
    ("said", "reason"),
    [("", "skipped on the page (directive skip)"), ("no news", "skipped on the page: no news")],
)
def test_what_the_page_says_to_skip_is_skipped_and_held_where_it_was_queued(said: str, reason: str) -> None:
    item = an_item(directives={"skip": said})
    action = only(a_view(item))
    assert (type(action), action.reason) == (Skip, reason)  # type: ignore[union-attr]  # both have one
    queued = only(a_view(item, rows=(a_row(item, Status.PENDING),)))
    assert (type(queued), queued.reason) == (Hold, reason)  # type: ignore[union-attr]  # likewise


def test_nothing_begins_on_a_channel_that_is_off_and_edits_wait_too() -> None:
    off = a_follower(off="switched off on the wiki")
    item = an_item()
    action = only(a_view(item), off)
    assert isinstance(action, Hold)
    assert action.reason == "switched off on the wiki"
    changed = edited(item, "MediaWiki 1.46 is out now.")
    skipped = only(a_view(changed, rows=(a_row(item),)), off)
    assert isinstance(skipped, Skip)
    assert skipped.reason == "already sent; its edit: switched off on the wiki"


def an_order(verb: Verb, channel: str | None = None) -> Order:
    return Order(
        key=f"{verb}{channel}", verb=verb, item="mw146", channel=channel, revision=7, editor="Sue", at=NOW
    )


@pytest.mark.parametrize(
    ("orders", "goes"),
    [
        ([an_order(Verb.HOLD)], False),
        ([an_order(Verb.HOLD, "mastodon")], False),
        ([an_order(Verb.HOLD, "wall")], True),
        ([an_order(Verb.HOLD), an_order(Verb.APPROVE)], True),
        ([an_order(Verb.APPROVE), an_order(Verb.HOLD)], False),
    ],
)
def test_an_order_holds_an_item_on_the_channels_that_it_names(orders: list[Order], *, goes: bool) -> None:
    action = only(a_view(an_item(), orders={"mw146": tuple(orders)}))
    assert isinstance(action, Publish if goes else Hold)


# --- of which items the wiki is asked ---


def asked_about(*items: Item, rows: tuple[Delivery, ...] = (), **fields: Any) -> set[str]:
    follower = fields.pop("follower", MASTODON)
    view = a_view(*items, rows=rows, **fields)
    return set(undecided(view, [follower], Circumstances(now=NOW, gate=Gate())))


def test_the_wiki_is_asked_about_what_may_go_out() -> None:
    item = an_item()
    assert asked_about(item) == {"mw146"}
    assert asked_about(item, rows=(a_row(item, Status.PENDING),)) == {"mw146"}
    assert asked_about(item, rows=(a_row(item, Status.HELD),)) == {"mw146"}


@pytest.mark.parametrize("status", [Status.SENT, Status.ADOPTED, Status.FAILED, Status.IN_DOUBT])
def test_the_wiki_is_asked_nothing_about_what_is_settled(status: Status) -> None:
    item = an_item()
    assert asked_about(item, rows=(a_row(item, status),)) == set()


@pytest.mark.parametrize(
    "fields",
    [
        {"directives": {"hold": ""}},
        {"directives": {"skip": ""}},
        {"directives": {"channels": ("wall",)}},
        {"directives": {"not_before": NOW + HOUR}},
        {"directives": {"until": NOW - HOUR}},
        {"date": (NOW - 20 * DAY).date()},
        {"unresolved": ("{{x}}",)},
        {"text": ""},
    ],
)
def test_the_wiki_is_asked_nothing_about_what_does_not_go_out_anyhow(fields: dict[str, Any]) -> None:
    assert asked_about(an_item(**fields)) == set()


def test_the_wiki_is_asked_about_an_edit_where_edits_are_followed_however_old_the_item_is() -> None:
    item = an_item(date=(NOW - 20 * DAY).date())
    changed, rows = edited(item, "MediaWiki 1.46 is out now."), (a_row(item),)
    assert asked_about(changed, rows=rows) == {"mw146"}
    assert isinstance(only(a_view(changed, rows=rows)), Edit)
    assert asked_about(changed, rows=rows, follower=a_follower(on_edit=OnEdit.IGNORE)) == set()
    assert asked_about(changed, rows=rows, follower=a_follower(capabilities=Capabilities())) == set()
