"""The bot's own pages on a real MediaWiki: written where they may be, and nothing else ever touched."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.servers import pywikibot as pywikibot_server
from tests.wiki.child import ROOT, Child, Raised, child

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.mediawiki import MediaWiki, Request

MARK = "<!-- ours -->"
NEWS = "Template:Pen news"
STOP = "User:NewsBot/stop"
OLD, NEW = f"{MARK}\nold", f"{MARK}\nnew"
TALK = "User talk:NewsBot"

# What extensions say: the codes are theirs, the hook is the one that they use.
HOOK = """
$wgHooks['EditFilterMergedContent'][] = static function ( $context, $content, $status ) {{
	$status->fatal( \\ApiMessage::create( [ 'rawmessage', '{info}' ], '{code}' ) );
	return false;
}};
"""

_numbers = itertools.count(1)
TITLES = [f"User:NewsBot/pen {number}" for number in range(1, 60)]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A pen in a process of its own, the wiki, and a page of the pen's that no other test has."""

    wiki: MediaWiki
    child: Child
    title: str

    def revise(self, text: str | None = NEW, *, title: str = "", meddling: tuple[str, ...] = ()) -> Any:
        return self.child.tell(
            "revise", title or self.title, text, MARK, meddling, f"{self.wiki.url}/w/api.php"
        )

    def refusal(self, text: str | None = NEW, *, title: str = "", meddling: tuple[str, ...] = ()) -> str:
        with pytest.raises(Raised) as raised:
            self.revise(text, title=title, meddling=meddling)
        assert raised.value.kind == "PageError"
        assert raised.value.message.startswith(f"{title or self.title}: ")
        return raised.value.message

    def revisions(self, title: str = "") -> list[Any]:
        answer = self.wiki.api(
            action="query",
            prop="revisions",
            rvprop="ids|user|comment|flags|content",
            rvslots="main",
            rvlimit=20,
            titles=title or self.title,
        )
        found: list[Any] = answer["query"]["pages"][0].get("revisions", [])
        return found

    def text(self) -> str:
        return self.wiki.text(self.title)


@pytest.fixture(scope="module")
def writing(mediawiki: MediaWiki, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Child]:
    """A process with an account whose pen has all the titles."""
    folder = pywikibot_server.prepare(
        tmp_path_factory.mktemp("pen") / "account", mediawiki.url, password=mediawiki.bot_password
    )
    mediawiki.edit(NEWS, "* '''2026-11-18''': [[Main Page|News]].")
    with child(folder.environment) as started:
        started.open()
        assert started.tell("pen", [*TITLES, TALK, NEWS], [NEWS], STOP) == "NewsBot"
        yield started


@pytest.fixture
def desk(mediawiki: MediaWiki, writing: Child) -> Desk:
    return Desk(wiki=mediawiki, child=writing, title=TITLES[next(_numbers)])


def edits(requests: list[Request]) -> list[Request]:
    return [request for request in requests if request.parameters.get("action") == "edit"]


def test_a_page_that_is_missing_is_made(desk: Desk) -> None:
    with desk.wiki.watched() as requests:
        done = desk.revise()
    (revision,) = desk.revisions()
    assert revision["slots"]["main"]["content"] == NEW
    assert revision["user"] == "NewsBot"
    assert (done["page"], done["revision"]) == (desk.title, revision["revid"])
    (edit,) = edits(requests)
    assert {"createonly", "assert", "bot", "watchlist"} <= set(edit.parameters)
    assert edit.parameters["assert"] == "bot"


def test_the_summary_says_what_has_changed_and_links_to_the_stop_page(desk: Desk) -> None:
    desk.revise()
    assert desk.revisions()[0]["comment"] == f"what has changed ([[{STOP}|stop]])"


def test_a_page_of_ours_is_written_anew_over_the_revision_that_was_read(desk: Desk) -> None:
    desk.wiki.edit(desk.title, OLD)
    with desk.wiki.watched() as requests:
        desk.revise()
    assert desk.text() == NEW
    (edit,) = edits(requests)
    assert {"nocreate", "baserevid", "basetimestamp", "starttimestamp"} <= set(edit.parameters)
    assert len(requests) <= 4  # the page; rights and token, the first time; the edit


