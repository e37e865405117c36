"""What becomes of items with pictures in a run: what is asked, what is held, what is said of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.ledger.opening import open_ledger
from bot.model import AltText, Gate, PictureRules, Rights, Status
from bot.sync.preview import preview_all
from tests.fakes.faults import Fault
from tests.sync.world import World

if TYPE_CHECKING:
    from pathlib import Path

    from bot.report.values import Preview

OLD = "'''2026-11-10''': [[Old]] news. <!-- herald: id=old -->"
PLAIN = "'''2026-11-18''': [[Plain]] news. <!-- herald: id=plain -->"
PHOTO = (
    "'''2026-11-18''': [[MediaWiki 1.46]] is out. [[File:Photo.png|alt=A sunflower]] <!-- herald: id=new -->"
)
BARE = PHOTO.replace("|alt=A sunflower", "")
PNG = b"\x89PNG"
CC_BY_SA = Rights(code="cc-by-sa-4.0", name="CC BY-SA 4.0", artist="Jane Doe", copyrighted="True")


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A wiki with a picture, and a channel that has followed its page."""
    world = World(folder=tmp_path)
    world.wiki.files["Photo.png"] = PNG
    world.page(OLD)
    world.run()
    world.pass_time(hours=1)
    world.wiki.asked.clear()
    return world


def previews(world: World) -> dict[str, Preview]:
    with open_ledger(world.config().ledger_url) as ledger:
        found, _ = preview_all(world.herald(ledger))
    return {one.item.key: one for one in found}


def test_a_picture_that_may_be_published_goes_out(world: World) -> None:
    world.page(PHOTO, OLD)
    world.run()
    (post,) = world.channel.posts
    assert [(one.content, one.alt) for one in post.attachments] == [(PNG, "A sunflower")]
    assert world.wiki.asked.count("pictures") == 1


def test_nothing_is_asked_of_pictures_that_are_out(world: World) -> None:
    world.page(PHOTO, OLD)
    world.run()
    world.wiki.asked.clear()
    world.run()
    assert {"pictures", "fetch"}.isdisjoint(world.wiki.asked)


@pytest.mark.parametrize("status", [Status.ADOPTED, Status.FAILED, Status.IN_DOUBT])
def test_nothing_is_asked_of_what_is_settled_otherwise(world: World, status: Status) -> None:
    world.page(PHOTO, OLD)
    fault = {Status.FAILED: Fault.REJECTED, Status.IN_DOUBT: Fault.ACCEPTED_LOST}.get(status)
    if fault is None:
        world.adopt()
    else:
        world.channel.fail(fault)
        world.channel.capabilities = replace(world.channel.capabilities, read_back=False, idempotent=None)
        world.run()
        world.pass_time(minutes=10)
        world.run()
    assert world.statuses()["new"] == status
    world.wiki.asked.clear()
    world.run()
    assert "pictures" not in world.wiki.asked


def test_nothing_is_asked_of_what_is_too_old(world: World) -> None:
    old = PHOTO.replace("2026-11-18", "2026-10-01").replace("id=new", "id=past")
    world.page(old, OLD)
    world.run()
    assert "pictures" not in world.wiki.asked


def test_an_edit_of_a_published_item_is_judged_with_its_picture(world: World) -> None:
    world.page(PHOTO, OLD)
    world.run()
    world.wiki.rights["Photo.png"] = Rights(name="Fair use")
    world.page(PHOTO.replace("is out", "is out now"), OLD)
    report = world.run()
    assert world.texts == ["MediaWiki 1.46 is out."]
    assert any("is not free" in one.reason for one in report.skipped)


def test_what_the_wiki_does_not_tell_is_held_and_goes_out_when_it_does(world: World) -> None:
    world.page(PHOTO, PLAIN, OLD)
    world.wiki.down = "pictures"
    report = world.run()
    assert world.texts == ["Plain news."]
    assert [one.reason for one in report.held] == [
        "its picture Photo.png is not known: the wiki did not tell"
    ]
    assert any("cannot be reached" in one.message and one.failure for one in report.problems)
    world.wiki.down = None
    world.pass_time(minutes=5)
    world.run()
    assert world.statuses()["new"] == Status.SENT


def test_a_missing_file_is_held(world: World) -> None:
    world.page(PHOTO.replace("Photo.png", "Other.png"), OLD)
    report = world.run()
    assert [one.reason for one in report.held] == ["its picture Other.png does not exist on the wiki"]
    assert world.statuses()["new"] == Status.HELD


