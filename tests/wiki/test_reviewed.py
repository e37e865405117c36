"""On a wiki where revisions are reviewed, what readers see is the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.servers import pywikibot as pywikibot_server
from tests.wiki.child import Child, child

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.servers.mediawiki import MediaWiki

    Review = Callable[[Mapping[str, int]], object]


@pytest.fixture(scope="module")
def review(mediawiki: MediaWiki) -> Iterator[Review]:
    with mediawiki.reviewing() as review:
        yield review


@pytest.fixture(scope="module")
def reader(
    mediawiki: MediaWiki,
    review: Review,  # noqa: ARG001 - the wiki is opened as one where revisions are reviewed
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Child]:
    folder = pywikibot_server.prepare(tmp_path_factory.mktemp("reviewed") / "pywikibot", mediawiki.url)
    with child(folder.environment) as started:
        assert started.open()["reviewed"]
        started.read("Main Page")
        yield started


def test_the_stable_revision_is_the_page(reader: Child, mediawiki: MediaWiki, review: Review) -> None:
    good = mediawiki.edit("Reviewed", "* Good news", user="Ann")
    mediawiki.edit("Reviewed", "* Bad news", user="Vandal")
    review({"Reviewed": good})
    with mediawiki.watched() as asked:
        page = reader.read("Reviewed")["Reviewed"]
    assert (page["wikitext"], page["revision"]["id"]) == ("* Good news", good)
    assert len(asked) == 2


def test_its_history_ends_with_the_stable_revision(
    reader: Child, mediawiki: MediaWiki, review: Review
) -> None:
    first = mediawiki.edit("Reviewed history", "One", user="Ann")
    good = mediawiki.edit("Reviewed history", "Two", user="Bob")
    mediawiki.edit("Reviewed history", "Three", user="Vandal")
    review({"Reviewed history": good})
    page = reader.read(("Reviewed history", first))["Reviewed history"]
    assert [revision["editor"] for revision in page["history"]] == ["Bob"]


def test_a_page_whose_newest_revision_is_stable_costs_nothing_more(
    reader: Child, mediawiki: MediaWiki, review: Review
) -> None:
    review({"Reviewed at once": mediawiki.edit("Reviewed at once", "* News")})
    with mediawiki.watched() as asked:
        assert reader.read("Reviewed at once")["Reviewed at once"]["wikitext"] == "* News"
    assert len(asked) == 1


def test_a_page_that_nobody_has_reviewed_is_read_as_it_is(
    reader: Child, mediawiki: MediaWiki, review: Review
) -> None:
    mediawiki.edit("Never reviewed", "* News")
    review({})
    assert reader.read("Never reviewed")["Never reviewed"]["wikitext"] == "* News"


def test_the_pages_of_a_category_are_the_reviewed_ones(
    reader: Child, mediawiki: MediaWiki, review: Review
) -> None:
    good = mediawiki.edit("Reviewed story", "Good [[Category:Reviewed stories]]")
    mediawiki.edit("Reviewed story", "Bad [[Category:Reviewed stories]]")
    review({"Reviewed story": good})
    (page,) = reader.tell("members", "Category:Reviewed stories", None, 50, None)
    assert page["wikitext"].startswith("Good")
