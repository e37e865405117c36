from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Problem, Status
from bot.report import shapes
from tests.report import examples as a
from tests.report import schemas


def test_parse_tells_all_there_is_about_an_item() -> None:
    shape = shapes.parse_shape(
        a.page(), a.news(a.item(), problems=(Problem(message="what is this?", line=7),))
    )
    assert shape == {
        "page": "Template:News",
        "revision": 4711,
        "layout": "bullets",
        "items": [
            {
                "key": "mw146",
                "date": "2026-11-18",
                "text": "MediaWiki 1.46 is out.",
                "links": [{"text": "MediaWiki 1.46", "url": a.RELEASE}],
                "main_link": a.RELEASE,
                "media": [{"file": "New logo.png", "alt": "A sunflower of petals in two shades"}],
                "content_warning": None,
                "language": None,
                "channels": None,
                "share": None,
                "line": 4,
                "units": [],
            }
        ],
        "problems": [{"line": 7, "message": "what is this?"}],
        "reasons": [],
    }
    schemas.check(shape, schemas.PARSE)


def test_parse_tells_what_an_editor_asked() -> None:
    (item,) = shapes.parse_shape(a.page(), a.news(a.asked_item()))["items"]
    assert (item["channels"], item["language"]) == (["mastodon", "feed"], "de")
    assert item["content_warning"] == "politics"


def test_what_an_item_has_not_is_null() -> None:
    bare = a.plain_item("It rains.", date=None)
    shape = shapes.parse_shape(a.page(), a.news(bare, problems=(Problem(message="no date"),)))
    schemas.check(shape, schemas.PARSE)
    assert shape["items"][0]["date"] is None
    assert shape["items"][0]["main_link"] is None
    assert shape["problems"][0]["line"] is None


@pytest.mark.parametrize("simulate", [True, False])
def test_sync_keeps_its_shape_whatever_happened(*, simulate: bool) -> None:
    shape = shapes.sync_shape(a.full_report(), simulate=simulate)
    schemas.check(shape, schemas.SYNC)
    assert shape["simulate"] is simulate
    assert shape["refused"] == "stopped from the wiki: User:NewsBot/run"
    assert [len(shape[key]) for key in ("posts", "held", "skipped", "problems")] == [8, 1, 2, 2]
    assert [len(shape["alerts"][key]) for key in ("told", "over")] == [1, 1]


def test_a_sent_post_has_its_text_as_sent_and_its_address() -> None:
    (post,) = shapes.sync_shape(a.report(posts=(a.outcome(),)), simulate=False)["posts"]
    assert post["status"] == "sent"
    assert post["url"] == "https://wikis.world/@news/115"
    assert post["parts"] == [
        {"text": f"MediaWiki 1.46 is out. {a.RELEASE}", "length": 46, "limit": 500, "unit": "characters"}
    ]
    assert post["media"] == [{"file": "New logo.png", "alt": "A sunflower of petals in two shades"}]


def test_a_part_says_how_it_is_written_where_that_is_not_as_it_is_read() -> None:
    outcomes = (a.outcome(), a.outcome(network="matrix"))
    mastodon, matrix = shapes.sync_shape(a.report(posts=outcomes), simulate=False)["posts"]
    assert "sent" not in mastodon["parts"][0]
    assert matrix["parts"][0]["sent"] == f"<p>MediaWiki 1.46 is out. {a.RELEASE}</p>"


def test_a_part_says_where_an_address_leads_that_does_not_say_so_itself() -> None:
    deceiving = a.post(a.part(f"Look: {a.LOOKING_LATIN} and {a.RELEASE}"))
    shape = shapes.sync_shape(a.report(posts=(a.outcome(), a.outcome(post=deceiving))), simulate=True)
    schemas.check(shape, schemas.SYNC)
    plain, other = shape["posts"]
    assert "leads_to" not in plain["parts"][0]
    assert other["parts"][0]["leads_to"] == {a.LOOKING_LATIN: a.LEADS_TO}
    assert a.LOOKING_LATIN in other["parts"][0]["text"]  # what is sent is shown as it is


def test_in_a_simulation_nothing_is_sent_nor_has_an_address() -> None:
    (post,) = shapes.sync_shape(a.report(posts=(a.outcome(),)), simulate=True)["posts"]
    assert (post["status"], post["url"]) == ("simulated", None)


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.SENT}))
def test_a_simulation_changes_no_other_status(status: Status) -> None:
    outcome = a.outcome(status, url="https://example.org/1")
    (post,) = shapes.sync_shape(a.report(posts=(outcome,)), simulate=True)["posts"]
    assert (post["status"], post["url"]) == (status.value, "https://example.org/1")


@pytest.mark.parametrize("simulate", [False, True])
def test_a_share_has_no_parts_but_the_address_of_what_is_shared(*, simulate: bool) -> None:
    shape = shapes.sync_shape(a.report(posts=(a.share(),)), simulate=simulate)
    schemas.check(shape, schemas.SYNC)
    (post,) = shape["posts"]
    assert (post["action"], post["parts"], post["shares"]) == ("share", [], a.WIKITECH)
    assert (post["status"], post["url"]) == (("simulated", None) if simulate else ("sent", a.WIKITECH))
    preview = shapes.preview_shape([a.preview(post=None, shares=a.WIKITECH)])
    schemas.check(preview, schemas.PREVIEWS)
    assert preview["previews"][0]["shares"] == a.WIKITECH
    delivery = shapes.status_shape([a.delivery(shares=a.WIKITECH)])
    schemas.check(delivery, schemas.DELIVERIES)
    assert delivery["deliveries"][0]["shares"] == a.WIKITECH


