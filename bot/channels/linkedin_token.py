"""LinkedIn's tokens: they live for 60 days, and some apps may renew them for a year.

https://learn.microsoft.com/linkedin/shared/authentication/programmatic-refresh-tokens says which. A token
that is renewed is kept between runs, sealed with the refresh token of the configuration.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from bot.channels.clock import utc_now
from bot.channels.http import exchange, host_of
from bot.channels.linkedin_read import entity, text
from bot.channels.seal import seal, unseal
from bot.errors import ChannelError, CredentialsError, PermanentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.channels.base import Memory
    from bot.channels.http import Session
    from bot.channels.linkedin_read import Entity
    from bot.model import Secret

log = logging.getLogger(__name__)

T = TypeVar("T")

BEFORE_THE_END = timedelta(days=10)  # more than the engine's notice, so that nobody is warned in vain
_KEPT = "token"


@dataclass(frozen=True, kw_only=True, slots=True)
class Credentials:
    """What the configuration has: the token, the app that it was made for, and what renews it."""

    token: Secret | None
    client_id: str | None = None
    client_secret: Secret | None = None
    refresh_token: Secret | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What LinkedIn tells of a token: what it is good for, and when it ends."""

    scopes: frozenset[str]
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Renewed:
    access: str = field(repr=False)
    expires_at: datetime
    refresh: str = field(repr=False)
    refresh_expires_at: datetime | None


