"""Transitions that are told whole, though the connection to the ledger be lost in the midst of one."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from bot.errors import LedgerError
from bot.ledger import deliveries, spending
from bot.ledger.database import ConnectionLost
from bot.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.ledger.database import Database
    from bot.model import Delivery

PAUSE = 0.2  # seconds between two attempts to reach a server that was lost


class Moving:
    """Moves deliveries from one status to the next; see ``Ledger`` for what its methods promise."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def claiming(self, seen: Sequence[Delivery], *, now: datetime) -> Iterator[Connection]:
        """Open a transaction that claims these; see ``claim``."""
        for delivery in seen:
            if delivery.status is not Status.PENDING:
                raise LedgerError(
                    f"A {delivery.status} delivery cannot be claimed: please report this fault."
                )
        try:
            with self._database.writing() as connection:
                yield connection
        except ConnectionLost as lost:
            if lost.uncertain:
                with suppress(LedgerError):  # then the next run settles it, like any other claim
                    self._patiently(self._take_back, seen, now=now)
            raise

    def move(
        self,
        seen: Sequence[Delivery],
        after: Status,
        changes: Mapping[str, object],
        *,
        now: datetime,
        detail: str,
        free: bool = False,
    ) -> tuple[Delivery, ...]:
        """Make a transition; one that tells what a network has done, even after the connection was lost.

        That needs no lock: whoever finds the row as it was seen knows that nobody else has settled it.
        """
        try:
            with self._database.writing() as connection:
                return tuple(
                    _moved(connection, row, after, changes, now=now, detail=detail, free=free) for row in seen
                )
        except ConnectionLost:
            if not {row.status for row in seen} <= {Status.SENDING, Status.SENT}:
                raise  # it was only decided, and can be decided again
        return self._patiently(self.mend, seen, after, changes, now=now, detail=detail, free=free)

    def mend(
        self,
        seen: Sequence[Delivery],
        after: Status,
        changes: Mapping[str, object],
        *,
        now: datetime,
        detail: str,
        free: bool = False,
    ) -> tuple[Delivery, ...]:
        """Make a transition where it may have been made already, whose answer was lost."""
        with self._database.mending() as connection:
            return tuple(
                deliveries.moved(connection, row, after, now=now, detail=detail, **changes)
                or _moved(connection, row, after, changes, now=now, detail=detail, free=free)
                for row in seen
            )

    def _take_back(self, seen: Sequence[Delivery], *, now: datetime) -> None:
        """Undo the claims of ``seen`` if they were written down: no request has left and none ever will."""
        reason = "the connection to the ledger was lost while it was claimed; nothing was sent"
        with self._database.mending() as connection:
            for before in seen:
                row = deliveries.current(connection, before.id)
                ours = (Status.SENDING, before.attempts + 1, now)
                if row is not None and (row.status, row.attempts, row.claimed_at) == ours:
                    spending.refund(connection, row)
                    deliveries.move(
                        connection, row, Status.PENDING, now=now, detail=reason, error=reason, retry_at=None
                    )

    @property
    def _patiently(self) -> Retrying:
        """What calls a function again while the server cannot be reached, until patience has an end."""
        return Retrying(
            retry=retry_if_exception_type(ConnectionLost),
            stop=stop_after_delay(self._database.patience),
            wait=wait_fixed(PAUSE),
            reraise=True,
        )


def _moved(
    connection: Connection,
    seen: Delivery,
    after: Status,
    changes: Mapping[str, object],
    *,
    now: datetime,
    detail: str,
    free: bool,
) -> Delivery:
    if free:
        spending.refund(connection, seen)
    return deliveries.move(connection, seen, after, now=now, detail=detail, **changes)
