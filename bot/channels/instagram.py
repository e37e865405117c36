"""Instagram, for professional accounts (https://developers.facebook.com/docs/instagram-platform/).

A container, then its publication, as on Threads. There is no post without a picture, which Instagram fetches
from where everybody can; a link in the text is text; and what is public can be neither edited nor deleted by
a program.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from bot.channels.graph import checked, identity, image, said_of, text
from bot.channels.graph_container import LIFE, Edges
from bot.channels.graph_profile import ProfileChannel, remote_post
from bot.channels.graph_read import Listing, recent
from bot.errors import PermanentError, RejectedError
from bot.model import Account, Capabilities, Limits, NetworkSpec, Receipt, RemotePost, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.channels.base import Facilities
    from bot.channels.graph import Entity, Fields
    from bot.config import ChannelConfig
    from bot.model import Outgoing

_GAP = "\n\n"  # between a content warning and the text
_MOST_PICTURES = 10
_MOST_HASHTAGS = 30

SPEC = NetworkSpec(
    network="instagram",
    title="Instagram",
    # For as long as its container lives, a post is known by it.
    capabilities=Capabilities(
        read_back=True,
        media=True,
        idempotent=LIFE,
        tells_expiry=True,
        renews=True,
        needs_media=True,
        checks=True,
    ),
    # https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media
    defaults=Limits(
        text=2200,
        unit=Unit.CODE_POINTS,
        media=_MOST_PICTURES,
        media_bytes=8 * 1024 * 1024,
        alt_text=1000,
        gap=_GAP,
    ),
    server="https://graph.instagram.com",
    secrets=("token",),
)

_EDGES = Edges(
    create="media",
    publish="media_publish",
    quota="content_publishing_limit",
    status="status_code",
    reason="status",
)
_KINDS = {"image/jpeg": "JPEG"}
_HASHTAG = re.compile(r"(?<![\w&])#\w+")
_ADDRESS = re.compile(r"https?://\S+")
_PERSONAL = "PERSONAL"


def open_channel(config: ChannelConfig, facilities: Facilities) -> InstagramChannel:
    """Open the channel that ``config`` describes; no request leaves."""
    return InstagramChannel(
        name=config.name,
        server=config.server,
        token=config.secrets.get("token"),
        http=facilities.http,
        memory=facilities.memory,
    )


class InstagramChannel(ProfileChannel):
    """One professional account, of whoever the token is."""

    spec = SPEC
    capabilities = SPEC.capabilities
    version = "v26.0"
    grant = "ig_refresh_token"
    edges = _EDGES
    _me: Entity | None = None

    def account(self) -> Account:
        """Ask who the token is of; when it dies is known since it was renewed first."""
        me = self._ask_me()
        name, kind = text(me, "username"), me.get("account_type")
        personal = "the account is a personal one: make it a professional one in the app's settings"
        until = self._token.expires_at()
        return Account(
            name=f"@{name}",
            url=f"https://www.instagram.com/{name}/",
            expires_at=until,
            notes=() if until else ("when the token dies is known as soon as it has been renewed",),
            obstacles=(personal,) if kind == _PERSONAL else (),
        )

    def check(self, outgoing: Outgoing) -> None:
        """Refuse what Instagram would not take, as far as that is known."""
        self._fields(outgoing, said_of(outgoing, _GAP))

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Make a container and publish it, or the one that an earlier try has made."""
        said = said_of(outgoing, _GAP)
        pieces, whole = self._fields(outgoing, said)
        user = text(self._ask_me(), "user_id")
        post = self._containers.publish(outgoing, said, user=user, pieces=pieces, whole=whole)
        return Receipt(remote_id=post, url=self._containers.permalink(post))

    def recent(self, since: datetime) -> Sequence[RemotePost]:
        """Read the account's own posts back; stories are not among them."""
        listing = Listing(
            path=f"{text(self._ask_me(), 'user_id')}/media",
            fields="id,caption,permalink,timestamp",
            read=partial(remote_post, words="caption"),
            by_time=False,
        )
        return recent(self._graph, listing, since, pages=self._patience.pages)

    def delete(self, receipt: Receipt) -> None:
        """Refuse: the API deletes nothing."""
        del receipt
        raise PermanentError(f"{self.name}: posts on Instagram cannot be deleted by a program")

    def _fields(self, outgoing: Outgoing, said: str) -> tuple[list[Fields], Fields]:
        """Return the containers of the pictures of a carousel, and that of the post."""
        if outgoing.reply_to is not None:
            raise RejectedError(f"{self.name}: a post on Instagram cannot be an answer to another")
        pictures = outgoing.attachments
        if not pictures:
            raise RejectedError(
                f"{self.name}: Instagram takes no post without a picture: add image=File:... and alt=... to "
                "the item"
            )
        if len(pictures) > _MOST_PICTURES:
            raise RejectedError(
                f"{self.name}: {len(pictures)} pictures, and a post on Instagram holds {_MOST_PICTURES}"
            )
        if (count := len(_HASHTAG.findall(_ADDRESS.sub("", said)))) > _MOST_HASHTAGS:
            raise RejectedError(
                f"{self.name}: {count} hashtags, and a post on Instagram holds {_MOST_HASHTAGS}: leave some "
                "out"
            )
        images = [image(picture, name=self.name, kinds=_KINDS) for picture in pictures]
        if len(images) == 1:
            return [], {**images[0], "caption": said}
        pieces: list[Fields] = [{**one, "is_carousel_item": "true"} for one in images]
        return pieces, {"media_type": "CAROUSEL", "caption": said}

    def _ask_me(self) -> Entity:
        if self._me is None:
            checked(self._configured, self.name)
            self._me = self._graph.get("me", _known, fields="user_id,username,account_type")
        return self._me


def _known(found: Entity) -> Entity:
    identity(found, "user_id")
    text(found, "username")
    return found
