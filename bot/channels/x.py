"""X, which was Twitter (https://docs.x.com/x-api/): a network where each request costs money.

A post with a link costs thirteen times as much as one without, and reading one's own posts costs too: they
are read to settle a doubt and for nothing else. There is no idempotency key. That X refuses a text that it
has seen is a sign that an earlier try may have worked, and never the proof: somebody may have said the same.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import requests

from bot.channels import x_read as read
from bot.channels.http import exchange, host_of
from bot.channels.verdict import LONGEST_WORDS
from bot.channels.x_api import SMALLEST_PAGE, Api, Keys
from bot.errors import CredentialsError, PermanentError, RejectedError, TransientError
from bot.model import (
    Account,
    Capabilities,
    Limits,
    NetworkSpec,
    Prices,
    Receipt,
    RemotePost,
    Shareable,
    Unit,
)
from bot.news.sharing import address_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.channels.base import Facilities
    from bot.channels.http import Session
    from bot.config import ChannelConfig
    from bot.model import Attachment, Outgoing, Secret, Sharing

_MOST_READ = 100  # posts, and so much money, for one doubt

SPEC = NetworkSpec(
    network="x",
    title="X",
    capabilities=Capabilities(read_back=True, delete=True, threads=True, media=True, shares=True),
    # https://docs.x.com/fundamentals/counting-characters and .../media/quickstart/best-practices
    defaults=Limits(
        text=280,
        unit=Unit.WEIGHTED,
        url_weight=23,
        media=4,
        media_bytes=5 * 1024 * 1024,
        alt_text=1000,
        gap="\n\n",
    ),
    server="https://api.x.com",
    secrets=("api_key", "api_secret", "token", "token_secret"),
    # https://docs.x.com/x-api/getting-started/pricing
    prices=Prices(
        post=Decimal("0.015"),
        post_with_link=Decimal("0.20"),
        reading=Decimal("0.001"),
        picture=Decimal("0.005"),
        deleting=Decimal("0.01"),
        sharing=Decimal("0.015"),
        budget=Decimal(5),
        most_read=_MOST_READ,
    ),
)

_GIF = "image/gif"
_TOKEN = re.compile(r"(\d{1,19})-\w+")  # an account's token begins with the account's id
_FIRST_POSTS = datetime(2010, 11, 6, tzinfo=UTC)  # X refuses to look further back
_SHARED_BEFORE = re.compile(r"\balready (?:retweeted|reposted)\b", re.IGNORECASE)
_RIGHTS = "x-access-level"
_LEAST_RIGHTS = "read-write"
_MAY_ONLY_READ = (
    'the app may only read; set "Read and write" in its user authentication settings and make its access '
    "token anew"
)


def open_channel(config: ChannelConfig, facilities: Facilities) -> XChannel:
    """Open the channel that ``config`` describes; no request leaves."""
    return XChannel(
        name=config.name,
        server=config.server,
        secrets=config.secrets,
        session=facilities.http.session(),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How long an attachment may take to be processed, and on how many pages posts are looked for.

    ``sleep`` (seconds) and ``monotonic`` are the clock by which is waited. X lets nobody read more than 3,200
    posts of an account, which are 32 pages.
    """

    processing: timedelta = timedelta(seconds=60)
    pages: int = 32
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic


