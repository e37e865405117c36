"""What a plan is made from: the pages as a run sees them, and what besides them it depends on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.decide.gate import Evidence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.model import Delivery, Gate, Item, Order, PageMemory, Picture, Revision, Site, Translation


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """A page as this run sees it: its recognised items in page order, and what the ledger knows of it.

    ``rows`` are all deliveries of the items that are there, are not settled yet or were published lately;
    ``reverts`` maps the key of an item that is gone to the revision that took it back. ``translations`` maps
    the key of an item to what is known of its translations, by language; ``protection`` and ``reviewed`` to
    what holds for the very page that it stands on (see ``Page``); ``orders`` to those about it that were
    obeyed. ``evidence`` is what the wiki said of the items that might go out.
    ``pictures`` has what the wiki says of the files that items show, by their names: of those items that may
    still be published or edited.
    """

    site: Site
    title: str
    items: tuple[Item, ...]
    memory: PageMemory | None
    rows: tuple[Delivery, ...] = ()
    reverts: Mapping[str, Revision] = field(default_factory=dict)
    trusted: bool = False
    translations: Mapping[str, Mapping[str, Translation]] = field(default_factory=dict)
    protection: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    reviewed: Mapping[str, bool | None] = field(default_factory=dict)
    orders: Mapping[str, tuple[Order, ...]] = field(default_factory=dict)
    evidence: Evidence = field(default_factory=Evidence)
    pictures: Mapping[str, Picture] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Circumstances:
    """What besides the pages the plan depends on.

    ``backfill`` is how many of the newest items to publish on a page that a channel sees for the first time;
    ``force`` takes the brakes off; ``last_sent`` and ``sent_today`` tell of each channel when it last
    published and how often in the past 24 hours; ``out_today`` are the items that went out in these, each
    with its site and page.
    """

    now: datetime
    gate: Gate
    backfill: int = 0
    force: bool = False
    last_sent: Mapping[str, datetime | None] = field(default_factory=dict)
    sent_today: Mapping[str, int] = field(default_factory=dict)
    out_today: frozenset[tuple[str, str, str]] = frozenset()