def test_a_post_that_could_not_be_composed_has_no_parts() -> None:
    report = a.report(posts=(a.outcome(Status.FAILED, post=None, error="its link is too long"),))
    shape = shapes.sync_shape(report, simulate=False)
    schemas.check(shape, schemas.SYNC)
    assert shape["posts"][0]["parts"] == []


@pytest.mark.parametrize("status", list(Status))
def test_status_shows_every_delivery(status: Status) -> None:
    shape = shapes.status_shape([a.delivery(status), a.delivery(status, part=1, retry_at=a.NOW)])
    schemas.check(shape, schemas.DELIVERIES)
    assert [row["status"] for row in shape["deliveries"]] == [status.value] * 2
    assert [row["retry_at"] for row in shape["deliveries"]] == [None, "2026-11-18T14:05:00Z"]


def test_what_was_spent_is_told_in_dollars() -> None:
    shape = shapes.sync_shape(
        a.report(posts=(a.outcome(cost=Decimal("0.20")),), costs=(a.COST,)), simulate=False
    )
    schemas.check(shape, schemas.SYNC)
    assert shape["posts"][0]["cost"] == 0.2
    assert shape["costs"] == [{"channel": "x", "run": 0.215, "month": 4.9, "budget": 5.0, "left": 0.1}]
    status = shapes.status_shape([], [replace(a.COST, run=None)])
    schemas.check(status, schemas.DELIVERIES)
    assert (status["costs"][0]["run"], status["costs"][0]["left"]) == (None, 0.1)
    (preview,) = shapes.preview_shape([a.preview(cost=Decimal("0.015"))])["previews"]
    assert preview["cost"] == 0.015


def test_times_are_in_utc() -> None:
    elsewhere = a.NOW.astimezone(timezone(timedelta(hours=-8)))
    (row,) = shapes.status_shape([a.delivery(updated_at=elsewhere)])["deliveries"]
    assert row["updated_at"] == "2026-11-18T14:05:00Z"


def test_preview_says_why_a_post_would_not_go_out() -> None:
    previews = [a.preview(), a.preview(note="held"), a.preview(post=None, note="too long")]
    shape = shapes.preview_shape(previews)
    schemas.check(shape, schemas.PREVIEWS)
    assert [preview["note"] for preview in shape["previews"]] == [None, "held", "too long"]


def test_check_gives_a_verdict_on_everything() -> None:
    shape = shapes.check_shape(a.FINDINGS)
    schemas.check(shape, schemas.FINDINGS)
    assert [finding["verdict"] for finding in shape["findings"]] == ["good", "warning", "bad"]


@given(st.text(st.characters() | st.sampled_from(a.HOSTILE)))
def test_json_is_safe_to_print_and_says_what_was_meant(text: str) -> None:
    shape = shapes.parse_shape(a.page(title=text), a.news(a.plain_item(text)))
    printed = shapes.to_json(shape)
    assert json.loads(printed) == shape
    assert not set(printed) & set("\x1b\x9b\r\x7f\u2028\u202e")
    printed.encode()  # not even half a character is left


def test_json_leaves_other_scripts_readable() -> None:
    assert "ウィキ" in shapes.to_json({"text": "ウィキ"})


def test_explain_keeps_its_shape() -> None:
    shape = shapes.explain_shape(
        [a.explained(), a.explained(until=None, deliveries=(), events=(), recognition=None)]
    )
    schemas.check(shape, schemas.EXPLAINED)
    assert shape["channels"][0]["events"][1]["detail"] == "settling"


def test_who_wrote_what_is_told_everywhere() -> None:
    known: dict[str, Any] = {"revision": 4711, "editors": ("Ann", "")}
    told = {"revision": 4711, "editors": ["Ann", ""]}
    report = a.report(
        posts=(a.outcome(**known),), held=(a.refusal("x", **known),), skipped=(a.refusal("y", **known),)
    )
    sync = shapes.sync_shape(report, simulate=False)
    schemas.check(sync, schemas.SYNC)
    previewed = shapes.preview_shape([a.preview(item=a.item(provenance=a.PROVENANCE))])
    schemas.check(previewed, schemas.PREVIEWS)
    explained = shapes.explain_shape([a.explained()])
    schemas.check(explained, schemas.EXPLAINED)
    for one in (*sync["posts"], *sync["held"], *sync["skipped"], *previewed["previews"]):
        assert {key: one[key] for key in told} == told
    (channel,) = explained["channels"]
    assert {key: channel[key] for key in told} == told
    assert channel["changes"][0] == {
        "kind": "added",
        "revision": 4700,
        "editor": "Ann",
        "at": "2026-11-18T11:05:00Z",
        "comment": "First news",
        "tags": [],
        "detail": "",
    }
    assert [change["kind"] for change in channel["changes"]] == ["added", "changed", "approved"]
    assert channel["changes"][1]["tags"] == ["mw-undo"]
    assert channel["changes"][2]["detail"] == "fine"


def test_of_what_is_gone_from_the_page_nobody_is_told() -> None:
    (channel,) = shapes.explain_shape([a.explained(provenance=None)])["channels"]
    assert (channel["revision"], channel["editors"], channel["changes"]) == (None, [], [])
