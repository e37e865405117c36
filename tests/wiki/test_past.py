"""What is told of a page's past, and of revisions as they are now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.wiki.past import TEXTS
from tests.wiki.child import Raised, child

if TYPE_CHECKING:
    from tests.servers.mediawiki import MediaWiki
    from tests.servers.pywikibot import PywikibotDir
    from tests.wiki.child import Child


def test_history_reaches_back_to_the_revision_last_seen(reader: Child, mediawiki: MediaWiki) -> None:
    mediawiki.edit("History", "* a", user="Ann")
    seen = mediawiki.edit("History", "* a\n* b", user="Ann")
    added = mediawiki.edit("History", "* a\n* b\n* c", user="Bob")
    blanked = mediawiki.edit("History", "", user="")
    mended = mediawiki.undo("History", blanked)
    mediawiki.run_jobs()

    with mediawiki.watched() as asked:
        page = reader.read(("History", seen))["History"]

    assert len(asked) == 2
    assert [(entry["id"], entry["editor"]) for entry in page["history"]] == [
        (added, "Bob"),
        (blanked, "127.0.0.1"),
        (mended, "Admin"),
    ]
    assert sorted(page["history"][1]["tags"]) == ["mw-blank", "mw-reverted"]
    assert page["history"][-1] == page["revision"]
    texts = {str(seen): "* a\n* b", str(added): "* a\n* b\n* c", str(blanked): ""}
    assert page["texts"] == texts | {str(mended): "* a\n* b\n* c"}
    assert page["continuous"]


def test_an_unchanged_page_costs_no_second_request(reader: Child, mediawiki: MediaWiki) -> None:
    seen = mediawiki.edit("Unchanged", "* a")
    with mediawiki.watched() as asked:
        page = reader.read(("Unchanged", seen))["Unchanged"]
    assert len(asked) == 1
    assert [entry["id"] for entry in page["history"]] == [seen]


def test_history_without_the_revision_last_seen_is_all_there_is(reader: Child, mediawiki: MediaWiki) -> None:
    first = mediawiki.edit("Restored", "* a")
    second = mediawiki.edit("Restored", "* b")
    page = reader.read(("Restored", 999_999))["Restored"]
    assert [entry["id"] for entry in page["history"]] == [first, second]
    assert not page["continuous"]


def test_a_page_that_was_deleted_and_made_again_has_its_new_history(
    reader: Child, mediawiki: MediaWiki
) -> None:
    seen = mediawiki.edit("Made again", "* a")
    mediawiki.delete("Made again")
    anew = mediawiki.edit("Made again", "* b")
    page = reader.read(("Made again", seen))["Made again"]
    assert [entry["id"] for entry in page["history"]] == [anew]
    assert not page["continuous"]


def test_hidden_editors_and_comments_are_empty(reader: Child, mediawiki: MediaWiki) -> None:
    seen = mediawiki.edit("Hidden", "* a")
    between = mediawiki.edit("Hidden", "* b", user="Rude name", summary="rude words")
    last = mediawiki.edit("Hidden", "* c", user="Rude name")
    mediawiki.hide(between)
    mediawiki.hide(last, "user")
    page = reader.read(("Hidden", seen))["Hidden"]
    assert [(entry["editor"], entry["comment"]) for entry in page["history"]] == [("", ""), ("", "")]
    assert [entry["hidden"] for entry in page["history"]] == [True, True]
    assert page["texts"] == {str(seen): "* a", str(last): "* c"}
    assert page["wikitext"] == "* c"


def test_of_more_than_fifty_revisions_the_last_fifty_have_their_texts(
    reader: Child, mediawiki: MediaWiki
) -> None:
    seen = mediawiki.edit("Busy", "* 0")
    made = [
        mediawiki.edit("Busy", f"* {number}", user=("Ann", "Bob")[number % 2])
        for number in range(1, TEXTS + 3)
    ]
    with mediawiki.watched() as asked:
        page = reader.read(("Busy", seen))["Busy"]
    assert len(asked) == 3
    assert [entry["id"] for entry in page["history"]] == made
    assert [entry["editor"] for entry in page["history"]][:3] == ["Bob", "Ann", "Bob"]
    assert sorted(map(int, page["texts"])) == made[-TEXTS:]
    assert page["continuous"]
    with mediawiki.watched() as asked:
        page = reader.tell("with_past", "Busy")
    assert len(asked) == 2
    assert [entry["id"] for entry in page["history"]] == made[-TEXTS:]
    assert [entry["editor"] for entry in page["history"]][:2] == ["", "Ann"]


def test_the_past_of_a_short_page_is_all_of_it(reader: Child, mediawiki: MediaWiki) -> None:
    mediawiki.edit("Short past", "* a", user="Ann")
    mediawiki.edit("Short past", "* a\n* b", user="Bob")
    page = reader.tell("with_past", "Short past")
    assert [entry["editor"] for entry in page["history"]] == ["Ann", "Bob"]
    assert sorted(page["texts"].values()) == ["* a", "* a\n* b"]


def test_a_page_that_was_moved_to_the_title_has_another_past(reader: Child, mediawiki: MediaWiki) -> None:
    mediawiki.edit("Draft of Vic", "* lies", user="Vic")
    seen = mediawiki.edit("Moved upon", "* a", user="Ann")
    mediawiki.delete("Moved upon")
    draft = mediawiki.api(action="query", titles="Draft of Vic")["query"]["pages"][0]["pageid"]
    mediawiki.act("move", fromid=draft, to="Moved upon")
    page = reader.read(("Moved upon", seen))["Moved upon"]
    assert not page["continuous"]


def test_revisions_are_told_as_they_are_now(reader: Child, mediawiki: MediaWiki) -> None:
    good = mediawiki.edit("Judged", "* a", user="Ann")
    reverted = mediawiki.edit("Judged", "* b", user="Vic")
    hidden = mediawiki.edit("Judged", "* c", user="Rude name")
    mediawiki.edit("Judged", "* a")
    mediawiki.run_jobs()
    mediawiki.hide(hidden)
    gone = mediawiki.edit("Judged and deleted", "* d")
    mediawiki.delete("Judged and deleted")
    with mediawiki.watched() as asked:
        told = reader.tell("revisions", good, reverted, hidden, gone, 999_999)
    assert len(asked) == 1
    assert sorted(map(int, told)) == [good, reverted, hidden]
    assert told[str(reverted)]["tags"] == ["mw-reverted"]
    assert (told[str(hidden)]["hidden"], told[str(hidden)]["editor"]) == (True, "")
    assert not told[str(good)]["hidden"]


def test_who_was_patrolled_is_told_to_those_who_may_see_it(
    reader: Child, mediawiki: MediaWiki, pywikibot_account: PywikibotDir
) -> None:
    first = mediawiki.edit("Patrolled", "* a", user="Ann")
    second = mediawiki.edit("Patrolled", "* b", user="Ann")
    by_admin = mediawiki.edit("Patrolled", "* c")
    token = mediawiki.api(action="query", meta="tokens", type="patrol")["query"]["tokens"]["patroltoken"]
    mediawiki.api(action="patrol", revid=first, token=token)
    with pytest.raises(Raised, match="patrol") as refused:
        reader.tell("patrolled", "Patrolled")
    assert refused.value.kind == "PageError"
    with child(pywikibot_account.environment) as bot:
        bot.open()
        told = bot.tell("patrolled", "Patrolled")
    assert first in told
    assert by_admin in told
    assert second not in told


def test_the_templates_of_a_call_are_told_with_those_within(reader: Child, mediawiki: MediaWiki) -> None:
    mediawiki.edit("Template:Inner", "deep", user="Tim")
    inner = mediawiki.edit("Template:Inner", "deeper", user="Tom")
    outer = mediawiki.edit("Template:Outer", "{{Inner}}", user="Ann")
    other = mediawiki.edit("Template:Other", "o", user="Bob")
    mediawiki.edit("Using templates", "* x")
    told = reader.tell("templates", "Using templates", "{{Outer}}", "{{Other}}", "{{Never written}}")
    assert {(one["id"], one["editor"]) for one in told} == {(inner, "Tom"), (outer, "Ann"), (other, "Bob")}
