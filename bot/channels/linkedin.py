"""The page of an organisation on LinkedIn (https://learn.microsoft.com/linkedin/marketing/).

There is no idempotency key, but LinkedIn refuses words that it has seen lately and names the post which has
them. That post may be an earlier try's, another item's, or one that nobody can find: it is looked at before
it is believed. Of a post only the words can be changed.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

from bot.channels import linkedin_read as read
from bot.channels.http import host_of
from bot.channels.linkedin_api import GONE, Api
from bot.channels.linkedin_below import Below, Patience
from bot.channels.linkedin_sent import SentPosts
from bot.channels.linkedin_token import Credentials, Tokens
from bot.channels.opengraph import OpenGraph
from bot.compose.marked import Marked
from bot.compose.plain import to_little_text
from bot.errors import (
    AmbiguousError,
    ChannelError,
    PermanentError,
    RejectedError,
    TransientError,
)
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
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from bot.channels.base import Facilities, Memory
    from bot.channels.http import Http
    from bot.channels.linkedin_token import Told
    from bot.config import ChannelConfig
    from bot.model import Outgoing

log = logging.getLogger(__name__)

_VERSION = "202607"
_MOST_PICTURES = 20


def _wrong_organization(value: str) -> str | None:
    right = re.fullmatch(r"(?:urn:li:organization:)?[0-9]{1,19}", value)
    return None if right else "must be the page's number, as it stands in the address of its admin view"


def _wrong_version(value: str) -> str | None:
    return None if re.fullmatch(r"20[0-9]{2}(?:0[1-9]|1[0-2])", value) else "must be a month, as in 202607"


SPEC = NetworkSpec(
    network="linkedin",
    title="LinkedIn",
    capabilities=Capabilities(read_back=True, edit=True, delete=True, media=True, tells_expiry=True),
    # Texts are counted by Rest.li as Java does, in UTF-16 (StrlenValidator of
    # https://github.com/linkedin/rest.li), so that no emoji is too much. The pictures:
    # https://learn.microsoft.com/linkedin/marketing/community-management/shares/multiimage-post-api
    defaults=Limits(
        text=3000,
        unit=Unit.UTF16,
        counted=Form.LITTLE_TEXT,
        media=_MOST_PICTURES,
        media_bytes=5_000_000,
        alt_text=4086,
        gap="\n\n",
    ),
    server="https://api.linkedin.com",
    secrets=("token",),
    optional_secrets={"client_secret": "client_id", "refresh_token": "refresh"},
    options=(
        Option(
            name="organization",
            kind=OptionKind.TEXT,
            help="the number of the organisation's page, as it stands in the address of its admin view",
            required=True,
            wrong=_wrong_organization,
            example="2414183",
        ),
        Option(
            name="version",
            kind=OptionKind.TEXT,
            help="the month of LinkedIn's API to speak; each is known for a year at least",
            default=_VERSION,
            wrong=_wrong_version,
        ),
        Option(
            name="client_id",
            kind=OptionKind.TEXT,
            help="the app's client id: it may ask when the token ends, with client_secret_env",
            example="78abcdefghijkl",
        ),
        Option(
            name="refresh",
            kind=OptionKind.FLAG,
            help="whether the token is renewed by itself, with refresh_token_env; needs client_id too",
        ),
    ),
    places=("organization",),
)


def open_channel(config: ChannelConfig, facilities: Facilities) -> LinkedInChannel:
    """Open the channel that ``config`` describes; no request leaves."""
    secrets, client_id = config.secrets, config.options.get("client_id")
    return LinkedInChannel(
        name=config.name,
        server=config.server,
        organization=str(config.options["organization"]),
        version=str(config.options.get("version") or _VERSION),
        credentials=Credentials(
            token=secrets.get("token"),
            client_id=str(client_id) if client_id else None,
            client_secret=secrets.get("client_secret"),
            refresh_token=secrets.get("refresh_token") if config.options.get("refresh") else None,
        ),
        http=facilities.http,
        memory=facilities.memory,
    )


class LinkedInChannel:
    """One organisation's page; ``organization`` is its number or its URN."""

    capabilities = SPEC.capabilities

    def __init__(
        self,
        *,
        name: str,
        server: str,
        organization: str,
        credentials: Credentials,
        http: Http,
        memory: Memory,
        version: str = _VERSION,
        patience: Patience | None = None,
    ) -> None:
        self.name = name
        self._server = server
        self._number = organization.rpartition(":")[2]
        self._author = f"urn:li:organization:{self._number}"
        self._patience = patience or Patience()
        session = http.session()
        self._tokens = Tokens(
            name=name,
            server=server,
            credentials=credentials,
            session=session,
            memory=memory,
            clock=self._patience.clock,
        )
        self._api = Api(
            server=server, version=version, author=self._author, session=session, tokens=self._tokens
        )
        self._sent = SentPosts(memory)
        self._below = Below(
            api=self._api,
            graph=OpenGraph(http.user_agent, near=server),
            host=self._host,
            patience=self._patience,
        )

    def limits(self) -> Limits:
        """Return LinkedIn's limits, which the API does not tell."""
        return SPEC.defaults

    def account(self) -> Account:
        """See whether the page can be read, what it is called, and what is told of the token."""
        self._api.by_author(start=0, count=1)
        told = self._tokens.told()
        failure = self._tokens.failure
        return Account(
            name=self._called(),
            url=f"https://www.linkedin.com/company/{self._number}",
            expires_at=self._tokens.end(told),
            notes=tuple(_notes(told)),
            warnings=(f"the token could not be renewed: {failure}",) if failure else (),
            obstacles=tuple(_obstacles(told)),
        )

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Upload the pictures, wait until they are processed, then make the post.

        Nothing is public before the last request, so only that one can leave a doubt.
        """
        if outgoing.reply_to is not None:
            raise PermanentError(f"{self._host}: a page's posts on LinkedIn make no threads")
        if len(outgoing.attachments) > _MOST_PICTURES:
            raise RejectedError(f"{self._host}: a post holds at most {_MOST_PICTURES} pictures")
        self._tokens.current()  # without one, nothing is even looked at
        content = self._below.content(outgoing)
        # Before the request leaves: a post that is only found again afterwards can be edited as well.
        self._sent.note(outgoing)
        try:
            receipt = read.receipt(self._create(outgoing, content))
        except RejectedError as error:
            receipt = self._existing(outgoing, error)
        self._sent.note(outgoing, urn=receipt.remote_id)
        return receipt

    def recent(self, since: datetime) -> Sequence[RemotePost]:
        """Read the page's own posts back; what it only passed on, and advertisements, are left out.

        They are asked for in the order in which they were made; in whichever order they come, those behind
        one that was not even changed since then are older. Raises ``TransientError`` rather than return only
        some of them.
        """
        posts: list[RemotePost] = []
        start, size = 0, self._patience.page
        for _ in range(self._patience.pages):
            page = self._api.by_author(start=start, count=size)
            posts += [one.post for one in page.found if one.is_ours_to_show and one.post.created_at >= since]
            if not page.has_more or any(one.changed_at < since for one in page.found):
                return sorted(posts, key=lambda post: post.created_at, reverse=True)
            start += size
        raise TransientError(
            f"{self._host}: more than {start} posts since {since:%Y-%m-%d %H:%M} UTC, too many to look "
            "through"
        )

    def edit(self, receipt: Receipt, outgoing: Outgoing) -> Receipt:
        """Change the words, and refuse where the pictures or the card would have to change too."""
        urn = self._urn(receipt)
        if not self._sent.shows_the_same(outgoing):
            raise PermanentError(
                f"{self._host}: of a post on LinkedIn only the words can be changed, and its pictures or the "
                "card of its link are others now, or not known any more; edit it there by hand"
            )
        self._api.update(urn, _commentary(outgoing))
        return receipt

    def delete(self, receipt: Receipt) -> None:
        """Delete the post; one that LinkedIn does not know is gone already."""
        try:
            self._api.delete(self._urn(receipt))
        except RejectedError:
            if self._api.status not in GONE:
                raise

    @property
    def _host(self) -> str:
        return host_of(self._server)

    def _urn(self, receipt: Receipt) -> str:
        if not read.is_post(receipt.remote_id):
            raise PermanentError(f"{self.name}: {receipt.remote_id!r} is not the URN of a post on LinkedIn")
        return receipt.remote_id

    def _called(self) -> str:
        """Return the page's name, or its URN where the token may not ask for that."""
        try:
            return self._api.organization(self._number)
        except PermanentError as error:
            log.debug("%s: the page's name is not told: %s", self.name, error)
            return self._author

    def _create(self, outgoing: Outgoing, content: dict[str, Any]) -> str:
        """Make the post; without its card's picture where LinkedIn will not have it."""
        post = {
            "author": self._author,
            "commentary": _commentary(outgoing),
            "visibility": "PUBLIC",
            "distribution": {
                "feedDistribution": "MAIN_FEED",
                "targetEntities": [],
                "thirdPartyDistributionChannels": [],
            },
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": False,
        }
        card = content.get("article", {})
        try:
            return self._api.create(post | ({"content": content} if content else {}))
        except RejectedError:
            if "thumbnail" not in card or self._api.duplicate():
                raise
            plainer = {"article": {name: value for name, value in card.items() if name != "thumbnail"}}
            return self._api.create(post | {"content": plainer})

    def _existing(self, outgoing: Outgoing, refusal: RejectedError) -> Receipt:
        """Return the receipt of the post that LinkedIn names as the one that is there, if it is this one.

        The refused request has surely made nothing public. What an earlier one did was looked for before this
        was sent; so where the named post is not there, it is one that LinkedIn remembers and nobody can see:
        it forgets such within days, and the post can be tried again.
        """
        urn = self._api.duplicate()
        if urn is None:
            raise refusal
        there = read.receipt(urn)
        another_s = (
            f"{self._host}: LinkedIn takes the same words only once for some time, and {there.url} has them, "
            "which is another post; write the item in other words"
        )
        if self._sent.is_another_s(urn, outgoing.key):
            raise RejectedError(another_s) from refusal
        try:
            found = self._api.get(urn)
        except ChannelError as unseen:
            if isinstance(unseen, RejectedError) and self._api.status in GONE:
                raise TransientError(
                    f"{self._host}: LinkedIn refuses the post as a duplicate of {urn}, but there is no such "
                    "post; nothing was published, it will be tried again (it forgets such within days)"
                ) from unseen
            raise AmbiguousError(
                f"{self._host}: LinkedIn says that the post is there already, as {there.url}, and that could "
                f"not be looked at: {unseen}"
            ) from unseen
        if not self._is_it(found, outgoing):
            raise RejectedError(another_s) from refusal
        return there

    def _is_it(self, found: read.Found, outgoing: Outgoing) -> bool:
        """Tell whether a post that was found is the one that was to be made: by author, words and time."""
        now = self._patience.clock()
        return (
            found.author == self._author
            and found.is_ours_to_show
            and found.post.created_at >= min(outgoing.dated, now) - self._patience.early
            and read.says(found.post, _words(outgoing), outgoing.link)
        )


def _words(outgoing: Outgoing) -> str:
    """Return what a reader is to see, a content warning above the text: LinkedIn has no place for one."""
    warning = outgoing.content_warning
    return (warning + SPEC.defaults.gap if warning else "") + outgoing.part.text


def _commentary(outgoing: Outgoing) -> str:
    """Return the same as LinkedIn reads it."""
    warning = outgoing.content_warning
    above = to_little_text(Marked(text=warning + SPEC.defaults.gap)) if warning else ""
    return above + to_little_text(outgoing.part)


def _notes(told: Told | None) -> Iterator[str]:
    if told is not None and told.scopes:
        yield f"the token may {', '.join(sorted(told.scopes))}"


def _obstacles(told: Told | None) -> Iterator[str]:
    """Say what keeps the token from posting, as far as it is told."""
    for scope in ("w_organization_social", "r_organization_social"):
        if told is not None and told.scopes and scope not in told.scopes:
            yield f"the token has no {scope}: make it anew with that permission ticked"