def test_no_change_is_no_edit(desk: Desk) -> None:
    desk.wiki.edit(desk.title, OLD)
    with desk.wiki.watched() as requests:
        assert desk.revise(None) is None
    assert [request.parameters["action"] for request in requests] == ["query"]
    assert len(desk.revisions()) == 1


def test_the_same_text_makes_no_revision(desk: Desk) -> None:
    desk.wiki.edit(desk.title, NEW)
    assert desk.revise()["revision"] == desk.revisions()[0]["revid"]
    assert len(desk.revisions()) == 1


def test_an_edit_in_between_is_read_and_decided_anew(desk: Desk) -> None:
    # Within a second MediaWiki does not tell two editors apart.
    desk.wiki.age(desk.wiki.edit(desk.title, OLD), by=timedelta(hours=1))
    between = f"{MARK}\nwhat somebody else says"
    desk.revise(meddling=(between,))
    assert desk.child.tell("texts_seen") == [OLD, between]
    assert [entry["slots"]["main"]["content"] for entry in desk.revisions()] == [NEW, between, OLD]


def test_a_page_made_in_between_is_read_and_decided_anew(desk: Desk) -> None:
    desk.revise(meddling=(OLD,))
    assert desk.child.tell("texts_seen") == [None, OLD]
    assert desk.text() == NEW


def test_what_is_edited_every_time_is_given_up(desk: Desk) -> None:
    desk.wiki.edit(desk.title, OLD)
    with desk.wiki.configured(HOOK.format(code="editconflict", info="Edit conflict.")):
        assert "3 times somebody else edited it first" in desk.refusal()
    assert desk.child.tell("texts_seen") == [OLD] * 3
    assert desk.text() == OLD


@pytest.mark.parametrize(
    "title", [NEWS, "template: pen news", "Template:Pen_news", " TEMPLATE :Pen news\u200e"]
)
def test_a_page_with_news_is_never_written_though_it_be_named(desk: Desk, title: str) -> None:
    assert "is a page with news, which the bot never edits" in desk.refusal(title=title)
    assert len(desk.revisions(NEWS)) == 1


def test_a_page_that_is_not_its_own_is_never_written(desk: Desk) -> None:
    assert "none of the bot's own pages" in desk.refusal(title="Main Page")


def test_a_redirect_to_the_news_is_left_alone(desk: Desk) -> None:
    desk.wiki.edit(desk.title, f"#REDIRECT [[{NEWS}]]")
    assert "is a redirect, and was left alone" in desk.refusal()
    assert desk.text().startswith("#REDIRECT")
    assert len(desk.revisions(NEWS)) == 1


def test_news_that_were_moved_onto_the_page_are_left_alone(desk: Desk) -> None:
    desk.wiki.edit("Template:Moved news", "* '''2026-11-18''': News.")
    desk.wiki.act("move", **{"from": "Template:Moved news", "to": desk.title, "reason": "a mistake"})
    assert "holds what the bot has not written, and was left alone" in desk.refusal()
    assert desk.text() == "* '''2026-11-18''': News."


def test_an_empty_page_may_be_written(desk: Desk) -> None:
    desk.wiki.edit(desk.title, "x")
    desk.wiki.edit(desk.title, "")
    desk.revise()
    assert desk.text() == NEW


@pytest.mark.parametrize("call", ["{{nobots}}", "{{bots|deny=NewsBot}}", "{{bots|allow=none}}"])
def test_a_page_that_keeps_bots_away_is_left_alone(desk: Desk, call: str) -> None:
    desk.wiki.edit(desk.title, f"{OLD}\n{call}")
    assert f"says {call}" in desk.refusal()
    assert desk.text() == f"{OLD}\n{call}"


def test_a_page_that_somebody_deleted_is_not_brought_back(desk: Desk) -> None:
    desk.wiki.edit(desk.title, OLD)
    desk.wiki.delete(desk.title)
    assert "was deleted by Admin" in desk.refusal()
    assert desk.revisions() == []


def test_a_protected_page_says_whom_to_ask(desk: Desk) -> None:
    desk.wiki.edit(desk.title, OLD)
    desk.wiki.protect(desk.title)
    assert "it is protected" in desk.refusal()
    assert "ask an administrator" in desk.refusal()
    assert desk.text() == OLD


