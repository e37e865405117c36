"""What is remembered: deliveries and their transitions, and the pages and items known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.model.news import Provenance, Recognition


class Status(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"  # to be sent, now or at its time
    SENDING = "sending"  # claimed: a request may have left
    SENT = "sent"  # published; the receipt says where
    FAILED = "failed"  # surely not published, and not tried again
    IN_DOUBT = "in_doubt"  # may be public; a person must look
    HELD = "held"  # the gate says: not now
    ADOPTED = "adopted"  # taken as done without posting
    RETRACTED = "retracted"  # published once, deleted since


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One item's part on one channel: a row of the ledger.

    ``text``, ``link`` and ``fingerprint`` are of the last form that was claimed, empty before. ``retry_at``
    is when a pending delivery may be tried again, ``error`` the last thing that went wrong or the reason for
    a hold. ``remote_id`` is of a post that is known to be there; ``chosen_id`` is the id that was chosen for
    the post before the first request for it left. ``digest`` is the same for all deliveries that were last
    claimed to go out as one post. ``shares`` is the URL of somebody's post that it was last claimed to share,
    ``None`` where it was to say something itself.
    """

    id: int
    site: str
    page: str
    item: str
    channel: str
    part: int
    status: Status
    key: str
    created_at: datetime
    updated_at: datetime
    text: str = ""
    link: str | None = None
    fingerprint: str = ""
    revision: int | None = None
    editor: str | None = None
    remote_id: str | None = None
    url: str | None = None
    attempts: int = 0
    claimed_at: datetime | None = None
    retry_at: datetime | None = None
    error: str | None = None
    chosen_id: str | None = None
    digest: str | None = None
    shares: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """What a delivery says as it is sent or edited, and which form of its item that is.

    ``fingerprint`` is of the item's form; ``revision`` and ``editor`` say where on the wiki it comes from.
    ``shares`` is the URL of the post that is shared, where nothing is said but that.
    """

    text: str
    link: str | None
    fingerprint: str
    revision: int | None
    editor: str | None
    shares: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewDelivery:
    """A delivery to be written down: as pending, held or adopted.

    ``key`` is its idempotency key, ``reason`` why it is held or adopted. The receipt's fields are of somebody
    else's post of the item that was found, ``text``, ``link`` and ``fingerprint`` of the item's form then.
    """

    site: str
    page: str
    item: str
    channel: str
    part: int
    status: Status
    key: str
    reason: str = ""
    text: str = ""
    link: str | None = None
    fingerprint: str = ""
    revision: int | None = None
    editor: str | None = None
    remote_id: str | None = None
    url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One transition of a delivery; ``before`` is ``None`` for the one that made it."""

    delivery: int
    at: datetime
    before: Status | None
    after: Status
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownItem:
    """An item as the ledger remembers it, for recognising it after an edit.

    ``fingerprint`` is of its form: what it says, and what it asks about when and where to go out.
    """

    key: str
    text: str
    fingerprint: str
    provenance: Provenance
    date: date | None = None
    main_link: str | None = None
    unit: str | None = None
    present: bool = True
    recognition: Recognition | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PageMemory:
    """What the ledger knows of a page: the revision last acted on, and every item ever seen there.

    ``channels`` follow the page: whatever stood there when one began was adopted for it. ``seen_at`` is when
    it was last written down; nobody has to say so who writes it down.
    """

    site: str
    title: str
    revision: int
    sha1: str
    items: tuple[KnownItem, ...] = ()
    channels: frozenset[str] = frozenset()
    seen_at: datetime | None = None


class Ending(StrEnum):
    """How a run ended."""

    WELL = "well"
    TROUBLE = "trouble"  # something failed, is in doubt, or kept it from its work
    REFUSED = "refused"  # by a brake or the stop page


@dataclass(frozen=True, kw_only=True, slots=True)
class RunMemory:
    """The last run of a command.

    ``detail`` is why it was refused. ``unwritten_since`` is since when no run could write the status page,
    ``None`` where the last one could, or need not.
    """

    command: str
    began_at: datetime
    ended_at: datetime
    ending: Ending
    detail: str = ""
    unwritten_since: datetime | None = None
