"""Many pages taken as one, on a real wiki."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.servers import pywikibot as pywikibot_server
from tests.wiki.child import Child, child

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.mediawiki import MediaWiki


@pytest.fixture(scope="module")
def reader(mediawiki: MediaWiki, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Child]:
    folder = pywikibot_server.prepare(tmp_path_factory.mktemp("members") / "pywikibot", mediawiki.url)
    with child(folder.environment) as started:
        started.open()
        started.read("Main Page")
        yield started


def titles(pages: list[dict[str, object]]) -> list[object]:
    return [page["title"] for page in pages]


def test_the_pages_below_a_prefix_are_two_requests_the_last_first(
    reader: Child, mediawiki: MediaWiki
) -> None:
    for number in ("46", "47", "47/de"):
        mediawiki.edit(f"Project:Letters/2026/{number}", f"Issue {number}")
    mediawiki.edit("Project:Letters/2026/45", "#REDIRECT [[Main Page]]")
    with mediawiki.watched() as asked:
        found = reader.tell("members", None, "Project:Letters/2026/", 50, None)
    assert len(asked) == 2
    assert [str(title).rpartition("/")[2] for title in titles(found)] == ["47", "46"]
    assert [page["wikitext"] for page in found] == ["Issue 47", "Issue 46"]
    assert all(isinstance(page["id"], int) for page in found)


def test_the_pages_of_a_category_come_newest_first_and_are_no_more_than_asked_for(
    reader: Child, mediawiki: MediaWiki
) -> None:
    for number in range(3):
        mediawiki.edit(f"Cat story {number}", f"Story {number} [[Category:Stories]]")
    assert titles(reader.tell("members", "Category:Stories", None, 50, None)) == [
        "Cat story 2",
        "Cat story 1",
        "Cat story 0",
    ]
    assert len(reader.tell("members", "Category:Stories", None, 2, None)) == 2
    assert reader.tell("members", "Category:Nothing is in it", None, 50, None) == []


def test_long_texts_all_come(reader: Child, mediawiki: MediaWiki) -> None:
    for number in range(5):
        mediawiki.edit(f"Long letters/{number}", "x" * (1_900_000 + number))
    found = reader.tell("members", None, "Long letters/", 50, None)
    assert [len(page["wikitext"]) for page in found] == [1_900_004 - place for place in range(5)]


def test_only_a_page_that_has_changed_costs_a_request_for_its_history(
    reader: Child, mediawiki: MediaWiki
) -> None:
    mediawiki.edit("Changing/1", "One")
    seen = mediawiki.edit("Changing/2", "Two")
    with mediawiki.watched() as asked:
        reader.tell("members", None, "Changing/", 50, seen)
    assert len(asked) == 2
    mediawiki.edit("Changing/1", "One, by Ann", user="Ann")
    mediawiki.edit("Changing/1", "One, by Bob", user="Bob")
    with mediawiki.watched() as asked:
        second, first = reader.tell("members", None, "Changing/", 50, seen)
    assert len(asked) == 3
    assert [revision["editor"] for revision in first["history"]] == ["Ann", "Bob"]
    assert len(second["history"]) == 1
