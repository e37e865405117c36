"""A Page on Facebook (https://developers.facebook.com/docs/pages-api/).

There is no idempotency key, and Facebook has been seen to answer with an error and to make the post all the
same. So what is not known is settled by reading the Page's own posts. That Facebook refuses the text of the
last post is a sign that an earlier try may have worked, and never the proof.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.channels.graph import Graph, checked, entity, identity, is_success, number, said_of, text
from bot.channels.graph_read import Listing, links, recent, time
from bot.channels.graph_rights import Rights, ask_rights
from bot.errors import RejectedError
from bot.model import (
    Account,
    Capabilities,
    Limits,
    LinkPolicy,
    NetworkSpec,
    Option,
    OptionKind,
    Receipt,
    RemotePost,
    Secret,
    Unit,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.channels.base import Facilities, Memory
    from bot.channels.graph import Entity
    from bot.channels.http import Http
    from bot.config import ChannelConfig
    from bot.model import Attachment, Outgoing

_GAP = "\n\n"  # between a content warning and the text
_MOST_PICTURES = 10
_DIGITS = re.compile(r"[0-9]{3,}")


def _wrong_id(value: str) -> str | None:
    return None if _DIGITS.fullmatch(value) else "must be an id, which is digits only"


SPEC = NetworkSpec(
    network="facebook",
    title="Facebook",
    capabilities=Capabilities(read_back=True, edit=True, delete=True, media=True, tells_expiry=True),
    defaults=Limits(
        text=63_206,
        unit=Unit.CODE_POINTS,
        media=_MOST_PICTURES,
        media_bytes=10 * 1000 * 1000,
        gap=_GAP,
    ),
    server="https://graph.facebook.com",
    secrets=("token",),
    optional_secrets={"app_secret": "app"},
    options=(
        Option(
            name="page",
            kind=OptionKind.TEXT,
            help="the Page's id, which its About section shows",
            required=True,
            wrong=_wrong_id,
            example="1234567890",
        ),
        Option(
            name="app",
            kind=OptionKind.TEXT,
            help="the app's id, where its secret is to prove each request",
            wrong=_wrong_id,
            example="9876543210",
        ),
    ),
    places=("page",),
)

_VERSION = "v26.0"
_RIGHTS = Rights(
    needed=("pages_manage_posts", "pages_read_engagement"),
    harmless=frozenset(
        {"pages_show_list", "public_profile"}
    ),  # without the first, no token of a Page is given
)
_FIELDS = "id,message,created_time,attachments{unshimmed_url}"
_KEPT = "pictures"
_MOST_KEPT = 100  # posts, whose pictures are remembered


def open_channel(config: ChannelConfig, facilities: Facilities) -> FacebookChannel:
    """Open the channel that ``config`` describes; no request leaves."""
    return FacebookChannel(
        name=config.name,
        server=config.server,
        page=str(config.options["page"]),
        credentials=Credentials(
            token=config.secrets.get("token"),
            app=str(config.options.get("app") or ""),
            app_secret=config.secrets.get("app_secret"),
        ),
        http=facilities.http,
        memory=facilities.memory,
        link=config.style.link,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Credentials:
    """The Page's token, and the app that it was given to, where that has a secret."""

    token: Secret | None
    app: str = ""
    app_secret: Secret | None = None


