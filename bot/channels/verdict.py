"""What a request's failure, or the server's answer to it, says about what may have happened.

Pure but for the response it reads. The messages name the server, the cause and what to do; they never hold a
token, a header or a whole request.
"""

from __future__ import annotations

import re
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

import requests
from urllib3.exceptions import MaxRetryError, NameResolutionError, NewConnectionError
from urllib3.exceptions import ProxyError as UnreachableProxyError

from bot.errors import (
    AmbiguousError,
    ChannelError,
    CredentialsError,
    RateLimited,
    RejectedError,
    TransientError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MIN_WAIT = timedelta(seconds=1)
USUAL_WAIT = timedelta(minutes=5)  # what networks count their limits in, where they do not say
MAX_WAIT = timedelta(days=1)
_A_DAY = MAX_WAIT.total_seconds()
LONGEST_WORDS = 300
# Mastodon's, OAuth's, AT Protocol's and Discord's, Telegram's, X's.
_WORDS = ("error", "error_description", "message", "description", "detail")
_ACCOUNT_AT_FAULT = re.compile(
    r"revoked|suspended|disabled|\bscopes?\b|confirmed e-?mail|pending approval"
    # Pleroma's, which answers 403 where others answer 401; GoToSocial's
    r"|invalid credentials|insufficient permissions|account has moved"
    # X's: an app that may only read or has not been enrolled, a locked account
    r"|app permissions|attached to a project|temporarily locked|not permitted to access this feature",
    re.IGNORECASE,
)
# X's, of which reading one costs money: credits used up, the month's own limit reached.
_OUT_OF_MONEY = re.compile(r"\bcredits\b|\bspend(ing)? (cap|limit)\b", re.IGNORECASE)
_USED_UP = re.compile(r"\busage cap exceeded\b", re.IGNORECASE)
# X's: a sign that an earlier try was carried out, though it may have been somebody else's.
_SAID_BEFORE = re.compile(r"\bduplicate content\b", re.IGNORECASE)
# Telegram, Slack and Discord have it in the path: /bot123456:ABC.../sendMessage, /services/T0/B0/ABC...,
# /api/webhooks/123/ABC...; Meta wants it in the query of the requests that are about a token.
_LIKE_A_TOKEN = re.compile(
    r"(?<=/bot)[\w:-]{20,}|(?<=/services/)\w+/\w+/\w+|(?<=/)[\w-]{40,}"
    r"|(?<=access_token=)[^&\s\"']+|(?<=input_token=)[^&\s\"']+"
)
_OF_OAUTH_1 = re.compile(r'\boauth_(?:consumer_key|token|nonce|signature)="([^"]+)"')
_OF_OAUTH_2 = frozenset({"client_secret", "refresh_token", "token"})
_NO_USER = "requires an authenticated user"


def of_failure(error: Exception, *, host: str, publishes: bool) -> ChannelError:
    """Judge a request that no response came to."""
    cause = _before_leaving(error)
    if cause is not None:
        return TransientError(f"{host}: {cause}; nothing was sent, it will be tried again")
    if isinstance(error, requests.Timeout):
        return _unknown(f"{host}: no answer in time", publishes=publishes)
    if isinstance(error, requests.exceptions.SSLError):
        return _unknown(f"{host}: the secure connection broke", publishes=publishes)
    return _unknown(f"{host}: the connection broke before an answer came", publishes=publishes)


def of_answer(response: requests.Response, *, host: str, publishes: bool, now: datetime) -> ChannelError:
    """Judge a response that is not what was asked for: an error, or a success that makes no sense."""
    status = response.status_code
    words = _server_words(response)
    if 200 <= status < 300:
        return _unknown(f"{host}: the answer ({status}) could not be understood", publishes=publishes)
    if 300 <= status < 400:
        return TransientError(
            f"{host}: the server has moved to {_address(response)}; nothing was done there; check this "
            "channel's server in the configuration"
        )
    said = (
        f"{host}: {words}"
        if words
        else f"{host}: the server answered {status} {response.reason or ''}".rstrip()
    )
    said_before = status == requests.codes.forbidden and _SAID_BEFORE.search(words)
    if status >= 500 or status == requests.codes.conflict or said_before:
        return _unknown(said, publishes=publishes)
    if status == requests.codes.too_many_requests:
        # What is used up for the month is not there again with the window that the headers tell of.
        used_up = _USED_UP.search(words)
        when = now + MAX_WAIT if used_up else retry_at(response.headers, now, _json(response))
        return RateLimited(f"{said}; asked to wait until {when:%Y-%m-%d %H:%M:%S} UTC", retry_at=when)
    return _refusal(status, said, understood=bool(words))


def retry_at(headers: Mapping[str, str], now: datetime, body: Mapping[str, Any] | None = None) -> datetime:
    """When a 429 asks us to come back: at least a second and at most a day from ``now``.

    ``Retry-After`` holds seconds or an HTTP date (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after),
    Mastodon's ``X-RateLimit-Reset`` an ISO 8601 time (https://docs.joinmastodon.org/api/rate-limits/), that
    of others seconds since 1970. Some say it only in the JSON of the ``body``. Times are read against the
    server's own clock where it tells it.
    """
    server_now = _http_date(headers.get("Date", "")) or now
    after = headers.get("Retry-After", "").strip()
    reset = next((headers[name].strip() for name in _RESETS if name in headers), "")
    told = _told_wait(body or {})
    if after.isdecimal():
        wait = _seconds(after)
    elif told is not None:
        wait = told
    else:
        when = _http_date(after) or (_epoch(reset) if reset.isdecimal() else _iso_date(reset))
        wait = when - server_now if when is not None else USUAL_WAIT
    return now + min(max(wait, MIN_WAIT), MAX_WAIT)


# Mastodon's and Discord's, X's, AT Protocol's.
_RESETS = ("X-RateLimit-Reset", "X-Rate-Limit-Reset", "RateLimit-Reset")


def _told_wait(body: Mapping[str, Any]) -> timedelta | None:
    """Return the wait that an error's JSON asks for.

    Telegram: https://core.telegram.org/bots/api#responseparameters; Discord:
    https://discord.com/developers/docs/topics/rate-limits; Matrix:
    https://spec.matrix.org/latest/client-server-api/#rate-limiting.
    """
    parameters = body.get("parameters")
    within = parameters if isinstance(parameters, dict) else {}
    for found, unit in (
        (within.get("retry_after"), 1.0),
        (body.get("retry_after"), 1.0),
        (body.get("retry_after_ms"), 0.001),
    ):
        if isinstance(found, int | float) and not isinstance(found, bool) and found >= 0:
            return timedelta(seconds=min(found, _A_DAY / unit) * unit)
    return None


_UNASKABLE = (
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidProxyURL,
    requests.exceptions.InvalidHeader,
)
_BEFORE_CONNECTED: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (NameResolutionError, "its name could not be resolved (is the address right, is there a network?)"),
    (NewConnectionError, "the connection was refused or the host cannot be reached"),
    (UnreachableProxyError, "the proxy on the way there cannot be reached"),
    (requests.ConnectTimeout, "no connection in time"),
    (ssl.SSLCertVerificationError, "its certificate cannot be trusted"),
    (_UNASKABLE, "its address is not one that can be asked (check this channel's server)"),
)


