"""What a failed request leaves behind, by what may have happened (bot/errors.py)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.decide import retry
from bot.decide.concerns import kind_of
from bot.errors import AmbiguousError, ChannelError, CredentialsError, PermanentError, RateLimited
from bot.model import Status
from bot.sync.desk import Rest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from bot.model import Delivery, Receipt
    from bot.sync.desk import Desk

log = logging.getLogger(__name__)

Left = tuple[Status, str | None]
"""Where a delivery stands now, and why."""


def ask(desk: Desk, request: Callable[[], Receipt]) -> Receipt:
    """Make a request that publishes.

    Raises:
        ChannelError: it failed. A channel lets nothing else out; if one does, the post may be public all the
            same.
    """
    try:
        return request()
    except ChannelError:
        raise
    except Exception as error:
        log.debug("unexpected error of channel %s", desk.channel.name, exc_info=True)
        said = f"unexpected {type(error).__name__} in the channel's code; please report it"
        raise AmbiguousError(said) from error


def record(desk: Desk, rows: Sequence[Delivery], error: ChannelError) -> Mapping[int, Left]:
    """Write down what an error leaves of deliveries that were to go out as one post, by their ids."""
    said, now = str(error), desk.now()
    if isinstance(error, AmbiguousError):
        for row in rows:
            desk.ledger.note_error(row, error=said, retry_at=None, now=now)
        return {row.id: (Status.SENDING, said) for row in rows}
    pace = desk.config.delivery
    ended = [
        row
        for row in rows
        if not _is_worth_repeating(error) or retry.given_up(desk.ledger.events(row.id), pace, now=now)
    ]
    put_off(desk, [row for row in rows if row not in ended], said, error)
    reason = f"given up after {pace.give_up}: {said}" if _is_worth_repeating(error) else said
    return {row.id: (Status.PENDING, said) for row in rows} | {
        row.id: fail(desk, row, reason) for row in ended
    }


def rest(desk: Desk, rows: Sequence[Delivery], error: ChannelError) -> None:
    """Return where the next item may go out all the same, else tell of the trouble.

    Raises:
        Rest: the channel can do no more in this run.
    """
    if not _is_worth_repeating(error) and not isinstance(error, AmbiguousError):
        return
    said = str(error)
    desk.trouble(said, kind=kind_of(error), told=all(row.error == said for row in rows))
    raise Rest(f"the channel rests until the next run: {said}", reported=True) from error


def put_off(desk: Desk, rows: Sequence[Delivery], said: str, error: ChannelError | None = None) -> None:
    """Leave deliveries pending, with their next time; mended credentials are worth a try at once."""
    if not rows:
        return
    now = desk.now()
    if isinstance(error, RateLimited):
        retry_at: datetime | None = error.retry_at
    elif isinstance(error, CredentialsError):
        retry_at = None
    else:
        attempts = max(row.attempts for row in rows)
        retry_at = now + retry.wait(desk.config.delivery, attempts, jitter=desk.herald.jitter())
    if rows[0].status is Status.SENDING:
        desk.ledger.settle_all(rows, Status.PENDING, now=now, error=said, retry_at=retry_at, free=True)
        return
    for row in rows:
        desk.ledger.note_error(row, error=said, retry_at=retry_at, now=now)


def fail(desk: Desk, row: Delivery, said: str) -> Left:
    """Give a delivery up: failed, unless an earlier try may be public after all."""
    status = Status.FAILED
    if row.status is Status.SENDING and retry.may_be_public(desk.ledger.events(row.id)):
        status = Status.IN_DOUBT
        said = f"{said}; an earlier try may be public: look there and use 'resolve'"
    desk.ledger.settle(row, status, now=desk.now(), error=said, free=row.status is Status.SENDING)
    return status, said


def _is_worth_repeating(error: ChannelError) -> bool:
    return not isinstance(error, PermanentError) or isinstance(error, CredentialsError)
