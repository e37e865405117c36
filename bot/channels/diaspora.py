"""diaspora*, by the API that its pods have since 0.9 (https://diaspora.github.io/api-documentation/).

A pod takes a post as Markdown and can neither edit it nor tell a second try from a second post. So what got
no answer is looked for among the account's own posts. The tokens are the business of
bot.channels.diaspora_client.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import requests

from bot.channels import diaspora_read as read
from bot.channels.diaspora_client import NEEDED, Credentials, Pod
from bot.compose.markdown import to_commonmark
from bot.compose.marked import Marked
from bot.errors import AmbiguousError, ChannelError, PermanentError, RejectedError, TransientError
from bot.model import (
    Account,
    Capabilities,
    Form,
    Limits,
    NetworkSpec,
    Option,
    OptionKind,
    Receipt,
    RemotePost,
    Unit,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.channels.base import Facilities, Memory
    from bot.channels.http import Http
    from bot.config import ChannelConfig
    from bot.model import Attachment, Outgoing

_LONGEST = 65_535
_GAP = "\n\n"
_CLIENT_ID = re.compile(r"[\w-]{8,255}", re.ASCII)


def _wrong_client_id(value: str) -> str | None:
    """Say what an application's id must be, of what is none."""
    return None if _CLIENT_ID.fullmatch(value) else "must be the client_id that the pod gave the application"


SPEC = NetworkSpec(
    network="diaspora",
    title="diaspora*",
    capabilities=Capabilities(read_back=True, delete=True, media=True),
    # The text as it is written: a pod counts characters, but MariaDB stores no more bytes than that. Pictures
    # over 4 MB are refused on the web; an alt text has no place in the API
    # (app/controllers/api/v1/photos_controller.rb). Where no tag is in the gap, it is counted all the same.
    defaults=Limits(
        text=_LONGEST,
        unit=Unit.BYTES,
        counted=Form.COMMONMARK,
        media=10,
        media_bytes=4_000_000,
        gap=f" #nsfw{_GAP}",
    ),
    secrets=("client_secret", "refresh_token"),
    options=(
        Option(
            name="client_id",
            kind=OptionKind.TEXT,
            help="what the pod calls the application, since it was registered there",
            required=True,
            wrong=_wrong_client_id,
            example="c609e9dbb8a4a36d5a3abb99ef5cb2b7",
        ),
        Option(
            name="nsfw",
            kind=OptionKind.FLAG,
            help="whether posts with a content warning get the tag #nsfw, which hides them",
            default=False,
        ),
    ),
    rich=True,
    places=(),
)

