"""Which status may follow which. What is not in this table cannot be written into the ledger."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.errors import LedgerError
from bot.model import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

FIRST = frozenset(
    {
        Status.PENDING,  # it may go out
        Status.HELD,  # the gate said "not now" before it was ever queued
        Status.ADOPTED,  # it was there before us, or somebody posted it by hand
    }
)

ALLOWED: Mapping[Status, frozenset[Status]] = MappingProxyType(
    {
        Status.PENDING: frozenset(
            {
                Status.SENDING,  # claimed: written down before the request leaves
                Status.HELD,  # the gate changed its mind: an edit, a stop, gone from the page
                Status.ADOPTED,  # found on the channel, posted by hand; or a person skips it
                Status.FAILED,  # given up, or too old by now
                Status.PENDING,  # put off: the next try has another time or another reason
            }
        ),
        Status.HELD: frozenset(
            {
                Status.PENDING,  # the gate opened
                Status.ADOPTED,  # found on the channel, posted by hand; or a person skips it
                Status.FAILED,  # too old by now
                Status.HELD,  # still held, for another reason
            }
        ),
        Status.SENDING: frozenset(
            {
                Status.SENT,  # the network said so, or it was found there
                Status.PENDING,  # surely not published: it may be tried again
                Status.FAILED,  # surely not published, and trying again would not help
                Status.IN_DOUBT,  # nobody but a person can tell
                Status.SENDING,  # still not known, but what went wrong; never a second claim
            }
        ),
        Status.IN_DOUBT: frozenset(
            {
                Status.SENT,  # found after all, by us or by a person
                Status.PENDING,  # surely not there, as the channel shows or a person says
                Status.ADOPTED,  # a person lets it be
                Status.IN_DOUBT,  # looked at again, with no better answer
            }
        ),
        Status.FAILED: frozenset(
            {
                Status.PENDING,  # a person has it tried again, or its item was mended
                Status.ADOPTED,  # a person posted it by hand, or lets it be
            }
        ),
        Status.ADOPTED: frozenset(
            {
                Status.PENDING,  # a person wants it published after all
            }
        ),
        Status.SENT: frozenset(
            {
                Status.SENT,  # edited in place, or an edit that has to wait
                Status.RETRACTED,  # deleted from the channel
            }
        ),
        Status.RETRACTED: frozenset(
            {
                Status.PENDING,  # a person wants it back
            }
        ),
    }
)


def require(before: Status | None, after: Status) -> None:
    """Let an allowed transition pass; ``before`` is ``None`` for the one that makes the delivery.

    Raises:
        LedgerError: the transition is not in the table: a fault of the program.
    """
    if after not in (FIRST if before is None else ALLOWED[before]):
        raise LedgerError(
            f"A delivery cannot go from {before or 'nothing'} to {after}; nothing was written. This is a "
            "fault of the program: please report it."
        )
