"""Who did what to an item, from revision to revision of its page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.model import ChangeKind, Page, PageMemory, Revision, Site
from bot.news.identity import remember
from bot.news.parse import parse
from bot.news.provenance import MOST
from bot.news.tracing import OVERLOOKED, Traced, as_noticed, trace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Item, KnownItem

SITE = Site(name="test:test", article_path="https://wiki.example/wiki/$1")
START = datetime(2026, 11, 18, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
A = "* '''2026-11-18''': [[Alpha]] is out. <!-- herald: id=a -->"
A2 = A.replace("is out", "is out now")
A3 = A.replace("is out", "is out at last")
B = "* '''2026-11-17''': [[Beta]] may be tested. <!-- herald: id=b -->"
ADDED, CHANGED, REMOVED = ChangeKind.ADDED, ChangeKind.CHANGED, ChangeKind.REMOVED
RESTORED, SHOWN = ChangeKind.RESTORED, ChangeKind.SHOWN
APPROVED, RETRIED, WITHDRAWN = ChangeKind.APPROVED, ChangeKind.RETRIED, ChangeKind.WITHDRAWN


def items_of(page: Page) -> Sequence[Item]:
    return parse(page, language="en", names=()).items


@dataclass(kw_only=True)
class Story:
    """A page that people save, a minute apart; ``look`` is the bot's look at it."""

    saved: list[tuple[Revision, str]] = field(default_factory=list)
    memory: PageMemory | None = None
    seen: int = 0
    traced: Traced = field(default_factory=lambda: Traced(items=()))

    def save(self, editor: str, *lines: str, **more: Any) -> None:
        text = "\n".join(lines)
        number = len(self.saved) + 1
        made: dict[str, Any] = {
            "id": number,
            "editor": editor,
            "saved_at": START + number * MINUTE,
            "sha1": hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest(),
        }
        self.saved.append((Revision(**{**made, **more}), text))

    def page(self, *, texts: bool = True, past: bool = True, **more: Any) -> Page:
        later = [one for one in self.saved if one[0].id > self.seen] if past else []
        revision, text = self.saved[-1]
        made: dict[str, Any] = {
            "history": tuple(one for one, _ in later) or (revision,),
            "texts": {one.id: text for one, text in later} if texts else {},
        }
        return Page(site=SITE, title="Template:News", wikitext=text, revision=revision, **{**made, **more})

    def look(self, **more: Any) -> None:
        page = self.page(**more)
        self.traced = trace(items_of(page), self.memory, page, items_of)
        here = (*remember(self.traced.items), *self.traced.gone)
        kept = self.memory.items if self.memory else ()
        self.memory = PageMemory(
            site=SITE.name,
            title=page.title,
            revision=page.revision.id,
            sha1=page.revision.sha1,
            items=(*(one for one in kept if one.key not in {now.key for now in here}), *here),
        )
        self.seen = page.revision.id

    def past(self, key: str) -> list[tuple[ChangeKind, str]]:
        """What is known of an item: the kinds of changes and who made them."""
        return [(one.kind, one.revision.editor) for one in self.known(key).provenance.changes]

    def known(self, key: str) -> KnownItem:
        assert self.memory is not None
        return next(one for one in self.memory.items if one.key == key)


@pytest.fixture
def story() -> Story:
    """A page with one item, which the bot has seen."""
    made = Story()
    made.save("Old", B)
    made.look()
    return made


