"""Posts that are made in two steps, on Threads and Instagram: a container, and then its publication.

A container that nobody publishes is never seen, and is gone after 24 hours. Which one is a post's is kept
before it is published, so that a later try asks that one what became of it, and publishes no second:
https://developers.facebook.com/docs/threads/troubleshooting and
https://developers.facebook.com/docs/instagram-platform/content-publishing.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.channels.clock import utc_now
from bot.channels.graph import identity, text
from bot.channels.graph_error import used_up
from bot.errors import AmbiguousError, ChannelError, PermanentError, RejectedError, TransientError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.channels.base import Memory
    from bot.channels.graph import Entity, Fields, Graph
    from bot.model import Outgoing, RemotePost

LIFE = timedelta(days=1)  # of a container
_KEPT = "containers"
_PAUSES = (1.0, 2.0, 4.0, 8.0)
_CLOCKS = timedelta(minutes=5)  # by which theirs and ours may differ
_NOT_THERE = 24
_READY, _BUSY, _PUBLISHED, _GONE = "FINISHED", "IN_PROGRESS", "PUBLISHED", "EXPIRED"
# What the network could not fetch now, it may well fetch later.
_HICCUPS = ("FAILED_DOWNLOADING", "UNKNOWN")


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How long a container may take to be ready, and how many pages of posts are read back at most.

    ``sleep`` (seconds) and ``monotonic`` are the clock by which is waited, ``clock`` tells the time.
    """

    processing: timedelta = timedelta(seconds=60)
    pages: int = 20
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    clock: Callable[[], datetime] = utc_now


@dataclass(frozen=True, kw_only=True, slots=True)
class Edges:
    """What a network calls the places where containers are made, published and counted, and their fields."""

    create: str
    publish: str
    quota: str
    status: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Kept:
    """What is kept of a post: its container, of which content, and what became of it.

    ``open`` says that a request to publish it left whose outcome nobody knows; ``post`` is the id of the post
    that came of it.
    """

    container: str
    made: str
    content: str
    open: bool = False
    post: str | None = None