class XChannel:
    """One account on X, for which an app acts."""

    capabilities = SPEC.capabilities

    def __init__(
        self,
        *,
        name: str,
        server: str,
        secrets: Mapping[str, Secret | None],
        session: Session,
        patience: Patience | None = None,
    ) -> None:
        self.name = name
        self._server = server
        self._secrets = secrets
        self._session = session
        self._patience = patience or Patience()
        self._api: Api | None = None
        self._user: str | None = None

    def limits(self) -> Limits:
        """Return X's limits for accounts that do not pay; the API does not tell them."""
        return SPEC.defaults

    def account(self) -> Account:
        """Ask X who the token belongs to, and what the app may do."""
        api = self._authorised()
        with exchange(self._session, self._server):
            me = read.data(api.me())
            name = read.text(me, "username")
        rights = self._rights()
        protected = "the account's posts are protected: only its followers see them"
        more = "" if rights in {"read", _LEAST_RIGHTS} else f", more than {_LEAST_RIGHTS}"
        return Account(
            name=f"@{name}",
            url=f"https://x.com/{name}",
            notes=(f"the app's rights are {rights}{more}",) if rights else (),
            warnings=(protected,) if me.get("protected") is True else (),
            obstacles=(_MAY_ONLY_READ,) if rights == "read" else (),
        )

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Upload the attachments, wait until they are processed, then make the post.

        Nothing is public before the last request, so only that one can leave a doubt; so does its refusal as
        a duplicate.
        """
        api = self._authorised()
        if len(outgoing.attachments) > SPEC.defaults.media:
            raise RejectedError(f"{self._host}: a post holds at most {SPEC.defaults.media} pictures")
        alone = len(outgoing.attachments) == 1
        media_ids = [self._upload(attachment, alone=alone) for attachment in outgoing.attachments]
        with exchange(self._session, self._server, publishes=True):
            answer = api.create(_text(outgoing), media_ids=media_ids, reply_to=outgoing.reply_to)
            return read.receipt(read.data(answer))

    def recent(self, since: datetime) -> Sequence[RemotePost]:
        """Read the account's own posts back, each for money; reposts are left out.

        Raises ``TransientError`` rather than return only some of them, or read more than ``most_read``.
        """
        api = self._authorised()
        if since > datetime.now(UTC):  # X refuses such a time
            return []
        since = max(since.replace(microsecond=0), _FIRST_POSTS)  # X's times are whole seconds
        user = self._user_id()
        posts: list[RemotePost] = []
        token: str | None = None
        for _ in range(self._patience.pages):  # what is left out makes a page short, or empty
            room = _MOST_READ - len(posts)
            if room < SMALLEST_PAGE:
                break
            with exchange(self._session, self._server):
                found, token = read.page(api.own_posts(user, since=since, most=room, page=token))
            posts += found
            if token is None:
                return posts
        raise TransientError(
            f"{self._host}: more than {len(posts)} posts since {since:%Y-%m-%d %H:%M} UTC, too many to look "
            "through"
        )

    def edit(self, receipt: Receipt, outgoing: Outgoing) -> Receipt:
        """Refuse: the API edits nothing for accounts that do not pay, and for an hour only for the others."""
        del receipt, outgoing
        raise PermanentError(f"{self._host}: posts cannot be edited there")

    def delete(self, receipt: Receipt) -> None:
        """Delete the post; one that X does not know is gone already."""
        api = self._authorised()
        try:
            with exchange(self._session, self._server):
                if read.data(api.delete(receipt.remote_id)).get("deleted") is not True:
                    raise TypeError("not deleted")
        except RejectedError:
            if self._session.status != requests.codes.not_found:
                raise

    def find(self, sharing: Sharing) -> Shareable | None:
        """Read the post's id off its address: to ask for it, or whether we share it, would cost money."""
        address = address_of(sharing.url)
        if address is None or address.network != SPEC.network:
            raise RejectedError(f"{self.name}: {sharing.url} is no post on X")
        return Shareable(id=address.id, looked=False)

    def share(self, sharing: Sharing, found: Shareable) -> Receipt:
        """Repost the post. Once it is reposted, X does nothing more, or refuses with these very words."""
        try:
            self._repost(found.id)
        except RejectedError as error:
            if not _SHARED_BEFORE.search(str(error)):
                raise
        return Receipt(remote_id=found.id, url=sharing.url)

    def unshare(self, receipt: Receipt) -> None:
        """Take the repost back; where there is none, X does nothing."""
        api, user = self._authorised(), self._user_id()
        try:
            with exchange(self._session, self._server):
                if read.data(api.take_repost_back(user, receipt.remote_id)).get("retweeted") is not False:
                    raise TypeError("not taken back")
        except RejectedError:
            if self._session.status != requests.codes.not_found:
                raise

    def _repost(self, post_id: str) -> None:
        api, user = self._authorised(), self._user_id()
        with exchange(self._session, self._server, publishes=True):
            answer = api.repost(user, post_id)
            if why := read.refusal(answer):
                raise RejectedError(f"{self._host}: {why[:LONGEST_WORDS]}")
            if read.data(answer).get("retweeted") is not True:
                raise TypeError("not reposted")

    @property
    def _host(self) -> str:
        return host_of(self._server)

    def _authorised(self) -> Api:
        if self._api is None:
            keys = {name: _checked(name, self._secrets.get(name), self.name) for name in SPEC.secrets}
            self._api = Api(server=self._server, keys=Keys(**keys), session=self._session)
        return self._api

    def _user_id(self) -> str:
        """Return the account's id, which its token tells: asking for it would cost more than a post read."""
        if self._user is None:
            api, token = self._authorised(), self._secrets["token"]
            if token is not None and (told := _TOKEN.fullmatch(token.reveal())):
                self._user = told[1]
            else:
                with exchange(self._session, self._server):
                    self._user = read.text(read.data(api.me()), "id")
        return self._user

    def _rights(self) -> str:
        """Return what X says, with each answer, that this app may do."""
        return self._session.answer.headers.get(_RIGHTS, "") if self._session.answer is not None else ""

    def _upload(self, attachment: Attachment, *, alone: bool) -> str:
        api = self._authorised()
        # A post has up to four pictures or one animated GIF.
        category = "tweet_gif" if alone and attachment.mime_type == _GIF else "tweet_image"
        try:
            with exchange(self._session, self._server):
                media = read.data(api.upload(attachment.content, attachment.mime_type, category=category))
                media_id = read.text(media, "id")
                state, seconds = read.processing(media)
            self._wait_for(media_id, attachment, state, seconds)
            if attachment.alt:
                with exchange(self._session, self._server):
                    api.describe(media_id, attachment.alt)
        except RejectedError as error:
            raise RejectedError(f"{error} (the file {attachment.file})") from error
        return media_id

    def _wait_for(self, media_id: str, attachment: Attachment, state: str, seconds: float) -> None:
        """Ask until the file is processed, when X wants to be asked."""
        api = self._authorised()
        clock, longest = self._patience, self._patience.processing.total_seconds()
        deadline = clock.monotonic() + longest
        while state not in {"succeeded", "failed"}:
            if clock.monotonic() + seconds > deadline:
                raise TransientError(
                    f"{self._host}: the file {attachment.file} was not processed within {longest:g} seconds; "
                    "nothing was published, it will be tried again"
                )
            clock.sleep(max(seconds, 0.1))
            with exchange(self._session, self._server):
                state, seconds = read.processing(read.data(api.processing(media_id)))
        if state == "failed":
            raise RejectedError(f"{self._host}: X could not process the picture")


def _text(outgoing: Outgoing) -> str:
    """Return the text with its content warning before it: X has no place of its own for one."""
    text = outgoing.part.text
    return outgoing.content_warning + SPEC.defaults.gap + text if outgoing.content_warning else text


def _checked(kind: str, secret: Secret | None, name: str) -> Secret:
    value = secret.reveal() if secret is not None else ""
    if secret is None or not value or not value.isascii() or not value.isprintable() or " " in value:
        raise CredentialsError(
            f"{name}: the {kind} is missing or holds characters that none has; copy it from the app's keys "
            f"and tokens into the environment variable that {kind}_env names"
        )
    return secret
