"""The benches on which the channels' contract is tried."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from bot.channels.feed import FeedChannel
from bot.channels.feed_state import Settings
from bot.channels.http import Http
from bot.channels.mastodon import MastodonChannel, Patience
from bot.model import Capabilities, Secret
from tests.channels.bench import FakeBench
from tests.channels.memory import ABLE, MemoryChannel
from tests.channels.sharing_memory import SHARES, SharingMemoryChannel
from tests.fakes.network import Visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from tests.fakes.faults import Fault
    from tests.fakes.mastodon import MastodonServer


CONTACT = "https://wiki.example/wiki/User:NewsBot"


class MemoryBench:
    secrets = ()

    def __init__(
        self, capabilities: Capabilities = ABLE, *, kind: type[MemoryChannel] = MemoryChannel
    ) -> None:
        self._channel = kind(capabilities=capabilities)

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


class SharingMemoryBench(MemoryBench):
    """One whose channel can share what anybody has posted."""

    def __init__(self) -> None:
        self._sharing = SharingMemoryChannel(capabilities=replace(SHARES, chooses_id=True))
        self._channel = self._sharing

    def visible(self) -> list[Visible]:
        shared = [Visible(remote_id=url, text="", shares=url) for url in self._sharing.shares]
        return super().visible() + shared

    def somebody_s(self, number: int = 1) -> str:
        url = f"https://wikis.world/@wikitech/{number}"
        self._sharing.others.add(url)
        return url

    def gone(self) -> str:
        self._sharing.gone.add("https://wikis.world/@wikitech/404")
        return "https://wikis.world/@wikitech/404"


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


class MastodonBench(FakeBench):
    """A channel on a server that speaks Mastodon's API over HTTP."""

    secrets = ("good-token",)
    requests: ClassVar = {
        "publish": "POST /api/v1/statuses",
        "upload": "POST /api/v2/media",
        "wait": "GET /api/v1/media/",
        "edit": "PUT /api/v1/statuses/",
        "delete": "DELETE /api/v1/statuses/",
        "recent": "GET /api/v1/accounts/42/statuses",
        "limits": "GET /api/v2/instance",
        "account": "GET /api/v1/accounts/verify_credentials",
        "find": "GET /api/v2/search",
        "share": "POST /api/v1/statuses/",
        "unshare": "POST /api/v1/statuses/",
    }

    def __init__(self, network: MastodonServer) -> None:
        super().__init__(network)
        self.api = network.api

    def somebody_s(self, number: int = 1) -> str:
        return self.api.post_by_others(f"https://wikis.world/@wikitech/{113_000 + number}").url

    def gone(self) -> str:
        return "https://wikis.world/@wikitech/404"

    def open(self, *, token: str | None = "good-token", visibility: str = "public") -> MastodonChannel:
        return MastodonChannel(
            name="wikis-world",
            server=self.network.url,
            token=Secret(token) if token is not None else None,
            visibility=visibility,
            http=Http(CONTACT, timeout=self.timeout),
            patience=Patience(sleep=lambda _: None),
        )
