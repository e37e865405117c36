"""Shows on the wiki how things stand: gathers what the status page says, and writes it where that is new.

Only a run with such a page imports this.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.model import Status
from bot.report import words
from bot.report.labels import Labels
from bot.report.values import Answer, Standing, StatusPage, StatusRow
from bot.report.wiki import MARK, content, status_page, tally_of, written
from bot.wiki.base import NewText

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from bot.model import Delivery, PageEdit, RunReport
    from bot.sync.herald import Herald
    from bot.wiki.base import Pen

LATEST = 50  # items that are shown though nothing about them is open
MOST = 150  # items that are shown at all
ANSWERS = 10  # orders that are shown
UNSETTLED = (Status.IN_DOUBT, Status.FAILED, Status.SENDING, Status.HELD, Status.PENDING)
# Of the parts of a thread, the first of these that any has is the thread's.
_FIRST = (*UNSETTLED, Status.RETRACTED, Status.ADOPTED, Status.SENT)

Place = tuple[str, str, str]  # site, page, item


def write(herald: Herald, pen: Pen, title: str, report: RunReport, *, began: datetime) -> PageEdit | None:
    """Write the page after a run that ``began`` then; ``None`` where it need not be, or the bot is stopped.

    Raises:
        HeraldError: it was not written; the message says why.
    """
    labels = Labels(herald.config.status.language or pen.site.language)
    page = _gather(herald, report, began=began)
    return pen.revise(title, _Change(herald=herald, labels=labels, page=page, report=report), mark=MARK)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Change:
    """Decides what the page is to say, by what it says now."""

    herald: Herald
    labels: Labels
    page: StatusPage
    report: RunReport

    def __call__(self, text: str | None) -> NewText | None:
        """Return the new text, ``None`` where the page may stay, or has to because the bot is stopped."""
        summary, changed = self._why(text)
        if not summary or self.herald.stop_page(None) is not None:
            return None
        page = replace(self.page, changed=changed)
        return NewText(text=status_page(page, self.labels), summary=summary)

    def _why(self, text: str | None) -> tuple[str, datetime]:
        """Return why the page is to be written, empty where it is not, and when what it says last changed."""
        now = self.page.last_run
        before = written(text) if text and text.strip() else None
        if before is None:
            return self.labels.plain("summary-first"), now
        if before.content != content(self.page, self.labels):
            return tally_of(self.report, self.labels), now
        if not before.intact:
            return self.labels.plain("summary-mended"), before.changed
        heartbeat = self.page.heartbeat
        if heartbeat and now - before.run >= heartbeat:
            return self.labels.plain("summary-alive"), before.changed
        return "", now


def _gather(herald: Herald, report: RunReport, *, began: datetime) -> StatusPage:
    config = herald.config
    rows, left_out = _rows(herald, report)
    return StatusPage(
        channels=tuple(channel.name for channel in config.channels),
        rows=rows,
        last_run=began,
        changed=began,
        left_out=left_out,
        refusal=report.refusal,
        troubles=tuple(dict.fromkeys(map(words.of_trouble, report.problems))),
        costs=tuple(replace(cost, run=None) for cost in report.costs),
        answers=_answers(herald),
        stop_page=config.gate.stop_page,
        every=config.status.every,
        heartbeat=config.status.heartbeat or None,
    )


def _answers(herald: Herald) -> tuple[Answer, ...]:
    """Return what came of the last orders that were given on the wiki."""
    return tuple(
        Answer(
            command=" ".join(word for word in (order.verb, order.item, order.channel) if word),
            by=order.editor,
            answer=order.answer,
        )
        for order in herald.ledger.latest_orders(ANSWERS)
    )


def _rows(herald: Herald, report: RunReport) -> tuple[tuple[StatusRow, ...], int]:
    """Return the items to be shown, the newest first, and how many that are open had no room."""
    ledger = herald.ledger
    names = {channel.name for channel in herald.config.channels}
    unsettled = [row for row in ledger.deliveries(statuses=UNSETTLED) if row.channel in names]
    open_places = list(dict.fromkeys(_place(row) for row in reversed(unsettled)))
    latest = ledger.latest_items(LATEST, channels=len(names))
    shown = [*latest, *(place for place in open_places if place not in set(latest))][:MOST]
    deliveries: dict[Place, list[Delivery]] = {place: [] for place in shown}
    texts: dict[Place, str] = {}
    for site, title in dict.fromkeys((site, title) for site, title, _ in shown):
        keys = [item for *page, item in shown if page == [site, title]]
        for row in ledger.deliveries(site=site, page=title, items=keys):
            if row.channel in names:
                deliveries[_place(row)].append(row)
        known = ledger.item_texts(site, title, keys)
        texts |= {(site, title, key): text for key, text in known.items()}
    rows = [
        StatusRow(
            page=place[1],
            item=place[2],
            title=texts.get(place) or next((row.text for row in found if row.text), ""),
            standings=_standings(found, report),
        )
        for place, found in deliveries.items()
        if found
    ]
    return tuple(rows), len(set(open_places) - set(shown))


def _standings(rows: Iterable[Delivery], report: RunReport) -> tuple[Standing, ...]:
    by_channel: dict[str, list[Delivery]] = {}
    for row in rows:
        by_channel.setdefault(row.channel, []).append(row)
    reasons = {
        (refusal.page, refusal.item, refusal.channel): (refusal.reason, refusal.until)
        for refusal in report.held
    }
    return tuple(_standing(parts, reasons) for parts in by_channel.values())


def _standing(
    parts: Sequence[Delivery], reasons: Mapping[tuple[str, str, str], tuple[str, datetime | None]]
) -> Standing:
    """Return where an item stands on a channel: where the least of its parts does."""
    worst = min(parts, key=lambda row: _FIRST.index(row.status))
    reason, until = worst.error or "", worst.retry_at
    if worst.status in {Status.PENDING, Status.HELD}:
        told = reasons.get((worst.page, worst.item, worst.channel))
        reason, until = told or (reason, until)
    return Standing(
        channel=worst.channel,
        status=worst.status,
        url=next((row.url for row in parts if row.url), None),
        reason="" if worst.status is Status.ADOPTED else reason,
        until=until,
        parts=len(parts) if worst.status is Status.SENT else 1,
    )


def _place(row: Delivery) -> Place:
    return row.site, row.page, row.item
