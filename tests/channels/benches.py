"""The benches on which the channels' contract is tried."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.channels.http import Http
from bot.channels.mastodon import MastodonChannel
from bot.model import Secret
from tests.channels.contract import Visible
from tests.channels.memory import MemoryChannel
from tests.fakes.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.mastodon import MastodonServer

QUICK = (2.0, 0.4)  # seconds: long enough for loopback, short enough to wait for
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


class MastodonBench:
    """A channel on a server that speaks Mastodon's API over HTTP."""

    requests = {  # noqa: RUF012 - a constant
        "publish": "POST /api/v1/statuses",
        "edit": "PUT /api/v1/statuses/",
        "delete": "DELETE /api/v1/statuses/",
        "recent": "GET /api/v1/accounts/42/statuses",
        "limits": "GET /api/v2/instance",
        "account": "GET /api/v1/accounts/verify_credentials",
    }

    def __init__(self, server: MastodonServer) -> None:
        self.server = server

    def open(self, *, token: str | None = "good-token", visibility: str = "public") -> MastodonChannel:
        return MastodonChannel(
            name="wikis-world",
            server=self.server.url,
            token=Secret(token) if token is not None else None,
            visibility=visibility,
            http=Http(CONTACT, timeout=QUICK),
            sleep=lambda _: None,
        )

    def visible(self) -> list[Visible]:
        media = self.server.api.media
        return [
            Visible(
                remote_id=status.id,
                text=status.text,
                pictures=tuple((media[one].content, media[one].description) for one in status.media_ids),
                reply_to=status.in_reply_to_id,
                content_warning=status.spoiler_text or None,
                language=status.language,
            )
            for status in self.server.api.statuses
        ]

    @contextmanager
    def failing(self, fault: Fault, method: str) -> Iterator[None]:
        if fault is Fault.REFUSED:
            with self.server.offline():
                yield
        else:
            self.server.fail(fault, on=self.requests[method])
            yield
