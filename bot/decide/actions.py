"""The actions a plan is made of. Each is a value that can be printed, and each refusal has its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model import Delivery, Item, Receipt


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """An item's place on a channel: what every action is about, and the ledger's rows for it, by part."""

    site: str
    page: str
    item: str
    channel: str
    rows: tuple[Delivery, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Publish:
    """Publish the item now, or what is still missing of its thread."""

    place: Place
    item: Item


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """Share the post at ``url`` by the network's own function; nothing of the item is said."""

    place: Place
    item: Item
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """Make the published post say what the item says now."""

    place: Place
    item: Item


@dataclass(frozen=True, kw_only=True, slots=True)
class Retract:
    """Delete what was published: the edit that brought the item was reverted."""

    place: Place
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Adopt:
    """Take the item as done without posting; ``receipt`` where somebody else's post of it was found."""

    place: Place
    item: Item
    reason: str
    receipt: Receipt | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """The gate says: not now. ``until`` where time alone will mend it."""

    place: Place
    reason: str
    item: Item | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """It may go out, but later: the channel keeps a pace, or a try has failed and the next has its time."""

    place: Place
    item: Item
    reason: str
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Skip:
    """Nothing to do, or nothing that this channel should do; the ledger is not touched."""

    place: Place
    reason: str
    item: Item | None = None


Action = Publish | Share | Edit | Retract | Adopt | Hold | Wait | Skip
GoesOut = Publish | Share
"""What makes something public that was not there before."""

DECISIONS: dict[type[Action], str] = {
    Publish: "publish",
    Share: "share",
    Edit: "edit",
    Retract: "delete",
    Adopt: "adopt",
    Hold: "hold",
    Wait: "wait",
    Skip: "nothing to do",
}


def reason_of(action: Action) -> str:
    """Return why an action is what it is."""
    match action:
        case Publish():
            return "it is new here and nothing speaks against it"
        case Share(url=url):
            return f"it shares {url}, and nothing speaks against that"
        case Edit():
            return "it has changed since it was published"
        case _:
            return action.reason