def _before_leaving(error: Exception) -> str | None:
    """Return why the request cannot have left, or ``None`` where it may have.

    The cause is taken from where requests and urllib3 put it, never from their wording. A TLS connection may
    break at any time: only a certificate that is refused is surely before.
    """
    causes = tuple(_wrapped(error))
    for kind, words in _BEFORE_CONNECTED:
        if any(isinstance(cause, kind) for cause in causes):
            return words
    return None


def _wrapped(error: object) -> Iterator[object]:
    """Yield an exception of requests and those that it was made from, the outermost first."""
    while isinstance(error, Exception):
        yield error
        error = error.reason if isinstance(error, MaxRetryError) else next(iter(error.args), None)


def _refusal(status: int, said: str, *, understood: bool) -> ChannelError:
    """Judge a 4xx: nothing was published."""
    if status == requests.codes.unauthorized or _NO_USER in said:
        return CredentialsError(
            f"{said}; make a new token and put it into this channel's environment variable"
        )
    if status == requests.codes.payment_required or (
        status == requests.codes.forbidden and _OUT_OF_MONEY.search(said)
    ):
        return CredentialsError(f"{said}; buy credits, or raise the limit, where the network sells them")
    if status == requests.codes.forbidden and _ACCOUNT_AT_FAULT.search(said):
        return CredentialsError(f"{said}; log in to the account on the web and look what it is asked for")
    if status in {requests.codes.request_timeout, requests.codes.too_early}:
        return TransientError(said)
    if not understood and status in {403, 404, 405}:
        return TransientError(f"{said}, in words that are not this network's; check this channel's server")
    return RejectedError(said)


