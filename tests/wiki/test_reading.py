from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.servers import pywikibot as pywikibot_server
from tests.servers.mediawiki import picture
from tests.wiki.child import CONTACT, Child, Raised, child

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.mediawiki import MediaWiki, Request


@pytest.fixture(scope="module")
def reader(mediawiki: MediaWiki, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Child]:
    """A process that has opened the wiki without an account, and read from it once."""
    folder = pywikibot_server.prepare(tmp_path_factory.mktemp("reader") / "pywikibot", mediawiki.url)
    with child(folder.environment) as started:
        started.open()
        started.read("Main Page")
        yield started


def test_a_page_is_read_with_its_revision_editor_and_time(reader: Child, mediawiki: MediaWiki) -> None:
    revision = mediawiki.edit("Whole", "* '''Good''' news", user="Ann", summary="First news")
    told = mediawiki.api(
        action="query", prop="revisions", revids=revision, rvprop="sha1|timestamp|user|comment"
    )["query"]["pages"][0]["revisions"][0]

    page = reader.read("Whole")["Whole"]

    assert page["wikitext"] == "* '''Good''' news"
    assert page["title"] == "Whole"
    assert not page["trusted"]
    assert page["revision"] == {
        "id": revision,
        "editor": "Ann",
        "saved_at": told["timestamp"].replace("Z", "+00:00"),
        "comment": "First news",
        "tags": [],
        "sha1": told["sha1"],
    }
    assert page["history"] == [page["revision"]]


def test_many_pages_are_one_request(reader: Child, mediawiki: MediaWiki) -> None:
    titles = [f"Batch {number}" for number in range(4)]
    for title in titles:
        mediawiki.edit(title, f"Text of {title}")
    with mediawiki.watched() as asked:
        pages = reader.read(*titles, "Batch that nobody wrote")
    assert len(asked) == 1
    assert [pages[title]["wikitext"] for title in titles] == [f"Text of {title}" for title in titles]


def test_more_than_fifty_pages_are_asked_for_fifty_at_a_time(reader: Child, mediawiki: MediaWiki) -> None:
    with mediawiki.watched() as asked:
        pages = reader.read(*(f"Nothing {number}" for number in range(51)))
    assert len(asked) == 2
    assert len(pages) == 51


def test_texts_too_long_for_one_answer_are_all_read(reader: Child, mediawiki: MediaWiki) -> None:
    sizes = {f"Long {number}": 1_900_000 + number for number in range(5)}
    for title, size in sizes.items():
        mediawiki.edit(title, "x" * size)
    pages = reader.read(*sizes)
    assert {title: len(page["wikitext"]) for title, page in pages.items()} == sizes


@pytest.mark.parametrize(
    ("title", "message"),
    [
        ("No such page", "there is no such page on herald:test"),
        ("Special:Version", "there is no such page"),
        ("Bad [title", "is not a title: .*invalid characters"),
        ("Two|titles", "is not a title"),
        ("", "is not a title"),
        ("wikipedia:Elsewhere", "lies on another wiki"),
        ("Moved away", "is a redirect to Moved here; name the page itself"),
    ],
)
def test_a_page_that_cannot_be_read_keeps_no_other_from_being_read(
    reader: Child, mediawiki: MediaWiki, title: str, message: str
) -> None:
    mediawiki.edit("Moved away", "#REDIRECT [[Moved here]]")
    mediawiki.edit("Moved here", "found")
    pages = reader.read(title, "Moved here")
    assert pages["Moved here"]["wikitext"] == "found"
    with pytest.raises(AssertionError, match=message):
        raise AssertionError(pages[title]["message"])


@pytest.mark.parametrize(
    "title", ["template:Many_names", " Template:Many names#Top", "Template: Many  names"]
)
def test_a_page_is_found_under_the_title_as_wanted(reader: Child, mediawiki: MediaWiki, title: str) -> None:
    mediawiki.edit("Template:Many names", "found")
    assert reader.read(title)[title]["title"] == "Template:Many names"


def test_a_title_may_have_its_accents_apart(reader: Child, mediawiki: MediaWiki) -> None:
    mediawiki.edit("Caf\u00e9", "open")
    assert reader.read("Cafe\u0301")["Cafe\u0301"]["wikitext"] == "open"


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
    assert page["history"][1]["tags"] == ["mw-blank", "mw-reverted"]
    assert page["history"][-1] == page["revision"]


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


def test_a_page_that_was_deleted_and_made_again_has_its_new_history(
    reader: Child, mediawiki: MediaWiki
) -> None:
    seen = mediawiki.edit("Made again", "* a")
    mediawiki.delete("Made again")
    anew = mediawiki.edit("Made again", "* b")
    page = reader.read(("Made again", seen))["Made again"]
    assert [entry["id"] for entry in page["history"]] == [anew]


def test_hidden_editors_and_comments_are_empty(reader: Child, mediawiki: MediaWiki) -> None:
    seen = mediawiki.edit("Hidden", "* a")
    between = mediawiki.edit("Hidden", "* b", user="Rude name", summary="rude words")
    last = mediawiki.edit("Hidden", "* c", user="Rude name")
    mediawiki.hide(between)
    mediawiki.hide(last, "user")
    page = reader.read(("Hidden", seen))["Hidden"]
    assert [(entry["editor"], entry["comment"]) for entry in page["history"]] == [("", ""), ("", "")]
    assert page["wikitext"] == "* c"


