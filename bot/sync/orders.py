"""Carries out what trusted editors order on the wiki: on the bot's command page, or on an item (``retry``).

Each order is carried out once. Its answer is written down together with what it moves, so that no crash has
it carried out again. Who gave it is told by the history of the page.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.decide.gate import Evidence, Surroundings, trusted
from bot.decide.keys import idempotency_key
from bot.errors import PageError
from bot.model import ChangeKind, NewDelivery, Order, PageMemory, Status, Trouble, Verb
from bot.news.orders import read_orders
from bot.news.provenance import one_of
from bot.news.tracing import as_noticed
from bot.news.transcluded import transcluded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.model import Delivery, Page, Person, Revision
    from bot.news.orders import Written
    from bot.sync.herald import Herald
    from bot.sync.read import Reading

RETRIED = {Status.FAILED, Status.IN_DOUBT}
SKIPPED = {Status.FAILED, Status.IN_DOUBT, Status.HELD, Status.PENDING}


def obey(
    herald: Herald, readings: Sequence[Reading], page: Page | PageError | None
) -> tuple[list[Reading], list[Trouble]]:
    """Carry out what is new, and return the readings with the orders about their items.

    ``page`` is the command page, ``None`` where there is none.
    """
    troubles: list[Trouble] = []
    moved: set[str] = set()
    orders = list(_asked_on_items(herald, readings))
    title = herald.config.gate.command_page
    try:
        if isinstance(page, PageError):
            raise page
        if page is not None and title is not None:
            given, problems = _given_on(herald, page, title)
            orders += given
            troubles += problems
        answered = herald.ledger.answered([order.key for order in orders])
        new = [order for order in orders if order.key not in answered]
        people = _people(herald, new, readings, page)
        for order in new:
            _deal_with(herald, order, readings, people)
            moved.add(order.item)
        if page is not None and title is not None:
            _remember(herald, page, title)
    except PageError as error:
        message = f"orders wait: {error}"
        troubles.append(Trouble(message=message, page=title, failure=True))
    seen_anew = (_with_rows(herald, reading, moved) for reading in readings)
    return [_with_orders(herald, reading) for reading in seen_anew], troubles


def _given_on(herald: Herald, page: Page, title: str) -> tuple[list[Order], list[Trouble]]:
    """Return the orders on the command page that may be new, each with the revision that brought it.

    It is remembered by the ``title`` that the configuration has: by that it was asked for, with its history.
    """
    if other := transcluded(page):
        # Who wrote what stands on another page is not told by the history of this one.
        raise PageError(f"{page.title} shows {other} and nothing else: write them on the page itself")
    memory = herald.ledger.page(page.site.name, title, past=False)
    if memory is None and herald.wiki is not None:
        page = herald.wiki.with_past(page)
    page = as_noticed(page, memory, herald.clock())
    written, found = read_orders(page.wikitext)
    problems = [Trouble(message=one.message, page=page.title, line=one.line) for one in found]
    if memory is not None and memory.revision == page.revision.id:
        return [], problems
    brought = _brought(page, memory)
    orders = [(one, brought[one.text, one.number]) for one in written]
    return [_order(page, one, revision) for one, revision in orders if revision is not None], problems


def _brought(page: Page, memory: PageMemory | None) -> Mapping[tuple[str, int], Revision | None]:
    """Return by which revision each line came last, ``None`` where it stood there at the last look.

    A line that goes and comes back is another order: whoever wrote it first, and was refused, must not spoil
    it for others.
    """
    before = page.texts.get(memory.revision) if memory is not None else ""
    brought: dict[tuple[str, int], Revision | None] = {}
    if before is not None:
        brought = {(one.text, one.number): None for one in read_orders(before)[0]}
    since: list[Revision] = []
    is_known = before is not None
    for revision in page.history or (page.revision,):
        since.append(revision)
        text = page.wikitext if revision.id == page.revision.id else page.texts.get(revision.id)
        if text is None:
            continue
        by = one_of(since) if is_known else replace(revision, editor="")
        places = [(one.text, one.number) for one in read_orders(text)[0]]
        brought = {place: brought.get(place, by) for place in places}
        since, is_known = [], True
    return brought


def _order(page: Page, written: Written, revision: Revision) -> Order:
    return Order(
        key=_hash([page.site.name, page.title, written.text, written.number, revision.id]),
        verb=written.verb,
        item=written.item,
        channel=written.channel,
        revision=revision.id,
        editor=revision.editor,
        at=revision.saved_at,
    )


def _asked_on_items(herald: Herald, readings: Sequence[Reading]) -> Iterator[Order]:
    """Yield the directives ``retry`` as orders, each with the revision that brought it."""
    for reading in readings:
        for item in reading.view.items:
            changes = item.provenance.changes if item.provenance else ()
            last = next((one for one in reversed(changes) if one.kind is ChangeKind.RETRIED), None)
            if item.directives.retry is None or last is None:
                continue
            for channel in _channels(herald, last.detail):
                place = [reading.view.site.name, reading.view.title, item.key]
                yield Order(
                    key=_hash([*place, Verb.RETRY.value, last.revision.id, channel]),
                    verb=Verb.RETRY,
                    item=item.key,
                    channel=channel,
                    revision=last.revision.id,
                    editor=last.revision.editor,
                    at=last.revision.saved_at,
                )


def _channels(herald: Herald, said: str) -> list[str | None]:
    """Return the channels that a directive names; what is no name of one is a remark."""
    names = [name.strip() for name in said.split(",")]
    return [name for name in names if name in _names(herald)] or [None]


def _people(
    herald: Herald, new: Sequence[Order], readings: Sequence[Reading], page: Page | None
) -> Mapping[str, Person]:
    """Return who gave the orders; a block counts where it is of the page on which they may be given."""
    editors = sorted({order.editor for order in new} - {""})
    place = page or next((reading.page for reading in readings if not reading.view.trusted), None)
    if not editors or herald.wiki is None or place is None:
        return {}
    return herald.wiki.people(editors, place)


def _deal_with(
    herald: Herald, order: Order, readings: Sequence[Reading], people: Mapping[str, Person]
) -> None:
    """Carry one order out, or say why not; either is written down, and never looked at again."""
    around = Surroundings(gate=herald.config.gate, now=herald.clock(), evidence=Evidence(people=people))
    if not trusted(order.editor, around):
        by = order.editor or "somebody"
        _answer(herald, order, f"not done: {by} is not among the trusted editors")
        return
    if order.channel is not None and order.channel not in _names(herald):
        known = ", ".join(channel.name for channel in herald.config.channels)
        _answer(herald, order, f"not done: there is no channel {order.channel}; there are {known}")
        return
    rows = [
        row for row in herald.ledger.deliveries(items=[order.item]) if _concerns(herald, order, row.channel)
    ]
    places = [reading for reading in readings if any(item.key == order.item for item in reading.view.items)]
    if not rows and not places:
        _answer(herald, order, f"not done: there is no item {order.item}")
    elif order.verb is Verb.RETRY:
        _retry(herald, order, [row for row in rows if row.status in RETRIED])
    elif order.verb is Verb.SKIP:
        _skip(herald, order, rows, places)
    else:
        _answer(herald, order, "done", obeyed=True)


def _retry(herald: Herald, order: Order, rows: Sequence[Delivery]) -> None:
    if not rows:
        _answer(herald, order, f"not done: nothing of {order.item} has failed or is in doubt there")
        return
    said = f"{order.editor} ordered on the wiki to try it again"
    where = ", ".join(sorted({row.channel for row in rows}))
    done = replace(order, obeyed=True, answer=f"done: it is tried again on {where}")
    herald.ledger.obey(done, rows, Status.PENDING, now=herald.clock(), detail=said)


def _skip(herald: Herald, order: Order, rows: Sequence[Delivery], places: Sequence[Reading]) -> None:
    """Take the item as done: what waits, and what would begin to."""
    said = f"{order.editor} ordered on the wiki to let it be"
    moved = [row for row in rows if row.status in SKIPPED]
    new = [
        NewDelivery(
            site=place.view.site.name,
            page=place.view.title,
            item=order.item,
            channel=channel.name,
            part=0,
            status=Status.ADOPTED,
            key=idempotency_key(place.view.site.name, place.view.title, order.item, channel.name, 0),
            reason=said,
        )
        for place in places
        for channel in herald.config.channels
        if _concerns(herald, order, channel.name)
        and not any((row.page, row.channel) == (place.view.title, channel.name) for row in rows)
    ]
    if not moved and not new:
        _answer(
            herald, order, f"not done: nothing of {order.item} is waiting, held, failed or in doubt there"
        )
        return
    where = ", ".join(sorted({row.channel for row in moved} | {row.channel for row in new}))
    done = replace(order, obeyed=True, answer=f"done: it is left alone on {where}")
    herald.ledger.obey(done, moved, Status.ADOPTED, now=herald.clock(), detail=said, new=new)


def _answer(herald: Herald, order: Order, said: str, *, obeyed: bool = False) -> None:
    answered = replace(order, obeyed=obeyed, answer=said)
    herald.ledger.obey(answered, (), Status.PENDING, now=herald.clock(), detail="")


def _concerns(herald: Herald, order: Order, channel: str) -> bool:
    if order.channel is None or order.channel == channel:
        return True
    return any(
        config.name == channel and config.network == order.channel for config in herald.config.channels
    )


def _names(herald: Herald) -> frozenset[str]:
    return frozenset(name for channel in herald.config.channels for name in (channel.name, channel.network))


def _with_rows(herald: Herald, reading: Reading, items: set[str]) -> Reading:
    """Return the reading with the deliveries of these items as they are by now."""
    view = reading.view
    if items.isdisjoint({*(row.item for row in view.rows), *(item.key for item in view.items)}):
        return reading
    now = herald.ledger.deliveries(site=view.site.name, page=view.title, items=items)
    rows = (*(row for row in view.rows if row.item not in items), *now)
    return replace(reading, view=replace(view, rows=rows))


def _with_orders(herald: Herald, reading: Reading) -> Reading:
    """Return the reading with what was ordered about its items; the ledger is asked once."""
    if herald.wiki is None:
        return reading
    orders: dict[str, tuple[Order, ...]] = {}
    for order in herald.ledger.orders([item.key for item in reading.view.items]):
        if order.obeyed:
            orders[order.item] = (*orders.get(order.item, ()), order)
    return replace(reading, view=replace(reading.view, orders=orders)) if orders else reading


def _remember(herald: Herald, page: Page, title: str) -> None:
    memory = PageMemory(site=page.site.name, title=title, revision=page.revision.id, sha1=page.revision.sha1)
    herald.ledger.remember_page(memory, now=herald.clock())


def _hash(told: object) -> str:
    return hashlib.sha256(json.dumps(told).encode("ascii")).hexdigest()