@dataclass(kw_only=True, slots=True)
class Containers:
    """The containers of one account, whose posts ``find`` reads since a time."""

    graph: Graph
    memory: Memory
    edges: Edges
    patience: Patience
    find: Callable[[datetime], Sequence[RemotePost]]

    def publish(
        self, outgoing: Outgoing, said: str, *, user: str, pieces: Sequence[Fields], whole: Fields
    ) -> str:
        """Publish a post that is to say what is ``said``, once, and return its id.

        ``user`` is whose it is, in an address. ``pieces`` are the containers of the pictures of a carousel,
        ``whole`` is that of the post. A repetition with the same key makes no second post, for as long as a
        container lives.
        """
        content = hashlib.sha256(json.dumps([pieces, whole], sort_keys=True).encode()).hexdigest()
        kept = self._all().get(outgoing.key)
        if kept is not None:
            if kept.post is not None:
                return kept.post
            status, _ = self._status(kept.container)
            if status == _PUBLISHED or (kept.open and status not in {_READY, _BUSY, _GONE}):
                return self._found(outgoing.key, said, kept)
            if status not in {_READY, _BUSY} or kept.content != content:
                kept = None
        if kept is None:
            kept = self._made(user, pieces, whole, content)
            self._keep(outgoing.key, kept)
        self._wait(kept.container, lambda: self._keep(outgoing.key, None))
        return self._published(outgoing.key, user, kept)

    def permalink(self, post: str) -> str | None:
        """Return where a post is; that it is public does not depend on it."""
        try:
            return self.graph.get(post, lambda found: text(found, "permalink"), fields="id,permalink")
        except ChannelError:
            return None

    def forget(self, post: str) -> None:
        """Forget a post that was deleted: it may have to be made again."""
        for key, kept in self._all().items():
            if kept.post == post:
                self._keep(key, None)

    def _made(self, user: str, pieces: Sequence[Fields], whole: Fields, content: str) -> _Kept:
        self._refuse_too_many(user)
        children = [self._create(user, piece) for piece in pieces]
        for child in children:
            self._wait(child, lambda: None)
        fields = {**whole, **({"children": ",".join(children)} if children else {})}
        container = self._create(user, fields)
        return _Kept(container=container, made=self.patience.clock().isoformat(), content=content)

    def _create(self, user: str, fields: Fields) -> str:
        try:
            return self.graph.post(f"{user}/{self.edges.create}", identity, fields)
        except RejectedError as error:
            refused = self.graph.last_refusal()
            if "reply_to_id" not in fields or refused is None or not refused.is_gone:
                raise
            # The part before it was published a moment ago, and not every machine of theirs knows of it.
            raise TransientError(f"{error}; the post that it answers is not found yet") from error

    def _published(self, key: str, user: str, kept: _Kept) -> str:
        """Publish a container that is ready; what is not known is written down before the request leaves."""
        self._keep(key, replace(kept, open=True))
        fields = {"creation_id": kept.container}
        try:
            post = self.graph.post(f"{user}/{self.edges.publish}", identity, fields, publishes=True)
        except AmbiguousError:
            raise
        except ChannelError as error:
            refused = self.graph.last_refusal()
            if refused is None or refused.code != _NOT_THERE:
                self._keep(key, kept)
                raise
            # It is said to be ready and then not to be there: it was published by an earlier request that
            # nobody heard of, or it was lost (https://github.com/fbsamples/threads_api/issues/70).
            if kept.open:
                raise AmbiguousError(f"{error}; an earlier request may have published it") from error
            self._keep(key, None)
            raise TransientError(
                f"{error}; nothing was published, it will be tried with a new one"
            ) from error
        self._keep(key, replace(kept, post=post))
        return post

    def _found(self, key: str, said: str, kept: _Kept) -> str:
        """Return the id of a post that is public, or may be, by its text: a container does not tell it."""
        others = {one.post for one in self._all().values()}
        for post in reversed(self.find(datetime.fromisoformat(kept.made) - _CLOCKS)):
            if post.text.split() == said.split() and post.receipt.remote_id not in others:
                self._keep(key, replace(kept, post=post.receipt.remote_id))
                return post.receipt.remote_id
        raise AmbiguousError(
            f"{self.graph.host}: its container {kept.container} says that the post may be public, but it is "
            "not among the account's posts"
        )

    def _wait(self, container: str, give_up: Callable[[], None]) -> None:
        """Ask until the container is ready; ``give_up`` where it never will be."""
        clock, seconds = self.patience, self.patience.processing.total_seconds()
        deadline = clock.monotonic() + seconds
        pauses = iter(_PAUSES)
        while True:
            status, reason = self._status(container)
            if status == _READY:
                return
            if status != _BUSY:
                break
            pause = next(pauses, _PAUSES[-1])
            if clock.monotonic() + pause > deadline:
                raise TransientError(
                    f"{self.graph.host}: the post was not ready within {seconds:g} seconds; nothing was "
                    "published, it will be tried again"
                )
            clock.sleep(pause)
        give_up()
        said = f"{self.graph.host}: the post could not be made ready ({reason or status})"
        if status == _GONE or not reason or any(one in reason.upper() for one in _HICCUPS):
            raise TransientError(f"{said}; nothing was published, it will be tried again")
        raise RejectedError(said)

    def _status(self, container: str) -> tuple[str, str]:
        """Return how far a container is, and why no further; one that is not there has no status."""

        def read(answer: Entity) -> tuple[str, str]:
            reason = answer.get(self.edges.reason)
            return text(answer, self.edges.status), reason if isinstance(reason, str) else ""

        try:
            return self.graph.get(container, read, fields=f"{self.edges.status},{self.edges.reason}")
        except PermanentError:
            refused = self.graph.last_refusal()
            if refused is None or not refused.is_gone:
                raise
            return "", "it is not there any more"

    def _refuse_too_many(self, user: str) -> None:
        """Make no container that could not be published today."""
        used, most = self.graph.get(f"{user}/{self.edges.quota}", _quota, fields="quota_usage,config")
        if used >= most:
            said = f"{self.graph.host}: {used} of {most} posts of the past 24 hours are used up"
            raise used_up(said, self.patience.clock())

    def _all(self) -> Mapping[str, _Kept]:
        try:
            found = json.loads(self.memory.get(_KEPT) or "{}")
            return {key: _Kept(**one) for key, one in found.items()}
        except (AttributeError, TypeError, ValueError):
            return {}

    def _keep(self, key: str, kept: _Kept | None) -> None:
        """Keep what is known of a post, and forget those whose containers are long gone."""
        oldest = self.patience.clock() - LIFE
        young = {
            other: one
            for other, one in self._all().items()
            if other != key and datetime.fromisoformat(one.made) >= oldest
        }
        if kept is not None:
            young[key] = kept
        found = {other: asdict(one) for other, one in young.items()}
        self.memory.put(_KEPT, json.dumps(found, sort_keys=True) if found else None)


def _quota(answer: Entity) -> tuple[int, int]:
    """Read how many posts there were in the past 24 hours, and how many there may be.

    https://developers.facebook.com/docs/threads/overview#rate-limiting
    """
    found = answer.get("data")
    if not isinstance(found, list) or len(found) != 1:
        raise TypeError("no usage")
    usage = found[0]
    return int(usage["quota_usage"]), int(usage["config"]["quota_total"])