class FacebookChannel:
    """One Page. A receipt's remote id is that of the post, which has the Page's in it."""

    capabilities = SPEC.capabilities

    def __init__(
        self,
        *,
        name: str,
        server: str,
        page: str,
        credentials: Credentials,
        http: Http,
        memory: Memory,
        link: LinkPolicy = LinkPolicy.ALWAYS,
        pages: int = 20,
    ) -> None:
        self.name = name
        self._page = page
        self._credentials = credentials
        self._memory = memory
        self._link = link
        self._pages = pages
        self._graph = Graph(
            server=server,
            version=_VERSION,
            session=http.session(),
            token=self._token,
            app_secret=credentials.app_secret,
        )

    def limits(self) -> Limits:
        """Return the API's limits, which are the same for all."""
        return SPEC.defaults

    def account(self) -> Account:
        """Ask for the Page, what the token may do there, and when it dies."""
        page = self._graph.get(self._page, _named, fields="id,name,link,is_published")
        told = ask_rights(self._graph, self._token().reveal(), asker=self._asker())
        hidden = "the Page is not published: nobody sees its posts"
        url = page.get("link")
        return Account(
            name=text(page, "name"),
            url=url if isinstance(url, str) else f"https://www.facebook.com/{self._page}",
            expires_at=told.expires_at if told else None,
            notes=_RIGHTS.notes(told),
            warnings=_RIGHTS.warnings(told),
            obstacles=(
                *((hidden,) if page.get("is_published") is False else ()),
                *_RIGHTS.obstacles(told),
            ),
        )

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Upload the pictures, which nobody sees by themselves, then make the post."""
        if outgoing.reply_to is not None:
            raise RejectedError(f"{self.name}: a post on Facebook cannot be an answer to another")
        if len(outgoing.attachments) > _MOST_PICTURES:
            raise RejectedError(
                f"{self.name}: {len(outgoing.attachments)} pictures, and a post on Facebook is to hold "
                f"{_MOST_PICTURES} at most"
            )
        fields = {"message": said_of(outgoing, _GAP)}
        if outgoing.attachments:
            photos = [{"media_fbid": self._upload(picture)} for picture in outgoing.attachments]
            fields["attached_media"] = json.dumps(photos)
        elif outgoing.link and self._link is LinkPolicy.ALWAYS:
            fields["link"] = outgoing.link  # it becomes a card below the text
        post = self._graph.post(f"{self._page}/feed", identity, fields, publishes=True)
        self._remember_pictures(post, outgoing.attachments)
        return _receipt(post)

    def recent(self, since: datetime) -> Sequence[RemotePost]:
        """Read the Page's own posts back; those of visitors are not among them."""
        listing = Listing(
            path=f"{self._page}/published_posts", fields=_FIELDS, read=_remote_post, created="created_time"
        )
        return recent(self._graph, listing, since, pages=self._pages)

    def edit(self, receipt: Receipt, outgoing: Outgoing) -> Receipt:
        """Change the text; the API changes no pictures, so with others than the post's own it is refused."""
        post = number(receipt.remote_id, self.name)
        if _fingerprint(outgoing.attachments) != self._pictures().get(post, _fingerprint(())):
            raise RejectedError(
                f"{self.name}: the pictures of a post on Facebook cannot be changed afterwards, or nobody "
                "knows any more which they were: edit it by hand"
            )
        self._graph.post(post, is_success, {"message": said_of(outgoing, _GAP)})
        return _receipt(post)

    def delete(self, receipt: Receipt) -> None:
        """Delete the post; one that is not there is gone already."""
        self._graph.delete(number(receipt.remote_id, self.name))

    def _token(self) -> Secret:
        return checked(self._credentials.token, self.name)

    def _asker(self) -> str:
        """Return in whose name is asked what the token may do: the app's, where its secret is known."""
        secret = self._credentials.app_secret
        if secret is None:
            return self._token().reveal()
        return f"{self._credentials.app}|{secret.reveal().strip()}"

    def _upload(self, picture: Attachment) -> str:
        """Store a picture without publishing it, and return its id; a post has to name it within a day."""
        # A name of our own: not every server reads one in another script.
        name = "picture" + (mimetypes.guess_extension(picture.mime_type) or "")
        alt = {"alt_text_custom": picture.alt} if picture.alt else {}
        try:
            return self._graph.post(
                f"{self._page}/photos",
                identity,
                {"published": "false", **alt},
                files={"source": (name, picture.content, picture.mime_type)},
            )
        except RejectedError as error:
            raise RejectedError(f"{error} (the file {picture.file})") from error

    def _remember_pictures(self, post: str, pictures: Sequence[Attachment]) -> None:
        """Keep which pictures a post has, for its edits: what Facebook makes of them tells it no more."""
        if pictures:
            kept = {**self._pictures(), post: _fingerprint(pictures)}
            self._memory.put(_KEPT, json.dumps(dict(list(kept.items())[-_MOST_KEPT:])))

    def _pictures(self) -> Mapping[str, str]:
        try:
            found = json.loads(self._memory.get(_KEPT) or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def _fingerprint(pictures: Sequence[Attachment]) -> str:
    whole = hashlib.sha256()
    for picture in pictures:
        whole.update(hashlib.sha256(picture.content).digest() + hashlib.sha256(picture.alt.encode()).digest())
    return whole.hexdigest()


def _receipt(post: str) -> Receipt:
    return Receipt(remote_id=post, url=f"https://www.facebook.com/{post}")


def _named(found: Entity) -> Entity:
    text(found, "name")
    return found


def _remote_post(found: Entity) -> RemotePost:
    said = found.get("message") or ""
    if not isinstance(said, str):
        raise TypeError("no message")
    attached = found.get("attachments")
    shared = attached.get("data") if isinstance(attached, dict) else None
    cards = [entity(one).get("unshimmed_url") for one in shared] if isinstance(shared, list) else []
    urls = (*links(said), *(url for url in cards if isinstance(url, str)))
    return RemotePost(
        receipt=_receipt(text(found, "id")),
        text=said,
        created_at=time(text(found, "created_time")),
        links=tuple(dict.fromkeys(urls)),
    )
