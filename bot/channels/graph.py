"""Meta's Graph APIs, of Facebook, Threads and Instagram: how they are all asked.

A thin client (https://developers.facebook.com/docs/graph-api/overview): there is no library for them that is
kept up. The token goes into a header, never into an address; but for the two requests that are about a token,
to which it must be told in the query.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from bot.channels.graph_error import judged, refusal
from bot.channels.http import exchange, host_of
from bot.errors import CredentialsError, PermanentError, RejectedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.channels.graph_error import Refusal
    from bot.channels.http import Session
    from bot.model import Attachment, Outgoing, Secret

Entity = Mapping[str, Any]
Fields = Mapping[str, str]
Files = Mapping[str, tuple[str, bytes, str]]
T = TypeVar("T")

_NUMBER = re.compile(r"[0-9]+(?:_[0-9]+)?")


@dataclass(kw_only=True, slots=True)
class Graph:
    """The API at ``server``, in its ``version`` ("v1.0"), asked over ``session``.

    ``token`` returns the account's token, which may be another by and by. With an ``app_secret``, each
    request also proves that it comes from whoever has that
    (https://developers.facebook.com/docs/graph-api/guides/secure-requests).
    """

    server: str
    version: str
    session: Session
    token: Callable[[], Secret]
    app_secret: Secret | None = None

    @property
    def host(self) -> str:
        """The host, for messages."""
        return host_of(self.server)

    def get(self, path: str, read: Callable[[Entity], T], **query: str) -> T:
        """Read ``path``; ``read`` makes something of the answer, and raises ``TypeError`` of a wrong one."""
        return self._ask("GET", f"{self.version}/{path}", read, query=query)

    def post(
        self,
        path: str,
        read: Callable[[Entity], T],
        fields: Fields,
        *,
        files: Files | None = None,
        publishes: bool = False,
    ) -> T:
        """Write; ``publishes`` as in bot.channels.http."""
        return self._ask(
            "POST", f"{self.version}/{path}", read, fields=fields, files=files, publishes=publishes
        )

    def delete(self, path: str) -> None:
        """Delete; what is not there is deleted already."""
        try:
            self._ask("DELETE", f"{self.version}/{path}", is_success)
        except PermanentError:
            refused = self.last_refusal()
            if refused is None or not refused.is_gone:
                raise

    def about_token(self, path: str, read: Callable[[Entity], T], **query: str) -> T:
        """Make a request that is about a token, which stands in its query."""
        return self._ask("GET", path, read, query=query, signs=False)

    def last_refusal(self) -> Refusal | None:
        """Return the error that the last answer was, ``None`` where it was none of the API's."""
        return refusal(self.session.answer)

    def _ask(
        self,
        method: str,
        path: str,
        read: Callable[[Entity], T],
        *,
        query: Fields | None = None,
        fields: Fields | None = None,
        files: Files | None = None,
        publishes: bool = False,
        signs: bool = True,
    ) -> T:
        headers, proof = self._credentials() if signs else ({}, {})
        with exchange(self.session, self.server, publishes=publishes):
            answer = self.session.request(
                method,
                f"{self.server.rstrip('/')}/{path}",
                params={**(query or {}), **({} if fields is not None else proof)},
                data={**fields, **proof} if fields is not None else None,
                files=files,
                headers=headers,
            )
            if refused := refusal(answer):
                now = datetime.now(UTC)
                raise judged(refused, answer, host=self.host, publishes=publishes, now=now)
            if not answer.ok:
                raise ValueError("not ok")
            return read(entity(answer.json()))

    def _credentials(self) -> tuple[dict[str, str], dict[str, str]]:
        token = self.token().reveal()
        proof = {}
        if self.app_secret is not None:
            key = self.app_secret.reveal().strip().encode()
            proof["appsecret_proof"] = hmac.new(key, token.encode(), hashlib.sha256).hexdigest()
        return {"Authorization": f"Bearer {token}"}, proof


def checked(token: Secret | None, name: str) -> Secret:
    """Return the token if it can be one; ``name`` is the channel's.

    Raises:
        CredentialsError: it is missing, or holds what no token does.
    """
    value = token.reveal() if token is not None else ""
    if token is None or not value or not value.isascii() or not value.isprintable() or " " in value:
        raise CredentialsError(
            f"{name}: the token is missing or holds characters that none has; copy it again into the "
            "environment variable that token_env names"
        )
    return token


def number(remote_id: str, name: str) -> str:
    """Return an id as the APIs make them, which goes into an address.

    Raises:
        PermanentError: it is none.
    """
    if not _NUMBER.fullmatch(remote_id):
        raise PermanentError(f"{name}: {remote_id!r} is not the id of a post there")
    return remote_id


def said_of(outgoing: Outgoing, gap: str) -> str:
    """Return the text with its content warning before it: there is no place of its own for one."""
    warning = outgoing.content_warning
    return f"{warning}{gap}{outgoing.part.text}" if warning else outgoing.part.text


def image(picture: Attachment, *, name: str, kinds: Mapping[str, str]) -> dict[str, str]:
    """Return how a container is told of a picture, which the network fetches by itself.

    Raises:
        RejectedError: it is of no kind that the network takes, or nobody can fetch it.
    """
    if picture.mime_type not in kinds:
        raise RejectedError(
            f"{name}: the file {picture.file} is {picture.mime_type}, and this network takes "
            f"{' and '.join(kinds.values())} only: name another picture for this channel"
        )
    if picture.url is None:
        raise RejectedError(
            f"{name}: this network fetches pictures by itself, and {picture.file} is nowhere where it could: "
            "use a file of a public wiki, or say in pictures_url where the folder's pictures can be fetched"
        )
    return {"image_url": picture.url, **({"alt_text": picture.alt} if picture.alt else {})}


def entity(value: object) -> Entity:
    """Return an object of an answer; raises ``TypeError`` where it is none."""
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value


def text(found: Entity, key: str) -> str:
    """Return a field that must be there and not be empty; raises ``TypeError`` where it is not."""
    value = found.get(key)
    if not isinstance(value, str) or not value:
        raise TypeError(f"no {key}")
    return value


def identity(found: Entity, key: str = "id") -> str:
    """Return an id; raises ``TypeError`` where there is none."""
    made = text(found, key)
    if not _NUMBER.fullmatch(made):
        raise TypeError("not an id")
    return made


def is_success(found: Entity) -> None:
    """Accept what says that it has been done; raises ``TypeError`` of anything else."""
    if found.get("success") is not True:
        raise TypeError("no success")
