"""Who speaks for what is shown: a page that is let go out, and revisions that did not come by being saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.model import ChangeKind, Item, Page, PageMemory, Revision
from bot.news.identity import remember
from bot.news.parse import parse
from bot.news.sites import offline
from bot.news.tracing import as_noticed, trace

if TYPE_CHECKING:
    from collections.abc import Sequence

SITE = offline("mediawiki", article_path="https://www.mediawiki.org/wiki/$1")
NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
OLD = "* 2026-01-10: Old news, on the page before the bot."
NEWS = "* 2026-11-18: [[MediaWiki 1.46]] is out."


def read(page: Page) -> Sequence[Item]:
    return parse(page).items


def a_page(*saved: tuple[str, str], first: int = 1) -> Page:
    """A page that was saved by these people with these texts, a minute each, all told."""
    history = tuple(
        Revision(id=first + place, editor=editor, saved_at=NOON + timedelta(minutes=first + place))
        for place, (editor, _) in enumerate(saved)
    )
    texts = {revision.id: text for revision, (_, text) in zip(history, saved, strict=True)}
    return Page(
        site=SITE, title="News", wikitext=saved[-1][1], revision=history[-1], history=history, texts=texts
    )


@pytest.fixture
def memory() -> PageMemory:
    """What is known after a look at the old item alone."""
    page = a_page(("Sue", OLD))
    items = trace(read(page), None, page, read).items
    return PageMemory(
        site=SITE.name,
        title="News",
        revision=1,
        sha1="",
        items=remember(items),
        seen_at=NOON + timedelta(minutes=1),
    )


def shown_by(page: Page, memory: PageMemory) -> list[list[str]]:
    return [
        [change.revision.editor for change in item.provenance.changes if change.kind is ChangeKind.SHOWN]
        for item in trace(read(page), memory, page, read).items
        if item.provenance is not None
    ]


def test_who_lets_the_bot_on_the_page_again_speaks_for_what_is_new_there(memory: PageMemory) -> None:
    page = a_page(
        ("Sue", f"{{{{nobots}}}}\n{NEWS}\n{OLD}"),
        ("Vic", f"{NEWS}\n{OLD}"),
        ("Ann", f"{NEWS}\n{OLD} "),
        first=2,
    )
    assert shown_by(page, memory) == [["Vic"], []]


def test_where_texts_are_not_told_nobody_knows_who_it_was(memory: PageMemory) -> None:
    page = a_page(("Sue", f"{{{{nobots}}}}\n{NEWS}\n{OLD}"), ("Vic", ""), ("Ann", f"{NEWS}\n{OLD}"), first=2)
    page = replace(page, texts={2: page.texts[2], 4: page.texts[4]})
    assert shown_by(page, memory) == [[""], []]


def test_who_makes_a_page_show_this_one_speaks_for_all_that_came_since(memory: PageMemory) -> None:
    page = a_page(("Sue", f"{NEWS}\n{OLD}"), ("Sue", f"{NEWS}\n{OLD} "), first=2)
    page = replace(page, via=(Revision(id=9, editor="Vic", saved_at=NOON + timedelta(minutes=9)),))
    assert shown_by(page, memory) == [["Vic"], []]


@pytest.mark.parametrize(
    ("minutes", "believed"), [(-30, False), (-5, True), (5, True), (65, True), (90, False)]
)
def test_a_revision_is_believed_that_was_saved_since_the_last_look_and_not_after_now(
    minutes: int, memory: PageMemory, *, believed: bool
) -> None:
    now = NOON + timedelta(hours=1)
    page = a_page(("Sue", OLD), first=2)
    revision = replace(page.revision, saved_at=NOON + timedelta(minutes=minutes))
    seen = as_noticed(replace(page, revision=revision, history=(revision,)), memory, now).revision
    assert seen == (revision if believed else replace(revision, editor="", saved_at=now))
