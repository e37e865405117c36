"""One kind of HTTP session for every network, and one way out of it: the errors of bot.errors.

The session remembers what happened on the wire, so that a failure is judged by what the server was sent and
what it said, not by what a client library made of it. Nothing is retried here: whether a request may be
repeated is the engine's to know.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from bot import __version__
from bot.channels import verdict
from bot.channels.sockets import is_loopback
from bot.errors import ChannelError, CredentialsError

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger(__name__)

Timeout = tuple[float, float]
READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Http:
    """Makes sessions for channels.

    ``contact`` goes into the User-Agent, so that a network's people can reach the bot's; ``timeout`` is in
    seconds, for connecting and for each wait for an answer.
    """

    def __init__(self, contact: str, *, timeout: Timeout = (5, 30)) -> None:
        self.contact = contact
        self.timeout = timeout
        # A header is ASCII, and a line break in it would be a second header.
        reachable = quote(contact, safe="!#$%&'()*+,-./:;<=>?@[]^_`{|}~ ", errors="replace")
        self.user_agent = f"wikiherald/{__version__} ({reachable}) python-requests/{requests.__version__}"

    def session(self) -> Session:
        """Return a new session, for one channel and one thread; nothing logs its addresses' tokens."""
        for name in ("urllib3.connection", "urllib3.connectionpool"):
            logging.getLogger(name).addFilter(_DISCREET)
        return Session(user_agent=self.user_agent, timeout=self.timeout)


class _Discreet(logging.Filter):
    """Takes the tokens out of the addresses that a library logs, in warnings of odd headers for one."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = verdict.without_tokens(record.getMessage()), ()
        return True


_DISCREET = _Discreet()


class Session(requests.Session):
    """A requests session with time-outs, that never carries a request to another host or over plain http.

    ``answer`` and ``failure`` say how the last request ended: with a response, or with the exception that
    came instead of one. Both are ``None`` while nothing was sent.
    """

    def __init__(self, *, user_agent: str, timeout: Timeout) -> None:
        super().__init__()
        self.headers["User-Agent"] = user_agent
        self.answer: requests.Response | None = None
        self.failure: Exception | None = None
        for scheme in ("https://", "http://"):
            self.mount(scheme, _PatientAdapter(timeout))

    @property
    def status(self) -> int | None:
        """The HTTP status of the last answer, ``None`` where none came."""
        return self.answer.status_code if self.answer is not None else None

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """Prepare, and remember an address that cannot be asked."""
        try:
            return super().prepare_request(request)
        except requests.RequestException as error:
            self.failure = error
            raise

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # noqa: ANN401 - requests' own signature
        """Send, and remember how it ended."""
        self.answer = self.failure = None
        try:
            _refuse_plain_http(request)
            self.answer = super().send(request, **kwargs)
        except Exception as error:
            self.failure = error
            raise
        return self.answer

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Follow only what reads, and only on the same host: a moved server is for a person to see."""
        target = super().get_redirect_target(resp)
        if target is None or resp.request.method not in READING:
            return None
        here, there = urlsplit(resp.url), urlsplit(urljoin(resp.url, target))
        return target if (here.scheme, here.netloc) == (there.scheme, there.netloc) else None


class _PatientAdapter(HTTPAdapter):
    """Gives every request a time-out that has none of its own."""

    def __init__(self, timeout: Timeout) -> None:
        self._timeout = timeout
        super().__init__()

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # type: ignore[override]  # noqa: ANN401 - all arguments but the time-out pass through untouched
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = self._timeout
        return super().send(request, **kwargs)


@contextmanager
def exchange(session: Session, server: str, *, publishes: bool = False) -> Iterator[None]:
    """Turn whatever goes wrong with the one request made inside into an error of bot.errors.

    ``server`` is the address that the messages name. ``publishes`` says that the request makes something
    public that a repetition would make public twice: its unknown outcome is then an ``AmbiguousError``, where
    that of any other request is a ``TransientError``. What is done with the answer inside counts: an answer
    that cannot be understood is a garbled one. An exception raised before anything was sent is our own
    mistake and passes through.

    What a library raised is not shown with the error: it names the request's address, in which some networks
    have their token (https://core.telegram.org/bots/api#making-requests). Its kind is logged.
    """
    session.answer = session.failure = None
    host = host_of(server)
    try:
        yield
    except ChannelError:
        raise
    except Exception as error:
        if isinstance(session.failure, ChannelError):
            raise session.failure from None
        if session.failure is not None:
            log.debug("%s: %s from %s", host, type(error).__name__, type(session.failure).__name__)
            raise verdict.of_failure(session.failure, host=host, publishes=publishes) from None
        if session.answer is not None:
            log.debug("%s: %s after %d", host, type(error).__name__, session.answer.status_code)
            now = datetime.now(UTC)
            raise verdict.of_answer(session.answer, host=host, publishes=publishes, now=now) from None
        raise


def host_of(server: str) -> str:
    """Return the host (and port) of an address, for messages; without credentials that may stand in it."""
    return server.partition("://")[2].partition("/")[0].rpartition("@")[2] or server


def _refuse_plain_http(request: requests.PreparedRequest) -> None:
    url = urlsplit(request.url or "")
    if url.scheme == "http" and not is_loopback(url.hostname or ""):
        raise CredentialsError(
            f"{host_of(request.url or '')}: over plain http anybody on the way could read the credentials, "
            "so nothing was sent; use an address with https:// for this channel's server"
        )
