"""Mastodon, and the servers that speak its API (https://docs.joinmastodon.org/api/).

The protocol is Mastodon.py's business, its judgement of errors is not: what may have happened is read off the
wire (bot.channels.http). The library is imported with the first request, so that what only asks for the SPEC
stays fast.
"""

from __future__ import annotations

import mimetypes
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING

import requests

from bot.channels import mastodon_read as read
from bot.channels.http import exchange, host_of
from bot.errors import ChannelError, CredentialsError, PermanentError, RejectedError, TransientError
from bot.model import (
    Account,
    Capabilities,
    Limits,
    NetworkSpec,
    Option,
    OptionKind,
    Receipt,
    RemotePost,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mastodon import Mastodon

    from bot.channels.base import Facilities
    from bot.channels.http import Http, Session
    from bot.config import ChannelConfig
    from bot.model import Attachment, Outgoing, Secret, Shareable, Sharing

SPEC = NetworkSpec(
    network="mastodon",
    title="Mastodon",
    # The key is kept for 3600 s (app/services/post_status_service.rb of Mastodon); GoToSocial ignores it.
    capabilities=Capabilities(
        read_back=True,
        edit=True,
        delete=True,
        threads=True,
        media=True,
        idempotent=timedelta(hours=1),
        shares=True,
    ),
    defaults=Limits(
        text=500,
        url_weight=23,
        media=4,
        media_bytes=16 * 2**20,
        media_pixels=33_177_600,
        alt_text=1500,
    ),
    secrets=("token",),
    options=(
        Option(
            name="visibility",
            kind=OptionKind.TEXT,
            help="who sees the posts; unlisted is public but left out of the public time-lines",
            default="public",
            choices=("public", "unlisted", "private", "direct"),
        ),
    ),
)

# The version that Mastodon.py is told, so that it asks for none before each upload: 4.0 has all that is used.
_API = "4.0.0"
_PAGE = 40  # the most that the server gives at once
_PAUSES = (0.5, 1.0, 2.0, 4.0)
_UNREAD_HEADERS = ("Deprecation", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


def open_channel(config: ChannelConfig, facilities: Facilities) -> MastodonChannel:
    """Open the channel that ``config`` describes; no request leaves."""
    return MastodonChannel(
        name=config.name,
        server=config.server,
        token=config.secrets.get("token"),
        visibility=str(config.options.get("visibility") or "public"),
        http=facilities.http,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How long an attachment may take to be processed, and how many pages of posts are read back at most.

    ``sleep`` (seconds) and ``monotonic`` are the clock by which is waited.
    """

    processing: timedelta = timedelta(seconds=60)
    pages: int = 50
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic


class MastodonChannel:
    """One account on a server of this API."""

    capabilities = SPEC.capabilities

    def __init__(
        self,
        *,
        name: str,
        server: str,
        token: Secret | None,
        visibility: str,
        http: Http,
        patience: Patience | None = None,
    ) -> None:
        self.name = name
        self._server = server
        self._token = token
        self._visibility = visibility
        self._http = http
        self._patience = patience or Patience()
        self._session: Session = http.session()
        self._session.hooks["response"].append(_hide_headers)
        self._client: Mastodon | None = None
        self._instance: read.Entity | None = None
        self._me: read.Entity | None = None

    def limits(self) -> Limits:
        """Ask the server, which needs no token (https://docs.joinmastodon.org/entities/Instance/)."""
        return read.limits(self._ask_instance(), SPEC.defaults)

    def account(self) -> Account:
        """Ask the server who the token belongs to, and what could stand in the way."""
        me = self._ask_me()
        instance = self._ask_instance()
        notes, obstacles = read.rights(self._ask_scopes())
        return Account(
            name=f"@{me['acct']}@{read.host(instance, me)}",
            url=me.get("url"),
            notes=(f"posts are {self._visibility}", *notes),
            warnings=read.account_warnings(me),
            obstacles=(*read.account_obstacles(me), *obstacles),
        )

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Upload the attachments, wait until they are processed, then make the status.

        Nothing is public before the last request, so only that one can leave a doubt.
        """
        client = self._authorised()
        media = [self._upload(attachment) for attachment in outgoing.attachments]
        with exchange(self._session, self._server, publishes=True):
            status = client.status_post(
                outgoing.part.text,
                idempotency_key=outgoing.key,
                visibility=self._visibility,
                language=_language(outgoing.language),
                spoiler_text=outgoing.content_warning,
                sensitive=bool(outgoing.content_warning),
                in_reply_to_id=outgoing.reply_to,
                media_ids=media or None,
            )
            return read.receipt(status)

    def recent(self, since: datetime) -> Sequence[RemotePost]:
        """Read the account's own statuses back, page by page; boosts are left out, replies are not.

        Raises ``TransientError`` rather than return only some of them.
        """
        posts: list[RemotePost] = []
        last: str | None = None
        for _ in range(self._patience.pages):
            page = self._page_before(last)
            posts.extend(post for post in page.posts if post.created_at >= since)
            if page.last is None or page.last.created_at < since:
                return sorted(posts, key=lambda post: post.created_at, reverse=True)
            if page.last.receipt.remote_id == last:
                raise TransientError(
                    f"{self._host}: the server does not tell what was before its newest {_PAGE} posts"
                )
            last = page.last.receipt.remote_id
        raise TransientError(
            f"{self._host}: more than {self._patience.pages * _PAGE} posts since {since:%Y-%m-%d %H:%M} UTC, "
            "too many to look through"
        )

    def edit(self, receipt: Receipt, outgoing: Outgoing) -> Receipt:
        """Change text, content warning and attachments; visibility and language stay as they are.

        The pictures are uploaded anew: the server does not tell whether those it has are the same. The list
        of them is always sent, for an edit without it would take them away.
        """
        client = self._authorised()
        media = [
            {"id": self._upload(attachment), "description": attachment.alt}
            for attachment in outgoing.attachments
        ]
        with exchange(self._session, self._server):
            status = client.status_update(
                receipt.remote_id,
                outgoing.part.text,
                spoiler_text=outgoing.content_warning or "",
                sensitive=bool(outgoing.content_warning),
                media_attributes=media,
            )
            return read.receipt(status)

    def delete(self, receipt: Receipt) -> None:
        """Delete the status; one that the server does not know is gone already."""
        self._taken_away(lambda client: client.status_delete(receipt.remote_id))

    def find(self, sharing: Sharing) -> Shareable | None:
        """Have the server find the post, which it may have to fetch; it says whether we boost it already.

        Where it finds none it does not say why: https://docs.joinmastodon.org/methods/search/.
        """
        if self._visibility == "direct":
            raise RejectedError(f"{self.name}: its posts are direct messages, and no boost is one")
        client = self._authorised()
        try:
            with exchange(self._session, self._server):
                results = client.search_v2(
                    sharing.url, resolve=True, result_type="statuses", exclude_unreviewed=False
                )
                return read.shareable(results, sharing.url, server=self._server)
        except CredentialsError as error:
            if not read.is_about_rights(str(error)):
                raise
            # Only sharing takes this right: all else may go on.
            raise RejectedError(
                f"{self.name}: the token may not search, which sharing takes: give its application the right "
                "read:search, make the token anew, and then: resolve --retry"
            ) from error

    def share(self, sharing: Sharing, found: Shareable) -> Receipt:
        """Boost the post, as visibly as the channel posts: https://docs.joinmastodon.org/methods/statuses/#boost.

        Where it is boosted already, the server returns that boost.
        """
        client = self._authorised()
        with exchange(self._session, self._server, publishes=True):
            boost = read.entity(client.status_reblog(found.id, visibility=self._visibility))
            if read.text(read.entity(boost.get("reblog")), "id") != found.id:
                raise TypeError("another post was boosted")
            return Receipt(remote_id=found.id, url=sharing.url)

    def unshare(self, receipt: Receipt) -> None:
        """Take the boost back; of a post that the server does not know there is none."""
        self._taken_away(lambda client: client.status_unreblog(receipt.remote_id))

    def _taken_away(self, request: Callable[[Mastodon], object]) -> None:
        client = self._authorised()
        try:
            with exchange(self._session, self._server):
                request(client)
        except RejectedError:
            if self._session.status not in {requests.codes.not_found, requests.codes.gone}:
                raise

    @property
    def _host(self) -> str:
        return host_of(self._server)

    def _open(self) -> Mastodon:
        if self._client is None:
            client: Mastodon = import_module("mastodon").Mastodon(
                api_base_url=self._server,
                session=self._session,
                user_agent=self._http.user_agent,
                request_timeout=self._http.timeout,
                ratelimit_method="throw",
                version_check_mode="created",
                mastodon_version=_API,
            )
            if self._token is not None:
                # Not given to the constructor, which would open a file of that name.
                client.access_token = _checked(self._token, self.name)
            self._client = client
        return self._client

    def _authorised(self) -> Mastodon:
        if self._token is None:
            raise CredentialsError(
                f"{self.name}: there is no token; make one in the account's settings (Development) and put "
                "it into the environment variable that token_env names"
            )
        return self._open()

    def _ask_instance(self) -> read.Entity:
        """Return what the server says of itself, in the newest form that it knows."""
        if self._instance is None:
            client = self._open()
            try:
                with exchange(self._session, self._server):
                    self._instance = read.entity(client.instance_v2())
            except ChannelError:
                if self._session.status != requests.codes.not_found:
                    raise
                with exchange(self._session, self._server):
                    self._instance = read.entity(client.instance_v1())
        return self._instance

    def _ask_me(self) -> read.Entity:
        if self._me is None:
            client = self._authorised()
            with exchange(self._session, self._server):
                me = read.entity(client.account_verify_credentials())
                read.text(me, "id")
                read.text(me, "acct")
                self._me = me
        return self._me

    def _ask_scopes(self) -> object:
        """Ask which rights the token's application has; ``None`` where the server does not tell.

        Mastodon does since 4.3: https://docs.joinmastodon.org/entities/Application/.
        """
        client = self._authorised()
        try:
            with exchange(self._session, self._server):
                return read.entity(client.app_verify_credentials()).get("scopes")
        except ChannelError as error:
            if not isinstance(error, PermanentError) and self._session.status != requests.codes.not_found:
                raise
            return None

    def _page_before(self, last: str | None) -> read.Page:
        me, client = self._ask_me(), self._authorised()
        with exchange(self._session, self._server):
            return read.page(
                client.account_statuses(str(me["id"]), exclude_reblogs=True, max_id=last, limit=_PAGE)
            )

    def _upload(self, attachment: Attachment) -> str:
        client = self._authorised()
        try:
            with exchange(self._session, self._server):
                media = client.media_post(
                    attachment.content,
                    mime_type=attachment.mime_type,
                    description=attachment.alt or None,
                    # A name of our own: not every server reads one in another script.
                    file_name="attachment" + (mimetypes.guess_extension(attachment.mime_type) or ""),
                )
                upload = read.entity(media)
                media_id = read.text(upload, "id")
            if self._session.status != requests.codes.ok and not read.is_finished(upload):
                self._wait_for(media_id, attachment)
        except RejectedError as error:
            raise RejectedError(f"{error} (the file {attachment.file})") from error
        return media_id

    def _wait_for(self, media_id: str, attachment: Attachment) -> None:
        """Ask until the file is processed: 206 means not yet, https://docs.joinmastodon.org/methods/media/."""
        client = self._authorised()
        clock, seconds = self._patience, self._patience.processing.total_seconds()
        deadline = clock.monotonic() + seconds
        pauses = iter(_PAUSES)
        while clock.monotonic() < deadline:
            clock.sleep(next(pauses, _PAUSES[-1]))
            with exchange(self._session, self._server):
                client.media(media_id)
            if self._session.status == requests.codes.ok:
                return
        raise TransientError(
            f"{self._host}: the file {attachment.file} was not processed within {seconds:g} seconds; nothing "
            "was published, it will be tried again"
        )


def _hide_headers(response: requests.Response, *_: object, **__: object) -> None:
    """Hide from Mastodon.py what it would trip over after a success.

    It warns of a ``Deprecation`` and calls a post refused whose rate-limit header it cannot read. Of a
    failure nothing is hidden, for bot.channels.verdict reads it.
    """
    if response.ok:
        for header in _UNREAD_HEADERS:
            response.headers.pop(header, None)


def _checked(token: Secret, name: str) -> str:
    value = token.reveal().strip()
    if not value or not value.isascii() or not value.isprintable() or " " in value:
        raise CredentialsError(
            f"{name}: the token is empty or holds characters that no token has; copy it again into the "
            "environment variable that token_env names"
        )
    return value


def _language(code: str | None) -> str | None:
    """Return the ISO 639 code in a wiki's language code; the variants that Mastodon knows are few."""
    main = (code or "").partition("-")[0].lower()
    return main if main.isascii() and main.isalpha() and len(main) in {2, 3} else None
