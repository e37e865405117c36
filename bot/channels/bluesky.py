"""Bluesky, and any other server of the AT Protocol that keeps accounts (https://docs.bsky.app/).

A post is a record in the account's own repository, and we choose what it is called: putting the same record
at the same place again changes nothing, so a post can never be there twice. The repository is the business of
bot.channels.bluesky_client, what stands in a record of bot.channels.bluesky_record.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING

from bot.channels import bluesky_record as records
from bot.channels.bluesky_record import Card
from bot.channels.bluesky_tid import derived, microseconds, tid, time_of
from bot.channels.clock import utc_now
from bot.channels.http import host_of
from bot.channels.opengraph import OpenGraph
from bot.errors import ChannelError, PermanentError, RejectedError, TransientError
from bot.model import (
    FOREVER,
    Account,
    Capabilities,
    Limits,
    LinkPolicy,
    NetworkSpec,
    Option,
    OptionKind,
    Receipt,
    RemotePost,
    Shareable,
    Unit,
)
from bot.news.sharing import address_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bot.channels.base import Facilities, Memory
    from bot.channels.bluesky_client import Repository
    from bot.channels.bluesky_record import Record
    from bot.channels.http import Http
    from bot.channels.opengraph import Picture
    from bot.config import ChannelConfig
    from bot.model import Attachment, Outgoing, Secret, Sharing

log = logging.getLogger(__name__)

# https://atproto.com/specs/handle, https://atproto.com/specs/did
_ACCOUNT = re.compile(
    r"@?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?|did:(?:plc|web):[a-z0-9.:%-]+",
    re.IGNORECASE,
)


def _wrong_handle(handle: str) -> str | None:
    """Say what a handle must be, of one that is none."""
    return (
        None if _ACCOUNT.fullmatch(handle) else 'must be a whole handle such as "news.example.org", or a DID'
    )


SPEC = NetworkSpec(
    network="bluesky",
    title="Bluesky",
    # Records can be changed, but readers are shown a post as it was first:
    # https://github.com/bluesky-social/social-app/issues/673
    capabilities=Capabilities(
        read_back=True,
        delete=True,
        threads=True,
        media=True,
        idempotent=FOREVER,
        chooses_id=True,
        shares=True,
    ),
    # The lexicons' limits, which no server tells; newer servers take pictures of 2,000,000 bytes. That of
    # the alt text is the app's own.
    defaults=Limits(
        text=300,
        unit=Unit.GRAPHEMES,
        bytes=3000,
        media=4,
        media_bytes=1_000_000,
        alt_text=2000,
        gap=records.GAP,
    ),
    server="https://bsky.social",
    secrets=("password",),
    options=(
        Option(
            name="handle",
            kind=OptionKind.TEXT,
            help="the account's handle, or its DID, which stays the same when the handle changes",
            required=True,
            wrong=_wrong_handle,
            example="news.example.org",
        ),
    ),
    rich=True,
)

_WEB = "https://bsky.app/profile"
_PAGE = 100  # the most that a server gives at once
_NO_HANDLE = "handle.invalid"  # https://atproto.com/specs/handle
_MAIN_PASSWORD = "com.atproto.access"  # noqa: S105 - the name of a scope


def open_channel(config: ChannelConfig, facilities: Facilities) -> BlueskyChannel:
    """Open the channel that ``config`` describes; no request leaves."""
    return BlueskyChannel(
        name=config.name,
        server=config.server,
        handle=str(config.options.get("handle") or ""),
        password=config.secrets.get("password"),
        http=facilities.http,
        memory=facilities.memory,
        link=config.style.link,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How many pages of posts are read back at most, and after how long, by the ``clock``, a post is late."""

    pages: int = 50
    late: timedelta = timedelta(hours=1)
    clock: Callable[[], datetime] = utc_now


