"""What became of a page's items from revision to revision, since the page was last looked at.

Between two looks a page may have been saved many times. Each revision whose text is there is understood and
compared with the one before, so that every change has its very author, and an item that was changed twice is
still recognised.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.model import PageMemory
from bot.news.identity import form, recognise, remember
from bot.news.nobots import keeps_away
from bot.news.provenance import one_of, removed, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import datetime

    from bot.model import Item, KnownItem, Page, Revision

# A revision may be older than our last look and not have been seen: while that look was being written down.
OVERLOOKED = timedelta(minutes=10)
# The wiki's clock may be ahead of ours.
AHEAD = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True, slots=True)
class Traced:
    """The items of a page, recognised, in its order; ``gone`` are the known ones that left it meanwhile."""

    items: tuple[Item, ...]
    gone: tuple[KnownItem, ...] = ()


def trace(
    items: Sequence[Item],
    memory: PageMemory | None,
    page: Page,
    read: Callable[[Page], Sequence[Item]],
    *,
    own: Collection[str] | None = None,
) -> Traced:
    """Recognise the items of ``page``, by way of every revision whose text it has.

    ``read`` understands the page at an earlier revision. ``own`` are the keys of the known items that stood
    on this very page, where ``memory`` is of several pages. A page seen for the first time gives its items
    the keys that they have now, whatever they were called before.
    """
    sha1s = {memory.sha1} if memory else set()
    known = memory
    gone: dict[str, KnownItem] = {}
    traced: tuple[Item, ...] = ()
    for step in _steps(page):
        traced = recognise(items if step.revision.id == page.revision.id else read(step), known, step)
        reverting = step.revision.reverts or step.revision.sha1 in sha1s
        present = {item.key for item in traced}
        left = [
            removed(one, step, reverting=reverting)
            for one in (known.items if known else ())
            if one.present and one.key not in present and (own is None or one.key in own)
        ]
        gone = {key: one for key, one in gone.items() if key not in present} | {one.key: one for one in left}
        known = _advanced(known, traced, left, step)
        sha1s.add(step.revision.sha1)
        own = own if own is None else {*own, *present}
    if memory is not None:
        traced = _with_shown(traced, memory, page)
    else:
        # Neither the keys nor how it was recognised are to depend on how far back the wiki tells.
        fresh = recognise(items, None, page)
        return Traced(
            items=tuple(
                replace(item, provenance=one.provenance) for item, one in zip(fresh, traced, strict=True)
            )
        )
    return Traced(items=traced, gone=tuple(gone.values()))


def _with_shown(items: Sequence[Item], memory: PageMemory, page: Page) -> tuple[Item, ...]:
    """Let those speak for what is new, too, without whom nobody would be shown it.

    They made another page show this one, or took away what kept the bot off it.
    """
    by = (*page.via, *_unlocking(page))
    forms = {one.key: one.fingerprint for one in memory.items if one.present}
    return tuple(shown(item, by) if forms.get(item.key) != form(item) else item for item in items)


def _unlocking(page: Page) -> tuple[Revision, ...]:
    """Return the last revision since which the page no longer keeps the bot off, if one is known."""
    found: tuple[Revision, ...] = ()
    is_locked = False
    since: list[Revision] = []
    for revision in page.history:
        since.append(revision)
        text = page.wikitext if revision.id == page.revision.id else page.texts.get(revision.id)
        if text is None:
            continue
        was_locked, is_locked = is_locked, keeps_away(text, page.site.bot) is not None
        if was_locked and not is_locked:
            found = (one_of(since),)
        since = []
    return found


def as_noticed(page: Page, memory: PageMemory | None, now: datetime) -> Page:
    """Return the page with its history as it can be believed.

    A revision that claims to be older than our last look, and was not there then, has come by another way
    than by being saved: it was imported, or stood on a page that was moved here. Nobody knows who brought it,
    and it counts from now. So does all that is not of this page's own past, and what claims to be from the
    future. Where revisions are reviewed before they are shown, that they are older means nothing; nor does it
    where our last look is dated later than now, as it is when the clock has been put back.
    """
    seen_at = memory.seen_at if memory is not None else None
    put_back = seen_at is not None and seen_at > now
    looked = None if page.site.reviewed or put_back else seen_at
    latest = (seen_at if seen_at is not None and put_back else now) + AHEAD

    def noticed(revision: Revision) -> Revision:
        is_known = memory is not None and revision.id <= memory.revision
        is_late = not is_known and looked is not None and revision.saved_at < looked - OVERLOOKED
        if page.continuous and not is_late and revision.saved_at <= latest:
            return revision
        at = max(now, revision.saved_at) if revision.saved_at <= latest else now
        return replace(revision, editor="", saved_at=at)

    return replace(
        page, revision=noticed(page.revision), history=tuple(noticed(revision) for revision in page.history)
    )


def as_joined(member: Page, keys: Collection[str] | None, memory: PageMemory | None) -> Page:
    """Return a member of a collection that is older than the last look, and was none then, as such.

    It was put among the others by a template's category, or undeleted: nobody knows who did that, or when.
    """
    if keys is None or memory is None or member.revision.id > memory.revision:
        return member
    known = any(one.key in keys for one in memory.items)
    return member if known else replace(member, continuous=False)


def _steps(page: Page) -> Iterator[Page]:
    """Yield the page at every revision whose text is there, the present one last.

    The history of each are the revisions since the one before.
    """
    since: list[Revision] = []
    for revision in page.history[:-1]:
        since.append(revision)
        text = page.texts.get(revision.id)
        if text is not None:
            yield replace(page, wikitext=text, revision=revision, history=tuple(since), via=(), texts={})
            since = []
    if not since:
        yield replace(page, history=page.history[-1:]) if len(page.history) > 1 else page
    else:
        yield replace(page, history=(*since, *page.history[-1:]))


def _advanced(
    memory: PageMemory | None, items: Sequence[Item], left: Sequence[KnownItem], step: Page
) -> PageMemory:
    """Return what is known after a step; nothing is forgotten."""
    changed = {one.key: one for one in (*left, *remember(items))}
    before = memory.items if memory else ()
    keys = {one.key for one in before}
    return PageMemory(
        site=step.site.name,
        title=step.title,
        revision=step.revision.id,
        sha1=step.revision.sha1,
        items=(
            *(changed.get(one.key, one) for one in before),
            *(one for key, one in changed.items() if key not in keys),
        ),
        channels=memory.channels if memory else frozenset(),
    )