class TestWhatARevisionDid:
    def test_who_added_an_item(self, story: Story) -> None:
        story.save("Ann", A, B)
        story.look()
        assert story.past("a") == [(ADDED, "Ann")]
        assert story.past("b") == [(ADDED, "Old")]

    def test_who_changed_it_and_who_only_changed_another(self, story: Story) -> None:
        story.save("Ann", A, B)
        story.look()
        story.save("Bob", A2, B)
        story.look()
        story.save("Eve", A2, B.replace("tested", "tried"))
        story.look()
        assert story.past("a") == [(ADDED, "Ann"), (CHANGED, "Bob")]
        assert story.known("a").provenance.editors == ("Bob",)
        assert story.known("a").provenance.revision == 3

    def test_each_of_several_between_two_looks_has_its_own_author(self, story: Story) -> None:
        story.save("Ann", A, B)
        story.save("Bob", A2, B)
        story.save("Eve", A2, B, "* Not of this")
        story.save("Joe", A3, B)
        story.look()
        assert story.past("a") == [(ADDED, "Ann"), (CHANGED, "Bob"), (CHANGED, "Joe")]
        assert story.past("b") == [(ADDED, "Old")]

    def test_an_item_that_is_rewritten_step_by_step_is_the_same(self) -> None:
        story = Story()
        lines = [
            "* '''2026-11-18''': [[Alpha]] is out with some news for everybody.",
            "* '''2026-11-18''': [[Alpha]] is out with other words in it for you.",
            "* '''2026-11-18''': [[Alpha|It]] has quite other words in it for you.",
        ]
        story.save("Old", B)
        story.look()
        for editor, line in zip(("Ann", "Bob", "Eve"), lines, strict=True):
            story.save(editor, line, B)
        story.look()
        (item, _) = story.traced.items
        assert story.past(item.key) == [(ADDED, "Ann"), (CHANGED, "Bob"), (CHANGED, "Eve")]

    def test_the_same_form_again_is_told_by_its_name(self, story: Story) -> None:
        for editor, line in (("Ann", A), ("Vic", A2), ("Pat", A)):
            story.save(editor, line, B)
        story.look()
        first, second, third = story.known("a").provenance.changes
        assert first.form == third.form != second.form

    @pytest.mark.parametrize("directive", ["hold", "channels=wall", "skip", "until=2026-12-01", "cw=x"])
    def test_who_takes_a_bound_away_changes_it(self, story: Story, directive: str) -> None:
        story.save("Ann", A.replace("id=a", f"id=a; {directive}"), B)
        story.look()
        story.save("Vic", A, B)
        story.look()
        assert story.past("a") == [(ADDED, "Ann"), (CHANGED, "Vic")]

    def test_another_main_link_is_marked(self, story: Story) -> None:
        story.save("Ann", A, B)
        story.look()
        story.save("Vic", A.replace("[[Alpha]]", "[[Casino|Alpha]]"), B)
        story.save("Bob", A.replace("[[Alpha]]", "[[Casino|Alpha]]").replace("out", "open"), B)
        story.look()
        assert [one.relinked for one in story.known("a").provenance.changes] == [False, True, False]

    def test_the_revision_is_kept_as_it_was(self, story: Story) -> None:
        story.save("Ann", A, B, comment="New", tags=("visualeditor",))
        story.look()
        (change,) = story.known("a").provenance.changes
        assert change.revision == story.saved[-1][0]


