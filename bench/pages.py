"""Many pages of one wiki: fifty of them in one request."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from bench.measure import Result
from bench.runs import Bot, items
from tests.fakes.mastodon import MastodonServer
from tests.servers import pywikibot

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.mediawiki import MediaWiki

PER_REQUEST = 50  # https://www.mediawiki.org/wiki/API:Query, without apihighlimits
TITLE = "Template:Bench page {number}"
EXPORT = (
    '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.10/" version="0.10" xml:lang="en">{}</mediawiki>'
)
EXPORTED = """
<page><title>{title}</title><ns>10</ns>
<revision><timestamp>2026-01-10T00:00:00Z</timestamp><contributor><username>Admin</username></contributor>
<model>wikitext</model><format>text/x-wiki</format><text xml:space="preserve">{text}</text></revision></page>
"""


def measure(wiki: MediaWiki, folder: Path, *, pages: int) -> list[Result]:
    """Count what a run with nothing to do asks the wiki, beyond what it takes to open it."""
    titles = [TITLE.format(number=number) for number in range(pages)]
    create(wiki, folder, titles)
    beyond = asked(wiki, folder / "many", titles) - asked(wiki, folder / "one", titles[:1]) + 1
    return [
        Result(
            name="many pages, requests",
            what=f"what a run asks the wiki to read {pages:,} pages",
            value=beyond,
            goal=ceil(pages / PER_REQUEST),
            unit="requests",
        )
    ]


def create(wiki: MediaWiki, folder: Path, titles: list[str]) -> None:
    """Make pages with an item each, much faster than by editing."""
    folder.mkdir(parents=True, exist_ok=True)
    dump = folder / "pages.xml"
    pages = "".join(
        EXPORTED.format(title=title, text=escape(items(1, first=number)))
        for number, title in enumerate(titles)
    )
    dump.write_text(EXPORT.format(pages), encoding="utf-8")
    wiki.maintain("importDump", "--no-updates", str(dump))


def asked(wiki: MediaWiki, folder: Path, titles: list[str]) -> int:
    """Return the number of requests in a run that has seen all pages before."""
    site = pywikibot.prepare(folder / "pywikibot", wiki.url)
    with MastodonServer() as network:
        bot = Bot(folder=folder / "bot")
        bot.configure(servers=[network.url], token=network.token, titles=titles, wiki=site)
        bot.sync()
        with wiki.watched() as requests:
            bot.sync()
    return len(requests)
