"""What to tell the operator now: once when it begins, once when it is over; pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.model import FLEETING, KnownConcern

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.decide.concerns import Sight
    from bot.model import AlertPolicy


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """What one messenger has to do.

    ``new`` was not known to it and is to be written down before anything is told, as ``forgotten`` is to be
    deleted: what passed before it was told, and what nobody wants to be told any more. ``begun`` and ``over``
    are to be told.
    """

    new: tuple[KnownConcern, ...] = ()
    forgotten: tuple[KnownConcern, ...] = ()
    begun: tuple[KnownConcern, ...] = ()
    over: tuple[KnownConcern, ...] = ()


def due(known: Sequence[KnownConcern], sight: Sight, policy: AlertPolicy, *, now: datetime) -> Due:
    """Compare what a messenger knows with what a run has seen."""
    present = {concern.key: concern for concern in sight.concerns if concern.kind in policy.kinds}
    wanted = {one.concern.key: one for one in known if one.concern.kind in policy.kinds}
    ended = [one for one in wanted.values() if sight.is_over(one.concern)]
    new = [KnownConcern(concern=one, since=now) for key, one in present.items() if key not in wanted]
    untold = [
        replace(one, concern=present[one.concern.key])
        for one in (*wanted.values(), *new)
        if one.told_at is None and one.concern.key in present
    ]
    return Due(
        new=tuple(new),
        forgotten=(
            *(one for one in known if one.concern.key not in wanted),
            *(one for one in ended if one.told_at is None),
        ),
        begun=tuple(one for one in untold if _is_time(one, policy, now=now)),
        over=tuple(one for one in ended if one.told_at is not None),
    )


def _is_time(one: KnownConcern, policy: AlertPolicy, *, now: datetime) -> bool:
    """Tell whether a matter has lasted; one from before the clock was put back has, as far as is known."""
    return one.concern.kind not in FLEETING or not one.since <= now < one.since + policy.after
