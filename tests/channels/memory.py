"""A channel that keeps its posts in memory and fails exactly as it is told to."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.decide.keys import digest_key
from bot.errors import AmbiguousError, PermanentError, RateLimited, RejectedError, TransientError
from bot.model import FOREVER, Account, Attachment, Capabilities, Limits, Outgoing, Receipt, RemotePost
from tests.fakes.faults import HARMLESS, PUBLISHING, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from decimal import Decimal

    from bot.errors import ChannelError
    from bot.model import Prices

ABLE = Capabilities(read_back=True, edit=True, delete=True, threads=True, media=True, idempotent=FOREVER)
HARMLESS_CALLS = frozenset({"limits", "account", "recent", "edit", "delete", "find", "unshare"})


@dataclass(frozen=True, kw_only=True, slots=True)
class MemoryPost:
    """A post that everybody can see; ``key`` is ``None`` where a person wrote it."""

    remote_id: str
    text: str
    created_at: datetime
    links: tuple[str, ...] = ()
    key: str | None = None
    reply_to: str | None = None
    attachments: tuple[Attachment, ...] = ()
    content_warning: str | None = None
    language: str | None = None
    source: str | None = None

    @property
    def url(self) -> str:
        return f"https://memory.example/{self.remote_id}"

    @property
    def receipt(self) -> Receipt:
        return Receipt(remote_id=self.remote_id, url=self.url)


def utc_now() -> datetime:
    return datetime.now(UTC)


class MemoryChannel:
    """A network and the channel on it in one object, which outlives the runs that use it.

    ``posts`` is what the public sees, oldest first; ``calls`` is every call by its method's name. ``fail``
    scripts the coming calls. ``at`` is called with ``"publish"`` before a post is accepted and with
    ``"accepted"`` right after: a test that wants a process to die there raises from it. ``keeps_keys`` says
    whether ``recent`` tells our idempotency keys, as a feed does and Mastodon does not; ``clock`` gives the
    posts' times and the age of the keys. Where there are ``prices``, ``bill`` is what the network has charged
    and when; ``expires_at`` is what ``account`` tells.
    """

    def __init__(
        self,
        name: str = "memory",
        *,
        capabilities: Capabilities = ABLE,
        limits: Limits | None = None,
        keeps_keys: bool = True,
        clock: Callable[[], datetime] = utc_now,
        at: Callable[[str], None] = lambda _: None,
        prices: Prices | None = None,
        expires_at: datetime | None = None,
    ) -> None:
        self.name = name
        self.capabilities = capabilities
        self.keeps_keys = keeps_keys
        self.clock = clock
        self.at = at
        self.prices = prices
        self.expires_at = expires_at
        self.bill: list[tuple[datetime, Decimal]] = []
        self.posts: list[MemoryPost] = []
        self.calls: list[str] = []
        self._limits = limits or Limits(text=500, url_weight=23, media=4, alt_text=1500)
        self._faults: dict[str, deque[Fault | None]] = {}
        self._made_at: dict[str, datetime] = {}
        self._made = 0

    def fail(self, *faults: Fault | None, on: str = "publish") -> None:
        """Script the coming calls of the method ``on``, in order; ``None`` lets one through."""
        self._faults.setdefault(on, deque()).extend(faults)

    def post_by_hand(self, text: str, *, links: tuple[str, ...] = ()) -> MemoryPost:
        """Publish what a person writes there without us."""
        return self._add(
            MemoryPost(remote_id=self._next_id(), text=text, created_at=self.clock(), links=links)
        )

    def limits(self) -> Limits:
        self._begin("limits")
        return self._limits

    def account(self) -> Account:
        self._begin("account")
        return Account(
            name=f"@{self.name}@memory.example",
            url="https://memory.example/",
            expires_at=self.expires_at,
        )

    def publish(self, outgoing: Outgoing) -> Receipt:
        fault = self._next_fault("publish")
        self.at("publish")
        self._charge(len(outgoing.attachments), "picture")
        if fault is not None and PUBLISHING[fault][1] == 0:
            raise self._error("publish", fault)
        self._refuse_unfit(outgoing)
        post = self._known(outgoing.key) or self._accept(outgoing)
        self._charge_for(outgoing.part.text)
        self.at("accepted")
        if fault is not None:
            raise self._error("publish", fault)
        return post.receipt

    def recent(self, since: datetime) -> tuple[RemotePost, ...]:
        fault = self._next_fault("recent")
        if not self.capabilities.read_back:
            raise PermanentError(f"{self.name}: cannot recent")
        found = tuple(
            RemotePost(
                receipt=post.receipt,
                text=post.text,
                created_at=post.created_at,
                links=post.links,
                key=post.key if self.keeps_keys else None,
            )
            for post in reversed(self.posts)
            if post.created_at >= since
        )
        self._charge_for_reading(len(found), fault)
        if fault is not None:
            raise self._error("recent", fault)
        return found

    def edit(self, receipt: Receipt, outgoing: Outgoing) -> Receipt:
        self._begin("edit", able=self.capabilities.edit)
        self._refuse_unfit(outgoing)
        for index, post in enumerate(self.posts):
            if post.remote_id == receipt.remote_id:
                self.posts[index] = replace(
                    post,
                    text=outgoing.part.text,
                    links=_links(outgoing),
                    attachments=outgoing.attachments,
                    content_warning=outgoing.content_warning,
                    language=outgoing.language,
                )
                return post.receipt
        raise RejectedError(f"{self.name}: there is no post {receipt.remote_id} to edit")

    def delete(self, receipt: Receipt) -> None:
        self._begin("delete", able=self.capabilities.delete)
        self._charge(1, "deleting")
        self.posts = [post for post in self.posts if post.remote_id != receipt.remote_id]

    def _begin(self, method: str, *, able: bool = True) -> None:
        fault = self._next_fault(method)
        if not able:
            raise PermanentError(f"{self.name}: cannot {method}")
        if fault is not None:
            raise self._error(method, fault)

    def _next_fault(self, method: str) -> Fault | None:
        self.calls.append(method)
        scripted = self._faults.get(method)
        return scripted.popleft() if scripted else None

    def _error(self, method: str, fault: Fault) -> ChannelError:
        kind = HARMLESS[fault] if method in HARMLESS_CALLS else PUBLISHING[fault][0]
        message = f"{self.name}: {method}: {fault}"
        if issubclass(kind, RateLimited):
            return kind(message, retry_at=self.clock() + timedelta(minutes=5))
        return kind(message)

    def _refuse_unfit(self, outgoing: Outgoing) -> None:
        if self._limits.text is not None and outgoing.part.length > self._limits.text:
            raise RejectedError(f"{self.name}: the text has {outgoing.part.length} of {self._limits.text}")
        if outgoing.attachments and not self.capabilities.media:
            raise PermanentError(f"{self.name}: takes no attachments")
        if len(outgoing.attachments) > self._limits.media:
            raise RejectedError(f"{self.name}: too many attachments")
        if outgoing.reply_to is not None and not self.capabilities.threads:
            raise PermanentError(f"{self.name}: has no threads")

    def _known(self, key: str) -> MemoryPost | None:
        window = self.capabilities.idempotent
        if window is None or key not in self._made_at:
            return None
        if window != FOREVER and self.clock() - self._made_at[key] > window:
            return None
        return next((post for post in self.posts if post.key == key), None)

    def _accept(self, outgoing: Outgoing) -> MemoryPost:
        post = MemoryPost(
            remote_id=self._next_id(),
            text=outgoing.part.text,
            created_at=self.clock(),
            links=_links(outgoing),
            key=outgoing.key,
            reply_to=outgoing.reply_to,
            attachments=outgoing.attachments,
            content_warning=outgoing.content_warning,
            language=outgoing.language,
            source=outgoing.source,
        )
        self._made_at[outgoing.key] = post.created_at
        return self._add(post)

    def _charge(self, number: int, what: str) -> None:
        if self.prices is not None and number:
            self.bill.append((self.clock(), getattr(self.prices, what) * number))

    def _charge_for(self, text: str) -> None:
        if self.prices is not None:
            price = self.prices.post_with_link if "://" in text else self.prices.post
            self.bill.append((self.clock(), price))

    def _charge_for_reading(self, posts: int, fault: Fault | None) -> None:
        if self.prices is None:
            return
        if posts > self.prices.most_read:
            raise TransientError(f"{self.name}: too many posts to look through")
        if fault is None or PUBLISHING[fault][0] is AmbiguousError:  # it was carried out, or may have been
            self.bill.append((self.clock(), self.prices.reading * posts))

    def _add(self, post: MemoryPost) -> MemoryPost:
        self.posts.append(post)
        return post

    def _next_id(self) -> str:
        self._made += 1
        return str(self._made)


class ChoosingMemoryChannel(MemoryChannel):
    """One where we choose a post's id, and where a post of the same id takes the place of the one before."""

    def choose_id(self, outgoing: Outgoing, now: datetime) -> str:
        """Return another id each time: only one that is remembered is ever the same."""
        del outgoing
        self._made += 1
        return f"{now:%H%M%S}-{self._made}"

    def _known(self, key: str) -> MemoryPost | None:
        del key  # the id alone decides
        return None

    def _accept(self, outgoing: Outgoing) -> MemoryPost:
        post = replace(super()._accept(outgoing), remote_id=outgoing.remote_id or "")
        self.posts[:] = [one for one in self.posts[:-1] if one.remote_id != post.remote_id]
        self.posts.append(post)
        return post


class DigestMemoryChannel(MemoryChannel):
    """One that can say several items in one post."""

    def publish_digest(self, outgoing: Sequence[Outgoing]) -> Receipt:
        """Publish their texts one below the other."""
        together = replace(
            outgoing[0],
            key=digest_key(one.key for one in outgoing),
            part=replace(outgoing[0].part, text="\n\n".join(one.part.text for one in outgoing), facets=()),
            attachments=tuple(attachment for one in outgoing for attachment in one.attachments),
        )
        return self.publish(together)


def _links(outgoing: Outgoing) -> tuple[str, ...]:
    shown = [facet.url for facet in outgoing.part.facets if facet.url is not None]
    return tuple(dict.fromkeys(([outgoing.link] if outgoing.link else []) + shown))
