"""Why an item is or is not on each channel: the plan's own answer, and the ledger's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.decide.actions import DECISIONS, Hold, Wait, reason_of
from bot.decide.plan import plan
from bot.errors import ConfigError
from bot.report.values import Explained
from bot.sync.look import look
from bot.sync.preview import unaffordable

if TYPE_CHECKING:
    from datetime import datetime

    from bot.decide.actions import Action
    from bot.model import Delivery, Trouble
    from bot.sync.herald import Herald


def explain(herald: Herald, item: str) -> tuple[list[Explained], list[Trouble]]:
    """Explain ``item`` (its key) on every channel, and on every page that has one of that key.

    Raises:
        ConfigError: neither the pages nor the ledger know the item.
    """
    looked = look(herald, force=True)
    herald = looked.herald
    views = [reading.view for reading in looked.readings]
    actions = plan(views, herald.followers, looked.around)
    here = {view.title: found for view in views for found in view.items if found.key == item}
    explained = [
        replace(
            _explained(
                herald,
                action.place.page,
                action.place.channel,
                action.place.rows,
                *_answer(herald, action),
                item,
            ),
            recognition=here[action.place.page].recognition if action.place.page in here else None,
            provenance=here[action.place.page].provenance if action.place.page in here else None,
        )
        for action in actions
        if action.place.item == item
    ]
    answered = {(one.page, one.channel) for one in explained}
    gone: dict[tuple[str, str], list[Delivery]] = {}
    for row in herald.ledger.deliveries():
        if row.item == item and (row.page, row.channel) not in answered:
            gone.setdefault((row.page, row.channel), []).append(row)
    explained += [
        _explained(herald, page, channel, tuple(rows), "nothing to do", "no longer on the page", None, item)
        for (page, channel), rows in gone.items()
    ]
    if not explained:
        raise ConfigError(f"no item {item}: 'wikiherald parse' and 'wikiherald status' show the items' names")
    return explained, list(looked.troubles)


def _explained(
    herald: Herald,
    page: str,
    channel: str,
    rows: tuple[Delivery, ...],
    decision: str,
    reason: str,
    until: datetime | None,
    item: str,
) -> Explained:
    return Explained(
        page=page,
        item=item,
        channel=channel,
        decision=decision,
        reason=reason,
        until=until,
        deliveries=rows,
        events=tuple(event for row in rows for event in herald.ledger.events(row.id)),
    )


def _answer(herald: Herald, action: Action) -> tuple[str, str, datetime | None]:
    """Return what the next run would do, why, and until when it would not."""
    if refused := unaffordable(herald, action):
        return DECISIONS[Wait], refused.reason, refused.until
    until = action.until if isinstance(action, Hold | Wait) else None
    return DECISIONS[type(action)], reason_of(action), until