class Tokens:
    """The token to ask with: that of the configuration, or the one that has been renewed."""

    def __init__(
        self,
        *,
        name: str,
        server: str,
        credentials: Credentials,
        session: Session,
        memory: Memory,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self._name = name
        self._server = login_server(server)
        self._credentials = credentials
        self._session = session
        self._memory = memory
        self._clock = clock or utc_now
        self._renewed: _Renewed | None = None
        self._failure: ChannelError | None = None

    def current(self) -> str:
        """Return the token, renewed where it is about to end.

        Where it cannot be renewed now, the old one is used as long as it lives; that is tried once a run.
        """
        given = self._given()
        if self._credentials.refresh_token is None:
            return given
        kept = self._renewed or self._recalled()
        now = self._clock()
        if (kept is None or kept.expires_at - now < BEFORE_THE_END) and self._failure is None:
            try:
                kept = self._renew(kept)
            except ChannelError as error:
                log.info("%s: the token is not renewed: %s", self._name, error)
                self._failure = error
        self._renewed = kept
        return kept.access if kept is not None and kept.expires_at > now else given

    def refused(self, error: PermanentError) -> CredentialsError:
        """Forget a token that LinkedIn takes no more, and return what to tell of it."""
        if self._renewed is not None:
            self._renewed = None
            self._memory.put(_KEPT, None)
        if self._failure is not None:
            return CredentialsError(f"{error}; nor could it be renewed: {self._failure}")
        return CredentialsError(str(error))

    def told(self) -> Told | None:
        """Ask what the token is good for and when it ends, which only the app may; else ``None``.

        https://learn.microsoft.com/linkedin/shared/authentication/token-introspection
        """
        token = self.current()
        if self._credentials.client_id is None:
            return None
        return self._ask("/oauth/v2/introspectToken", {"token": token}, _told)

    def end(self, told: Told | None) -> datetime | None:
        """Return when a person has to make new tokens: what is renewed ends with what renews it."""
        if self._renewed is not None and self._failure is None:
            return self._renewed.refresh_expires_at
        return told.expires_at if told is not None else None

    @property
    def failure(self) -> ChannelError | None:
        """What kept the token from being renewed in this run."""
        return self._failure

    def _given(self) -> str:
        return _checked("token", self._credentials.token, self._name).reveal()

    def _renew(self, kept: _Renewed | None) -> _Renewed:
        first = _checked("refresh_token", self._credentials.refresh_token, self._name)
        refresh = kept.refresh if kept is not None else first.reveal()
        renewed = self._ask(
            "/oauth/v2/accessToken",
            {"grant_type": "refresh_token", "refresh_token": refresh},
            lambda answer: self._read(answer, refresh),
        )
        sealed = {name: _written(getattr(renewed, name)) for name in _Renewed.__dataclass_fields__}
        self._memory.put(_KEPT, seal(json.dumps(sealed), first, purpose=self._purpose))
        return renewed

    def _read(self, answer: Entity, refresh: str) -> _Renewed:
        now = self._clock()
        lasts, refresh_lasts = answer["expires_in"], answer.get("refresh_token_expires_in")
        return _Renewed(
            access=text(answer, "access_token"),
            expires_at=now + timedelta(seconds=lasts),
            refresh=str(answer.get("refresh_token") or refresh),
            refresh_expires_at=now + timedelta(seconds=refresh_lasts) if refresh_lasts else None,
        )

    def _recalled(self) -> _Renewed | None:
        """Return the token that an earlier run has kept, unless the configuration has another by now."""
        first = _checked("refresh_token", self._credentials.refresh_token, self._name)
        kept = unseal(self._memory.get(_KEPT), first, purpose=self._purpose)
        try:
            found = json.loads(kept) if kept else None
            if found is None:
                return None
            ends = found["refresh_expires_at"]
            return _Renewed(
                access=text(found, "access"),
                expires_at=datetime.fromisoformat(found["expires_at"]),
                refresh=text(found, "refresh"),
                refresh_expires_at=datetime.fromisoformat(ends) if ends else None,
            )
        except (KeyError, TypeError, ValueError):
            return None

    def _ask(self, path: str, fields: Mapping[str, str], read: Callable[[Entity], T]) -> T:
        """Ask as the app, and return what ``read`` makes of the answer.

        Whatever is refused is for whoever configured it.
        """
        client_id, secret = self._credentials.client_id, self._credentials.client_secret
        if client_id is None:
            raise CredentialsError(f"{self._name}: refresh has no meaning without client_id, the app's")
        app = {
            "client_id": client_id,
            "client_secret": _checked("client_secret", secret, self._name).reveal(),
        }
        try:
            with exchange(self._session, self._server):
                answer = self._session.post(f"{self._server}{path}", data=app | dict(fields))
                if not answer.ok:
                    raise ValueError("not ok")
                return read(entity(answer.json()))
        except PermanentError as error:
            raise CredentialsError(
                f"{error} (asking as the app {client_id}; look at client_secret_env and refresh_token_env)"
            ) from error

    @property
    def _purpose(self) -> str:
        return f"linkedin {host_of(self._server)} {self._credentials.client_id}"


def _told(answer: Entity) -> Told:
    scopes, end = answer.get("scope"), answer.get("expires_at")
    return Told(
        scopes=frozenset(scopes.replace(",", " ").split()) if isinstance(scopes, str) else frozenset(),
        expires_at=datetime.fromtimestamp(end, UTC) if isinstance(end, int) else None,
    )


def login_server(server: str) -> str:
    """Return where tokens are made: LinkedIn has a host of its own for that."""
    url = urlsplit(server.rstrip("/"))
    host = "www.linkedin.com" if url.netloc == "api.linkedin.com" else url.netloc
    return urlunsplit((url.scheme, host, url.path, "", ""))


def _checked(kind: str, secret: Secret | None, name: str) -> Secret:
    value = secret.reveal() if secret is not None else ""
    if secret is None or not value or not value.isascii() or not value.isprintable() or " " in value:
        raise CredentialsError(
            f"{name}: the {kind} is missing or holds characters that none has; copy it again into the "
            f"environment variable that {kind}_env names"
        )
    return secret


def _written(value: Any) -> str | None:  # noqa: ANN401 - a text or a time, of a dataclass of ours
    return value.isoformat() if isinstance(value, datetime) else value
