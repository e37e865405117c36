"""Rows for the ledger's tests, where only what a test is about has to be said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.decide.keys import idempotency_key
from bot.model import (
    KnownItem,
    NewDelivery,
    PageMemory,
    Provenance,
    Receipt,
    Recognition,
    Rung,
    Status,
    Wording,
)

if TYPE_CHECKING:
    from bot.ledger import Ledger
    from bot.model import Delivery

NOW = datetime(2026, 11, 18, 12, 30, 15, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SITE, PAGE, CHANNEL = "mediawiki:mediawiki", "Template:MediaWiki News", "wikis-world"
WORDING = Wording(
    text="MediaWiki 1.46 is out. https://www.mediawiki.org/wiki/MediaWiki_1.46",
    link="https://www.mediawiki.org/wiki/MediaWiki_1.46",
    fingerprint="1:abc",
    revision=4711,
    editor="Zoë",
)
RECEIPT = Receipt(remote_id="116", url="https://wikis.example/@news/116")


def new(item: str = "mw146", **fields: Any) -> NewDelivery:
    made = NewDelivery(
        site=SITE, page=PAGE, item=item, channel=CHANNEL, part=0, status=Status.PENDING, key="not made yet"
    )
    made = replace(made, **fields)
    return replace(made, key=idempotency_key(made.site, made.page, made.item, made.channel, made.part))


def pending(ledger: Ledger, item: str = "mw146", **fields: Any) -> Delivery:
    [delivery] = ledger.create([new(item, **fields)], now=NOW)
    return delivery


def claim(ledger: Ledger, delivery: Delivery, *, now: datetime = NOW, **more: Any) -> Delivery:
    return ledger.claim(delivery, wording=WORDING, now=now, **more)


def sent(ledger: Ledger, item: str = "mw146", **fields: Any) -> Delivery:
    claimed = claim(ledger, pending(ledger, item, **fields))
    return ledger.settle(claimed, Status.SENT, now=NOW + MINUTE, receipt=RECEIPT)


def known(key: str, **fields: Any) -> KnownItem:
    made = KnownItem(
        key=key,
        text=f"News of {key}.",
        fingerprint=f"1:{key}",
        provenance=Provenance(revision=4711, editors=("Zoë", "2001:db8::1"), since=NOW),
        recognition=Recognition(by=Rung.LIKENESS, score=0.876, doubt="mw145"),
    )
    return replace(made, **fields)


def memory(*items: KnownItem, **fields: Any) -> PageMemory:
    made = PageMemory(
        site=SITE,
        title=PAGE,
        revision=4711,
        sha1="9f86d081",
        items=items,
        channels=frozenset({CHANNEL}),
        seen_at=NOW,
    )
    return replace(made, **fields)
