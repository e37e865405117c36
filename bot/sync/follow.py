"""A page that shows nothing but another one: that one is read in its place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.errors import PageError
from bot.news.nobots import keeps_away
from bot.news.transcluded import transcluded
from bot.wiki.base import Wanted

if TYPE_CHECKING:
    from bot.model import Page
    from bot.wiki.base import Source

MOST = 3  # pages, one showing the next


class KeptAwayError(PageError):
    """The page says that what stands there is not to be passed on."""


def follow(page: Page, source: Source, *, seen: int | None) -> Page | PageError:
    """Return the page whose text is shown where ``page`` stands, with its history since ``seen``.

    Who could make one page show another could make that one speak: the revisions that lead there go with it
    (``Page.via``), and what it says is as young, and no more trusted, than all of these.
    """
    via = page.via
    for _ in range(MOST):
        if call := keeps_away(page.wikitext, page.site.bot):
            return KeptAwayError(f"{page.title}: says {call}, so nothing of it is published")
        title = None if page.trusted else transcluded(page)
        if title is None:
            return replace(page, via=via)
        try:
            target = source.read([Wanted(title=title, seen=seen)])[title]
        except PageError as error:
            return PageError(f"{page.title}: shows {title}, which cannot be read: {error}")
        if isinstance(target, PageError):
            return PageError(f"{page.title}: shows {title}, which cannot be read: {target}")
        via = (*via, page.revision)
        page = target
    return PageError(
        f"{page.title}: more than {MOST} pages each show the next; name the last of them in news.toml"
    )
