"""A real wiki's API without Pywikibot, for tests that read it in their own process."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, cast

import requests

from bot.model import Site
from bot.wiki.refusal import RefusedError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from bot.wiki.api import Api
    from tests.servers.mediawiki import MediaWiki

TIMEOUT = 60.0
BATCH = 50


class Asking:
    """Asks as ``bot.wiki.api.Api`` does, and answers as it does."""

    def __init__(self, wiki: MediaWiki) -> None:
        self._url = f"{wiki.url}/w/api.php"
        self._session = requests.Session()

    def ask(self, **parameters: str | int) -> dict[str, Any]:
        """Send one request and return its JSON in format version 2; raises ``RefusedError``."""
        asked = {"format": "json", "formatversion": 2, **parameters}
        answer: dict[str, Any] = self._session.post(self._url, data=asked, timeout=TIMEOUT).json()
        if "error" in answer:
            raise RefusedError(answer["error"]["info"], code=answer["error"]["code"])
        return answer

    batch = BATCH  # as nobody

    def trouble(self) -> AbstractContextManager[None]:
        """Turn nothing into anything: Pywikibot is not there to raise."""
        return nullcontext()

    @property
    def api(self) -> Api:
        """Itself, as what it stands for: of the real one nothing else is used to read pages."""
        return cast("Api", self)


def site_of(wiki: MediaWiki) -> Site:
    """Return the site as the wiki itself tells it."""
    told = wiki.api(action="query", meta="siteinfo", siprop="namespaces|namespacealiases|interwikimap")
    query = told["query"]
    names = {
        name.lower(): entry["id"]
        for entry in query["namespaces"].values()
        for name in (entry["name"], entry.get("canonical", ""))
        if name
    }
    return Site(
        name="herald:test",
        article_path=f"{wiki.url}/wiki/$1",
        namespaces=names | {entry["alias"].lower(): entry["id"] for entry in query["namespacealiases"]},
        interwiki={entry["prefix"].lower(): entry["url"] for entry in query["interwikimap"]},
        languages=frozenset(entry["prefix"] for entry in query["interwikimap"] if "language" in entry),
    )
