"""What the plan makes of items that share somebody's post."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from bot.decide.actions import Action, Hold, Publish, Retract, Share, Skip, Wait, reason_of
from bot.decide.plan import plan
from bot.decide.rules import verdict
from bot.decide.versions import wants_translation
from bot.decide.views import Circumstances, View
from bot.errors import PlanRefused
from bot.model import (
    Capabilities,
    Gate,
    Media,
    Pace,
    PageMemory,
    Provenance,
    Revision,
    RichText,
    Run,
    Status,
)
from tests.builders import HOUR, NOW, PAGE, SITE, a_follower, a_row, an_item, edited, evidence
from tests.decide.people import around

if TYPE_CHECKING:
    from bot.model import Delivery, Follower, Item

URL = "https://wikis.world/@wikitech/1130"
ON_X = "https://x.com/wikipedia/status/12"
SHARES = Capabilities(read_back=True, edit=True, delete=True, shares=True)
MASTODON = a_follower(capabilities=SHARES)
X = a_follower("x", network="x", capabilities=SHARES)
FEED = a_follower("feed", network="feed")


def sharing(url: str = URL, key: str = "share", **fields: Any) -> Item:
    asked = fields.pop("directives", {})
    return an_item(key, directives={"share": url, **asked}, **fields)


def decided(
    *items: Item, followers: tuple[Follower, ...] = (MASTODON,), rows: tuple[Delivery, ...] = (), **more: Any
) -> tuple[Action, ...]:
    names = frozenset(follower.name for follower in followers)
    memory = PageMemory(site=SITE.name, title=PAGE, revision=99, sha1="", channels=names)
    reverts = more.pop("reverts", {})
    view = View(
        site=SITE,
        title=PAGE,
        items=items,
        memory=memory,
        rows=rows,
        reverts=reverts,
        evidence=evidence(*items),
    )
    return plan([view], followers, Circumstances(now=NOW, **{"gate": Gate(), **more}))


def only(*items: Item, **more: Any) -> Action:
    (action,) = decided(*items, **more)
    return action


def test_a_post_is_shared_where_it_is_and_passed_over_elsewhere() -> None:
    actions = decided(sharing(), followers=(MASTODON, X, FEED))
    found = {action.place.channel: action for action in actions}
    shared = found["mastodon"]
    assert isinstance(shared, Share)
    assert shared.url == URL
    for name in ("x", "feed"):
        assert isinstance(found[name], Skip)
        assert reason_of(found[name]) == "shares a post on Mastodon, and this is no channel there"


def test_the_network_must_be_able_to() -> None:
    cannot = a_follower(capabilities=replace(SHARES, shares=False))
    assert isinstance(only(sharing(), followers=(cannot,)), Skip)


def test_what_is_on_no_network_that_is_known_is_passed_over_everywhere() -> None:
    actions = decided(sharing("https://example.org/blog/1"), followers=(MASTODON, X))
    assert {type(action) for action in actions} == {Skip}
    assert "no post of a network that is known" in reason_of(actions[0])


def test_what_was_queued_before_is_held_with_that_reason() -> None:
    item = sharing(ON_X)
    assert isinstance(only(item, rows=(a_row(item, Status.PENDING),)), Hold)


def test_channels_that_an_editor_names_rule_first() -> None:
    action = only(sharing(directives={"channels": ("feed",)}))
    assert reason_of(action) == "meant for other channels"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"directives": {"hold": "wait"}}, "held on the page: wait"),
        ({"directives": {"not_before": NOW + HOUR}}, "not before"),
        ({"provenance": Provenance(revision=7, editors=("Ann",), since=NOW)}, "settling on the page"),
    ],
)
def test_the_gate_holds_it_like_any_other(fields: dict[str, Any], reason: str) -> None:
    action = only(sharing(**fields))
    assert isinstance(action, Hold)
    assert reason in action.reason


def test_old_ones_and_those_whose_time_is_over_are_passed_over() -> None:
    assert isinstance(only(sharing(date=date(2026, 1, 1))), Skip)
    assert isinstance(only(sharing(directives={"until": NOW})), Skip)


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "", "link": None},
        {"unresolved": ("{{Version}}",)},
        {"media": (Media(file="Logo.png"),)},
        {"language": "de"},
    ],
)
def test_what_it_would_say_does_not_matter(fields: dict[str, Any]) -> None:
    speaks_english = replace(MASTODON, language="en", fallback=None)
    assert isinstance(only(sharing(**fields), followers=(speaks_english,)), Share)
    assert wants_translation(sharing(**fields), (), speaks_english, NOW) is None


@pytest.mark.parametrize(
    ("domains", "allowed"), [({"wikis.world"}, True), ({"world"}, True), ({"wiki.example"}, False)]
)
def test_the_shared_post_is_a_link_like_any_other(domains: set[str], *, allowed: bool) -> None:
    item = replace(sharing(), body=RichText(runs=(Run(text="said there", url="https://elsewhere.example/"),)))
    found = verdict(item, around(item, gate=Gate(allowed_domains=frozenset(domains))))
    assert (found is None) == allowed
    assert found is None or "it links to wikis.world" in found.reason


class TestDone:
    def test_it_is_shared_once(self) -> None:
        item = sharing()
        action = only(item, rows=(a_row(item, shares=URL),))
        assert isinstance(action, Skip)
        assert action.reason == "already shared"

    @pytest.mark.parametrize(
        "now",
        [
            sharing("https://wikis.world/@wikitech/1131"),
            edited(sharing(), "Reworded."),
            an_item("share"),
            sharing(ON_X),
        ],
    )
    def test_an_edit_of_what_was_shared_is_told_and_not_followed(self, now: Item) -> None:
        action = only(now, rows=(a_row(sharing(), shares=URL),))
        assert isinstance(action, Skip)
        assert action.reason == "already shared; edits are not followed here"

    def test_a_post_does_not_become_a_share_as_well(self) -> None:
        action = only(sharing(), rows=(a_row(an_item("share")),))
        assert isinstance(action, Skip)
        assert action.reason == "already sent as a post of its own; it is not shared as well"

    def test_a_thread_that_changed_in_the_middle_is_held(self) -> None:
        rows = (a_row(an_item("share")), a_row(an_item("share"), Status.PENDING, part=1))
        assert reason_of(only(sharing(), rows=rows)) == "edited while its thread was being published"

    def test_a_revert_takes_it_back(self) -> None:
        row = a_row(sharing(), shares=URL, claimed_at=NOW - 2 * HOUR)
        revert = Revision(id=101, editor="Sue", saved_at=NOW - HOUR)
        action = only(rows=(row,), reverts={"share": revert}, force=True)
        assert isinstance(action, Retract)


class TestPace:
    def test_shares_and_posts_share_one_pace_the_oldest_first(self) -> None:
        items = (an_item("post"), sharing(date=date(2026, 11, 17)))
        slow = replace(MASTODON, pace=Pace(max_per_day=1))
        actions = decided(*items, followers=(slow,))
        assert [(type(action), action.place.item) for action in actions] == [
            (Share, "share"),
            (Wait, "post"),
        ]

    def test_a_share_is_no_part_of_a_digest(self) -> None:
        digest = replace(MASTODON, digest=True, pace=Pace(max_per_day=2))
        items = tuple(
            an_item(f"post{day}", date=date(2026, 11, day), link=f"https://wiki.example/{day}")
            for day in (14, 16, 18)
        )
        shares = tuple(sharing(f"{URL}{day}", f"share{day}", date=date(2026, 11, day)) for day in (15, 17))
        actions = decided(*items, *shares, followers=(digest,))
        assert [type(action) for action in actions] == [Publish, Share, Publish, Wait, Publish]

    def test_too_many_at_once_are_refused(self) -> None:
        items = [sharing(f"{URL}{number}", f"share{number}") for number in range(3)]
        with pytest.raises(PlanRefused, match="3 new items"):
            decided(*items, gate=Gate(max_new_items=2))
