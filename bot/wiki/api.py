"""Asks a wiki's API through Pywikibot, and says in a person's words what went wrong.

Importing this imports Pywikibot; see page.py for who may do that, and when.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import requests
from pywikibot import config
from pywikibot.comms import http
from pywikibot.data.api import Request
from pywikibot.exceptions import APIError, ApiTimeoutError, Error, MaxlagTimeoutError, NoUsernameError

from bot.errors import ConfigError, PageError, PictureError
from bot.wiki.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger(__name__)

BATCH, HIGH_BATCH = 50, 500
DOWNLOAD = 60  # seconds for a whole file: a server that drips never times out by itself
LONGEST_PAUSE = 10  # seconds between two edits, whatever user-config.py says: a run has an end
CAUSES = {
    "refused": "it refuses connections",
    "Name or service not known": "there is no such host",
    "NameResolution": "there is no such host",
    "imed out": "it does not answer in time",
    "CERTIFICATE": "its certificate is not good",
    "Non-JSON": "it does not answer as a MediaWiki API does",
    "reset": "it broke the connection off",
    "aborted": "it broke the connection off",
}


class Complaints(logging.Handler):
    """Takes what Pywikibot would print (tracebacks too) and keeps the complaints, to name the cause.

    Nothing below INFO comes here: there Pywikibot logs whole requests, passwords included.
    """

    def __init__(self) -> None:
        super().__init__(level=logging.INFO)
        self._heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Pass the message on to our own log, for ``--verbose``."""
        text = re.sub(r"<<[a-z;]+>>", "", record.getMessage()).strip()
        if record.levelno >= logging.WARNING and not text.startswith("Waiting"):
            self._heard.append(text)
        log.debug("Pywikibot: %s", text)

    def forget(self) -> None:
        """Begin anew: what was heard before does not concern the next request."""
        self._heard.clear()

    def cause(self, error: Exception) -> str:
        """Say in a few words why the wiki was not reached."""
        heard = "\n".join([*self._heard, f"{type(error).__name__}: {error}"])
        status = re.search(r"response status (\d{3})", heard)
        suffix = f" (HTTP status {status[1]})" if status else ""
        words = next((words for sign, words in CAUSES.items() if sign in heard), None)
        return (words or (self._heard or [str(error)])[-1].splitlines()[-1][:200]) + suffix

    def refusal(self, site: str) -> RefusedError | None:
        """Return the error that the wiki answered with last, where Pywikibot would rather try again."""
        said = (
            re.match(r"API error (?P<code>[\w-]+): (?P<info>.*)", text, re.DOTALL)
            for text in self._heard[::-1]
        )
        for match in filter(None, said):
            message = f"{site}: the wiki says: {match['info']} ({match['code']})"
            return RefusedError(message, code=match["code"], info=match["info"])
        return None


