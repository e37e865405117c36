"""Pages into recognised items: reading, understanding, and finding out who wrote what."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.decide.revert import reverting
from bot.decide.views import Circumstances, View
from bot.errors import PageError
from bot.model import PageMemory, Status, Trouble
from bot.news.identity import recognise, remember
from bot.news.tracing import as_joined, as_noticed, trace
from bot.sync.follow import KeptAwayError, follow
from bot.sync.gather import gather
from bot.sync.pictures import with_pictures
from bot.sync.translate import translations
from bot.sync.understand import as_found, earlier, remembering, understand, understand_all
from bot.wiki.base import Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from bot.config import PageConfig
    from bot.ledger.store import Ledger
    from bot.model import Delivery, Item, KnownItem, News, Page
    from bot.sync.herald import Herald, Shelf
    from bot.wiki.base import Source


DAY = timedelta(days=1)
UNSETTLED = {Status.PENDING, Status.HELD, Status.SENDING, Status.IN_DOUBT, Status.FAILED}


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A page that was read: what the plan sees of it, the page itself, and where its files come from.

    ``config`` says how it was read, and ``layout`` what was found; ``groups`` are its items with the very
    pages that they stand on. ``gone`` are known items that have left the page since it was last seen.
    """

    view: View
    page: Page
    source: Source
    config: PageConfig
    layout: str
    groups: tuple[tuple[Page, tuple[Item, ...]], ...]
    gone: tuple[KnownItem, ...] = ()

    def memory(self, channels: frozenset[str]) -> PageMemory:
        """Return what is to be remembered of the page; ``channels`` follow it."""
        return PageMemory(
            site=self.view.site.name,
            title=self.view.title,
            revision=self.page.revision.id,
            sha1=self.page.revision.sha1,
            items=(*remember(self.view.items), *self.gone),
            channels=channels,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Sight:
    """All that was read: the news pages, what is wrong with them, and the bot's own pages by title."""

    readings: Sequence[Reading] = ()
    troubles: Sequence[Trouble] = ()
    own: Mapping[str, Page | PageError] = field(default_factory=dict)


def read_shelf(
    shelf: Shelf,
    ledger: Ledger,
    names: Collection[str],
    *,
    watched: datetime,
    now: datetime,
    backfill: int = 0,
    own: Sequence[Wanted] = (),
) -> Sight:
    """Read a source's pages; what cannot be read is a trouble and keeps no other page from being read.

    What was published after ``watched`` and is gone from the page may have been reverted: that is looked up.
    Of a page seen for the first time, the past is looked up where something of it may go out. ``own`` are
    pages of the bot's, which are read with the others.
    """
    memories = {page.title: ledger.page(shelf.source.name, page.title, past=False) for page in shelf.pages}
    seen = {title: memory.revision if memory else None for title, memory in memories.items()}
    wanted = [Wanted(title=page.title, seen=seen[page.title]) for page in shelf.pages if not page.collection]
    wanted += own
    try:
        found = shelf.source.read(wanted) if wanted else {}
    except PageError as error:
        return Sight(
            troubles=[Trouble(message=str(error), page=page.title, failure=True) for page in shelf.pages],
            own={page.title: error for page in own},
        )
    readings, troubles = [], []
    expand = remembering(ledger, shelf.source, now=now)
    for config in shelf.pages:
        page = _page(config, shelf.source, found, seen=seen[config.title])
        if isinstance(page, PageError):
            told = isinstance(page, KeptAwayError)  # by the wiki's own wish, which is no failure
            troubles.append(Trouble(message=str(page), page=config.title, failure=not told))
            continue
        try:
            page, news, groups = understand_all(page, config, expand, names)
        except PageError as error:
            troubles.append(Trouble(message=str(error), page=config.title, failure=True))
            continue
        try:
            if memories[config.title] is None and _may_go_out(news, backfill):
                page = _with_past(page, shelf.source)
        except PageError as error:
            troubles.append(Trouble(message=str(error), page=config.title, failure=True))
            continue
        reader = earlier(config, news.layout, names)
        memory, items, left = _recognised(ledger, groups, memories[config.title], page, reader, now=now)
        rows = _rows(ledger, shelf.source.name, config.title, items, watched)
        gone = _published_and_gone(ledger, memory, items, rows, watched)
        try:
            # What is gone from a collection has no page to look at: it ages off, as far as anybody can tell.
            history = shelf.source.history(page) if gone and not page.members else ()
        except PageError as error:
            troubles.append(Trouble(message=str(error), page=config.title, failure=True))
            continue
        by_page = _by_page(page, items, groups)
        view = View(
            site=page.site,
            title=config.title,
            items=items,
            memory=memory,
            rows=rows,
            reverts={
                item.key: revert
                for item in gone
                if (revert := reverting(item.provenance.revision, history)) is not None
            },
            trusted=page.trusted,
            protection={item.key: home.protection for home, some in by_page for item in some},
            reviewed={item.key: home.reviewed for home, some in by_page for item in some},
        )
        readings.append(
            Reading(
                view=view,
                page=page,
                source=shelf.source,
                config=config,
                layout=news.layout,
                groups=by_page,
                gone=left,
            )
        )
        troubles += [
            Trouble(message=problem.message, page=config.title, line=problem.line)
            for problem in news.problems
        ]
    return Sight(readings=readings, troubles=troubles, own={page.title: found[page.title] for page in own})


def read_one(config: PageConfig, source: Source, names: Collection[str]) -> tuple[Page, News]:
    """Read and understand a page as if for the first time; raises ``PageError`` where it cannot be read."""
    found = {} if config.collection else source.read([Wanted(title=config.title)])
    page = _page(config, source, found, seen=None)
    if isinstance(page, PageError):
        raise page
    page, news, _ = understand_all(page, config, source.expand, names)
    return page, news


def _page(
    config: PageConfig, source: Source, found: Mapping[str, Page | PageError], *, seen: int | None
) -> Page | PageError:
    """Return the page that a configured one stands for: itself, one that it shows, or many taken together."""
    if config.collection is not None:
        return gather(config.title, config.collection, source, seen=seen)
    page = found[config.title]
    return page if isinstance(page, PageError) else follow(page, source, seen=seen)


def _recognised(
    ledger: Ledger,
    groups: Sequence[Sequence[Item]],
    memory: PageMemory | None,
    page: Page,
    reader: Callable[[Page], Sequence[Item]],
    *,
    now: datetime,
) -> tuple[PageMemory | None, tuple[Item, ...], tuple[KnownItem, ...]]:
    """Recognise the items of a page; what stood there before ``memory`` is asked for only where it matters.

    It does not where the page is as it was last seen and all that was found is what was found then.
    ``groups`` are the items of each member of a collection, or all items of the one page; ``reader``
    understands a page at an earlier revision. Known items that are gone since come with it.
    """
    homes = tuple(zip(_homes(page, groups), groups, strict=True))

    if memory is not None and (memory.revision, memory.sha1) == (page.revision.id, page.revision.sha1):
        same = tuple(item for home, items in homes for item in recognise(items, memory, home))
        if {item.key for item in same} == {known.key for known in memory.items}:
            return memory, same, ()
    whole = ledger.page(memory.site, memory.title) if memory is not None else None
    found: list[Item] = []
    gone: list[KnownItem] = []
    for home, items in homes:
        own = {item.key for item in recognise(items, whole, home)} if page.members else None
        seen = as_noticed(as_joined(home, own, whole), whole, now)
        traced = trace(items, whole, seen, reader, own=own)
        found += traced.items
        gone += traced.gone
    present = {item.key for item in found}
    return whole, tuple(found), tuple(one for one in gone if one.key not in present)


def _may_go_out(news: News, backfill: int) -> bool:
    """Tell whether something of a page seen for the first time is not just taken as done."""
    asked = (item.directives for item in news.items)
    return bool(backfill) or any(one.hold is not None or one.not_before is not None for one in asked)


def _with_past(page: Page, source: Source) -> Page:
    if page.trusted:
        return page
    if page.members:
        return replace(page, members=tuple(source.with_past(member) for member in page.members))
    return source.with_past(page)


def _by_page(
    page: Page, items: Sequence[Item], groups: Sequence[Sequence[Item]]
) -> tuple[tuple[Page, tuple[Item, ...]], ...]:
    """Return the recognised items with the pages that they stand on."""
    left = iter(items)
    pairs = zip(_homes(page, groups), groups, strict=True)
    return tuple((home, tuple(next(left) for _ in group)) for home, group in pairs)


def _homes(page: Page, groups: Sequence[Sequence[Item]]) -> tuple[Page, ...]:
    """Return the page that each group of items stands on: a member of a collection, or the one page."""
    return page.members or (page,) * len(groups)


def _rows(
    ledger: Ledger, site: str, page: str, items: Iterable[Item], watched: datetime
) -> tuple[Delivery, ...]:
    """Return all deliveries of each item that a plan may be about; a page may have had thousands before.

    Those are the items found, those not settled yet, and those that may still have been reverted.
    """
    unsettled = ledger.deliveries(site=site, page=page, statuses=UNSETTLED)
    recent = ledger.deliveries(site=site, page=page, claimed_after=watched)
    keys = {item.key for item in items} | {row.item for row in (*unsettled, *recent)}
    return ledger.deliveries(site=site, page=page, items=keys)


def _published_and_gone(
    ledger: Ledger,
    memory: PageMemory | None,
    items: Iterable[Item],
    rows: Iterable[Delivery],
    watched: datetime,
) -> list[KnownItem]:
    gone = {
        row.item
        for row in rows
        if row.status is Status.SENT and row.claimed_at is not None and row.claimed_at > watched
    } - {item.key for item in items}
    if memory is None or not gone:
        return []
    whole = ledger.page(memory.site, memory.title)
    return [item for item in (whole.items if whole else ()) if item.key in gone]


def read_all(
    herald: Herald, *, backfill: int = 0, own: Sequence[Wanted] = (), every_picture: bool = False
) -> Sight:
    """Read every page of every shelf, and the translations that a channel waits for.

    ``own`` are pages of the bot's on the wiki, read in the same request as the others there. What the wikis
    say of pictures is read too: of ``every_picture``, or of those that may still be published.
    """
    names = {name for channel in herald.config.channels for name in (channel.name, channel.network)}
    longest = max((follower.pace.retract_within for follower in herald.followers), default=timedelta(0))
    # A revert settles too, and a run may come a while after that.
    watched = herald.clock() - longest - herald.config.gate.settle - DAY
    readings: list[Reading] = []
    troubles: list[Trouble] = []
    found: dict[str, Page | PageError] = {}
    for shelf in herald.shelves:
        sight = read_shelf(
            shelf,
            herald.ledger,
            names,
            watched=watched,
            now=herald.clock(),
            backfill=backfill,
            own=own if shelf.source is herald.wiki else (),
        )
        readings += sight.readings
        troubles += sight.troubles
        found |= sight.own
    if own and not found and herald.wiki is not None:
        found |= _read_own(herald.wiki, own)
    around = Circumstances(now=herald.clock(), gate=herald.config.gate, backfill=backfill)
    translating = any(follower.language for follower in herald.followers)
    for place, seen in enumerate(readings):
        reading, problems = _translated(herald, seen, names, around) if translating else (seen, [])
        view, missing = with_pictures(
            reading.view,
            reading.source,
            herald.followers,
            around,
            refused=herald.refused,
            every=every_picture,
        )
        readings[place] = replace(reading, view=view)
        troubles += [*problems, *missing]
    return Sight(readings=readings, troubles=troubles, own=found)


def _read_own(wiki: Source, own: Sequence[Wanted]) -> Mapping[str, Page | PageError]:
    try:
        return wiki.read(own)
    except PageError as error:
        return {page.title: error for page in own}


def _translated(
    herald: Herald, reading: Reading, names: Collection[str], around: Circumstances
) -> tuple[Reading, list[Trouble]]:
    """Return the reading with the translations that a channel waits for."""
    expand = remembering(herald.ledger, reading.source, now=around.now)
    config = reading.config

    def understood(page: Page, language: str | None) -> tuple[Item, ...]:
        how = config if language is None else replace(as_found(config, reading.layout), language=language)
        # All it calls is expanded together; what the original calls is remembered and costs nothing.
        return understand(replace(page, expansions={}), how, expand, names)[1].items

    found, troubles = translations(
        reading.view, reading.groups, reading.source, understood, herald.followers, around
    )
    view = replace(reading.view, translations=found)
    return replace(reading, view=view), troubles


def circumstances(
    herald: Herald,
    *,
    backfill: int = 0,
    force: bool = False,
) -> Circumstances:
    """Return what besides the pages a plan depends on, as it is now."""
    now = herald.clock()
    return Circumstances(
        now=now,
        gate=herald.config.gate,
        backfill=backfill,
        force=force,
        last_sent={name: herald.ledger.last_sent(name, now=now) for name in herald.channels},
        sent_today={name: herald.ledger.sent_since(name, now - DAY, now=now) for name in herald.channels},
        out_today=herald.ledger.items_since(now - DAY, now=now),
    )
