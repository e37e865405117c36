"""The rules a maintainer sets: the gate, the pace of a channel, and what follows an edit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.model.channel import Capabilities


# Time for translators, who are volunteers too; then news goes before language. ``None`` would be: never.
FALLBACK: timedelta | None = timedelta(days=2)


class OnEdit(StrEnum):
    """What becomes of a published post when its item is edited."""

    EDIT = "edit"
    IGNORE = "ignore"


class Review(StrEnum):
    """Whether somebody must have looked at an edit by the wiki's own means."""

    NONE = "none"
    FLAGGED = "flagged"  # the page has a reviewed revision (FlaggedRevs), and that is what is read
    PATROLLED = "patrolled"  # every edit of the item is marked as patrolled


class AltText(StrEnum):
    """What becomes of a picture that nobody has described."""

    REQUIRED = "required"  # its item is held
    WARN = "warn"  # it goes out, and the run tells


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureRules:
    """Which pictures may go out.

    ``licences`` are families of them (bot/decide/licences.py), or ``"any"``.
    """

    alt_text: AltText = AltText.REQUIRED
    licences: frozenset[str] = frozenset({"public domain", "CC0"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Gate:
    """The safety rules: what must be true of an item before it goes out.

    ``settle`` is how long it must have stood unchanged unless everyone who wrote it is trusted. Who is not
    needs ``min_edits`` and an account of ``min_age``. ``max_mentions`` is how many accounts it may mention
    and ``max_items_per_day`` how many items may go out in 24 hours, ``None`` for any number; an empty
    ``allowed_domains`` allows any. ``hold_words`` are words, lower case, and ``hold_patterns`` regular
    expressions, that hold an item in which they are found. ``required_protection`` are the groups or rights
    one of which it must take to edit the page; empty: none. With ``second_person``, each change of an item
    needs the approval of a trusted editor who did not make it. No ``stop_page`` means that nothing on the
    wiki stops a run; ``command_page`` is where trusted editors give orders.
    """

    settle: timedelta = timedelta(minutes=30)
    max_new_items: int = 5
    max_items_per_day: int | None = None
    trusted_groups: frozenset[str] = frozenset({"sysop"})
    trusted_users: frozenset[str] = frozenset()
    min_edits: int = 0
    min_age: timedelta = timedelta(0)
    allowed_domains: frozenset[str] = frozenset()
    hold_words: frozenset[str] = frozenset()
    hold_patterns: tuple[str, ...] = ()
    max_mentions: int | None = 1
    required_protection: frozenset[str] = frozenset()
    review: Review = Review.NONE
    second_person: bool = False
    stop_page: str | None = None
    command_page: str | None = None
    pictures: PictureRules = field(default_factory=PictureRules)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """How fast and how patiently a channel publishes.

    ``retry`` is the first wait after a failure (doubling); after ``give_up`` a delivery has failed; ``grace``
    is how long a lost request may still land; news older than ``max_age`` is skipped; an item whose adding
    edit was reverted within ``retract_within`` is deleted again.
    """

    min_interval: timedelta = timedelta(0)
    max_per_day: int = 10
    max_age: timedelta = timedelta(days=14)
    retry: timedelta = timedelta(minutes=1)
    give_up: timedelta = timedelta(days=3)
    grace: timedelta = timedelta(minutes=2)
    retract_within: timedelta = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Follower:
    """A channel as the decision sees it; ``digest``: all that is due goes out as one post.

    ``off`` says why nothing is published there for now, ``None`` where it may be.

    ``language`` is the one that it speaks, ``None`` where it speaks that of the page. ``fallback`` is how
    long an item waits for its translation before it goes out as it is, ``None`` where it never does.
    """

    name: str
    network: str
    capabilities: Capabilities
    pace: Pace
    on_edit: OnEdit
    digest: bool = False
    language: str | None = None
    fallback: timedelta | None = FALLBACK
    off: str | None = None