class Api:
    """The API of one opened site. Threads take turns: Pywikibot takes one request at a time."""

    def __init__(
        self,
        site: Any,  # noqa: ANN401 - Pywikibot is not typed
        complaints: Complaints,
        turn: threading.RLock | None = None,
    ) -> None:
        self.site = site
        self._complaints = complaints
        self._turn = turn or threading.RLock()
        self._sent_at: float | None = None

    @property
    def batch(self) -> int:
        """How many titles, names or ids one request may have: https://www.mediawiki.org/wiki/API:Data_formats."""
        if self.site.username() is None:  # asking who nobody is would cost a request
            return BATCH
        with self._turn, self.trouble():
            return HIGH_BATCH if "apihighlimits" in self.site.userinfo.get("rights", ()) else BATCH

    def ask(self, **parameters: str | int) -> dict[str, Any]:
        """Send one request and return its JSON in format version 2, which has a key of the action's name.

        Raises:
            PageError: the wiki cannot be reached; ``RefusedError`` where it answered with an error.
        """
        return self.ask_for(str(parameters["action"]), **parameters)

    def ask_for(self, key: str, **parameters: str | int) -> dict[str, Any]:
        """Do the same for an action whose answer has a key of another name; raises as ``ask`` does."""
        with self._turn, self.trouble():
            request = self.site.simple_request(formatversion=2, **parameters)
            # Otherwise Pywikibot asks the wiki first whether each module may be asked by GET.
            request.use_get = True
            answer: dict[str, Any] = request.submit()
            if key not in answer:
                raise PageError(f"{self.site}: the wiki's answer is not what was asked for; try again later")
            return answer

    def has(self, extension: str) -> bool:
        """Tell whether the wiki has an extension; Pywikibot keeps on disk which ones there are."""
        with self._turn, self.trouble():
            return bool(self.site.has_extension(extension))

    def repository(self) -> Api | None:
        """Return the API of the wiki whose files are shown here too, ``None`` where there is none to ask.

        Raises:
            PageError: it cannot be told.
        """
        with self._turn, self.trouble():
            site = self.site.image_repository()
            return None if site is None or site == self.site else Api(site, self._complaints, self._turn)

    def send(self, **parameters: str | int) -> dict[str, Any]:
        """Send one request that changes something, as the account that is logged in; return its JSON.

        It is sent once: a request whose answer was lost may have been carried out. Only where the wiki says
        that it was not, for a session that has run out, is it sent again. From one such request to the next
        Pywikibot's ``put_throttle`` goes by; the first one need not wait for others.

        Raises:
            PageError: the wiki cannot be reached, or its answer was lost; ``RefusedError`` where it refused.
        """
        with self._turn, self.trouble():
            self._space_out()
            flagged = self.site.has_right("bot")
            sent = {"formatversion": 2, "bot": flagged, **parameters, "token": self.site.tokens["csrf"]}
            request = Request(self.site, throttle=False, max_retries=0, use_get=False, parameters=sent)
            request["assert"] = "bot" if flagged else "user"
            try:
                answer: dict[str, Any] = request.submit()
            except ApiTimeoutError:
                if refusal := self._complaints.refusal(str(self.site)):
                    raise refusal from None
                raise
            if parameters["action"] not in answer:
                raise PageError(f"{self.site}: the wiki's answer is not what was asked for")
            return answer

    def _space_out(self) -> None:
        """Wait until the next edit may follow the last one of this process."""
        if self._sent_at is not None:
            time.sleep(max(0.0, self._sent_at + min(config.put_throttle, LONGEST_PAUSE) - time.monotonic()))
        self._sent_at = time.monotonic()

    def download(self, url: str, *, most: int) -> bytes:
        """Fetch a picture of at most ``most`` bytes through Pywikibot's own HTTP.

        Raises:
            PictureError: it is larger.
            PageError: it cannot be fetched.
        """
        with self.trouble():
            response = http.fetch(url, stream=True)
            with response:
                if response.status_code != requests.codes.ok:
                    raise PageError(f"{url}: cannot be fetched: HTTP status {response.status_code}")
                content = bytearray()
                end = time.monotonic() + DOWNLOAD
                for chunk in response.iter_content(65536):
                    content += chunk
                    if len(content) > most:
                        raise PictureError(f"is larger than {most // 2**20} MB: use a smaller picture")
                    if time.monotonic() > end:
                        raise PageError(f"{url}: did not come within {DOWNLOAD} seconds; try again later")
        return bytes(content)

    @contextmanager
    def trouble(self) -> Iterator[None]:
        """Turn whatever Pywikibot raises during the block into one of our errors."""
        with trouble(str(self.site), self._complaints):
            yield


@contextmanager
def trouble(site: str, complaints: Complaints) -> Iterator[None]:
    """Turn whatever Pywikibot raises while it speaks with ``site`` into one of our errors."""
    complaints.forget()
    try:
        yield
    except MaxlagTimeoutError as error:
        raise PageError(f"{site}: its database is behind; try again later") from error
    except APIError as error:
        said = f"{site}: the wiki says: {error.info} ({error.code})"
        raise RefusedError(said, code=error.code, info=error.info) from error
    except NoUsernameError as error:
        raise ConfigError(f"{site}: logging in failed: {' '.join(str(error).split())}") from error
    except (ApiTimeoutError, ConnectionError, requests.RequestException, Error) as error:
        cause = complaints.cause(error)
        raise PageError(f"{site}: the wiki cannot be reached: {cause}; try again later") from error
    except OSError as error:
        # Cookies, cache and throttle files: Pywikibot keeps them beside its configuration.
        where = error.filename or config.base_dir
        raise ConfigError(f"{where}: Pywikibot cannot use it: {error.strerror or error}") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        # Pywikibot, or describe(), stumbled over an answer that is no answer of MediaWiki's.
        log.debug("not understood", exc_info=True)
        raise PageError(f"{site}: the wiki's answer is not understood; is that a MediaWiki?") from error
