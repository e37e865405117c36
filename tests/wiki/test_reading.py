from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.servers.mediawiki import picture
from tests.wiki.child import CONTACT

if TYPE_CHECKING:
    from tests.servers.mediawiki import MediaWiki, Request
    from tests.wiki.child import Child


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
        "hidden": False,
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
