"""Pages of a wiki, read through Pywikibot.

Importing this does not import Pywikibot, opening a wiki does (only api.py and site.py know it): Pywikibot
reads its configuration when it is imported, so what it would get wrong must be found before.
"""

from __future__ import annotations

import os
import sys
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.errors import ConfigError, PageError
from bot.news.transcluded import transcluded
from bot.news.units import is_translatable
from bot.wiki.expand import expand
from bot.wiki.files import fetch
from bot.wiki.pen import WikiPen
from bot.wiki.people import groups
from bot.wiki.revisions import MissingPageError, read_history, read_members, read_pages
from bot.wiki.translations import read_units
from bot.wiki.userconfig import check_user_config

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from bot.config import WikiConfig
    from bot.model import Attachment, Media, Page, PageSet, Revision, Site, TranslatedUnits
    from bot.wiki.api import Api
    from bot.wiki.base import Wanted


def open_wiki(config: WikiConfig, *, arguments: Sequence[str] = (), simulate: bool = False) -> WikiSource:
    """Open the configured wiki.

    Args:
        config: the wiki as Pywikibot names it; a site in ``arguments`` goes before it.
        arguments: Pywikibot's global options (``-site:``, ``-user:``, ...).
        simulate: let Pywikibot block every edit.

    Raises:
        ConfigError: another wiki than the configured one would be opened, or logging in failed.
        PageError: the wiki cannot be reached; that is known within a minute.
    """
    user_config = check_user_config([*sys.argv[1:], *arguments], os.environ)
    try:
        from bot.wiki.site import describe, open_site  # noqa: PLC0415 - see above
    except (Exception, SystemExit) as error:  # whatever the user's own Python file raises
        raise ConfigError(f"{user_config}: {_where(error, user_config)}") from error
    api = open_site(config, user_config=user_config, arguments=arguments, simulate=simulate)
    return WikiSource(api, describe(api))


class WikiSource:
    """The ``Source`` that is a wiki. Its methods may be called from several threads."""

    def __init__(self, api: Api, site: Site) -> None:
        self._api = api
        self.site = site

    @property
    def name(self) -> str:
        """Pywikibot's name for the site: ``"mediawiki:mediawiki"``."""
        return self.site.name

    def read(self, wanted: Sequence[Wanted]) -> Mapping[str, Page | PageError]:
        """Read pages: one request for fifty, and one more for each that has changed since it was seen."""
        found = read_pages(self._api, self.site, (page.title for page in wanted))
        for title, seen in ((page.title, page.seen) for page in wanted):
            page = found[title]
            if isinstance(page, PageError) or seen is None or seen == page.revision.id or transcluded(page):
                continue  # of a page that only shows another one, that one's history is what counts
            try:
                found[title] = replace(page, history=read_history(self._api, page, seen))
            except PageError as error:
                found[title] = error
        return found

    def members(self, collection: PageSet, *, seen: int | None) -> Sequence[Page]:
        """Read a collection: one request or two for all, and one more for each that has changed."""
        members = read_members(self._api, self.site, collection)
        return [
            replace(page, history=read_history(self._api, page, seen))
            if seen is not None and page.revision.id > seen
            else page
            for page in members
        ]

    def text(self, title: str) -> str | None:
        """Return a page's wikitext, ``None`` where there is no such page; one small request.

        Raises:
            PageError: the page exists and cannot be read.
        """
        page = read_pages(self._api, self.site, [title])[title]
        if isinstance(page, MissingPageError):
            return None
        if isinstance(page, PageError):
            raise page
        return page.wikitext

    def history(self, page: Page) -> Sequence[Revision]:
        """Return the page's last 500 revisions, in one request."""
        return read_history(self._api, page, None)

    def translation(self, page: Page, language: str) -> TranslatedUnits | Page | None:
        """Return a page's units in a language, in two requests for fifty; else its subpage, in one."""
        if is_translatable(page.wikitext):
            return read_units(self._api, page, language)
        title = f"{page.title}/{language.lower()}"
        found = read_pages(self._api, self.site, [title])[title]
        if isinstance(found, MissingPageError):
            return None
        if isinstance(found, PageError):
            raise found
        return found

    def expand(self, page: Page, calls: Sequence[str]) -> Mapping[str, str]:
        """Return what the wiki makes of each template call on that page, in one request."""
        return expand(self._api, page, calls)

    def groups(self, users: Iterable[str]) -> Mapping[str, frozenset[str]]:
        """Return each user's groups, in one request for fifty; who is blocked has none."""
        return groups(self._api, users)

    def fetch(self, media: Media) -> Attachment:
        """Fetch a file of the wiki, scaled down where it is large, rendered where it is a drawing."""
        return fetch(self._api, media)

    def pen(self, *, own: Collection[str], sources: Collection[str], stop_page: str | None) -> WikiPen:
        """Return what writes the pages ``own``, which are none of the ``sources``; see ``WikiPen``."""
        return WikiPen(self._api, self.site, own=own, sources=sources, stop_page=stop_page)


def _where(error: BaseException, file: Path) -> str:
    """Say what is wrong with a Python file without quoting it: there may be secrets in it."""
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)
    ]
    if isinstance(error, SyntaxError) and error.filename == str(file):
        lines.append(error.lineno)
    place = f"line {lines[-1]}: " if lines else ""
    return f"{place}Pywikibot cannot use it ({type(error).__name__}); mend it"
