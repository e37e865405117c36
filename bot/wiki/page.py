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
from bot.wiki.past import read_history, read_past, read_patrolled, read_revisions, read_templates
from bot.wiki.pen import WikiPen
from bot.wiki.people import people
from bot.wiki.pictures import read_pictures
from bot.wiki.revisions import MissingPageError, read_members, read_pages
from bot.wiki.standing import read_standing
from bot.wiki.stop import StopPages
from bot.wiki.translations import read_units
from bot.wiki.userconfig import check_user_config

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from bot.config import WikiConfig
    from bot.model import (
        Attachment,
        Limits,
        Media,
        Page,
        PageSet,
        Person,
        Picture,
        Revision,
        Site,
        Standing,
        TranslatedUnits,
    )
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
        """Read pages: one request for fifty, and one more for each that has changed since it was seen.

        An account with the right to more reads 500 in one.
        """
        found = read_pages(self._api, self.site, (page.title for page in wanted))
        for title, seen in ((page.title, page.seen) for page in wanted):
            page = found[title]
            if isinstance(page, PageError) or seen is None or seen == page.revision.id or transcluded(page):
                continue  # of a page that only shows another one, that one's history is what counts
            try:
                found[title] = read_past(self._api, page, seen=seen)
            except PageError as error:
                found[title] = error
        return found

    def members(self, collection: PageSet, *, seen: int | None) -> Sequence[Page]:
        """Read a collection: one request or two for all, and one more for each that has changed."""
        members = read_members(self._api, self.site, collection)
        return [
            # The revision last seen is the newest of all members, so it is not in the past of each.
            replace(read_past(self._api, page, seen=seen), continuous=True)
            if seen is not None and page.revision.id > seen
            else page
            for page in members
        ]

    def stop_pages(self, title: str | None, channels: Mapping[str, str]) -> StopPages:
        """Return the question whether the wiki lets the bot go on; see ``StopPages``."""
        return StopPages(self._api, account=self.site.bot, title=title, channels=channels)

    def history(self, page: Page) -> Sequence[Revision]:
        """Return the page's last 500 revisions, in one request."""
        return read_history(self._api, page)

    def with_past(self, page: Page) -> Page:
        """Return the page with its last fifty revisions, in one request."""
        return read_past(self._api, page, seen=None)

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

    def people(self, names: Iterable[str], page: Page) -> Mapping[str, Person]:
        """Return who these are, in one request for fifty, and one more for those who have no account."""
        return people(self._api, names, page)

    def revisions(self, ids: Iterable[int]) -> Mapping[int, Revision]:
        """Return revisions as they are now, in one request for fifty."""
        return read_revisions(self._api, ids)

    def patrolled(self, page: Page) -> frozenset[int]:
        """Return the ids of the page's latest edits that are marked as patrolled, in one request."""
        return read_patrolled(self._api, page)

    def templates(self, page: Page, calls: Sequence[str]) -> Sequence[Revision]:
        """Return the newest revisions of the templates that the calls use, in two requests for fifty."""
        return read_templates(self._api, page, calls)

    def pictures(self, files: Iterable[str], languages: Sequence[str]) -> Mapping[str, Picture]:
        """Return what the wiki says of files, in one request for fifty, and one or two more for captions."""
        return read_pictures(self._api, files, languages)

    def standing(self) -> Standing:
        """Return what the bot may do there, in one request."""
        return read_standing(self._api)

    def fetch(self, media: Media, limits: Limits) -> Attachment:
        """Fetch a file of the wiki, scaled down where it is large, rendered where it is a drawing."""
        return fetch(self._api, media, limits)

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
