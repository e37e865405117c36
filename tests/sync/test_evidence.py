"""What the wiki is asked for the gate, how often, and what follows when it does not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.model import Gate, Review, Revision
from tests.sync.conftest import OLD

if TYPE_CHECKING:
    from tests.sync.world import World

NEW = "'''2026-11-18''': [[MediaWiki 1.46]] is out. <!-- herald: id=new -->"
NEWER = "'''2026-11-18''': The [[Hackathon]] begins. <!-- herald: id=newer -->"
CALLING = "'''2026-11-18''': [[MediaWiki 1.46]] is {{Known}}. <!-- herald: id=new -->"


def asked(world: World) -> list[str]:
    world.wiki.asked.clear()
    world.run()
    return list(world.wiki.asked)


def test_a_run_with_nothing_new_asks_nothing_but_the_page(followed: World) -> None:
    assert asked(followed) == ["read"]
    followed.page(NEW, OLD)
    followed.run()
    assert asked(followed) == ["read"]


def test_of_all_that_is_new_people_and_revisions_are_asked_once(followed: World) -> None:
    followed.page(NEW, OLD, user="Ann")
    followed.page(NEWER, NEW, OLD, user="Bob")
    assert asked(followed) == ["read", "people", "revisions"]
    assert asked(followed) == ["read", "people", "revisions"]  # they settle, and may be blocked meanwhile


def test_nothing_is_asked_about_what_an_editor_holds(followed: World) -> None:
    followed.page(NEW.replace("id=new", "id=new; hold"), OLD, user="Ann")
    assert asked(followed) == ["read"]


@pytest.mark.parametrize("question", ["people", "revisions"])
def test_what_the_wiki_does_not_tell_holds_and_is_told(followed: World, question: str) -> None:
    followed.page(NEW, OLD)
    followed.wiki.down = question
    report = followed.run()
    assert [trouble.message for trouble in report.problems if trouble.failure] == [
        "the gate cannot be asked, so that what is new there is held: the wiki cannot be reached"
    ]
    assert len(report.held) == 1
    assert followed.texts == []
    followed.wiki.down = None
    followed.run()
    assert len(followed.texts) == 1


def test_who_was_blocked_after_the_edit_is_found_out(followed: World) -> None:
    followed.page(NEW, OLD, user="Ann")
    followed.run()
    followed.wiki.people_known["Ann"] = {"blocked": True}
    followed.pass_time(hours=1)
    (held,) = followed.run().held
    assert held.reason.startswith("Ann, who wrote on it, is blocked")


def test_an_edit_that_was_reverted_or_hidden_meanwhile_is_found_out(followed: World) -> None:
    followed.page(NEW, OLD, user="Ann")
    followed.run()
    made, _ = followed.wiki.histories["Template:News"][-1]
    followed.pass_time(hours=1)
    followed.wiki.change(made, tags=("mw-reverted",))
    (held,) = followed.run().held
    assert held.reason.startswith("the edit by Ann was reverted")
    followed.wiki.change(made, hidden=True, editor="")
    (held,) = followed.run().held
    assert held.reason.startswith("an administrator has hidden something")


def test_templates_are_asked_for_only_where_an_item_uses_some(followed: World) -> None:
    followed.page(CALLING, OLD)
    assert asked(followed) == ["read", "expand", "expand", "templates", "people", "revisions"]
    assert asked(followed) == ["read"]


def test_who_has_just_edited_a_template_must_be_trusted_or_wait(followed: World) -> None:
    followed.wiki.template_edits = [Revision(id=900, editor="Vic", saved_at=followed.now)]
    followed.page(CALLING, OLD)
    (held,) = followed.run().held
    assert held.reason.startswith("settling")
    followed.pass_time(hours=1)
    followed.run()
    assert len(followed.texts) == 1


def test_a_template_that_says_something_else_by_now_is_read_anew_by_the_next_run(followed: World) -> None:
    followed.wiki.expanding["{{Known}}"] = "rude"
    followed.page(CALLING, OLD, user="Ann")
    followed.run()
    followed.wiki.expanding["{{Known}}"] = "out"
    followed.pass_time(hours=1)
    (held,) = followed.run().held
    assert held.reason.startswith("a template that it uses has changed since the page was read")
    followed.run()
    followed.pass_time(hours=1)
    followed.run()
    assert followed.texts == ["MediaWiki 1.46 is out."]


def test_what_has_to_be_patrolled_waits_for_that(followed: World) -> None:
    followed.gate = Gate(review=Review.PATROLLED)
    followed.page(NEW, OLD)
    (held,) = followed.run().held
    assert "has not been patrolled" in held.reason
    made, _ = followed.wiki.histories["Template:News"][-1]
    followed.wiki.patrolled_edits.add(made.id)
    assert asked(followed) == ["read", "patrolled", "people", "revisions"]
    assert len(followed.texts) == 1


def test_protection_and_review_are_of_the_page_itself(followed: World) -> None:
    followed.gate = Gate(required_protection=frozenset({"sysop"}), review=Review.FLAGGED)
    followed.page(NEW, OLD)
    (held,) = followed.run().held
    assert held.reason.startswith("the page is not protected")
    followed.wiki.protection = frozenset({"sysop"})
    (held,) = followed.run().held
    assert held.reason == "no revision of the page has been reviewed yet"
    followed.wiki.reviewed = True
    followed.run()
    assert len(followed.texts) == 1


def test_at_first_sight_the_past_is_asked_for_where_something_of_it_may_go_out(world: World) -> None:
    world.page(NEW, user="Ann")
    world.page(NEW, OLD, user="Sue")
    world.wiki.asked.clear()
    world.run(backfill=2)
    assert world.wiki.asked == ["read", "with_past", "people", "revisions"]
    assert world.statuses() == {"new": "held", "old": "sent"}
