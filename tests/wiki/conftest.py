"""Fixtures of the wiki room's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.servers import mediawiki as mediawiki_server
from tests.servers import pywikibot as pywikibot_server
from tests.wiki.child import child

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.mediawiki import MediaWiki
    from tests.wiki.child import Child


@pytest.fixture(scope="package")
def site(mediawiki: MediaWiki, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What is told of another wiki, in German."""
    assert mediawiki.url  # asked for because it leaves the test out where there can be no wiki
    folder = tmp_path_factory.mktemp("german")
    with mediawiki_server.serve(folder / "site", language="de") as german:
        prepared = pywikibot_server.prepare(folder / "pywikibot", german.url)
        with child(prepared.environment) as started:
            return started.open()


@pytest.fixture(scope="module")
def reader(mediawiki: MediaWiki, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Child]:
    """A process that has opened the wiki without an account, and read from it once."""
    folder = pywikibot_server.prepare(tmp_path_factory.mktemp("reader") / "pywikibot", mediawiki.url)
    with child(folder.environment) as started:
        started.open()
        started.read("Main Page")
        yield started
