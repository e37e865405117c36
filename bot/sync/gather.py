"""Many small pages, one piece of news each, as one page."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.errors import PageError
from bot.model import News, Page, Problem, Revision
from bot.news.nobots import keeps_away
from bot.news.parse import AS_A_PAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.config import PageConfig
    from bot.model import Item, PageSet, Profile
    from bot.wiki.base import Source

_NEVER = Revision(id=0, editor="", saved_at=datetime(1970, 1, 1, tzinfo=UTC))


def gather(title: str, pages: PageSet, source: Source, *, seen: int | None) -> Page | PageError:
    """Read many pages as one of that title, which is as young as the youngest of them.

    ``seen`` is the newest revision of any of them at the last look: revisions are numbered across the wiki.
    """
    try:
        members = source.members(pages, seen=seen)
    except PageError as error:
        return error
    newest = max((member.revision for member in members), key=lambda one: one.id, default=_NEVER)
    state = "\n".join(f"{member.id} {member.revision.id}" for member in members)
    digest = hashlib.sha1(state.encode(), usedforsecurity=False).hexdigest()
    return Page(
        site=source.site,
        title=title,
        wikitext="",
        revision=replace(newest, editor="", sha1=digest),
        members=tuple(members),
    )


def profile_of(config: PageConfig) -> Profile:
    """Return how the items stand on a page; one of many is one item unless something else is said."""
    profile = config.profile
    if config.collection is None or profile.layout != "auto" or profile.template is not None:
        return profile
    return replace(profile, layout=AS_A_PAGE)


def together(
    page: Page, understand: Callable[[Page], tuple[Page, News]]
) -> tuple[Page, News, tuple[tuple[Item, ...], ...]]:
    """Understand each member; return the page, what was found on all, and the items member by member.

    A member's only item is known by its page, whatever becomes of its title and its text. Problems name the
    member that they are on.
    """
    members: list[Page] = []
    items: list[tuple[Item, ...]] = []
    problems: list[Problem] = []
    layouts: list[str] = []
    for member in page.members:
        if call := keeps_away(member.wikitext, member.site.bot):
            problems.append(Problem(message=f"{member.title}: says {call}, so it is not published"))
            members.append(member)
            items.append(())
            continue
        read, news = understand(member)
        members.append(read)
        items.append(_known_by_page(news.items, read))
        problems += (Problem(message=f"{member.title}: {problem.message}") for problem in news.problems)
        layouts.append(news.layout)
    news = News(
        layout=max(set(layouts), key=layouts.count, default="auto"),
        items=tuple(item for some in items for item in some),
        problems=tuple(problems),
    )
    return replace(page, members=tuple(members)), news, tuple(items)


def _known_by_page(items: Sequence[Item], page: Page) -> tuple[Item, ...]:
    if len(items) != 1 or items[0].directives.id or page.id is None:
        return tuple(items)
    (item,) = items
    key = f"page-{page.id}"
    return (replace(item, key=key, directives=replace(item.directives, id=key)),)