class BlueskyChannel:
    """One account, whose own server may be another than ``server``, where one logs in."""

    capabilities = SPEC.capabilities

    def __init__(
        self,
        *,
        name: str,
        server: str,
        handle: str,
        password: Secret | None,
        http: Http,
        memory: Memory,
        link: LinkPolicy = LinkPolicy.ALWAYS,
        patience: Patience | None = None,
    ) -> None:
        self.name = name
        self._server = server
        self._handle = handle.strip().removeprefix("@")
        if not self._handle.startswith("did:"):
            self._handle = self._handle.lower()
        self._password = password
        self._session = http.session()
        self._memory = memory
        self._link = link
        self._patience = patience or Patience()
        self._graph = OpenGraph(http.user_agent, near=server)
        self._repository: Repository | None = None
        self._dids: dict[str, str] = {}
        self._latest = 0

    def limits(self) -> Limits:
        """Return those of the lexicons, which are the same for all."""
        return SPEC.defaults

    def account(self) -> Account:
        """Ask the server who has logged in, and what could stand in the way."""
        found, scope = self._open().account()
        handle = str(found["handle"])
        return Account(
            name=f"@{handle}",
            url=f"{_WEB}/{handle}",
            notes=(f"the account is kept at {host_of(self._open().service)}",),
            warnings=tuple(_warnings(found, scope, self._handle)),
            obstacles=tuple(_obstacles(found)),
        )

    def choose_id(self, outgoing: Outgoing | Sharing, now: datetime) -> str:
        """Return the record key that the post or the share is to have: readers see it as made ``now``."""
        self._latest = max(microseconds(now), self._latest + 1)
        return tid(self._latest, outgoing.key)

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Upload the pictures, then put the record; nothing is public before that.

        All that the record says follows from ``outgoing`` and its id, so that a repetition changes nothing;
        only the picture on a link's card may. But readers are to see as new what could not be sent for long.
        """
        rkey = outgoing.remote_id or derived(outgoing.dated, outgoing.key)
        created_at = self._created_at(rkey)
        reply = self._reply_to(outgoing.reply_to) if outgoing.reply_to else None
        dids = self._mentioned(outgoing)

        def put(embed: Record | None) -> None:
            record = records.record(outgoing, created_at=created_at, dids=dids, embed=embed, reply=reply)
            self._open().put(rkey, record)

        if outgoing.attachments:
            put(records.images([(one, self._upload(one)) for one in outgoing.attachments]))
        elif outgoing.link and self._has_card(outgoing):
            self._put_with_card(outgoing, outgoing.link, put)
        else:
            put(None)
        return self._receipt(rkey)

    def recent(self, since: datetime) -> Sequence[RemotePost]:
        """Read the account's own posts back, page by page; replies are among them, reposts are not.

        Anybody may read them. They come in the order of their keys, which is that of time. Raises
        ``TransientError`` rather than return only some of them.
        """
        posts: list[RemotePost] = []
        cursor: str | None = None
        for _ in range(self._patience.pages):
            found, cursor = self._open().page(cursor, _PAGE)
            times = [time_of(records.rkey_of(one.uri)) for one in found]
            read = [records.remote_post(one.uri, one.value, url=self._url(one.uri)) for one in found]
            posts += [post for post in read if post and post.created_at >= since]
            if not found or cursor is None or any(made and made < since for made in times):
                return posts
        raise TransientError(
            f"{host_of(self._open().service)}: more than {self._patience.pages * _PAGE} posts since "
            f"{since:%Y-%m-%d %H:%M} UTC, too many to look through"
        )

    def edit(self, receipt: Receipt, outgoing: Outgoing) -> Receipt:  # noqa: ARG002 - the protocol's own signature
        """Refuse: readers would go on seeing the post as it was first."""
        raise PermanentError(f"{self.name}: posts on Bluesky cannot be edited")

    def delete(self, receipt: Receipt) -> None:
        """Delete the record; one that is not there is a success for the server too."""
        self._open().delete(receipt.remote_id)

    def find(self, sharing: Sharing) -> Shareable | None:
        """Look the post up, and our share of it under the id that was chosen for that.

        What somebody has shared by hand is not noticed: readers are shown one share of the two.
        """
        address = address_of(sharing.url)
        if address is None or address.network != SPEC.network:
            raise RejectedError(f"{self.name}: {sharing.url} is no post on Bluesky")
        is_did = address.author.startswith("did:")
        author = address.author if is_did else self._open().resolve(address.author.lower())
        post = self._open().get(address.id, of=author)
        receipt = self._share_of(post.uri, sharing)
        return Shareable(id=post.uri, version=post.cid, receipt=receipt)

    def share(self, sharing: Sharing, found: Shareable) -> Receipt:
        """Put a record that refers to the post; as for a post, a repetition changes nothing."""
        rkey = sharing.remote_id or ""
        record = records.repost(found.id, found.version, created_at=self._created_at(rkey))
        self._open().put(rkey, record, collection=records.REPOST)
        return Receipt(remote_id=rkey, url=sharing.url)

    def unshare(self, receipt: Receipt) -> None:
        """Delete the record; one that is not there is a success for the server too."""
        self._open().delete(receipt.remote_id, collection=records.REPOST)

    def _share_of(self, uri: str, sharing: Sharing) -> Receipt | None:
        """Return the receipt of our share where it is there, which it cannot be before an id was chosen."""
        if sharing.remote_id is None:
            return None
        try:
            ours = self._open().get(sharing.remote_id, collection=records.REPOST)
        except RejectedError:
            return None
        known = records.is_repost_of(uri, ours.value)
        return Receipt(remote_id=sharing.remote_id, url=sharing.url) if known else None

    def _created_at(self, rkey: str) -> datetime:
        """Return the time that readers see: that of the id, or now where that is long ago."""
        chosen_at, now = time_of(rkey), self._patience.clock()
        if chosen_at is None:
            raise PermanentError(f"{self.name}: {rkey} is no id that a post can have")
        return chosen_at if now - chosen_at < self._patience.late else now

    def _open(self) -> Repository:
        if self._repository is None:
            self._repository = import_module("bot.channels.bluesky_client").Repository(
                server=self._server,
                identifier=self._handle,
                password=self._password,
                session=self._session,
                memory=self._memory,
            )
        return self._repository

    def _has_card(self, outgoing: Outgoing) -> bool:
        """Tell whether the main link's card stands below this part: the first, or the reply with the link."""
        if self._link is LinkPolicy.FIRST_REPLY:
            return any(facet.url == outgoing.link for facet in outgoing.part.facets)
        return self._link is LinkPolicy.ALWAYS and outgoing.reply_to is None

    def _put_with_card(self, outgoing: Outgoing, link: str, put: Callable[[Record | None], None]) -> None:
        """Put the post with its link's card; without the card's picture where the server will not have it."""
        page = self._graph.look_at(link)
        title = outgoing.link_title or page.title or host_of(link)
        card = Card(url=link, title=title, description=page.description, thumb=self._thumb(page.picture))
        try:
            put(records.external(card))
        except RejectedError:
            if card.thumb is None:
                raise
            put(records.external(replace(card, thumb=None)))

    def _thumb(self, picture: Picture | None) -> Record | None:
        """Return the uploaded picture of a card, or ``None``: the post does not depend on it."""
        if picture is None:
            return None
        try:
            return self._open().upload(picture.content, picture.mime_type)
        except ChannelError as error:
            log.info("%s: the card of the link has no picture: %s", self.name, error)
            return None

    def _upload(self, attachment: Attachment) -> Record:
        try:
            return self._open().upload(attachment.content, attachment.mime_type)
        except RejectedError as error:
            raise RejectedError(f"{error} (the file {attachment.file})") from error

    def _reply_to(self, rkey: str) -> Record:
        parent = self._open().get(rkey)
        return records.reply(parent.uri, parent.cid, parent.value)

    def _mentioned(self, outgoing: Outgoing) -> Mapping[str, str]:
        """Return the accounts of those who are mentioned, as far as they can be found: others stay text."""
        for handle in records.handles(outgoing):
            if handle not in self._dids:
                try:
                    self._dids[handle] = self._open().resolve(handle)
                except ChannelError as error:
                    log.info("%s: @%s stays text: %s", self.name, handle, error)
        return self._dids

    def _receipt(self, rkey: str) -> Receipt:
        return Receipt(remote_id=rkey, url=self._url(rkey))

    def _url(self, uri: str) -> str:
        return f"{_WEB}/{self._handle}/post/{records.rkey_of(uri)}"


def _obstacles(found: Record) -> Iterator[str]:
    """Say what keeps an account from being seen."""
    if found.get("active") is False:
        yield f"the account is {found.get('status') or 'not active'}: nobody sees its posts"


def _warnings(found: Record, scope: str, handle: str) -> Iterator[str]:
    """Say what may not be meant, of a session and of the scope of its token."""
    if found["handle"] == _NO_HANDLE:
        yield "the account's handle does not lead to it: look at its DNS record, or at what its web site says"
    elif found["handle"] != handle and not handle.startswith("did:"):
        yield f"the account is called @{found['handle']} there, the configuration has handle = {handle}"
    if scope == _MAIN_PASSWORD:
        yield (
            "the password is the account's own, with which anybody could take the account over: make an app "
            "password (Settings, Privacy and security), and put that into the environment variable instead"
        )
