"""The community's half of the configuration, from its page on the wiki; see bot/config/overlay.py.

What counts is the newest revision that somebody trusted has saved and that has nothing wrong in it. It is
kept in the ledger: while the page is broken, hidden, or changed by a stranger, that one goes on to count, and
the run says so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.channels.base import specs
from bot.compose.template import check_template
from bot.config.overlay import overlaid
from bot.decide.gate import Evidence, Surroundings, trusted
from bot.errors import ConfigError, PageError
from bot.model import Trouble
from bot.news.tracing import as_noticed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.config import Config
    from bot.model import Page, Person, Revision
    from bot.sync.herald import Herald

CARETAKERS = frozenset({"interface-admin"})  # who may edit other people's JSON pages, by MediaWiki's default


def with_overlay(herald: Herald, page: Page | PageError | None) -> tuple[Herald, list[Trouble]]:
    """Return the herald with the configuration that counts; ``page`` is its page, ``None`` without one."""
    title = herald.config.wiki.config_page
    if page is None or title is None or herald.wiki is None:
        return herald, []
    site = herald.wiki.name
    kept = herald.ledger.overlay(site, title)
    config = herald.config
    troubles: list[Trouble] = []
    good: tuple[int, str] | None = None
    try:
        if isinstance(page, PageError):
            raise page
        if kept is None or kept[0] != page.revision.id:
            good, config, troubles = _newest(herald, page)
    except PageError as error:
        troubles = [_told(title, str(error))]
    if good is not None:
        herald.ledger.remember_overlay(site, title, *good, now=herald.clock())
    elif kept is not None:
        config, more = _applied(herald, title, kept)
        troubles += more
        if troubles and not more:
            troubles.append(Trouble(message=f"its revision {kept[0]} goes on to count", page=title))
    return replace(herald, config=config), troubles


def caretakers(page: Page) -> frozenset[str]:
    """Return who may look after a page by MediaWiki's own rules: whose ``User:Name/x.json`` it is."""
    prefix, colon, name = page.title.partition(":")
    is_user = colon and page.site.namespaces.get(prefix.lower()) == 2
    owner, slash, rest = name.partition("/")
    return frozenset({owner}) if is_user and slash and rest.endswith(".json") else frozenset()


def _newest(herald: Herald, page: Page) -> tuple[tuple[int, str] | None, Config, list[Trouble]]:
    """Return the newest good revision since the last good one, and what is wrong with those after it."""
    title = page.title
    troubles: list[Trouble] = []
    if herald.wiki is not None and herald.ledger.overlay(page.site.name, title) is None:
        page = herald.wiki.with_past(page)  # that a stranger saved it last must not make the gate looser
    page = as_noticed(page, None, herald.clock())
    candidates = list(_candidates(page))
    names = sorted({revision.editor for revision, _ in candidates} - {""})
    people = herald.wiki.people(names, page) if herald.wiki and names else {}
    for revision, text in candidates:
        by = revision.editor or "somebody"
        if not _may(herald, page, revision, people):
            troubles.append(_told(title, f"revision {revision.id} does not count: {by} is not trusted"))
            continue
        try:
            return (revision.id, text), _overlaid(herald, text), troubles
        except ConfigError as error:
            said = "; ".join(error.problems)
            troubles.append(_told(title, f"revision {revision.id} by {by} does not count: {said}"))
    return None, herald.config, troubles


def _candidates(page: Page) -> Iterator[tuple[Revision, str]]:
    """Yield the revisions that were not seen yet and their texts, the newest first."""
    yield page.revision, page.wikitext
    for revision in reversed(page.history[:-1]):
        if (text := page.texts.get(revision.id)) is not None:
            yield revision, text


def _may(herald: Herald, page: Page, revision: Revision, people: Mapping[str, Person]) -> bool:
    around = Surroundings(gate=herald.config.gate, now=herald.clock(), evidence=Evidence(people=people))
    if trusted(revision.editor, around):
        return True
    person, owners = people.get(revision.editor), caretakers(page)
    if person is None or person.blocked or not owners:
        return False
    return person.name in owners or not CARETAKERS.isdisjoint(person.groups)


def _applied(herald: Herald, title: str, kept: tuple[int, str]) -> tuple[Config, list[Trouble]]:
    revision, text = kept
    try:
        return _overlaid(herald, text), []
    except ConfigError as error:  # the file has become stricter since
        said = "; ".join(error.problems)
        return herald.config, [
            _told(title, f"revision {revision}, the last good one, no longer fits: {said}")
        ]


def _overlaid(herald: Herald, text: str) -> Config:
    return overlaid(
        herald.config,
        text,
        capabilities=lambda network: specs()[network].capabilities,
        check_template=check_template,
    )


def _told(title: str, message: str) -> Trouble:
    return Trouble(message=message, page=title, failure=True)
