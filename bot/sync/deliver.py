"""One channel's work in one run: look what is there, then publish, edit and delete, oldest news first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.decide.actions import Edit, Publish, Retract
from bot.errors import ChannelError, PlanRefused
from bot.sync.amend import edit, retract
from bot.sync.by_hand import adopt_posted_by_hand
from bot.sync.desk import Rest
from bot.sync.publish import publish

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.decide.actions import Action
    from bot.sync.desk import Desk


def deliver(desk: Desk, actions: Sequence[Action]) -> None:
    """Carry out the plan's actions for the desk's channel; what became of each is on the desk afterwards.

    Raises:
        LedgerError: the ledger cannot be written; nothing leaves without being written down first.
    """
    left = [action for action in actions if isinstance(action, Publish | Edit | Retract)]
    try:
        adopted = adopt_posted_by_hand(desk, actions)
        left = [action for action in left if action.place not in adopted]
        while left:
            match left[0]:
                case Publish() as action:
                    publish(desk, action)
                case Edit() as action:
                    edit(desk, action)
                case Retract() as action:
                    retract(desk, action)
            del left[0]
    except Rest as rest:
        begun = 1 if rest.reported else 0
        desk.leave([action.place for action in left[begun:]], str(rest))
    except PlanRefused as refused:
        desk.refusal = str(refused)
        desk.leave([action.place for action in left], desk.refusal)
    except ChannelError as error:
        desk.trouble(str(error))
        desk.leave([action.place for action in left], f"the channel rests until the next run: {error}")