def test_a_blocked_account_is_told(desk: Desk) -> None:
    desk.wiki.block("NewsBot")
    try:
        assert "the account is blocked" in desk.refusal()
    finally:
        desk.wiki.unblock("NewsBot")
    assert desk.revisions() == []


def test_a_wiki_that_is_read_only_is_told_with_its_reason(desk: Desk) -> None:
    with desk.wiki.configured("$wgReadOnly = 'New disks. Back soon.';"):
        assert desk.refusal() == (
            f"{desk.title}: was not written: the wiki is read-only (New disks. Back soon); "
            "the next run tries again"
        )
    desk.revise()


CAPTCHA = """
wfLoadExtension( 'ConfirmEdit' );
$wgCaptchaTriggers['create'] = true;
$wgGroupPermissions['bot']['skipcaptcha'] = false;
"""
LIMITED = """
$wgRateLimits['edit']['user'] = [ 0, 60 ];
$wgGroupPermissions['bot']['noratelimit'] = false;
$wgMainCacheType = CACHE_DB;
"""


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (HOOK.format(code="abusefilter-disallowed", info="Filter 7: links"), "a filter of the wiki refuses"),
        (HOOK.format(code="spamblacklist", info="bad.example"), "on the wiki's spam list (bad.example)"),
        (HOOK.format(code="titleblacklist-forbidden-edit", info="no"), "the account may not edit it"),
        (HOOK.format(code="something-new", info="Because."), "refuses the edit: Because. (something-new)"),
        (HOOK.format(code="readonly", info="New disks."), "the wiki is read-only (New disks)"),
        (CAPTCHA, "the wiki asks for a captcha"),
        (LIMITED, "takes no more edits"),
        ("$wgMaxArticleSize = 0;", "too long"),
        ("$wgNamespaceProtection[NS_USER] = [ 'nobody-has-this' ];", "the account may not edit it"),
    ],
)
def test_a_refusal_is_told_in_words(desk: Desk, settings: str, words: str) -> None:
    with desk.wiki.configured(settings):
        message = desk.refusal()
    assert words in message
    assert desk.revisions() == []


def test_a_wiki_that_is_down_is_told(desk: Desk) -> None:
    with desk.wiki.broken():
        assert "was not written: herald:test: the wiki cannot be reached" in desk.refusal()


def test_a_session_that_is_over_is_begun_anew(desk: Desk) -> None:
    desk.child.tell("forget_token")
    desk.revise()
    assert desk.text() == NEW


def test_without_an_account_nothing_is_written(mediawiki: MediaWiki, pywikibot_dir: Any) -> None:
    with child(pywikibot_dir.environment) as started:
        started.open()
        assert started.tell("pen", ["User:NewsBot/status"], [], None) is None
        with pytest.raises(Raised, match="cannot be written without an account: name one in usernames"):
            started.tell("revise", "User:NewsBot/status", NEW, MARK, [], f"{mediawiki.url}/w/api.php")


def test_a_section_is_added_once_and_signed(desk: Desk) -> None:
    note = ("Something needs a person", "Look at [[User:NewsBot/status]], please.")
    done = desk.child.tell("add_section", TALK, *note)
    assert desk.child.tell("add_section", TALK, *note) is None
    text = desk.wiki.text(TALK)
    assert text.startswith(f"== {note[0]} ==\n\n{note[1]} [[User:NewsBot")
    assert text.count(note[1]) == 1
    assert done["revision"] == desk.revisions(TALK)[0]["revid"]
    assert STOP in desk.revisions(TALK)[0]["comment"]


def test_no_other_place_changes_a_wiki() -> None:
    sends = [file.name for file in (ROOT / "bot").rglob("*.py") if "api.send(" in file.read_text()]
    assert sends == ["pen.py"]
    # Nor is there another way than Api.send: the rest of Pywikibot that writes is not asked for anywhere.
    words = ("save(", "editpage(", "put(", "delete(", "protect(", "upload(")
    for file in (ROOT / "bot" / "wiki").glob("*.py"):
        assert not [word for word in words if f"site.{word}" in file.read_text()], file
