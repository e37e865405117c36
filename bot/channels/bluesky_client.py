"""A Bluesky account's repository, asked through the atproto SDK (https://atproto.blue/).

The SDK knows the methods and their shapes; its requests go through a session of bot.channels.http, so that
what may have happened is judged as for every network. Importing it takes most of a second, so that is done
with the first request.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import requests
from atproto_client import models
from atproto_client.client.raw import ClientRaw
from atproto_client.models.utils import get_model_as_dict
from atproto_client.request import Response
from atproto_core.did_doc import DidDocument, is_valid_did_doc
from atproto_core.exceptions import AtProtocolError
from atproto_server.auth.jwt import get_jwt_payload

from bot.channels.bluesky_record import POST, rkey_of
from bot.channels.http import exchange
from bot.channels.seal import seal, unseal
from bot.errors import CredentialsError, PermanentError, RejectedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.channels.base import Memory
    from bot.channels.http import Session
    from bot.model import Secret

T = TypeVar("T")
Record = dict[str, Any]
Headers = dict[str, str]

_KEPT = "session"
_STALE = frozenset({"ExpiredToken", "InvalidToken"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """A session: who we are, where the account's own server is, and the two tokens."""

    did: str
    service: str
    access: str = field(repr=False)
    refresh: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A record that was read: its address and version, and what it says."""

    uri: str
    cid: str
    value: Record


class Repository:
    """The records of one account. ``server`` is where one logs in, ``identifier`` a handle or a DID.

    Raises the errors of bot.errors. Without a ``password`` it can only be read.
    """

    def __init__(
        self, *, server: str, identifier: str, password: Secret | None, session: Session, memory: Memory
    ) -> None:
        self._server = server
        self._identifier = identifier
        self._password = password
        self._session = session
        self._memory = memory
        self._wire = _Wire(session)
        self._login: Login | None = None

    def put(self, rkey: str, record: Mapping[str, Any], *, collection: str = POST) -> None:
        """Make the record ``rkey``, or leave it as it is where it is there and says the same.

        https://docs.bsky.app/docs/api/com-atproto-repo-put-record
        """

        def send(client: ClientRaw, login: Login, headers: Headers) -> None:
            data = models.ComAtprotoRepoPutRecord.Data(
                repo=login.did, collection=collection, rkey=rkey, record=dict(record)
            )
            made = client.com.atproto.repo.put_record(data, headers=headers)
            if made.uri != _uri(login.did, collection, rkey):
                raise TypeError("another record than was asked for")

        self._authorised(send, publishes=True)

    def delete(self, rkey: str, *, collection: str = POST) -> None:
        """Delete the record ``rkey``, which need not be there."""

        def send(client: ClientRaw, login: Login, headers: Headers) -> None:
            data = models.ComAtprotoRepoDeleteRecord.Data(repo=login.did, collection=collection, rkey=rkey)
            client.com.atproto.repo.delete_record(data, headers=headers)

        self._authorised(send)

    def upload(self, content: bytes, mime_type: str) -> Record:
        """Store a file and return its reference; it is thrown away unless a post refers to it soon."""

        def send(client: ClientRaw, _: Login, headers: Headers) -> Record:
            answer = client.com.atproto.repo.upload_blob(
                content, headers={**headers, "Content-Type": mime_type}
            )
            blob: Record = answer.blob.model_dump(mode="json", by_alias=True, exclude_none=True)
            return blob

        return self._authorised(send)

    def account(self) -> tuple[Record, str]:
        """Return what the server says of the session, and the scope of its token."""

        def send(client: ClientRaw, login: Login, headers: Headers) -> tuple[Record, str]:
            answer = client.com.atproto.server.get_session(headers=headers)
            return get_model_as_dict(answer), _scope(login.access)

        return self._authorised(send)

    def get(self, rkey: str, *, collection: str = POST, of: str | None = None) -> Found:
        """Read one record, ours or that ``of`` another account, which our server asks the network for."""

        def send(client: ClientRaw, repo: str) -> Found:
            params = models.ComAtprotoRepoGetRecord.Params(repo=of or repo, collection=collection, rkey=rkey)
            return _found(client.com.atproto.repo.get_record(params))

        return self._openly(send)

    def page(self, cursor: str | None, limit: int) -> tuple[list[Found], str | None]:
        """Read posts, newest first, from where the ``cursor`` of the page before says; and the next one.

        https://docs.bsky.app/docs/api/com-atproto-repo-list-records
        """

        def send(client: ClientRaw, repo: str) -> tuple[list[Found], str | None]:
            params = models.ComAtprotoRepoListRecords.Params(
                repo=repo, collection=POST, limit=limit, cursor=cursor
            )
            answer = client.com.atproto.repo.list_records(params)
            return [_found(one) for one in answer.records], answer.cursor

        try:
            return self._openly(send)
        except RejectedError:
            self._forget()
            raise

    def resolve(self, handle: str) -> str:
        """Return the DID of an account anywhere on the network."""

        def send(client: ClientRaw, _: str) -> str:
            params = models.ComAtprotoIdentityResolveHandle.Params(handle=handle)
            return str(client.com.atproto.identity.resolve_handle(params).did)

        return self._openly(send)

    @property
    def service(self) -> str:
        """The address of the server that was asked last, or would be asked."""
        return self._login.service if self._login else self._server

    def _openly(self, send: Callable[[ClientRaw, str], T]) -> T:
        """Ask what anybody may ask, of the account's own server as far as it is known."""
        login = self._logged_in() if self._password is not None else None
        service, repo = (login.service, login.did) if login else (self._server, self._identifier)
        return self._ask(service, lambda client: send(client, repo))

    def _authorised(self, send: Callable[[ClientRaw, Login, Headers], T], *, publishes: bool = False) -> T:
        """Ask as the account; a session that has run out is renewed, once: nothing was done with it."""
        login = self._logged_in()
        try:
            return self._ask_as(login, send, publishes=publishes)
        except PermanentError as error:
            if not self._is_stale():
                if isinstance(error, CredentialsError):
                    self._forget()
                raise
        try:
            return self._ask_as(self._renewed(login), send, publishes=publishes)
        except PermanentError as error:
            if not self._is_stale():
                raise
            self._forget()
            raise CredentialsError(f"{error}, of a session that has just been given") from error

    def _ask_as(self, login: Login, send: Callable[[ClientRaw, Login, Headers], T], *, publishes: bool) -> T:
        headers = _bearer(login.access)
        return self._ask(login.service, lambda client: send(client, login, headers), publishes=publishes)

    def _ask(self, service: str, send: Callable[[ClientRaw], T], *, publishes: bool = False) -> T:
        client = ClientRaw(base_url=service, request=self._wire)
        with exchange(self._session, service, publishes=publishes):
            return send(client)

    def _logged_in(self) -> Login:
        """Return the session of this process or of an earlier one; only without any is one made.

        Servers let an account make some hundred a day: https://docs.bsky.app/docs/advanced-guides/rate-limits
        """
        if self._login is None:
            self._login = self._recalled() or self._created()
        return self._login

    def _created(self) -> Login:
        password = self._needed_password()
        data = models.ComAtprotoServerCreateSession.Data(
            identifier=self._identifier, password=password.reveal().strip()
        )

        def send(client: ClientRaw) -> Login:
            return _login(client.com.atproto.server.create_session(data), self._server)

        try:
            return self._keep(self._ask(self._server, send))
        except PermanentError as error:
            raise CredentialsError(
                f"{error} (logging in as {self._identifier} with the password that password_env names; it "
                "should be an app password of this very account)"
            ) from error

    def _renewed(self, old: Login) -> Login:
        """Return a new session for one that has run out, by its refresh token or else by the password."""

        def send(client: ClientRaw) -> Login:
            answer = client.com.atproto.server.refresh_session(headers=_bearer(old.refresh))
            return _login(answer, old.service)

        try:
            return self._keep(self._ask(old.service, send))
        except PermanentError:
            return self._created()

    def _keep(self, login: Login) -> Login:
        sealed = seal(json.dumps(asdict(login)), self._needed_password(), purpose=self._purpose)
        self._memory.put(_KEPT, sealed)
        self._login = login
        return login

    def _recalled(self) -> Login | None:
        """Return the session that an earlier process kept, unless it is another account's by now."""
        kept = unseal(self._memory.get(_KEPT), self._needed_password(), purpose=self._purpose)
        try:
            return Login(**json.loads(kept)) if kept else None
        except (TypeError, ValueError):
            return None

    def _forget(self) -> None:
        """Let the next run log in anew: the account may have moved to another server, say."""
        if self._login is not None:
            self._login = None
            self._memory.put(_KEPT, None)

    @property
    def _purpose(self) -> str:
        return f"bluesky {self._server} {self._identifier}"

    def _needed_password(self) -> Secret:
        if self._password is None:
            raise CredentialsError(
                f"{self._identifier}: there is no password; make an app password in the account's settings "
                "(Privacy and security) and put it into the environment variable that password_env names"
            )
        return self._password

    def _is_stale(self) -> bool:
        """Tell whether the last answer says that the token has run out, or was never this server's."""
        answer = self._session.answer
        try:
            said = answer.json() if answer is not None else None
        except ValueError:
            return False
        return isinstance(said, dict) and said.get("error") in _STALE


