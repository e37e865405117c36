"""Years of deliveries in the ledger: a run with nothing to do is to feel none of them."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bench.measure import Result, in_turn, ratio
from bench.runs import Bot, items
from bot.decide.keys import idempotency_key
from bot.ledger.opening import open_ledger
from bot.model import KnownItem, NewDelivery, PageMemory, Provenance, Status
from tests.fakes.mastodon import MastodonServer

if TYPE_CHECKING:
    from pathlib import Path

    from bot.ledger.store import Ledger

TITLE = "Template:Bench news"
CHANNELS = 5
ON_PAGE = 20
SLOWER = 1.2  # with the full ledger, in the time with the empty one
MEMORY = 120  # MB at the peak
MEGABYTE = 10**6
BATCH = 5000
# Adopted rows are written by the thousand, sent ones only one by one: so they become it afterwards.
PUBLISHED = """
UPDATE delivery SET status = 'sent',
    claimed_at = strftime('%Y-%m-%d %H:%M:%f000', 'now', -(40 + id % 2000) || ' days')
WHERE item LIKE 'old-%'
"""


def measure(folder: Path, *, deliveries: int, repeats: int) -> list[Result]:
    """Compare a run on a ledger with so many deliveries with one on a ledger that knows only the page."""
    with ExitStack() as stack:
        networks = [stack.enter_context(MastodonServer()) for _ in range(CHANNELS)]
        bots = {name: Bot(folder=folder / name) for name in ("empty ledger", "full ledger")}
        for bot in bots.values():
            bot.configure(
                servers=[network.url for network in networks],
                token=networks[0].token,
                titles=[TITLE],
                page=items(ON_PAGE),
            )
            bot.sync()
        file = bots["full ledger"].folder / "herald.sqlite"
        with open_ledger(f"sqlite:///{file}") as ledger:
            fill(ledger, deliveries // CHANNELS)
        with closing(sqlite3.connect(file)) as database, database:
            database.execute(PUBLISHED)
        times = in_turn({name: bot.sync for name, bot in bots.items()}, repeats=repeats)
        memory = {name: round(bot.peak() / MEGABYTE, 1) for name, bot in bots.items()}
        if written := [request for network in networks for request in network.writes]:
            raise RuntimeError(f"a run with nothing to do has written: {written}")
    return [
        Result(
            name="full ledger, time",
            what=f"a run with nothing to do on {deliveries:,} deliveries, in one on an empty ledger",
            value=ratio(times, of="full ledger", to="empty ledger"),
            goal=SLOWER,
            unit="times",
            samples=times,
        ),
        Result(
            name="full ledger, memory",
            what="its memory at the peak",
            value=memory["full ledger"],
            goal=MEMORY,
            unit="MB",
            samples={name: [peak] for name, peak in memory.items()},
        ),
    ]


def fill(ledger: Ledger, count: int) -> None:
    """Write down ``count`` items that were on the page once, each with a delivery on every channel."""
    now = datetime.now(UTC)
    (site,) = {row.site for row in ledger.deliveries(channel="channel-0")}
    memory = ledger.page(site, TITLE)
    if memory is None:
        raise RuntimeError("the run before has not written down its page")
    names = [f"channel-{number}" for number in range(CHANNELS)]
    rows = [_delivery(site, number, channel) for number in range(count) for channel in names]
    for start in range(0, len(rows), BATCH):
        ledger.create(rows[start : start + BATCH], now=now)
    ledger.remember_page(
        PageMemory(
            site=site,
            title=TITLE,
            revision=memory.revision,
            sha1=memory.sha1,
            items=tuple(_item(number, now - timedelta(days=30)) for number in range(count)),
        ),
        now=now,
    )
    # In the file as a run leaves it: the page as it stands, and the years before as no longer on it.
    ledger.remember_page(memory, now=now)


def _delivery(site: str, number: int, channel: str) -> NewDelivery:
    item = f"old-{number}"
    return NewDelivery(
        site=site,
        page=TITLE,
        item=item,
        channel=channel,
        part=0,
        status=Status.ADOPTED,
        key=idempotency_key(site, TITLE, item, channel, 0),
        text=f"Release {number} of years ago was out, with fixes number {number}.",
        link=f"https://wiki.example/wiki/Old_release_{number}",
        fingerprint=f"fingerprint-{number}",
        revision=number,
        editor="Sue",
        remote_id=f"{channel}-{number}",
        url=f"https://{channel}.example/{number}",
    )


def _item(number: int, since: datetime) -> KnownItem:
    return KnownItem(
        key=f"old-{number}",
        text=f"Release {number} of years ago was out, with fixes number {number}.",
        fingerprint=f"fingerprint-{number}",
        provenance=Provenance(revision=number, editors=("Sue",), since=since),
        date=since.date(),
        main_link=f"https://wiki.example/wiki/Old_release_{number}",
    )
