"""The benches on which the channels' contract is tried."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bot.channels.feed import FeedChannel
from bot.channels.feed_state import Settings
from bot.channels.http import Http
from bot.channels.mastodon import MastodonChannel, Patience
from bot.model import Secret
from tests.channels.memory import MemoryChannel
from tests.fakes.faults import Fault
from tests.fakes.network import Visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from tests.fakes.mastodon import MastodonServer

PATIENT = (10.0, 30.0)  # seconds; a machine that is busy must not look like a server that is slow
IMPATIENT = (10.0, 0.3)
CONTACT = "https://wiki.example/wiki/User:NewsBot"


class MemoryBench:
    def __init__(self) -> None:
        self._channel = MemoryChannel()

    def open(self) -> MemoryChannel:
        return self._channel

    def visible(self) -> list[Visible]:
        return [
            Visible(
                remote_id=post.remote_id,
                text=post.text,
                pictures=tuple((one.content, one.alt) for one in post.attachments),
                reply_to=post.reply_to,
                content_warning=post.content_warning,
                language=post.language,
            )
            for post in self._channel.posts
        ]

    @contextmanager
    def failing(self, fault: Fault, method: str) -> Iterator[None]:
        self._channel.fail(fault, on=method)
        yield


class FeedBench:
    """A feed in a folder; its readers know it by its JSON Feed."""

    def __init__(self, path: Path) -> None:
        self.path = path / "public"

    def open(self, **settings: Any) -> FeedChannel:
        chosen = {"title": "News", "url": "https://news.example/", "language": "en"} | settings
        return FeedChannel(name="feed", path=self.path, settings=Settings(**chosen))

    def at(self, when: datetime) -> FeedChannel:
        """Open the channel at a known time, with a feed that says no language."""
        settings = Settings(title="News", url="https://news.example/")
        return FeedChannel(name="feed", path=self.path, settings=settings, clock=lambda: when)

    def contents(self) -> dict[str, bytes]:
        files = (path for path in self.path.rglob("*") if path.is_file())
        return {str(path.relative_to(self.path)): path.read_bytes() for path in files}

    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.path / "feed.json").read_bytes())
        return found

    def visible(self) -> list[Visible]:
        if not (self.path / "feed.json").exists():
            return []
        return [
            Visible(
                remote_id=item["id"],
                text=item["content_text"],
                pictures=tuple(
                    (self._content(attachment["url"]), attachment["title"])
                    for attachment in item.get("attachments", ())
                ),
                content_warning=item.get("summary"),
                language=item.get("language"),
            )
            for item in reversed(self.json()["items"])
        ]

    def _content(self, url: str) -> bytes:
        return (self.path / url.removeprefix("https://news.example/")).read_bytes()


class MastodonBench:
    """A channel on a server that speaks Mastodon's API over HTTP."""

    requests = {  # noqa: RUF012 - a constant
        "publish": "POST /api/v1/statuses",
        "upload": "POST /api/v2/media",
        "wait": "GET /api/v1/media/",
        "edit": "PUT /api/v1/statuses/",
        "delete": "DELETE /api/v1/statuses/",
        "recent": "GET /api/v1/accounts/42/statuses",
        "limits": "GET /api/v2/instance",
        "account": "GET /api/v1/accounts/verify_credentials",
    }

    def __init__(self, server: MastodonServer) -> None:
        self.server = server
        self.timeout = PATIENT

    def open(self, *, token: str | None = "good-token", visibility: str = "public") -> MastodonChannel:
        return MastodonChannel(
            name="wikis-world",
            server=self.server.url,
            token=Secret(token) if token is not None else None,
            visibility=visibility,
            http=Http(CONTACT, timeout=self.timeout),
            patience=Patience(sleep=lambda _: None),
        )

    def visible(self) -> list[Visible]:
        return self.server.visible()

    @contextmanager
    def failing(self, fault: Fault, method: str) -> Iterator[None]:
        if fault is Fault.REFUSED:
            with self.server.offline():
                yield
            return
        self.server.fail(fault, on=self.requests[method])
        self.timeout = IMPATIENT if fault.is_slow else PATIENT
        yield
        self.timeout = PATIENT
