"""How a server of Matrix is asked, and what its refusals mean.

https://spec.matrix.org/v1.15/client-server-api/#api-standards
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from bot.channels.http import exchange
from bot.errors import CredentialsError, RejectedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.channels.http import Session
    from bot.model import Attachment, Secret

Entity = Mapping[str, Any]
T = TypeVar("T")

CLIENT, MEDIA = "/_matrix/client/v3", "/_matrix/media/v3"
# The account or the room is at fault, and not one post.
_REFUSALS = frozenset(
    {"M_FORBIDDEN", "M_CONSENT_NOT_GIVEN", "M_USER_DEACTIVATED", "M_USER_SUSPENDED", "M_USER_LOCKED"}
)
_OF_THE_ROOM = (f"{CLIENT}/directory/room/", f"{CLIENT}/join/")


class Client:
    """One account's way to its server; ``name`` is the channel's, for messages."""

    def __init__(self, *, name: str, server: str, token: Secret | None, session: Session) -> None:
        self.server = server.rstrip("/")
        self.has_token = token is not None
        self._name = name
        self._token = token
        self._session = session

    def ask(self, method: str, path: str, *, needing: str | None = None, **arguments: Any) -> Entity:  # noqa: ANN401 - those of read
        """Ask as ``read`` does and return the answer, in which there must be text under ``needing``."""

        def checked(answer: Entity) -> Entity:
            if needing is not None and (not answer[needing] or not isinstance(answer[needing], str)):
                raise TypeError(f"no {needing}")
            return answer

        return self.read(checked, method, path, **arguments)

    def read(
        self,
        read: Callable[[Entity], T],
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        content: Entity | Attachment | None = None,
        publishes: bool = False,
    ) -> T:
        """Make a request, with JSON or a file, and return what ``read`` makes of the answer.

        Raises ``CredentialsError`` where the account may not, or there is no such room: then no post could be
        published.
        """
        headers = {"Authorization": f"Bearer {self._good_token()}"}
        body: bytes | None = None
        if isinstance(content, Mapping):
            body = json.dumps(content, ensure_ascii=False).encode()
            headers["Content-Type"] = "application/json"
        elif content is not None:
            body, headers["Content-Type"] = content.content, content.mime_type
        try:
            with exchange(self._session, self.server, publishes=publishes):
                url = self.server + path
                answer = self._session.request(method, url, params=query, data=body, headers=headers)
                found = answer.json()
                if not answer.ok or not isinstance(found, dict):
                    raise ValueError("not what was asked for")
                return read(found)
        except RejectedError as error:
            self._blame(error, path)

    def errcode(self) -> object:
        """Return the code of the last error, ``None`` where it was none of Matrix's."""
        try:
            body = self._session.answer.json() if self._session.answer is not None else None
        except ValueError:
            return None
        return body.get("errcode") if isinstance(body, dict) else None

    def _blame(self, error: RejectedError, path: str) -> NoReturn:
        no_such_room = self.errcode() == "M_NOT_FOUND" and path.startswith(_OF_THE_ROOM)
        if self.errcode() in _REFUSALS or no_such_room:
            raise CredentialsError(
                f"{error}; look whether room names the right room, and invite the account there, with the "
                "power to post"
            ) from error
        raise error

    def _good_token(self) -> str:
        token = self._token.reveal().strip() if self._token else ""
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise CredentialsError(
                f"{self._name}: there is no access token, or it holds what no token does; log in once as the "
                "bot, keep that session, and put its token into the environment variable that token_env names"
            )
        return token
