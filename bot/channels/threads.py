"""Threads (https://developers.facebook.com/docs/threads/): a container, then its publication.

The API can neither edit a post nor take a picture: it fetches one from where everybody can.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.channels.graph import checked, image, number, said_of, text
from bot.channels.graph_container import LIFE, Edges
from bot.channels.graph_profile import ProfileChannel, remote_post
from bot.channels.graph_read import Listing, links, recent
from bot.channels.graph_rights import Rights, ask_rights
from bot.errors import RejectedError
from bot.model import Account, Capabilities, Limits, NetworkSpec, Receipt, RemotePost, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.channels.base import Facilities
    from bot.channels.graph import Entity, Fields
    from bot.config import ChannelConfig
    from bot.model import Outgoing

_GAP = "\n\n"  # between a content warning and the text
_MOST_LINKS = 5

SPEC = NetworkSpec(
    network="threads",
    title="Threads",
    # For as long as its container lives, a post is known by it.
    capabilities=Capabilities(
        read_back=True,
        delete=True,
        threads=True,
        media=True,
        idempotent=LIFE,
        tells_expiry=True,
        renews=True,
        checks=True,
    ),
    # https://developers.facebook.com/docs/threads/overview and .../documentation/threads/posts
    defaults=Limits(
        text=500,
        unit=Unit.EMOJI_BYTES,
        media=20,
        media_bytes=8 * 1024 * 1024,
        alt_text=1000,
        links=_MOST_LINKS,
        gap=_GAP,
    ),
    server="https://graph.threads.net",
    secrets=("token",),
)

_RIGHTS = Rights(
    needed=(
        "threads_basic",
        "threads_content_publish",
        "threads_delete",
        "threads_manage_replies",
        "threads_read_replies",
    ),
)
_EDGES = Edges(
    create="threads",
    publish="threads_publish",
    quota="threads_publishing_limit",
    status="status",
    reason="error_message",
)
_FIELDS = "id,media_type,text,permalink,timestamp"
_REPOST = "REPOST_FACADE"
_KINDS = {"image/jpeg": "JPEG", "image/png": "PNG"}
_FIRST_POSTS = datetime(2023, 7, 6, tzinfo=UTC)  # no time before that is taken


def open_channel(config: ChannelConfig, facilities: Facilities) -> ThreadsChannel:
    """Open the channel that ``config`` describes; no request leaves."""
    return ThreadsChannel(
        name=config.name,
        server=config.server,
        token=config.secrets.get("token"),
        http=facilities.http,
        memory=facilities.memory,
    )


class ThreadsChannel(ProfileChannel):
    """One profile, of whoever the token is."""

    spec = SPEC
    capabilities = SPEC.capabilities
    version = "v1.0"
    grant = "th_refresh_token"
    edges = _EDGES

    def account(self) -> Account:
        """Ask who the token is of, what it may do and when it dies."""
        checked(self._configured, self.name)
        name = self._graph.get("me", lambda found: text(found, "username"), fields="id,username")
        token = self._token.secret().reveal()
        told = ask_rights(self._graph, token, asker=token)
        return Account(
            name=f"@{name}",
            url=f"https://www.threads.com/@{name}",
            expires_at=(told.expires_at if told else None) or self._token.expires_at(),
            notes=_RIGHTS.notes(told),
            warnings=_RIGHTS.warnings(told),
            obstacles=_RIGHTS.obstacles(told),
        )

    def check(self, outgoing: Outgoing) -> None:
        """Refuse what Threads would not take, as far as that is known."""
        self._fields(replace(outgoing, reply_to=None), said_of(outgoing, _GAP))

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Make a container and publish it, or the one that an earlier try has made."""
        said = said_of(outgoing, _GAP)
        pieces, whole = self._fields(outgoing, said)
        post = self._containers.publish(outgoing, said, user="me", pieces=pieces, whole=whole)
        return Receipt(remote_id=post, url=self._containers.permalink(post))

    def recent(self, since: datetime) -> Sequence[RemotePost]:
        """Read the profile's own posts back, and its replies, which stand in a list of their own."""
        since = max(since, _FIRST_POSTS)
        found: dict[str, RemotePost] = {}
        for path in ("me/threads", "me/replies"):
            listing = Listing(path=path, fields=_FIELDS, read=_remote_post)
            for post in recent(self._graph, listing, since, pages=self._patience.pages):
                found[post.receipt.remote_id] = post
        return sorted(found.values(), key=lambda post: post.created_at, reverse=True)

    def delete(self, receipt: Receipt) -> None:
        """Delete the post; one that is not there is gone already. 100 in a day are allowed."""
        self._graph.delete(number(receipt.remote_id, self.name))
        self._containers.forget(receipt.remote_id)

    def _fields(self, outgoing: Outgoing, said: str) -> tuple[list[Fields], Fields]:
        """Return the containers of the pictures of a carousel, and that of the post."""
        if (count := len(links(said))) > _MOST_LINKS:
            raise RejectedError(
                f"{self.name}: {count} links, and a post on Threads holds {_MOST_LINKS}: leave some out, "
                "{{ links }} in this channel's template for one"
            )
        pictures = outgoing.attachments
        most = SPEC.defaults.media
        if len(pictures) > most:
            raise RejectedError(f"{self.name}: {len(pictures)} pictures, and a post on Threads holds {most}")
        whole = {"text": said}
        if outgoing.reply_to is not None:
            whole["reply_to_id"] = number(outgoing.reply_to, self.name)
        if not pictures:
            return [], {"media_type": "TEXT", **whole}
        images = [image(picture, name=self.name, kinds=_KINDS) for picture in pictures]
        images = [{"media_type": "IMAGE", **one} for one in images]
        if len(images) == 1:
            return [], {**images[0], **whole}
        return [{**image, "is_carousel_item": "true"} for image in images], {
            "media_type": "CAROUSEL",
            **whole,
        }


def _remote_post(found: Entity) -> RemotePost | None:
    if found.get("media_type") == _REPOST:
        return None
    return remote_post(found, "text")
