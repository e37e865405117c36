"""What the operator of the bot has to know, and has been told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta


class ConcernKind(StrEnum):
    """What a concern is about. Those that a person must see to are told at once, the others if they last."""

    DOUBT = "doubt"  # a delivery that may be public
    FAILURE = "failure"  # a delivery that surely is not, and is not tried again
    CREDENTIALS = "credentials"  # a channel does not take the bot's credentials
    EXPIRY = "expiry"  # a channel's credentials are about to die
    BRAKE = "brake"  # a page was blanked, or too much is new
    STOP = "stop"  # the stop page says so, or cannot be read: it may pass
    CHANNEL = "channel"  # a channel does not work: it may pass
    WIKI = "wiki"  # a page cannot be read, or the wiki cannot: it may pass
    RUN = "run"  # the run broke off: it may pass


FLEETING = frozenset({ConcernKind.STOP, ConcernKind.CHANNEL, ConcernKind.WIKI, ConcernKind.RUN})
"""What often passes by itself, so that nobody is told of it before it has lasted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Concern:
    """One matter that a person should look at.

    ``key`` is the same as long as the matter lasts, whatever its causes say from run to run; ``subject`` is
    the channel or page that it is about, empty for all. ``thing`` says in a few words what it is, ``cause``
    why, ``step`` what to do next.
    """

    key: str
    kind: ConcernKind
    subject: str
    thing: str
    cause: str
    step: str


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownConcern:
    """A concern as the ledger remembers it for one messenger, and when a run first came upon it.

    ``told_at`` is ``None`` where the messenger has not told of it yet.
    """

    concern: Concern
    since: datetime
    told_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertPolicy:
    """What an operator wants to be told: of which ``kinds``, and of what may pass only ``after`` a while."""

    kinds: frozenset[ConcernKind]
    after: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """What a messenger tells at once: what has begun, what is over, and both in plain words.

    ``title`` is one line and ``text`` a few, both safe to show; a messenger that has a form of its own takes
    the concerns instead.
    """

    title: str
    text: str
    begun: tuple[KnownConcern, ...] = ()
    over: tuple[KnownConcern, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """A concern and the messengers, by name, that told in this run that it began or that it is over."""

    concern: Concern
    since: datetime
    messengers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Alerts:
    """All that was told after a run."""

    told: tuple[Alert, ...] = ()
    over: tuple[Alert, ...] = ()
