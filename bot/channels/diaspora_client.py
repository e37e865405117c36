"""A pod of diaspora*, asked for one account, and the tokens that let it.

A pod is an OpenID provider (https://diaspora.github.io/api-documentation/authentication.html). An access
token lives for 24 hours (app/models/api/openid_connect/o_auth_access_token.rb in
https://github.com/diaspora/diaspora); a new one is given for the refresh token of the account's
authorisation, which lives until somebody takes the authorisation back. The pods of today leave the refresh
token as it is; one that gives a new one with each access token is understood as well.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import requests

from bot.channels.http import exchange, host_of
from bot.channels.seal import seal, unseal
from bot.errors import ChannelError, CredentialsError, PermanentError
from bot.model import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.channels.base import Memory
    from bot.channels.http import Session

T = TypeVar("T")

API = "/api/v1"
TOKENS = "/api/openid_connect/access_tokens"
NEEDED = ("openid", "profile", "public:read", "public:modify")

_KEPT = "tokens"
_CODE = re.compile(r"[a-z_]{1,40}")  # too short for any of the secrets that were sent
# What is no JSON is a form to a pod, and needs what only its own pages have.
_JSON = {"Accept": "application/json"}
_NO_RIGHT = ("insufficient_scope", "Unauthorized")
_ANEW = (
    "authorise the application anew, as docs/networks/diaspora.md has it, and put the new refresh token into "
    "the environment variable that refresh_token_env names"
)
_REFUSALS = {
    "invalid_client": (
        "the pod does not know the application: client_id and the secret that client_secret_env names must "
        "be those of one registration on this very pod"
    ),
    "invalid_grant": (
        "the refresh token is not good, or not any more: somebody may have taken the authorisation back (in "
        f"the account's settings, Applications), or used its code twice; {_ANEW}"
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Credentials:
    """An application's registration on a pod, and the refresh token of the account's authorisation for it."""

    client_id: str
    client_secret: Secret | None
    refresh_token: Secret | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Tokens:
    """What the pod gave; ``scopes`` are those of the access token where it tells them."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    scopes: tuple[str, ...] = ()