class TestWhatIsNotTold:
    def test_without_their_texts_each_revision_may_have_done_it(self, story: Story) -> None:
        story.save("Ann", A, B)
        story.save("Bob", A, B)
        story.look(texts=False)
        assert story.past("a") == [(ADDED, "Ann"), (CHANGED, "Bob")]
        assert story.known("a").provenance.editors == ("Ann", "Bob")
        assert story.past("b") == [(ADDED, "Old"), (CHANGED, "Ann"), (CHANGED, "Bob")]

    def test_a_gap_counts_for_those_in_it_only(self, story: Story) -> None:
        story.save("Ann", A, B)
        story.save("Vic", A, B, "* hidden")
        story.save("Bob", A2, B)
        page = replace(story.page(), texts={2: story.saved[1][1]})
        story.traced = trace(items_of(page), story.memory, page, items_of)
        (a, b) = story.traced.items
        assert a.provenance is not None
        assert [(one.kind, one.revision.editor) for one in a.provenance.changes] == [
            (ADDED, "Ann"),
            (CHANGED, "Vic"),
            (CHANGED, "Bob"),
        ]
        assert b.provenance is not None
        assert [one.revision.editor for one in b.provenance.changes] == ["Old", "Vic", "Bob"]

    def test_a_directive_in_a_gap_is_nobodys(self, story: Story) -> None:
        story.save("Ann", A, B)
        story.look()
        story.save("Sue", A, B)
        story.save("Vic", A.replace("id=a", "id=a; approve"), B)
        story.look(texts=False)
        assert story.past("a")[-1] == (APPROVED, "")

    def test_at_first_sight_only_the_last_edit_is_known(self) -> None:
        story = Story()
        story.save("Ann", A)
        story.save("Bob", A, B)
        story.look(past=False)
        assert story.past("a") == story.past("b") == [(ADDED, "Bob")]

    def test_at_first_sight_with_a_past_all_of_it_is(self) -> None:
        story = Story()
        story.save("Ann", A)
        story.save("Bob", A2, B)
        story.save("Eve", A2)
        story.save("Joe", A2, B)
        story.look()
        assert story.past("a") == [(ADDED, "Ann"), (CHANGED, "Bob")]
        assert story.past("b") == [(ADDED, "Bob"), (REMOVED, "Eve"), (RESTORED, "Joe")]
        assert story.traced.gone == ()

    def test_a_page_seen_first_gives_the_keys_of_today(self) -> None:
        line = "* '''2026-11-18''': [[Alpha]] is out."
        long, short = Story(), Story()
        for story in (long, short):
            story.save("Ann", line.replace("2026-11-18", "2026-11-17"))
            story.save("Bob", line)
        long.look()
        short.look(past=False)
        assert [item.key for item in long.traced.items] == [item.key for item in short.traced.items]

    def test_of_a_very_long_past_the_beginning_and_the_end_are_kept(self, story: Story) -> None:
        for number in range(MOST + 20):
            story.save(f"Editor {number}", A.replace("is out", f"is out, {number}"), B)
        story.look()
        kept = story.past("a")
        assert len(kept) == MOST
        assert (kept[0], kept[-1]) == ((ADDED, "Editor 0"), (CHANGED, f"Editor {MOST + 19}"))


class TestGoneAndBack:
    def test_who_took_it_away_and_who_brought_it_back(self, story: Story) -> None:
        story.save("Ann", A, B)
        story.look()
        story.save("Vic", B)
        story.look()
        assert [one.key for one in story.traced.gone] == ["a"]
        assert not story.known("a").present
        story.save("Pat", A, B)
        story.look()
        assert story.past("a") == [(ADDED, "Ann"), (REMOVED, "Vic"), (RESTORED, "Pat")]
        assert story.known("a").present

    def test_so_it_is_between_two_looks(self, story: Story) -> None:
        story.save("Ann", A, B)
        story.look()
        story.save("Vic", "")
        story.save("Pat", A, B)
        story.look()
        assert story.past("a") == [(ADDED, "Ann"), (REMOVED, "Vic"), (RESTORED, "Pat")]
        assert story.past("b") == [(ADDED, "Old"), (REMOVED, "Vic"), (RESTORED, "Pat")]
        assert story.traced.gone == ()
        assert not any(one.reverting for one in story.known("a").provenance.changes)

    @pytest.mark.parametrize("tag", ["mw-undo", "mw-rollback", "mw-manual-revert"])
    def test_a_revert_is_told_by_its_tag(self, story: Story, tag: str) -> None:
        story.save("Vic", A, B)
        story.look()
        story.save("Pat", B, "<!-- no -->", tags=(tag,))
        story.look()
        assert [one.reverting for one in story.known("a").provenance.changes] == [False, True]

    def test_a_revert_is_told_by_the_text_of_an_earlier_revision(self, story: Story) -> None:
        story.save("Vic", A, B)
        story.save("Pat", B)
        story.save("Vic", A, B)
        story.look()
        assert story.past("a") == [(ADDED, "Vic"), (REMOVED, "Pat"), (RESTORED, "Vic")]
        assert [one.reverting for one in story.known("a").provenance.changes] == [False, True, False]

    def test_an_item_that_comes_back_with_another_link_is_marked(self, story: Story) -> None:
        story.save("Ann", A, B)
        story.save("Vic", B, "")
        story.save("Vic", A.replace("[[Alpha]]", "[[Casino|Alpha]]"), B)
        story.look()
        assert [one.relinked for one in story.known("a").provenance.changes] == [False, False, True]