def _unknown(said: str, *, publishes: bool) -> ChannelError:
    if publishes:
        return AmbiguousError(f"{said}; the post may be public all the same")
    return TransientError(f"{said}; it will be tried again")


def _server_words(response: requests.Response) -> str:
    """Return the server's own message on one line, or nothing where it has none in JSON."""
    body = _json(response)
    found = [*(body.get(key) for key in _WORDS), *_each_message(body)]
    return presentable(": ".join(text for text in found if isinstance(text, str)), response)


def presentable(said: str, response: requests.Response) -> str:
    """Return what a server said on one line, not too long, and without the secrets that it was sent."""
    words = " ".join("".join(char if char.isprintable() else " " for char in said).split())
    for secret in _secrets_of(response):
        words = words.replace(secret, "***")
    return words if len(words) <= LONGEST_WORDS else words[: LONGEST_WORDS - 1] + "…"


def _each_message(body: Mapping[str, Any]) -> list[object]:
    """Return what X says of each thing that is wrong with a request.

    https://docs.x.com/x-api/fundamentals/response-codes-and-errors
    """
    errors = body.get("errors")
    if not isinstance(errors, list):
        return []
    return [error.get("message") for error in errors if isinstance(error, dict)]


def _json(response: requests.Response) -> Mapping[str, Any]:
    """Return the object that the response holds, or an empty one."""
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def without_tokens(text: str) -> str:
    """Return ``text`` with whatever looks like a token in an address made unreadable."""
    return _LIKE_A_TOKEN.sub("***", text)


def _secrets_of(response: requests.Response) -> list[str]:
    """Return the credentials that were sent, which a server may well quote when it complains of them."""
    header = response.request.headers.get("Authorization") or ""
    in_address = _LIKE_A_TOKEN.findall(response.request.url or "")
    signed_with = [unquote(value) for value in _OF_OAUTH_1.findall(header)]
    in_form = _in_form(response)
    return [*header.split()[1:], *signed_with, *in_address, *map(unquote, in_address), *in_form]


def _in_form(response: requests.Response) -> list[str]:
    """Return the credentials that were sent in a form, as OAuth 2.0 wants it."""
    body = response.request.body
    if not isinstance(body, str):
        return []
    return [value for name, values in parse_qs(body).items() if name in _OF_OAUTH_2 for value in values]


def _address(response: requests.Response) -> str:
    """Return where a redirect leads, without a path or a query, which could hold a token."""
    to = urlsplit(urljoin(response.url, response.headers.get("Location", "")))
    return f"{to.scheme}://{to.netloc.rpartition('@')[2]}"[:LONGEST_WORDS]


def _seconds(text: str) -> timedelta:
    try:
        return timedelta(seconds=int(text))
    except (OverflowError, ValueError):
        return MAX_WAIT


def _http_date(text: str) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, IndexError):
        return None
    return _aware(parsed)


def _iso_date(text: str) -> datetime | None:
    try:
        return _aware(datetime.fromisoformat(text))
    except ValueError:
        return None


def _epoch(text: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _aware(when: datetime) -> datetime:
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
