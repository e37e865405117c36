"""Sharing somebody's post on one channel: find it, claim, share, settle.

Each transition is committed before the next step begins, as for a post. To share the same post again makes
nothing new, whenever that is: so what was interrupted is looked for where that costs nothing, and repeated.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from bot.decide import retry
from bot.errors import AmbiguousError, ChannelError
from bot.model import Sharing, Status, Wording
from bot.news.identity import fingerprint
from bot.sync.desk import origin
from bot.sync.failure import ask, fail, record, rest
from bot.sync.purse import FREE
from bot.sync.rows import rows

if TYPE_CHECKING:
    from decimal import Decimal

    from bot.channels.base import SharingChannel
    from bot.decide.actions import Share
    from bot.model import Delivery, Shareable
    from bot.sync.desk import Desk

LOOK_AGAIN = timedelta(hours=1)  # for a post that was not found
BY_HAND = "somebody shared it there by hand"
NOT_FOUND = (
    "the network does not find the post {url}: it is gone, it is not public, or its server cannot be reached"
)
CHANGED = (
    "an earlier try may have {done}, and the item asks for another thing now: look there and use 'resolve'"
)


def share(desk: Desk, action: Share) -> None:
    """Share the post, unless somebody has done so by hand.

    Raises:
        Rest: the channel can do no more in this run.
        PlanRefused: the stop page says so.
    """
    row = rows(desk, action.place, 1)[0]
    if changed := changed_meanwhile(desk, row, action.url):
        status, said = fail(desk, row, changed)
        _report(desk, action, status, error=said)
        return
    cost = desk.purse.sharing
    if refused := desk.purse.objection(cost):
        desk.wait(action.place, row, refused)
        return
    desk.go_on()
    channel = cast("SharingChannel", desk.channel)
    sharing = Sharing(key=row.key, url=action.url, remote_id=row.chosen_id)
    try:
        found = channel.find(sharing)
        if found is not None:
            sharing = desk.identified(sharing)
    except ChannelError as error:
        _failed(desk, action, row, error)
        return
    if found is None:
        said = NOT_FOUND.format(url=action.url)
        desk.ledger.note_error(row, error=said, retry_at=desk.now() + LOOK_AGAIN, now=desk.now())
        _report(desk, action, Status.PENDING, error=said)
    elif found.receipt is not None and not retry.may_be_public(desk.ledger.events(row.id)):
        desk.ledger.settle(
            row, Status.ADOPTED, now=desk.now(), receipt=found.receipt, error=BY_HAND, detail=BY_HAND
        )
        _report(desk, action, Status.ADOPTED, url=found.receipt.url, error=BY_HAND)
    else:
        _send(desk, action, row, sharing, found, cost)


def changed_meanwhile(desk: Desk, row: Delivery, shares: str | None) -> str | None:
    """Say that a try of which nobody knows what became was for another thing than is asked for now.

    ``shares`` is the URL that is to be shared now, ``None`` where the item is to say something itself.
    """
    if row.shares == shares or not retry.may_be_public(desk.ledger.events(row.id)):
        return None
    return CHANGED.format(done=f"shared {row.shares}" if row.shares else "published it")


def _send(
    desk: Desk, action: Share, row: Delivery, sharing: Sharing, found: Shareable, cost: Decimal
) -> None:
    channel = cast("SharingChannel", desk.channel)
    revision, editor = origin(action.item)
    claimed = desk.ledger.claim(
        row,
        wording=Wording(
            text="",
            link=None,
            fingerprint=fingerprint(action.item),
            revision=revision,
            editor=editor,
            shares=action.url,
        ),
        chosen_id=sharing.remote_id,
        cost=cost or None,
        now=desk.now(),
    )
    if found.receipt is not None:  # an earlier try has done it, and nobody could tell until now
        desk.ledger.settle(claimed, Status.SENT, now=desk.now(), receipt=found.receipt, free=True)
        _report(desk, action, Status.SENT, url=found.receipt.url)
        return
    desk.herald.say(f"{desk.channel.name}: sharing {action.url}")
    try:
        receipt = ask(desk, lambda: channel.share(sharing, found))
    except ChannelError as error:
        _failed(desk, action, claimed, error, cost=cost)
        return
    desk.ledger.settle(claimed, Status.SENT, now=desk.now(), receipt=receipt)
    _report(desk, action, Status.SENT, url=receipt.url, cost=cost)


def _failed(desk: Desk, action: Share, row: Delivery, error: ChannelError, *, cost: Decimal = FREE) -> None:
    """Record what an error leaves; return where the next item may go out all the same, else rest."""
    status, said = record(desk, [row], error)[row.id]
    _report(desk, action, status, error=said, cost=cost if isinstance(error, AmbiguousError) else FREE)
    rest(desk, [row], error)


def _report(
    desk: Desk,
    action: Share,
    status: Status,
    *,
    url: str | None = None,
    error: str | None = None,
    cost: Decimal = FREE,
) -> None:
    desk.report(action.place, "share", status, url=url, error=error, cost=cost, shares=action.url)
