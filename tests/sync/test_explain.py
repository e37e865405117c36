from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.errors import ConfigError
from bot.ledger.opening import open_ledger
from bot.model import ChangeKind, Recognition, Rung, Status
from bot.sync.explain import explain
from tests.sync.conftest import OLD

if TYPE_CHECKING:
    from bot.report.values import Explained
    from tests.sync.world import World

NEW = "'''2026-11-18''': [[MediaWiki 1.46]] is out. <!-- herald: id=new -->"


def explained(world: World, item: str) -> Explained:
    with open_ledger(world.config().ledger_url) as ledger:
        (one,), troubles = explain(world.herald(ledger), item)
    assert not any(trouble.failure for trouble in troubles)
    return one


def test_what_has_just_been_added_would_be_published(followed: World) -> None:
    followed.page(NEW, OLD)
    one = explained(followed, "new")
    assert (one.decision, one.deliveries) == ("publish", ())
    assert followed.texts == []


def test_all_that_people_did_to_an_item_is_told(followed: World) -> None:
    followed.page(NEW, OLD, user="Ann")
    followed.page(NEW.replace("is out", "is out!"), OLD, user="Bob")
    followed.page(NEW.replace("id=new", "id=new; approve").replace("is out", "is out!"), OLD)
    origin = explained(followed, "new").provenance
    assert origin is not None
    assert [(change.kind, change.revision.id, change.revision.editor) for change in origin.changes] == [
        (ChangeKind.ADDED, 2, "Ann"),
        (ChangeKind.CHANGED, 3, "Bob"),
        (ChangeKind.APPROVED, 4, "Sue"),
    ]


def test_what_settles_is_held_until_a_time(followed: World) -> None:
    followed.page(NEW, OLD, user="Stranger")
    followed.run()
    one = explained(followed, "new")
    assert one.decision == "hold"
    assert one.until is not None
    assert [row.status for row in one.deliveries] == [Status.HELD]


def test_what_was_sent_shows_each_step_of_its_way(followed: World) -> None:
    followed.page(NEW, OLD)
    followed.run()
    one = explained(followed, "new")
    assert (one.decision, one.reason) == ("nothing to do", "already sent")
    assert [event.after for event in one.events] == [Status.PENDING, Status.SENDING, Status.SENT]


def test_what_left_the_page_is_explained_from_the_ledger(followed: World) -> None:
    followed.page(NEW, OLD)
    followed.run()
    followed.page("'''2026-11-18''': Newer.", OLD)
    followed.run()
    assert explained(followed, "new").reason == "no longer on the page"


def test_an_unknown_item_is_an_error_that_says_where_names_stand(followed: World) -> None:
    with open_ledger(followed.config().ledger_url) as ledger, pytest.raises(ConfigError, match="parse"):
        explain(followed.herald(ledger), "no such item")


def test_a_page_that_a_run_would_refuse_can_still_be_explained(followed: World) -> None:
    followed.wiki.edit("")
    assert explained(followed, "old").reason == "no longer on the page"


def test_it_says_by_what_an_edited_item_was_recognised(followed: World) -> None:
    unnamed = NEW.partition(" <!--")[0]
    followed.page(unnamed, OLD)
    followed.run()
    followed.page(f"{unnamed} Get it now.", OLD)
    item = next(row.item for row in followed.deliveries() if row.status is Status.SENT)
    recognition = explained(followed, item).recognition
    assert recognition is not None
    assert (recognition.by, recognition.doubt) == (Rung.DATE_AND_LINK, None)
    assert 0.5 < recognition.score < 1


def test_what_may_be_another_item_is_held_and_says_so(followed: World) -> None:
    followed.page(NEW, OLD)
    followed.run()
    unnamed = NEW.partition(" <!--")[0]
    followed.page(unnamed, NEW, OLD)
    report = followed.run()
    assert "it may be the item new" in report.held[0].reason
    assert len(followed.texts) == 1
    assert explained(followed, report.held[0].item).recognition == Recognition(
        by=Rung.NEW, score=1, doubt="new"
    )
