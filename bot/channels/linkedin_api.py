"""The requests of LinkedIn's versioned API that a channel makes.

https://learn.microsoft.com/linkedin/marketing/versioning. Each method makes one request, and raises the
errors of bot.errors, with what a person can do about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from urllib.parse import quote, urlsplit

import requests

from bot.channels import linkedin_read as read
from bot.channels.http import exchange, host_of
from bot.errors import CredentialsError, PermanentError, TransientError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.channels.http import Session
    from bot.channels.linkedin_read import Found, Page
    from bot.channels.linkedin_token import Tokens

T = TypeVar("T")
GONE = frozenset({requests.codes.not_found, requests.codes.gone})
_UPGRADE_REQUIRED = 426
_UPLOADS = ".linkedin.com"


class Api:
    """LinkedIn at ``server``, in one ``version`` (YYYYMM), for the page ``author`` (its URN)."""

    def __init__(self, *, server: str, version: str, author: str, session: Session, tokens: Tokens) -> None:
        self._server = server.rstrip("/")
        self._version = version
        self._author = author
        self._session = session
        self._tokens = tokens

    def create(self, post: Mapping[str, Any]) -> str:
        """Make a post and return its URN, which comes in a header."""
        return self._call("POST", "/rest/posts", _made, body=post, publishes=True)

    def get(self, urn: str) -> Found:
        """Read one post."""
        return self._call("GET", _path(urn), _json(read.post))

    def by_author(self, *, start: int, count: int) -> Page:
        """Read posts of the page, those first that were made last."""
        query: dict[str, str | int] = {
            "q": "author",
            "author": self._author,
            "start": start,
            "count": count,
            "sortBy": "CREATED",
        }
        return self._call("GET", "/rest/posts", _json(read.page), query=query, kind="FINDER")

    def update(self, urn: str, commentary: str) -> None:
        """Change what a post says."""
        patch = {"patch": {"$set": {"commentary": commentary}}}
        self._call("POST", _path(urn), _nothing, body=patch, kind="PARTIAL_UPDATE")

    def delete(self, urn: str) -> None:
        """Delete a post; deleting it again is no error there."""
        self._call("DELETE", _path(urn), _nothing, kind="DELETE")

    def organization(self, number: str) -> str:
        """Return what the page is called."""
        path = f"/rest/organizations/{number}"
        return self._call("GET", path, _json(lambda answer: read.text(read.entity(answer), "localizedName")))

    def begin_upload(self) -> tuple[str, str]:
        """Return where a picture is to be put, and its URN.

        https://learn.microsoft.com/linkedin/marketing/community-management/shares/images-api
        """
        body = {"initializeUploadRequest": {"owner": self._author}}
        return self._call(
            "POST", "/rest/images", _json(read.uploading), query={"action": "initializeUpload"}, body=body
        )

    def upload(self, address: str, content: bytes, mime_type: str) -> None:
        """Put a picture where LinkedIn wants it; the token goes to no other host than LinkedIn's."""
        ours, theirs = urlsplit(self._server), urlsplit(address)
        trusted = theirs.netloc == ours.netloc or (
            theirs.scheme == "https" and (theirs.hostname or "").endswith(_UPLOADS)
        )
        if not trusted:
            raise TransientError(
                f"{host_of(self._server)}: pictures are to be put at {host_of(address)}, which is not "
                "LinkedIn's; nothing was published"
            )
        headers = {"Authorization": f"Bearer {self._tokens.current()}", "Content-Type": mime_type}
        try:
            with exchange(self._session, address):
                if not self._session.put(address, data=content, headers=headers).ok:
                    raise ValueError("not ok")
        except PermanentError as error:
            self._blame(error)

    def image_state(self, urn: str) -> str:
        """Return how far a picture is: AVAILABLE, PROCESSING, PROCESSING_FAILED, WAITING_UPLOAD."""
        path = f"/rest/images/{quote(urn, safe='')}"
        return self._call("GET", path, _json(lambda answer: read.text(read.entity(answer), "status")))

    def duplicate(self) -> str | None:
        """Return the post that the last answer names as the one that is there already."""
        answer = self._session.answer
        if answer is None or answer.status_code != requests.codes.unprocessable_entity:
            return None
        try:
            return read.duplicate_of(answer.json())
        except ValueError:
            return None

    @property
    def status(self) -> int | None:
        """The HTTP status of the last answer, ``None`` where none came."""
        return self._session.status

    def _call(
        self,
        method: str,
        path: str,
        understand: Callable[[requests.Response], T],
        *,
        query: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
        kind: str | None = None,
        publishes: bool = False,
    ) -> T:
        """Ask, and return what ``understand`` makes of the answer; ``kind`` is Rest.li's own method."""
        headers = {
            "Authorization": f"Bearer {self._tokens.current()}",
            "LinkedIn-Version": self._version,
            "X-Restli-Protocol-Version": "2.0.0",
        } | ({"X-RestLi-Method": kind} if kind else {})
        try:
            with exchange(self._session, self._server, publishes=publishes):
                url = f"{self._server}{path}"
                answer = self._session.request(method, url, params=query, json=body, headers=headers)
                if not answer.ok:
                    raise ValueError("not ok")
                return understand(answer)
        except PermanentError as error:
            self._blame(error)

    def _blame(self, error: PermanentError) -> NoReturn:
        """Raise the error as one that no post could avoid, where it is the configuration's or the token's."""
        status = self._session.status
        if status == _UPGRADE_REQUIRED:
            raise CredentialsError(
                f"{error}; LinkedIn does not know the version {self._version} of its API (any more): give "
                'this channel a newer one (version = "YYYYMM"), as '
                "https://learn.microsoft.com/linkedin/marketing/versioning says"
            ) from error
        if status == requests.codes.unauthorized:
            raise self._tokens.refused(error) from error
        if status == requests.codes.forbidden:
            raise CredentialsError(
                f"{error}; the token needs w_organization_social and r_organization_social, and whoever made "
                f"it must be an administrator or content administrator of {self._author}"
            ) from error
        raise error


def _path(urn: str) -> str:
    return f"/rest/posts/{quote(urn, safe='')}"


def _made(answer: requests.Response) -> str:
    return read.receipt(answer.headers["x-restli-id"]).remote_id


def _json(understand: Callable[[object], T]) -> Callable[[requests.Response], T]:
    return lambda answer: understand(answer.json())


def _nothing(answer: requests.Response) -> None:
    if answer.status_code != requests.codes.no_content:
        raise ValueError("not what LinkedIn answers")
