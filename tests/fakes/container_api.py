"""What the fakes of Threads and Instagram have in common: containers, and their publication.

A picture is really fetched from its address, as the networks do.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import requests

from tests.fakes.graph_api import GraphApi, moment, refused
from tests.fakes.network import Visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.fakes.schema import Answer, Call, Json, Refused

LIFE = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture that was fetched."""

    content: bytes
    kind: str
    alt: str


@dataclass(frozen=True, kw_only=True)
class Container:
    """A container; ``waits`` is how often it still says that it is not ready."""

    id: str
    text: str
    pictures: tuple[Picture, ...]
    reply_to: str | None
    is_piece: bool
    made_at: datetime
    waits: int
    state: str = "FINISHED"
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Post:
    """What is public."""

    id: str
    text: str
    pictures: tuple[Picture, ...]
    reply_to: str | None
    made_at: str


@dataclass(kw_only=True)
class ContainerApi(GraphApi):
    """The memory and rules. ``waits`` is how often a new container says that it is not ready yet.

    ``used`` is how many posts there were today besides those that are here, of ``quota``. ``loses`` says that
    the publication of a container that is ready finds none, as Threads has been seen to do. A test may put
    what it likes into ``containers``.
    """

    quota: int = 250
    used: int = 0
    waits: int = 0
    loses: bool = False
    containers: dict[str, Container] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)

    def visible(self) -> list[Visible]:
        return [
            Visible(
                remote_id=post.id,
                text=post.text,
                pictures=tuple((picture.content, picture.alt) for picture in post.pictures),
                reply_to=post.reply_to,
            )
            for post in self.posts
        ]

    def change(self, **changes: Any) -> None:
        """Change every container."""
        self.containers = {key: replace(one, **changes) for key, one in self.containers.items()}

    def make(self, text: str, told: Mapping[str, Any]) -> Answer:
        """Make a container of one picture, of several pieces, or of none."""
        pictures: tuple[Picture, ...] = ()
        state, reason = "FINISHED", None
        if told.get("media_type") == "CAROUSEL":
            pieces = [self.containers.get(one) for one in told["children"].split(",")]
            if not all(piece and piece.is_piece and self._state(piece) == "FINISHED" for piece in pieces):
                raise refused(100, "Invalid parameter: children")
            pictures = tuple(picture for piece in pieces if piece for picture in piece.pictures)
        elif "image_url" in told:
            picture = self.fetched(told["image_url"], told.get("alt_text", ""))
            if isinstance(picture, str):
                state, reason = "ERROR", picture
            else:
                pictures = (picture,)
        container = Container(
            id=self.new_id(),
            text=text,
            pictures=pictures,
            reply_to=told.get("reply_to_id"),
            is_piece=told.get("is_carousel_item") == "true",
            made_at=datetime.now(UTC),
            waits=self.waits,
            state=state,
            reason=reason,
        )
        self.containers[container.id] = container
        return 200, {"id": container.id}

    def fetched(self, url: str, alt: str) -> Picture | str:
        """Return the picture at an address, or why there is none."""
        try:
            answer = requests.get(url, timeout=5)
        except requests.RequestException:
            return "FAILED_DOWNLOADING_IMAGE"
        if not answer.ok:
            return "FAILED_DOWNLOADING_IMAGE"
        return Picture(content=answer.content, kind=answer.headers.get("Content-Type", ""), alt=alt)

    def status(self, call: Call, field_: str, reason: str) -> Answer:
        """Tell how far a container is."""
        container = self.containers.get(call.path[0])
        if container is None:
            raise self.gone(call.path[0])
        state = self._state(container)
        if container.waits:
            self.containers[container.id] = replace(container, waits=container.waits - 1)
        told: Json = {"id": container.id, field_: state}
        return 200, told | ({reason: container.reason} if container.reason else {})

    def publish(self, call: Call) -> Answer:
        """Publish a container, once."""
        container = self.containers.get(call.fields["creation_id"])
        if container is None or self.loses or self._state(container) in {"EXPIRED", "PUBLISHED"}:
            raise self.not_found(call.fields["creation_id"])
        if self._state(container) != "FINISHED" or container.is_piece:
            raise refused(9007, "Media ID is not available", 2207027)
        if self.used + len(self.posts) >= self.quota:
            raise self.too_many()
        post = Post(
            id=self.new_id(),
            text=container.text,
            pictures=container.pictures,
            reply_to=container.reply_to,
            made_at=moment(),
        )
        self.posts.append(post)
        self.containers[container.id] = replace(container, state="PUBLISHED")
        return 200, {"id": post.id}

    def limit(self, _: Call) -> Answer:
        """Tell how many posts there were today."""
        usage = {
            "quota_usage": self.used + len(self.posts),
            "config": {"quota_total": self.quota, "quota_duration": 86400},
        }
        return 200, {"data": [usage]}

    def find(self, post_id: str) -> Post:
        for post in self.posts:
            if post.id == post_id:
                return post
        raise self.gone(post_id)

    def gone(self, object_id: str) -> Refused:
        return refused(
            100,
            f"Unsupported request. Object with ID '{object_id}' does not exist, cannot be loaded due to "
            "missing permissions, or does not support this operation",
            33,
        )

    def not_found(self, container: str) -> Refused:
        raise NotImplementedError

    def too_many(self) -> Refused:
        raise NotImplementedError

    def _state(self, container: Container) -> str:
        if container.waits and container.state == "FINISHED":
            return "IN_PROGRESS"
        if container.state != "PUBLISHED" and datetime.now(UTC) - container.made_at >= LIFE:
            return "EXPIRED"
        return container.state