class TestApprovals:
    def with_(self, said: str) -> str:
        return A.replace("id=a", f"id=a; {said}")

    def test_who_wrote_it_is_who_brought_the_directive(self, story: Story) -> None:
        story.save("Ann", A, B)
        story.save("Sue", self.with_("approve"), B)
        story.save("Bob", self.with_("approve").replace("out", "in"), B)
        story.look()
        assert story.past("a") == [(ADDED, "Ann"), (APPROVED, "Sue"), (CHANGED, "Bob")]

    def test_an_approval_changes_nothing_of_the_item(self, story: Story) -> None:
        story.save("Ann", A, B)
        story.look()
        before = story.known("a").provenance
        story.save("Sue", self.with_("approve=fine"), B)
        story.look()
        after = story.known("a").provenance
        assert replace(after, changes=()) == replace(before, changes=())
        assert after.changes[-1].detail == "fine"

    def test_said_otherwise_it_is_another_one(self, story: Story) -> None:
        for editor, said in (("Ann", "approve"), ("Sue", "approve=2"), ("Bob", "approve=2")):
            story.save(editor, self.with_(said), B)
        story.look()
        assert story.past("a") == [(ADDED, "Ann"), (APPROVED, "Ann"), (APPROVED, "Sue")]

    def test_it_can_be_withdrawn_by_anybody_and_is_given_anew_then(self, story: Story) -> None:
        for editor, line in (("Ann", A), ("Sue", self.with_("approve")), ("Vic", A)):
            story.save(editor, line, B)
        story.look()
        assert story.past("a")[-1] == (WITHDRAWN, "Vic")
        assert story.known("a").provenance.changes[-1].detail == "approve"
        story.save("Vic", self.with_("approve"), B)
        story.look()
        assert story.past("a")[-1] == (APPROVED, "Vic")

    def test_who_brings_back_an_item_that_was_approved_gives_the_approval(self, story: Story) -> None:
        story.save("Ann", A, B)
        story.save("Sue", self.with_("approve"), B)
        story.save("Vic", B, "")
        story.save("Vic", self.with_("approve"), B)
        story.look()
        assert story.past("a")[-2:] == [(RESTORED, "Vic"), (APPROVED, "Vic")]

    def test_so_it_is_with_retry(self, story: Story) -> None:
        story.save("Ann", A, B)
        story.save("Sue", self.with_("retry=wall"), B)
        story.save("Bob", A, B)
        story.look()
        assert story.past("a") == [(ADDED, "Ann"), (RETRIED, "Sue"), (WITHDRAWN, "Bob")]
        assert [one.detail for one in story.known("a").provenance.changes] == ["", "wall", "retry"]


class TestShownByAnotherPage:
    def test_who_made_a_page_show_it_has_a_hand_in_it(self) -> None:
        story = Story()
        story.save("Ann", A)
        via = Revision(id=99, editor="Vic", saved_at=START + 90 * MINUTE)
        story.look(via=(via,))
        assert story.past("a") == [(ADDED, "Ann"), (SHOWN, "Vic")]
        assert story.known("a").provenance.since == via.saved_at


