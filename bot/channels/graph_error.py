"""What Meta's Graph APIs say when they refuse, and what that says about what may have happened.

All of them word it alike, and their own code tells more than the HTTP status
(https://developers.facebook.com/docs/graph-api/guides/error-handling and
https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/error-codes).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.channels import verdict
from bot.errors import AmbiguousError, CredentialsError, RateLimited, RejectedError, TransientError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    import requests

    from bot.errors import ChannelError

_SOON = timedelta(hours=1)  # what the limits of an app and a page are counted in, where nobody says
_USAGE = "X-Business-Use-Case-Usage"

# "Unknown" and "service" errors: with one of these, Facebook has been seen to make the post all the same.
_UNKNOWN = frozenset({-1, 1, 2})
_NO_TOKEN = frozenset({102, 190, 463, 467})
_LIMITS = frozenset({4, 17, 32, 341, 613})
_BUSINESS_LIMITS = range(80000, 80100)
_POSTS_OF_THE_DAY = 9
_NOT_ALLOWED = frozenset({3, 10})
_PERMISSIONS = range(200, 300)
_BLOCKED = 368
# The same text as the last post's: an earlier try may have been carried out.
_SAID_BEFORE = 506
# What may well work later: a link that nobody could look at, a container that is not ready, a slow download.
_LATER = frozenset({1609005, 9007, -2})
_GONE = frozenset({(100, 33), (24, None), (803, None)})


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """An error in the API's own words."""

    code: int
    subcode: int | None
    words: str
    is_transient: bool

    @property
    def is_gone(self) -> bool:
        """Whether there is no object of the id that was asked for, or none that this account may see."""
        return (self.code, self.subcode) in _GONE or (self.code, None) in _GONE


def refusal(response: requests.Response | None) -> Refusal | None:
    """Read the error that a response holds; ``None`` where it holds none of the API's."""
    found = _object(response).get("error")
    if response is None or not isinstance(found, dict) or not _is_number(found.get("code")):
        return None
    subcode = found.get("error_subcode")
    told = (found.get("message"), found.get("error_user_title"), found.get("error_user_msg"))
    words = dict.fromkeys(text for text in told if isinstance(text, str) and text)
    return Refusal(
        code=found["code"],
        subcode=subcode if _is_number(subcode) else None,
        words=verdict.presentable(": ".join(words), response),
        is_transient=found.get("is_transient") is True,
    )


def judged(
    error: Refusal, response: requests.Response, *, host: str, publishes: bool, now: datetime
) -> ChannelError:
    """Judge an error of the API's; ``publishes`` as in bot.channels.http."""
    said = f"{host}: {error.words or 'no reason given'} (code {error.code})"
    if remedy := _remedy(error.code):
        return CredentialsError(f"{said}; {remedy}")
    if error.code == _POSTS_OF_THE_DAY:
        return used_up(said, now)
    if error.code in _LIMITS or error.code in _BUSINESS_LIMITS or response.status_code == 429:
        return _limited(said, _end_of_limit(response, now))
    is_unknown = error.code in _UNKNOWN or error.is_transient or response.status_code >= 500
    if publishes and (is_unknown or error.code == _SAID_BEFORE):
        return AmbiguousError(f"{said}; the post may be public all the same")
    if is_unknown or error.code in _LATER:
        return TransientError(f"{said}; nothing was published, it will be tried again")
    return RejectedError(said)


def _remedy(code: int) -> str | None:
    """Return what to do where the account is at fault, ``None`` where it is not."""
    if code in _NO_TOKEN:
        return "make a new token and put it into the environment variable that token_env names"
    if code in _NOT_ALLOWED or code in _PERMISSIONS:
        return "make a token with the permissions that docs/networks.md names"
    if code == _BLOCKED:
        return "log in to the account on the web and look what it is blocked for"
    return None


def used_up(said: str, now: datetime) -> RateLimited:
    """Say that the posts of the past 24 hours are as many as may be."""
    return _limited(said, now + _SOON)


def _limited(said: str, when: datetime) -> RateLimited:
    return RateLimited(f"{said}; tried again at {when:%Y-%m-%d %H:%M} UTC", retry_at=when)


def _end_of_limit(response: requests.Response, now: datetime) -> datetime:
    """Return when to come back: the minutes that the API estimates, or an hour, in which it counts.

    https://developers.facebook.com/docs/graph-api/overview/rate-limiting
    """
    minutes = [
        usage["estimated_time_to_regain_access"]
        for usage in _usages(response.headers.get(_USAGE, ""))
        if _is_number(usage.get("estimated_time_to_regain_access"))
    ]
    if any(one > 0 for one in minutes):
        return now + min(timedelta(minutes=min(max(minutes), 1_000_000)), verdict.MAX_WAIT)
    if "Retry-After" in response.headers:
        return verdict.retry_at(response.headers, now)
    return now + _SOON


def _usages(header: str) -> Iterator[dict[str, Any]]:
    """Yield what is used of each limit, as the header tells it of each page or account."""
    try:
        found = json.loads(header)
    except ValueError:
        return
    for usages in found.values() if isinstance(found, dict) else ():
        if isinstance(usages, list):
            yield from (usage for usage in usages if isinstance(usage, dict))


def _object(response: requests.Response | None) -> dict[str, Any]:
    try:
        found = response.json() if response is not None else None
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
