"""Items in the languages of the channels: looked up where a channel waits for one, and only there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.decide.plan import untranslated
from bot.errors import PageError
from bot.model import Page, Translation, Trouble
from bot.news.nobots import keeps_away
from bot.news.translated import by_subpage, by_units

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from bot.decide.views import Circumstances, View
    from bot.model import Follower, Item
    from bot.news.translated import Understand
    from bot.wiki.base import Source


def translations(
    view: View,
    groups: Iterable[tuple[Page, Sequence[Item]]],
    source: Source,
    understand: Understand,
    followers: Sequence[Follower],
    around: Circumstances,
) -> tuple[Mapping[str, Mapping[str, Translation]], list[Trouble]]:
    """Return what is known of the items' translations, by key and language: of those that are waited for.

    ``groups`` are the items with the pages that they stand on. Each page costs a request or two for each
    language in which an item of it is due, held, or was published lately; no other page costs any.
    """
    found: dict[str, dict[str, Translation]] = {}
    troubles: list[Trouble] = []
    for language, wanted in untranslated(view, followers, around).items():
        for page, items in groups:
            due = [item for item in items if item.key in wanted]
            if not due:
                continue
            try:
                told = _ask(
                    page, items, source, language, understand, settle=around.gate.settle, now=around.now
                )
            except PageError as error:
                told = {item.key: Translation(lack=str(error), told=False) for item in due}
                message = f"its translation into {language} cannot be read: {error}"
                troubles.append(Trouble(message=message, page=view.title, failure=True))
            for item in due:
                found.setdefault(item.key, {})[language] = told[item.key]
    return found, troubles


def _ask(
    page: Page,
    items: Sequence[Item],
    source: Source,
    language: str,
    understand: Understand,
    *,
    settle: timedelta,
    now: datetime,
) -> Mapping[str, Translation]:
    told = source.translation(page, language)
    if told is None:
        lack = f"there is no translation of {page.title} into {language}"
        return {item.key: Translation(lack=lack) for item in items}
    if not isinstance(told, Page):
        return by_units(page, items, told, language, understand)
    if call := keeps_away(told.wikitext, told.site.bot):
        lack = f"{told.title} says {call}, so nothing of it is published"
        return {item.key: Translation(lack=lack) for item in items}
    editors: Collection[str] = told.editors
    if told.since + settle > now:
        history = [one.editor for one in source.history(told) if one.saved_at + settle > now]
        editors = dict.fromkeys((*editors, *history))
    return by_subpage(items, told, tuple(editors), language, understand)
