"""Everything that can go wrong, sorted by what may have happened, not by an HTTP number.

    HeraldError                    anything below; its text is for a person and says what to do next
      ConfigError                  all problems of the configuration at once; keys, never values    exit 2
      PageError                    a page cannot be read, or nothing on it is an item                exit 1
        PictureError               a file is no picture that can be posted       -> its item is held
      PlanRefused                  a brake or the stop page: nothing was published                   exit 3
      LedgerError                  the ledger cannot be opened, read or written                      exit 1
        LedgerLocked               another run is at work                                            exit 75
      ChannelError                 one channel could not do one thing                                exit 1
        TransientError             surely not published           -> pending, tried again later
          RateLimited              the same, and the network said when to come back
        PermanentError             surely never published         -> failed
          CredentialsError         the channel rests for this run; its deliveries stay pending
          RejectedError            the network refused this very post (too long, bad media, ...)
        AmbiguousError             may be public                  -> stays sending until it is settled

A refused connection, a DNS failure and a 429 are transient: the request cannot have been carried out. A 5xx,
a reset, a read time-out and a garbled 200 after a request that publishes are ambiguous: it may have been.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

STOP_PAGE = "stop page"
"""What ``PlanRefused`` calls it."""


class HeraldError(Exception):
    """Base of all errors that a person is told about without a traceback."""

    exit_code = 1


class ConfigError(HeraldError):
    """The configuration cannot be used; ``problems`` names every reason with its key, never a value."""

    exit_code = 2

    def __init__(self, problems: Sequence[str] | str) -> None:
        self.problems: tuple[str, ...] = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))


class PageError(HeraldError):
    """A page cannot be read, or no item was found on it."""


class PictureError(PageError):
    """A file cannot be posted as a picture, and trying again would not help: somebody has to mend it."""


class PlanRefused(HeraldError):  # noqa: N818 - the design's name: it is a verdict, not a fault
    """A brake or the stop page refused the plan; nothing was published.

    ``by`` says which, in the same words each time: ``STOP_PAGE``, ``"flood"``, or ``"blanked:"`` and the
    page.
    """

    exit_code = 3

    def __init__(self, message: str, *, by: str = STOP_PAGE) -> None:
        self.by = by
        super().__init__(message)


class LedgerError(HeraldError):
    """The ledger cannot be opened, read or written."""


class LedgerLocked(LedgerError):  # noqa: N818 - the design's name
    """Another run holds the ledger's lock. The exit code is sysexits.h's EX_TEMPFAIL."""

    exit_code = 75


class AlertError(HeraldError):
    """A messenger could not tell, or nobody knows whether it did; the next run tries again."""


class ChannelError(HeraldError):
    """One channel could not do one thing. The subclasses say what may have happened."""


class TransientError(ChannelError):
    """Surely not published; worth trying again later."""


class RateLimited(TransientError):  # noqa: N818 - the design's name
    """Surely not published: the network asked us to come back at ``retry_at`` (aware, UTC)."""

    def __init__(self, message: str, *, retry_at: datetime) -> None:
        self.retry_at = retry_at
        super().__init__(message)


class PermanentError(ChannelError):
    """Surely not published, and trying again would not help."""


class CredentialsError(PermanentError):
    """The account's credentials are missing, expired or revoked: the channel rests for this run."""


class RejectedError(PermanentError):
    """The network refused this very post."""


class AmbiguousError(ChannelError):
    """The post may be public: only looking at the channel, or a person, can tell."""
