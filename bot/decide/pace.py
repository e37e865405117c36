"""In what order a plan publishes, and how much of it now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.decide.actions import Action, GoesOut, Publish, Wait
from bot.decide.gate import moment
from bot.decide.match import noticed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from bot.model import Follower, Item


def oldest_first(items: Sequence[Item]) -> tuple[Item, ...]:
    """Return a page's items, the oldest news first.

    By date; on one day, and where no item has a date, by the page's own order, which is newest first unless
    its dates say otherwise.
    """
    dates = [item.date for item in items if item.date is not None]
    newest_last = len(dates) > 1 and dates[0] < dates[-1]
    upwards = items if newest_last else tuple(reversed(items))
    return tuple(sorted(upwards, key=noticed))  # sorting is stable: the page's order decides between equals


def in_order(actions: Iterable[Action], pages: Mapping[str, Sequence[Item]]) -> tuple[Action, ...]:
    """Return the actions with those that publish last, and among them the oldest news first.

    ``pages`` maps a page's title to its items in page order.
    """
    rank = {
        (title, item.key): (noticed(item), position)
        for title, items in pages.items()
        for position, item in enumerate(oldest_first(items))
    }
    publishing: list[GoesOut] = []
    rest: list[Action] = []
    for action in actions:
        if isinstance(action, GoesOut):
            publishing.append(action)
        else:
            rest.append(action)
    publishing.sort(key=lambda action: rank[action.place.page, action.place.item])
    return (*rest, *publishing)


def rationed(
    actions: Iterable[Action], most: int | None, out: frozenset[tuple[str, str, str]]
) -> tuple[Action, ...]:
    """Let no more than ``most`` items a day begin to go out, on all channels together (``None``: any number).

    ``out`` are those that did in 24 hours, by site, page and key. What has begun goes on.
    """
    actions = tuple(actions)
    if most is None:
        return actions
    begun = set(out)
    result: list[Action] = []
    for action in actions:
        if not isinstance(action, GoesOut):
            result.append(action)
            continue
        place = action.place
        which = (place.site, place.page, place.item)
        if which in begun or len(begun) < most:
            begun.add(which)
            result.append(action)
        else:
            reason = f"{most} items went out in 24 hours, as many as gate.max_items_per_day allows"
            result.append(Wait(place=place, item=action.item, reason=reason))
    return tuple(result)


def paced(
    actions: Iterable[Action],
    followers: Sequence[Follower],
    *,
    now: datetime,
    last_sent: Mapping[str, datetime | None],
    sent_today: Mapping[str, int],
) -> tuple[Action, ...]:
    """Let each channel publish no more than its pace allows; what is over waits for a later run.

    ``last_sent`` and ``sent_today`` say of each channel when it last published and how often in 24 hours. All
    that goes out as one post counts once.
    """
    pace = {follower.name: follower.pace for follower in followers}
    left = {name: rules.max_per_day - sent_today.get(name, 0) for name, rules in pace.items()}
    last = {name: last_sent.get(name) for name in pace}
    digests = {follower.name for follower in followers if follower.digest}
    begun: set[str] = set()
    result: list[Action] = []
    for action in actions:
        channel = action.place.channel
        if not isinstance(action, GoesOut) or (isinstance(action, Publish) and channel in begun):
            result.append(action)
            continue
        rules, before = pace[channel], last[channel]
        if before is not None and before + rules.min_interval > now:
            until = before + rules.min_interval
            reason = f"the channel's min_interval lets it publish again at {moment(until)}"
            result.append(Wait(place=action.place, item=action.item, reason=reason, until=until))
        elif left[channel] <= 0:
            reason = f"the channel has published max_per_day = {rules.max_per_day} posts in 24 hours"
            result.append(Wait(place=action.place, item=action.item, reason=reason))
        else:
            left[channel] -= 1
            last[channel] = now
            if isinstance(action, Publish):  # what is shared is no part of a digest
                begun |= {channel} & digests
            result.append(action)
    return tuple(result)