def test_the_text_of_one_page_is_one_request(reader: Child, mediawiki: MediaWiki) -> None:
    mediawiki.edit("User:NewsBot/run", "run")
    with mediawiki.watched() as asked:
        assert reader.tell("text", "User:NewsBot/run") == "run"
    assert len(asked) == 1


def test_the_text_of_a_page_that_does_not_exist_is_none(reader: Child) -> None:
    assert reader.tell("text", "User:NewsBot/never written") is None


def test_a_page_whose_text_cannot_be_told_is_an_error(reader: Child, mediawiki: MediaWiki) -> None:
    mediawiki.edit("User:NewsBot/moved", "#REDIRECT [[Somewhere]]")
    with pytest.raises(Raised, match="User:NewsBot/moved: is a redirect"):
        reader.tell("text", "User:NewsBot/moved")


def test_template_calls_are_expanded_together_in_one_request(reader: Child, mediawiki: MediaWiki) -> None:
    mediawiki.edit("Template:Loud", "'''{{uc:{{{1}}}}}'''")
    page = mediawiki.edit("Expanding", "x")
    calls = ["{{Loud|a|b}}", "{{#expr: 6 * 7}}", "{{#if: | yes }}", "{{PAGENAME}}", "{{REVISIONID}}"]
    with mediawiki.watched() as asked:
        made = reader.tell("expand", "Expanding", *calls)
    assert made == {
        "{{Loud|a|b}}": "'''A'''",
        "{{#expr: 6 * 7}}": "42",
        "{{#if: | yes }}": "",
        "{{PAGENAME}}": "Expanding",
        "{{REVISIONID}}": str(page),
    }
    assert [request.parameters["action"] for request in asked] == ["query", "expandtemplates"]


def test_a_call_that_is_not_closed_spoils_no_other(reader: Child, mediawiki: MediaWiki) -> None:
    mediawiki.edit("Expanding badly", "x")
    made = reader.tell("expand", "Expanding badly", "{{#if: 1 | <!-- ", "{{PAGENAME}}", "{{#expr: 1 + 1}}")
    assert made == {"{{PAGENAME}}": "Expanding badly", "{{#expr: 1 + 1}}": "2"}


@pytest.mark.parametrize("call", ["{{No such template}}", "{{#expr: 1 / 0}}", "{{#expr: what?}}"])
def test_what_cannot_be_expanded_is_left_out(reader: Child, mediawiki: MediaWiki, call: str) -> None:
    mediawiki.edit("Not expanding", "x")
    assert reader.tell("expand", "Not expanding", call, "{{uc:a}}") == {"{{uc:a}}": "A"}


def test_groups_of_many_are_one_request(reader: Child, mediawiki: MediaWiki) -> None:
    mediawiki.make_user("Trusted", "sysop")
    mediawiki.make_user("Plain")
    with mediawiki.watched() as asked:
        groups = reader.tell("groups", "Trusted", "Plain", "127.0.0.1", "Never was", "", "trusted", "a|b")
    assert len(asked) == 1
    assert "sysop" in groups["Trusted"]
    assert "sysop" in groups["trusted"]
    assert "sysop" not in groups["Plain"]
    assert groups["127.0.0.1"] == groups["Never was"] == groups[""] == groups["a|b"] == []


def test_who_is_blocked_has_no_groups(reader: Child, mediawiki: MediaWiki) -> None:
    mediawiki.make_user("Taken over", "sysop")
    mediawiki.block("Taken over")
    assert reader.tell("groups", "Taken over") == {"Taken over": []}


def test_every_request_names_the_contact(reader: Child, mediawiki: MediaWiki) -> None:
    mediawiki.upload("Agent.png", picture(4, 4))
    with mediawiki.watched() as asked:
        reader.read("Main Page")
        reader.tell("fetch", "Agent.png")
    assert {_kind(request) for request in asked} == {"api", "image"}
    assert all(request.agent.startswith("Wikiherald/") and CONTACT in request.agent for request in asked)


def _kind(request: Request) -> str:
    return "image" if "/images/" in request.path else "api"


def test_the_site_is_known_from_the_wiki_itself(mediawiki: MediaWiki, site: dict[str, Any]) -> None:
    assert site["name"] == "herald:test"
    assert site["language"] == "de"
    assert site["article_path"].endswith("/wiki/$1")
    assert site["article_path"].startswith("http://127.0.0.1:")
    assert not site["article_path"].startswith(mediawiki.url)  # it is the other wiki
    assert site["interwiki"]["nl"] == "https://nl.wikipedia.example/wiki/$1"
    assert site["languages"] == ["nl"]


@pytest.mark.parametrize(
    ("name", "number"),
    {
        "datei": 6,
        "file": 6,
        "bild": 6,
        "image": 6,
        "vorlage": 10,
        "template": 10,
        "benutzerin diskussion": 3,
        "herald test wiki": 4,
        "project": 4,
        "n": 4,
    }.items(),
)
def test_namespaces_are_known_by_every_name(site: dict[str, Any], name: str, number: int) -> None:
    assert site["namespaces"][name] == number


def test_the_main_namespace_has_no_name(site: dict[str, Any]) -> None:
    assert "" not in site["namespaces"]
