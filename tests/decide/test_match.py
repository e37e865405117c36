from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.decide.match import CLOCK_SKEW, earliest_sign, posted_by_hand, published
from bot.model import Status
from tests.builders import DAY, HOUR, NOW, a_remote_post, a_row, an_item

CLAIMED: dict[str, Any] = {
    "status": Status.SENDING,
    "claimed_at": NOW,
    "updated_at": NOW,
    "text": "MediaWiki 1.46 is out. https://w.example/1",
}


def test_our_own_key_is_proof_whatever_the_text() -> None:
    row = a_row(**CLAIMED)
    post = a_remote_post("Something else", key=row.key, created_at=NOW - 9 * DAY)
    assert published([row], [post], taken=()) == {row.id: post}


def test_a_post_with_another_key_of_ours_is_not_it() -> None:
    row = a_row(**CLAIMED)
    assert published([row], [a_remote_post(row.text, key="other")], taken=()) == {}


@pytest.mark.parametrize(
    "shown",
    [
        "MediaWiki 1.46 is out. https://w.example/1",
        "MediaWiki 1.46 is out. https://w.example/1…",
        "mediawiki 1.46  is out.",
        "Media\u2060Wiki 1.46 is out.\n",
    ],
)
def test_the_text_as_a_server_may_show_it_is_recognised(shown: str) -> None:
    row = a_row(**CLAIMED)
    post = a_remote_post(shown)
    assert published([row], [post], taken=()) == {row.id: post}


@pytest.mark.parametrize(
    "shown",
    ["MediaWiki 1.47 is out.", "MediaWiki 1.46.1 is out.", "Other news of the day", ""],
)
def test_other_news_is_not_taken_for_ours(shown: str) -> None:
    assert published([a_row(**CLAIMED)], [a_remote_post(shown)], taken=()) == {}


def test_a_text_is_recognised_under_a_content_warning() -> None:
    row = a_row(**CLAIMED)
    warned, other = a_remote_post(f"Spiders, 8\n\n{row.text}"), a_remote_post(f"{row.text}\n\nMore, 8")
    assert published([row], [other, warned], taken=()) == {row.id: warned}


def test_a_post_of_nothing_but_a_link_is_told_by_the_link() -> None:
    row = a_row(**{**CLAIMED, "text": "https://w.example/1"})
    other = a_remote_post("https://w.example/2", links=("https://w.example/2",))
    same = a_remote_post("https://w.example/1", links=("https://w.example/1",))
    nothing = a_remote_post("")
    assert published([row], [other, nothing], taken=()) == {}
    assert published([row], [other, same], taken=()) == {row.id: same}


def test_a_post_older_than_the_claim_is_not_it_but_clocks_may_differ() -> None:
    row = a_row(**CLAIMED)
    early = a_remote_post(row.text, created_at=NOW - timedelta(hours=14))
    too_early = a_remote_post(row.text, created_at=NOW - timedelta(hours=15))
    assert published([row], [early], taken=()) == {row.id: early}
    assert published([row], [too_early], taken=()) == {}


def test_a_post_that_belongs_to_another_delivery_is_left_alone() -> None:
    row = a_row(**CLAIMED)
    post = a_remote_post(row.text)
    assert published([row], [post], taken={post.receipt.remote_id}) == {}


def test_of_two_alike_each_gets_its_own_post() -> None:
    lost = a_row("one", **{**CLAIMED, "text": "The conference in Berlin begins this week."})
    landed = a_row("two", **{**CLAIMED, "text": "The conference in Berlin begins this weekend."})
    post = a_remote_post("The conference in Berlin begins this weekend.")
    assert published([lost, landed], [post], taken=()) == {landed.id: post}


def test_one_post_is_never_taken_for_two_deliveries() -> None:
    rows = [a_row("one", **CLAIMED), a_row("two", **CLAIMED)]
    found = published(rows, [a_remote_post(CLAIMED["text"])], taken=())
    assert len(found) == 1


def test_nearly_our_text_with_another_link_is_not_ours() -> None:
    row = a_row(**{**CLAIMED, "text": "MediaWiki is out today."}, link="https://w.example/1")
    near = a_remote_post("MediaWiki is out today!", links=("https://w.example/1",))
    other = a_remote_post("MediaWiki is out today!", links=("https://w.example/2",))
    assert published([row], [near], taken=()) == {row.id: near}
    assert published([row], [other], taken=()) == {}


def test_a_person_posted_it_by_hand_with_the_same_link() -> None:
    item = an_item()
    post = a_remote_post("New release!", links=("https://wiki.example/wiki/MediaWiki_1.46",))
    assert posted_by_hand(item, [post], taken=()) == post


def test_a_url_is_the_same_however_it_is_quoted() -> None:
    item = an_item(link="https://wiki.example/wiki/Yahoo!_(company)")
    post = a_remote_post("News!", links=("https://wiki.example/wiki/Yahoo%21_%28company%29",))
    assert posted_by_hand(item, [post], taken=()) == post


def test_a_person_posted_it_by_hand_with_nearly_the_same_words() -> None:
    item = an_item(text="The Wikimedia hackathon will take place in Milan in May.", link=None)
    post = a_remote_post("The Wikimedia hackathon will take place in Milan, in May!")
    assert posted_by_hand(item, [post], taken=()) == post


@pytest.mark.parametrize(
    "post",
    [
        a_remote_post("MediaWiki 1.46.1 is out."),
        a_remote_post(
            "Old news", links=("https://wiki.example/wiki/MediaWiki_1.46",), created_at=NOW - 30 * DAY
        ),
        a_remote_post("x", links=("https://wiki.example/wiki/MediaWiki_1.46",), key="ours"),
        a_remote_post(""),
    ],
    ids=["another number", "long ago", "one of ours", "empty"],
)
def test_what_is_not_the_same_news_is_not_adopted(post: object) -> None:
    assert posted_by_hand(an_item(), [post], taken=()) is None  # type: ignore[list-item]


def test_our_earlier_post_with_the_same_link_is_not_somebody_elses_post_of_this_item() -> None:
    earlier = a_remote_post("Earlier", links=("https://wiki.example/wiki/MediaWiki_1.46",))
    assert posted_by_hand(an_item(), [earlier], taken={earlier.receipt.remote_id}) is None


def test_an_item_without_text_matches_nothing_by_text() -> None:
    assert posted_by_hand(an_item(text="", link=None), [a_remote_post("")], taken=()) is None


def test_the_channel_is_read_back_to_the_earliest_thing_sought() -> None:
    row = a_row(**{**CLAIMED, "claimed_at": NOW - HOUR})
    assert earliest_sign([row], (), now=NOW) == NOW - HOUR - CLOCK_SKEW
    undated = replace(an_item(), date=None)
    assert earliest_sign((), [undated], now=NOW) == NOW - 2 * HOUR - 2 * DAY
    assert earliest_sign((), (), now=NOW) == NOW
