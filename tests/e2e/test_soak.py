"""Days of bad weather: hundreds of runs, most of them disturbed; in the end each item is where it belongs."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.model import Status
from tests.e2e.soak import CALM, DEAF, FAULTS, ITEM, Soak, Weather, soak

if TYPE_CHECKING:
    from pathlib import Path

THREAD = "edited while its thread was being published"
WAITS = [timedelta(seconds=seconds) for seconds in (20, 45, 60, 150, 600, 3600, 8 * 3600, 24 * 3600)]


@pytest.mark.timeout(600)
def test_after_days_of_bad_weather_every_item_is_on_every_channel_once(tmp_path: Path) -> None:
    with soak(tmp_path, f"sqlite:///{tmp_path / 'herald.sqlite'}", seed=1) as days:
        days.wiki.edit("* An old item")
        days.run(CALM)
        live_through(days, items=200)
        calm_down(days)
        look(days)
        for disturbance in [*FAULTS, "died", "late", "edited", "archived", "posted by hand", "resolved"]:
            assert days.befell[disturbance], disturbance


def live_through(days: Soak, *, items: int) -> None:
    while len(days.items) < items:
        days.add_items(min(days.chance.randint(0, 4), items - len(days.items)))
        if days.chance.random() < 0.2:
            days.edit_item()
        if days.chance.random() < 0.2:
            days.resolve_failed()
            days.archive()
        days.save_page()
        for _ in range(2):
            days.run(Weather.by_chance(days.chance, list(days.servers)))
            days.now += days.chance.choice(WAITS)


def calm_down(days: Soak) -> None:
    """Let everything be tried again that waits for its time; then nothing is left to do."""
    for _ in range(3):
        days.now += timedelta(hours=8)
        days.run(CALM)
        days.resolve_failed()
    days.run(CALM)
    before, shown = days.writes(), days.deliveries()
    days.run(CALM)
    assert days.writes() == before
    assert days.deliveries() == shown


def look(days: Soak) -> None:
    everything = Counter(range(len(days.items)))
    for name, posts in visible(days).items():
        openings = Counter(number(text) for text, opens in posts.values() if opens)
        rows = [row for row in days.deliveries() if row.channel == name]
        if name == DEAF:
            doubted = {number(row.text) for row in rows if row.status is Status.IN_DOUBT}
            assert openings <= everything
            assert set(everything - openings) <= doubted
            assert {row.status for row in rows} == {Status.SENT, Status.IN_DOUBT, Status.ADOPTED}
            continue
        assert openings == everything, name
        assert {row.status for row in rows if row.error != THREAD} == {Status.SENT, Status.ADOPTED}, name
        assert sorted(row.remote_id for row in rows if row.remote_id) == sorted(posts), name
        for row in rows:
            if row.status is Status.SENT:
                assert posts[row.remote_id or ""][0] == row.text


def visible(days: Soak) -> dict[str, dict[str, tuple[str, bool]]]:
    """Every post by channel and id: its text, and whether it opens a thread or stands alone."""
    found = {
        name: {status.id: (status.text, status.in_reply_to_id is None) for status in server.api.statuses}
        for name, server in days.servers.items()
    }
    feed = json.loads((days.folder / "public" / "feed.json").read_bytes())
    found["feed"] = {entry["id"]: (entry["content_text"], True) for entry in feed["items"]}
    assert len(found["feed"]) == len(feed["items"])
    found[DEAF] = {post.remote_id: (post.text, True) for post in days.deaf.posts}
    return found


def number(text: str) -> int:
    """Return which item a text is of."""
    found = ITEM.search(text)
    assert found is not None, text
    return int(found[1])
