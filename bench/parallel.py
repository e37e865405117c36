"""Channels side by side: many slow ones are to take hardly longer than one."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from bench.measure import Result, in_turn, ratio
from tests.channels.memory import MemoryChannel
from tests.sync.world import World

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model import Outgoing, Receipt, RemotePost

SLOWER = 1.2  # all of them, in the slowest alone


class SlowChannel(MemoryChannel):
    """A network that needs its time for every request."""

    def __init__(self, name: str, *, latency: float) -> None:
        super().__init__(name)
        self.latency = latency

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Publish, after a while."""
        time.sleep(self.latency)
        return super().publish(outgoing)

    def recent(self, since: datetime) -> tuple[RemotePost, ...]:
        """Tell what was posted, after a while."""
        time.sleep(self.latency)
        return super().recent(since)


def measure(*, channels: int, news: int, latency: float, repeats: int) -> list[Result]:
    """Compare one run that publishes ``news`` items on all channels with one that does on a single one."""
    times = in_turn(
        {
            "one channel": lambda: publish(channels=1, news=news, latency=latency),
            f"{channels} channels": lambda: publish(channels=channels, news=news, latency=latency),
        },
        repeats=repeats,
    )
    return [
        Result(
            name="channels side by side",
            what=f"{channels} channels of {latency * 1000:.0f} ms x {news} items, in the slowest alone",
            value=ratio(times, of=f"{channels} channels", to="one channel"),
            goal=SLOWER,
            unit="times",
            samples=times,
        )
    ]


def publish(*, channels: int, news: int, latency: float) -> float:
    """Publish new items on that many channels of a small world, and return the seconds that it took."""
    slow = {f"channel-{number}": SlowChannel(f"channel-{number}", latency=0) for number in range(channels)}
    settings: dict[str, dict[str, Any]] = {name: {} for name in slow}
    with TemporaryDirectory() as folder:
        world = World(folder=Path(folder), channels=dict(slow), channel_settings=settings)
        world.page("2026-11-01: [[Old news]] of before.")
        world.run()
        for channel in slow.values():
            channel.clock = lambda: world.now
            channel.latency = latency
        world.pass_time(hours=1)
        world.page(*(f"2026-11-18: '''[[Subject {number}]]''' is new." for number in range(news)))
        started = time.perf_counter()
        world.run()
        taken = time.perf_counter() - started
    published = {name: len(channel.posts) for name, channel in slow.items()}
    if set(published.values()) != {news}:
        raise RuntimeError(f"not every channel has published {news} items: {published}")
    return taken