# The kinds of pictures that a pod takes, by the ending of the name (app/uploaders/unprocessed_image.rb).
_ENDINGS = {"image/gif": ".gif", "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}
_PAGE = 100  # the most that a pod gives at once
_NOBODYS = "0" * 32  # the guid of no post
_JUST_NOW = timedelta(minutes=10)
# What a right can be told by without changing anything: a pod asks for it before it looks for what is asked.
_PROBES: Mapping[str, tuple[str, str]] = {
    "public:modify": ("DELETE", f"/posts/{_NOBODYS}"),
    "contacts:read": ("GET", "/aspects"),
    "conversations": ("GET", "/conversations"),
    "notifications": ("GET", "/notifications"),
    "tags:read": ("GET", "/tag_followings"),
}


def open_channel(config: ChannelConfig, facilities: Facilities) -> DiasporaChannel:
    """Open the channel that ``config`` describes; no request leaves."""
    return DiasporaChannel(
        name=config.name,
        server=config.server,
        credentials=Credentials(
            client_id=str(config.options.get("client_id") or ""),
            client_secret=config.secrets.get("client_secret"),
            refresh_token=config.secrets.get("refresh_token"),
        ),
        nsfw=bool(config.options.get("nsfw")),
        http=facilities.http,
        memory=facilities.memory,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How many pages of posts are read back at most."""

    pages: int = 50


class DiasporaChannel:
    """One account on a pod, for which an application acts."""

    capabilities = SPEC.capabilities

    def __init__(
        self,
        *,
        name: str,
        server: str,
        credentials: Credentials,
        http: Http,
        memory: Memory,
        nsfw: bool = False,
        patience: Patience | None = None,
    ) -> None:
        self.name = name
        self._nsfw = nsfw
        self._patience = patience or Patience()
        self._pod = Pod(
            name=name, server=server, credentials=credentials, session=http.session(), memory=memory
        )
        self._me: read.Entity | None = None

    def limits(self) -> Limits:
        """Return those of every pod, which none tells."""
        return SPEC.defaults

    def account(self) -> Account:
        """Ask the pod who the token belongs to, and find out what it is good for."""
        me = self._ask_me()
        held = self._pod.scopes
        found = {} if held else {scope: self._pod.may(*probe) for scope, probe in _PROBES.items()}
        missing, more = read.own_rights(held, found)
        is_enough = not missing and (bool(held) or found.get("public:modify") is True)
        return Account(
            name=str(me.get("diaspora_id") or me.get("name") or read.guid(me)),
            url=f"{self._pod.server}/people/{read.guid(me)}",
            notes=("the token may read what is public, post, and delete its posts",) if is_enough else (),
            warnings=tuple(_warnings(me, more)),
            obstacles=(f"the token lacks {', '.join(missing)}",) if missing else (),
        )

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Upload the pictures, which nobody sees before they belong to a post, then make the post."""
        if outgoing.reply_to is not None:
            raise PermanentError(f"{self.name}: diaspora* has comments, but no threads of posts")
        body = _body(outgoing, nsfw=self._nsfw)
        length = len(body.encode())
        if length > _LONGEST:
            raise RejectedError(
                f"{self._pod.host}: a post holds {_LONGEST:,} bytes of Markdown, and this has {length:,}"
            )
        content: dict[str, object] = {"body": body, "public": True}
        if outgoing.attachments:
            content["photos"] = [self._upload(attachment) for attachment in outgoing.attachments]
        try:
            return self._pod.call("POST", "/posts", self._receipt, publishes=True, json=content)
        except RejectedError as error:
            self._look_for(body, error)
            raise

    def recent(self, since: datetime) -> Sequence[RemotePost]:
        """Read the account's own public posts back, page by page; reshares are left out.

        Raises ``TransientError`` rather than return only some of them.
        """
        path = f"/users/{read.guid(self._ask_me())}/posts"
        query: Mapping[str, str] = {"per_page": str(_PAGE)}
        posts: dict[str, RemotePost] = {}
        seen: set[str] = set()
        for _ in range(self._patience.pages):
            page = self._pod.call("GET", path, self._page, params=query)
            is_new = not page.guids <= seen
            seen |= page.guids
            for post in page.posts:
                if post.created_at >= since:
                    posts.setdefault(post.receipt.remote_id, post)
            if page.following is None or page.oldest is None or page.oldest < since:
                return list(posts.values())
            if not is_new:
                if len(page.guids) < _PAGE:
                    return list(posts.values())
                break
            query = page.following
        raise TransientError(
            f"{self._pod.host}: more than {len(seen)} posts since {since:%Y-%m-%d %H:%M} UTC, too many to "
            "look through"
        )

    def edit(self, receipt: Receipt, outgoing: Outgoing) -> Receipt:
        """Refuse: a pod cannot change what other pods have."""
        del receipt, outgoing
        raise PermanentError(f"{self.name}: posts on diaspora* cannot be edited")

    def delete(self, receipt: Receipt) -> None:
        """Delete the post, on all pods; one that the pod does not know is gone already."""
        if not read.GUID.fullmatch(receipt.remote_id):
            raise PermanentError(f"{self.name}: {receipt.remote_id!r} is not the guid of a post on diaspora*")
        try:
            self._pod.call("DELETE", f"/posts/{receipt.remote_id}", read.nothing)
        except RejectedError:
            if self._pod.status != requests.codes.not_found:
                raise

    def _ask_me(self) -> read.Entity:
        if self._me is None:
            me = self._pod.call("GET", "/user", read.entity)
            read.guid(me)
            self._me = me
        return self._me

    def _upload(self, attachment: Attachment) -> str:
        """Upload a picture for a post to come.

        Without ``aspect_ids`` it would be taken for a private one, which needs another right. The name is
        seen nowhere.
        """
        file = (f"picture{_ENDINGS.get(attachment.mime_type, '')}", attachment.content, attachment.mime_type)
        try:
            return self._pod.call(
                "POST",
                "/photos",
                lambda answer: read.guid(read.entity(answer)),
                data={"pending": "true", "aspect_ids": "all"},
                files={"image": file},
            )
        except RejectedError as error:
            raise RejectedError(f"{error} (the file {attachment.file})") from error

    def _look_for(self, body: str, refusal: RejectedError) -> None:
        """Raise ``AmbiguousError`` where a refused post may be there all the same.

        A pod says that it failed to make a post also where it failed after that, to tell other pods say
        (create in app/controllers/api/v1/posts_controller.rb). Nothing more comes of the request, so one can
        look.
        """
        try:
            since = _date(self._pod.answer) - _JUST_NOW
            is_there = read.text(body) in {post.text for post in self.recent(since)}
        except ChannelError as error:
            raise AmbiguousError(
                f"{refusal}; whether the post is there all the same could not be seen: {error}"
            ) from refusal
        if is_there:
            raise AmbiguousError(f"{refusal}; but there is a post that says the same") from refusal

    def _receipt(self, answer: requests.Response) -> Receipt:
        return read.receipt(read.entity(answer), self._pod.server)

    def _page(self, answer: requests.Response) -> read.Page:
        return read.page(answer, self._pod.server)


def _body(outgoing: Outgoing, *, nsfw: bool) -> str:
    """Return a post's Markdown, its content warning above it: a pod has no place of its own for one."""
    body = to_commonmark(outgoing.part)
    if not outgoing.content_warning:
        return body
    warning = to_commonmark(Marked(text=outgoing.content_warning))
    return f"{warning}{SPEC.defaults.gap if nsfw else _GAP}{body}"


def _warnings(me: read.Entity, more: Sequence[str]) -> Iterator[str]:
    """Say what may not be meant, of an account and of what ``more`` than is needed its token can do."""
    if me.get("nsfw") is True:
        yield 'the account is marked "not safe for work" in its profile: all its posts are hidden'
    if more:
        yield (
            f"the token can do more than is needed ({', '.join(more)}): authorise an application anew with "
            f"{', '.join(NEEDED)} alone"
        )


def _date(answer: requests.Response | None) -> datetime:
    """Return when the pod answered, by its own clock where it tells."""
    try:
        told = parsedate_to_datetime(answer.headers["Date"]) if answer is not None else None
    except (KeyError, ValueError):
        told = None
    return told if told is not None and told.tzinfo is not None else datetime.now(UTC)
