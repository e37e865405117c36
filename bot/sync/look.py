"""Looks at everything a decision depends on: pages, the bot's own pages, orders, and who wrote what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sync.evidence import with_evidence
from bot.sync.orders import obey
from bot.sync.overlay import with_overlay
from bot.sync.read import circumstances, read_all
from bot.wiki.base import Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.decide.views import Circumstances
    from bot.model import Trouble
    from bot.sync.herald import Herald
    from bot.sync.read import Reading


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """What was seen; ``herald`` is as before, but with the configuration that the wiki lays over its own."""

    herald: Herald
    readings: Sequence[Reading]
    around: Circumstances
    troubles: Sequence[Trouble]


def look(herald: Herald, *, backfill: int = 0, force: bool = False, every_picture: bool = False) -> Looked:
    """Read all there is, carry out what was ordered, and ask who wrote what may go out.

    With ``every_picture`` the wikis are asked of all of them, not only of those that may still be published.

    Raises:
        LedgerError: the ledger cannot be read or written.
    """
    config_page, command_page = herald.config.wiki.config_page, herald.config.gate.command_page
    own = _own(herald, config_page, command_page)
    sight = read_all(herald, backfill=backfill, own=own, every_picture=every_picture)
    troubles = list(sight.troubles)
    herald, more = with_overlay(herald, sight.own.get(config_page or ""))
    troubles += more
    readings, more = obey(herald, sight.readings, sight.own.get(command_page or ""))
    troubles += more
    around = circumstances(herald, backfill=backfill, force=force)
    readings, more = with_evidence(herald, readings, around)
    return Looked(herald=herald, readings=readings, around=around, troubles=[*troubles, *more])


def _own(herald: Herald, config_page: str | None, command_page: str | None) -> list[Wanted]:
    """Return the bot's own pages as they are to be read: with what became of them since the last look."""
    if herald.wiki is None:
        return []
    wanted = []
    if config_page is not None:
        kept = herald.ledger.overlay(herald.wiki.name, config_page)
        wanted.append(Wanted(title=config_page, seen=kept[0] if kept else None))
    if command_page is not None:
        memory = herald.ledger.page(herald.wiki.name, command_page, past=False)
        wanted.append(Wanted(title=command_page, seen=memory.revision if memory else None))
    return wanted