class _Wire:
    """What the SDK sends its requests through: our session, with its time-outs, its name and its memory."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, url: str, **arguments: Any) -> Response:  # noqa: ANN401 - the SDK's own signature
        """Read."""
        return self._send("GET", url, **arguments)

    def post(self, url: str, **arguments: Any) -> Response:  # noqa: ANN401 - the SDK's own signature
        """Write."""
        return self._send("POST", url, **arguments)

    def _send(
        self,
        method: str,
        url: str,
        *,
        headers: Headers | None = None,
        params: Mapping[str, Any] | None = None,
        content: str | bytes | None = None,
        data: bytes | None = None,
    ) -> Response:
        body = content if content is not None else data
        answer = self._session.request(
            method,
            url,
            params={name: _in_query(value) for name, value in (params or {}).items()},
            data=body.encode() if isinstance(body, str) else body,
            headers=headers,
        )
        if not 200 <= answer.status_code < 300:
            raise requests.HTTPError(str(answer.status_code))
        return Response(
            success=True,
            status_code=answer.status_code,
            content=answer.json(),
            headers={name.lower(): value for name, value in answer.headers.items()},
        )


def _in_query(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _bearer(token: str) -> Headers:
    return {"Authorization": f"Bearer {token}"}


def _uri(did: str, collection: str, rkey: str) -> str:
    return f"at://{did}/{collection}/{rkey}"


def _found(record: Any) -> Found:  # noqa: ANN401 - the SDK's models of two answers alike
    if not record.cid or not rkey_of(record.uri):
        raise TypeError("a record without an address")
    return Found(uri=record.uri, cid=record.cid, value=get_model_as_dict(record.value))


def _login(answer: Any, service: str) -> Login:  # noqa: ANN401 - the SDK's models of two answers alike
    """Read a session that ``service`` gave."""
    return Login(
        did=str(answer.did),
        service=_own_service(answer) or service,
        access=str(answer.access_jwt),
        refresh=str(answer.refresh_jwt),
    )


def _own_service(answer: Any) -> str | None:  # noqa: ANN401 - the SDK's models of two answers alike
    """Return the server that the account's DID document names: others are not to see its tokens."""
    if not answer.did_doc or not is_valid_did_doc(answer.did_doc):
        return None
    document = DidDocument.from_dict(answer.did_doc)
    if document.get_did() != answer.did:
        raise TypeError("another account's document")
    endpoint: str | None = document.get_pds_endpoint()
    return endpoint.rstrip("/") if endpoint else None


def _scope(token: str) -> str:
    """Return what an access token is good for, where it is one that says so."""
    try:
        return get_jwt_payload(token).scope or ""
    except AtProtocolError:
        return ""