class TestCollections:
    def test_only_what_stood_on_this_very_page_can_leave_it(self, story: Story) -> None:
        story.save("Ann", A, B)
        story.look()
        story.save("Bob", B)
        page = story.page()
        traced = trace(items_of(page), story.memory, page, items_of, own={"b"})
        assert traced.gone == ()
        traced = trace(items_of(page), story.memory, page, items_of, own={"a", "b"})
        assert [one.key for one in traced.gone] == ["a"]

    def test_what_came_and_went_on_it_between_two_looks_has_left_it(self, story: Story) -> None:
        story.save("Ann", A, B)
        story.save("Bob", B, "")
        page = story.page()
        traced = trace(items_of(page), story.memory, page, items_of, own={"b"})
        assert [one.key for one in traced.gone] == ["a"]


class TestWhatCanBeBelieved:
    LOOKED = START + 60 * MINUTE
    NOW = LOOKED + 60 * MINUTE

    def page(self, saved_at: datetime, **more: Any) -> Page:
        revision = Revision(id=9, editor="Sue", saved_at=saved_at)
        made: dict[str, Any] = {"site": SITE, "history": (revision,)}
        return Page(title="X", wikitext=A, revision=revision, **{**made, **more})

    def memory(self, revision: int = 3, seen_at: datetime | None = LOOKED) -> PageMemory:
        return PageMemory(site=SITE.name, title="X", revision=revision, sha1="", seen_at=seen_at)

    def noticed(self, page: Page, memory: PageMemory | None, now: datetime = NOW) -> tuple[str, datetime]:
        found = as_noticed(page, memory, now)
        assert found.revision == found.history[-1]
        return found.revision.editor, found.revision.saved_at

    def test_what_was_saved_after_our_last_look_is(self) -> None:
        at = self.LOOKED + MINUTE
        assert self.noticed(self.page(at), self.memory()) == ("Sue", at)

    def test_what_was_saved_while_we_looked_is(self) -> None:
        at = self.LOOKED - OVERLOOKED
        assert self.noticed(self.page(at), self.memory()) == ("Sue", at)

    def test_what_claims_to_be_older_than_our_look_was_imported_by_nobody_knows_whom(self) -> None:
        at = self.LOOKED - OVERLOOKED - timedelta(seconds=1)
        assert self.noticed(self.page(at), self.memory()) == ("", self.NOW)

    def test_what_we_saw_then_is(self) -> None:
        assert self.noticed(self.page(START), self.memory(revision=9)) == ("Sue", START)

    def test_the_past_of_a_page_that_was_moved_here_is_not(self) -> None:
        at = self.LOOKED + MINUTE
        moved = self.page(at, continuous=False)
        assert self.noticed(moved, self.memory()) == ("", self.NOW)
        assert self.noticed(moved, self.memory(revision=9)) == ("", self.NOW)

    def test_at_first_sight_all_is(self) -> None:
        assert self.noticed(self.page(START), None) == ("Sue", START)

    def test_where_revisions_are_reviewed_they_are_old_when_they_are_shown(self) -> None:
        page = self.page(START, site=replace(SITE, reviewed=True))
        assert self.noticed(page, self.memory()) == ("Sue", START)

    def test_a_look_from_before_the_clock_was_put_back_tells_nothing(self) -> None:
        at = START + 10 * MINUTE
        now = START + 20 * MINUTE
        assert self.noticed(self.page(at), self.memory(seen_at=self.LOOKED), now) == ("Sue", at)

    def test_what_claims_to_be_from_the_future_counts_from_now(self) -> None:
        assert self.noticed(self.page(self.NOW + 60 * MINUTE), self.memory()) == ("", self.NOW)

    def test_a_clock_that_is_a_little_behind_makes_nobody_a_stranger(self) -> None:
        at = self.NOW + MINUTE
        assert self.noticed(self.page(at), self.memory()) == ("Sue", at)
