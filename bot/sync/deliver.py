"""One channel's work in one run: look what is there, then publish, edit and delete, oldest news first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.decide.actions import Edit, Publish, Retract, Share
from bot.decide.concerns import kind_of
from bot.errors import ChannelError, PlanRefused
from bot.model import Status
from bot.sync.amend import edit, retract
from bot.sync.by_hand import adopt_posted_by_hand
from bot.sync.desk import Rest
from bot.sync.digest import publish_digest
from bot.sync.publish import publish
from bot.sync.share import share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.decide.actions import Action, Place
    from bot.sync.desk import Desk


class _Digest(tuple[Publish, ...]):
    """Actions that are carried out together."""

    __slots__ = ()


_Step = tuple[Publish | Share | Edit | Retract, ...]  # of one action, but for a digest


def deliver(desk: Desk, actions: Sequence[Action]) -> None:
    """Carry out the plan's actions for the desk's channel; what became of each is on the desk afterwards.

    Raises:
        LedgerError: the ledger cannot be written; nothing leaves without being written down first.
    """
    left: list[_Step] = [
        (action,) for action in actions if isinstance(action, Publish | Share | Edit | Retract)
    ]
    try:
        adopted = adopt_posted_by_hand(desk, actions)
        left = [step for step in left if step[0].place not in adopted]
        if desk.config.digest:
            left = _with_digest(left)
        while left:
            _do(desk, left[0])
            del left[0]
    except Rest as rest:
        begun = 1 if rest.reported else 0
        desk.leave(_places(left[begun:]), str(rest))
    except PlanRefused as refused:
        desk.refusal = str(refused)
        desk.leave(_places(left), desk.refusal)
    except ChannelError as error:
        desk.trouble(str(error), kind=kind_of(error))
        desk.leave(_places(left), f"the channel rests until the next run: {error}")


def _do(desk: Desk, step: _Step) -> None:
    if isinstance(step, _Digest):
        publish_digest(desk, step)
        return
    match step[0]:
        case Publish() as action:
            publish(desk, action)
        case Share() as action:
            share(desk, action)
        case Edit() as action:
            edit(desk, action)
        case Retract() as action:
            retract(desk, action)


def _with_digest(steps: Sequence[_Step]) -> list[_Step]:
    """Put together what is to be published, but for a thread that was begun before digests were asked for."""
    digest = _Digest(
        action
        for step in steps
        for action in step
        if isinstance(action, Publish) and all(row.status is not Status.SENT for row in action.place.rows)
    )
    return [*(step for step in steps if step[0] not in digest), *([digest] if digest else [])]


def _places(steps: Sequence[_Step]) -> list[Place]:
    return [action.place for step in steps for action in step]
