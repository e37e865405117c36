"""Understands pages: parses them, and has the wiki expand the templates that matter, once a revision."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from bot.news.parse import parse
from bot.sync.gather import profile_of, together

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from bot.config import PageConfig
    from bot.ledger.store import Ledger
    from bot.model import Item, News, Page
    from bot.wiki.base import Source

Expand: TypeAlias = "Callable[[Page, Sequence[str]], Mapping[str, str]]"


def remembering(ledger: Ledger, source: Source, *, now: datetime) -> Expand:
    """Return a way to have calls expanded that asks the wiki once for each revision of a page.

    So what an item says does not change with a template while the page stays as it is.
    """

    def expand(page: Page, calls: Sequence[str]) -> Mapping[str, str]:
        known = ledger.expansions(source.name, page.title, page.revision.id)
        missing = [call for call in calls if call not in known]
        made = source.expand(page, missing) if missing else {}
        if made:
            ledger.remember_expansions(source.name, page.title, page.revision.id, made, now=now)
        return {**known, **made}

    return expand


def understand_all(
    page: Page, config: PageConfig, expand: Expand, names: Collection[str]
) -> tuple[Page, News, tuple[tuple[Item, ...], ...]]:
    """Understand a page or each member of a collection; return the items member by member, too."""
    if config.collection is not None:
        return together(page, lambda member: understand(member, config, expand, names))
    page, news = understand(page, config, expand, names)
    return page, news, (news.items,)


def understand(page: Page, config: PageConfig, expand: Expand, names: Collection[str]) -> tuple[Page, News]:
    """Parse a page; where templates matter, ask the wiki once for all of them and parse again."""

    def understood(page: Page) -> News:
        return parse(
            page,
            language=config.language,
            profile=profile_of(config),
            names=names,
        )

    news = understood(page)
    calls = tuple(dict.fromkeys(call for item in news.items for call in item.unresolved))
    if calls and (expansions := expand(page, calls)):
        page = replace(page, expansions=expansions)
        news = understood(page)
    return page, news


def earlier(config: PageConfig, layout: str, names: Collection[str]) -> Callable[[Page], Sequence[Item]]:
    """Return what understands a page at an earlier revision, as it is understood now; nothing is expanded."""
    how = as_found(config, layout)

    def read(page: Page) -> Sequence[Item]:
        return parse(page, language=how.language, profile=profile_of(how), names=names).items

    return read


def as_found(config: PageConfig, layout: str) -> PageConfig:
    """Return how to read a page whose layout was found by looking: the same for all its versions."""
    if config.collection is not None or config.profile.template is not None:
        return config
    return replace(config, profile=replace(config.profile, layout=layout))