class Pod:
    """The API of a pod. Raises the errors of bot.errors; ``name`` is the channel's, for messages."""

    def __init__(
        self, *, name: str, server: str, credentials: Credentials, session: Session, memory: Memory
    ) -> None:
        self.server = server.rstrip("/")
        self._name = name
        self._credentials = credentials
        self._session = session
        self._memory = memory
        self._tokens: Tokens | None = None

    @property
    def host(self) -> str:
        """The pod's name, for messages."""
        return host_of(self.server)

    @property
    def answer(self) -> requests.Response | None:
        """The last answer, ``None`` where none came."""
        return self._session.answer

    @property
    def status(self) -> int | None:
        """The HTTP status of the last answer."""
        return self._session.status

    @property
    def scopes(self) -> frozenset[str]:
        """What the access token is good for, as far as the pod told when it gave it: else nothing."""
        return frozenset(self._tokens.scopes) if self._tokens else frozenset()

    def call(
        self,
        method: str,
        path: str,
        read: Callable[[requests.Response], T],
        *,
        publishes: bool = False,
        **sent: Any,  # noqa: ANN401 - what requests sends: params, json, data and files
    ) -> T:
        """Ask as the account, and return what ``read`` makes of the answer.

        An access token that has run out is renewed, once: nothing was done with it. Raises
        ``CredentialsError`` where the token lacks a right.
        """
        tokens = self._given()
        try:
            return self._ask(tokens, method, path, read, publishes=publishes, **sent)
        except CredentialsError:
            if self._session.status != requests.codes.unauthorized:
                raise
        tokens = self._renewed(tokens.refresh)
        try:
            return self._ask(tokens, method, path, read, publishes=publishes, **sent)
        except CredentialsError as error:
            if self._session.status != requests.codes.unauthorized:
                raise
            raise CredentialsError(
                f"{self.host}: the pod refuses the access token that it has just given; look whether the "
                "account can still be logged in to on the web"
            ) from error

    def may(self, method: str, path: str) -> bool | None:
        """Tell whether the token has the right for a request that changes nothing; ``None``: not known."""
        try:
            self.call(method, path, lambda _: None)
        except ChannelError:
            if self._lacks_scope():
                return False
            # In words of its own: a path that it does not know is something else.
            is_not_there = self._session.status == requests.codes.not_found and self._said("message")
            return True if is_not_there else None
        return True

    def _ask(
        self,
        tokens: Tokens,
        method: str,
        path: str,
        read: Callable[[requests.Response], T],
        *,
        publishes: bool,
        **sent: Any,  # noqa: ANN401 - as above
    ) -> T:
        headers = {**_JSON, "Authorization": f"Bearer {tokens.access}"}
        try:
            with exchange(self._session, self.server, publishes=publishes):
                answer = self._session.request(method, f"{self.server}{API}{path}", headers=headers, **sent)
                return read(_successful(answer))
        except PermanentError as error:
            if not self._lacks_scope():
                raise
            raise CredentialsError(
                f"{self.host}: the token lacks a right; {', '.join(NEEDED)} are needed: {_ANEW}"
            ) from error

    def _lacks_scope(self) -> bool:
        """Tell whether the last answer says that the access token is not good for what was asked."""
        is_forbidden = self._session.status == requests.codes.forbidden
        return is_forbidden and self._said("message").startswith(_NO_RIGHT)

    def _given(self) -> Tokens:
        """Return the tokens of this process or of an earlier one; only without any are new ones asked for."""
        if self._tokens is None:
            self._tokens = self._recalled() or self._renewed(None)
        return self._tokens

    def _renewed(self, kept: str | None) -> Tokens:
        """Return new tokens, for the refresh token that was given last or else for the environment's.

        They are written down before anything is done with them, for the old ones may be worth nothing now.
        """
        seed = self._seed.reveal()
        try:
            return self._keep(self._ask_for_tokens(kept or seed))
        except CredentialsError:
            if kept in {None, seed}:
                raise
        return self._keep(self._ask_for_tokens(seed))

    def _keep(self, tokens: Tokens) -> Tokens:
        self._memory.put(_KEPT, seal(_written(tokens), self._seed, purpose=self._purpose))
        self._tokens = tokens
        return tokens

    def _ask_for_tokens(self, refresh: str) -> Tokens:
        """Ask for an access token: https://www.rfc-editor.org/rfc/rfc6749#section-6.

        The server's own words are not repeated: what was sent could be among them.
        """
        form = {
            "grant_type": "refresh_token",
            "refresh_token": refresh,
            "client_id": self._credentials.client_id,
            "client_secret": self._needed("client_secret", self._credentials.client_secret).reveal(),
        }
        try:
            with exchange(self._session, self.server):
                answer = self._session.post(f"{self.server}{TOKENS}", data=form, headers=_JSON)
                return _read(_successful(answer).json(), refresh)
        except PermanentError:
            if self._session.answer is None:
                raise
            said = self._said("error")
            code = said if _CODE.fullmatch(said) else str(self._session.status)
            why = _REFUSALS.get(code, f"the pod gives no access token ({code}); {_ANEW}")
            raise CredentialsError(f"{self.host}: {why}") from None

    def _recalled(self) -> Tokens | None:
        """Return what an earlier process was given for this very refresh token of the environment."""
        kept = unseal(self._memory.get(_KEPT), self._seed, purpose=self._purpose)
        try:
            return _read_written(kept) if kept else None
        except (KeyError, TypeError, ValueError):
            return None

    @property
    def _seed(self) -> Secret:
        """The environment's refresh token: with another one there, nothing that was kept can be opened."""
        return self._needed("refresh_token", self._credentials.refresh_token)

    @property
    def _purpose(self) -> str:
        return f"diaspora {self.server} {self._credentials.client_id}"

    def _needed(self, kind: str, secret: Secret | None) -> Secret:
        """Return a secret of the environment; raises ``CredentialsError`` where it is none."""
        value = secret.reveal().strip() if secret is not None else ""
        if value and value.isascii() and value.isprintable() and " " not in value:
            return Secret(value)
        raise CredentialsError(
            f"{self._name}: the {kind.replace('_', ' ')} is missing or holds characters that none has; how "
            "to get one stands in docs/networks/diaspora.md, and it belongs into the environment variable "
            f"that {kind}_env names"
        )

    def _said(self, name: str) -> str:
        """Return a field of the last answer's JSON, or nothing."""
        try:
            found = self._session.answer.json() if self._session.answer is not None else None
        except ValueError:
            return ""
        return str(found.get(name) or "") if isinstance(found, dict) else ""


def _successful(answer: requests.Response) -> requests.Response:
    if not 200 <= answer.status_code < 300:
        raise requests.HTTPError(str(answer.status_code))
    return answer


def _read(answer: Mapping[str, Any], refresh: str) -> Tokens:
    """Read https://www.rfc-editor.org/rfc/rfc6749#section-5.1; a refresh token that is not told stays."""
    access, new = answer["access_token"], answer.get("refresh_token") or refresh
    if not isinstance(access, str) or not access or not isinstance(new, str):
        raise TypeError("no tokens")
    return Tokens(access=access, refresh=new, scopes=tuple(str(answer.get("scope") or "").split()))


def _written(tokens: Tokens) -> str:
    return json.dumps({"access": tokens.access, "refresh": tokens.refresh, "scopes": tokens.scopes})


def _read_written(text: str) -> Tokens:
    found = json.loads(text)
    return Tokens(
        access=str(found["access"]), refresh=str(found["refresh"]), scopes=tuple(map(str, found["scopes"]))
    )
