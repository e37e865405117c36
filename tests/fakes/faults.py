"""The ways in which a network fails, named once for every fake and for the channels' contract."""

from __future__ import annotations

from enum import StrEnum

from bot.errors import (
    AmbiguousError,
    ChannelError,
    CredentialsError,
    RateLimited,
    RejectedError,
    TransientError,
)


class Fault(StrEnum):
    """What becomes of one request; "accepted" means that the post is public whatever the sender hears."""

    REFUSED = "refused"  # no connection: nothing left
    RESET = "reset"  # the connection breaks while the request is sent, not accepted
    UNAUTHORISED = "unauthorised"  # 401
    REJECTED = "rejected"  # 422
    RATE_LIMITED = "rate limited"  # 429, with a time to come back
    BROKEN = "broken"  # 500, not accepted
    MAINTENANCE = "maintenance"  # 503 with a page in HTML, not accepted
    INTERCEPTED = "intercepted"  # 200 with a page in HTML from something on the way, not accepted
    SILENT = "silent"  # not accepted, and no answer before the time-out
    ACCEPTED_BROKEN = "accepted, then broken"  # accepted, 500
    ACCEPTED_LOST = "accepted, reply lost"  # accepted, the connection is cut
    ACCEPTED_GARBLED = "accepted, reply garbled"  # accepted, a 200 that makes no sense
    ACCEPTED_SLOW = "accepted, reply too late"  # accepted, the answer comes after the time-out

    @property
    def is_accepted(self) -> bool:
        return self.startswith("accepted")

    @property
    def is_slow(self) -> bool:
        """Whether it is noticed only when the patience ends."""
        return self in {Fault.SILENT, Fault.ACCEPTED_SLOW}


# The error that publishing under a fault must raise, and how many posts it leaves visible.
PUBLISHING: dict[Fault, tuple[type[ChannelError], int]] = {
    Fault.REFUSED: (TransientError, 0),
    Fault.RESET: (AmbiguousError, 0),
    Fault.UNAUTHORISED: (CredentialsError, 0),
    Fault.REJECTED: (RejectedError, 0),
    Fault.RATE_LIMITED: (RateLimited, 0),
    Fault.BROKEN: (AmbiguousError, 0),
    Fault.MAINTENANCE: (AmbiguousError, 0),
    Fault.INTERCEPTED: (AmbiguousError, 0),
    Fault.SILENT: (AmbiguousError, 0),
    Fault.ACCEPTED_BROKEN: (AmbiguousError, 1),
    Fault.ACCEPTED_LOST: (AmbiguousError, 1),
    Fault.ACCEPTED_GARBLED: (AmbiguousError, 1),
    Fault.ACCEPTED_SLOW: (AmbiguousError, 1),
}

# What only reads, or may be repeated without harm, is never in doubt.
HARMLESS: dict[Fault, type[ChannelError]] = {
    fault: TransientError if error is AmbiguousError else error for fault, (error, _) in PUBLISHING.items()
}