def test_what_is_found_to_be_no_picture_is_held_once_and_keeps_nothing_else(world: World) -> None:
    world.wiki.files["Photo.png"] = b"no picture"
    world.page(PHOTO, PLAIN, OLD)
    report = world.run()
    assert [one.reason for one in report.held] == ["its picture Photo.png is broken"]
    assert world.statuses() == {"old": Status.ADOPTED, "new": Status.HELD, "plain": Status.SENT}
    world.wiki.asked.clear()
    world.pass_time(minutes=5)
    report = world.run()
    assert "fetch" not in world.wiki.asked
    assert [one.reason for one in report.held] == ["its picture Photo.png is broken"]


def test_another_version_of_the_file_is_looked_at_at_once(world: World) -> None:
    world.wiki.files["Photo.png"] = b"no picture"
    world.page(PHOTO, OLD)
    world.run()
    world.wiki.files["Photo.png"] = PNG
    world.run()
    assert world.statuses()["new"] == Status.SENT


def test_the_same_version_is_looked_at_again_after_a_week(world: World) -> None:
    world.wiki.files["Photo.png"] = b"no picture"
    world.page(PHOTO, OLD)
    world.run()
    world.wiki.asked.clear()
    world.pass_time(days=7, minutes=1)
    world.run()
    assert "fetch" in world.wiki.asked


def test_what_is_no_picture_in_an_edit_leaves_the_post_as_it_is(world: World) -> None:
    world.page(PHOTO, OLD)
    world.run()
    world.wiki.files["Photo.png"] = b"no picture"
    world.page(PHOTO.replace("is out", "is out now"), OLD)
    world.run()
    world.wiki.asked.clear()
    world.pass_time(minutes=30)
    world.run()
    assert world.texts == ["MediaWiki 1.46 is out."]
    assert "fetch" not in world.wiki.asked


def test_a_file_without_alt_text_is_described_by_its_caption(world: World) -> None:
    world.wiki.captions["Photo.png"] = {"de": "Eine Blume", "en": "A flower"}
    world.page(BARE, OLD)
    shown = previews(world)["new"].post
    assert shown is not None
    assert [media.alt for media in shown.media] == ["A flower"]
    world.run()
    (post,) = world.channel.posts
    assert [one.alt for one in post.attachments] == ["A flower"]


def test_a_caption_that_changes_makes_no_new_item_and_no_edit(world: World) -> None:
    world.wiki.captions["Photo.png"] = {"en": "A flower"}
    world.page(BARE, OLD)
    world.run()
    world.wiki.captions["Photo.png"] = {"en": "Another flower"}
    world.pass_time(hours=1)
    report = world.run()
    assert (report.posts, len(world.channel.posts)) == ((), 1)


def test_what_nobody_describes_is_held(world: World) -> None:
    world.page(BARE, OLD)
    report = world.run()
    assert [one.reason for one in report.held] == [
        "its picture Photo.png has no alt text: add alt=... to its link or as a directive"
    ]


def test_with_warn_it_goes_out_and_the_run_tells(world: World) -> None:
    world.gate = replace(Gate(), pictures=PictureRules(alt_text=AltText.WARN))
    world.page(BARE, OLD)
    report = world.run()
    assert world.statuses()["new"] == Status.SENT
    assert [(one.message, one.line, one.failure) for one in report.problems] == [
        ("the picture Photo.png has no alt text: add alt=... to its link", 1, False)
    ]
    assert world.run().problems == ()


def test_a_licence_that_is_not_accepted_is_held_and_named(world: World) -> None:
    world.wiki.rights["Photo.png"] = CC_BY_SA
    world.page(PHOTO, OLD)
    report = world.run()
    (held,) = report.held
    assert "is under CC BY-SA 4.0" in held.reason
    assert "CC0, public domain" in held.reason


def test_the_author_is_named_as_the_licence_asks_and_as_the_preview_showed(world: World) -> None:
    world.gate = replace(Gate(), pictures=PictureRules(licences=frozenset({"CC BY-SA"})))
    world.wiki.rights["Photo.png"] = CC_BY_SA
    world.page(PHOTO, OLD)
    shown = previews(world)["new"].post
    world.run()
    (post,) = world.channel.posts
    assert post.text.endswith("\nImage: Jane Doe, CC BY-SA 4.0")
    assert shown is not None
    assert [part.text for part in shown.parts] == [post.text]
    again = previews(world)["new"].post  # also when it is out
    assert again is not None
    assert again.parts == shown.parts


def test_all_pages_of_a_run_are_asked_for_at_most_once_each(world: World) -> None:
    lines = [PHOTO.replace("id=new", f"id=n{number}") for number in range(3)]
    world.page(*lines, OLD)
    world.run()
    assert world.wiki.asked.count("pictures") == 1
