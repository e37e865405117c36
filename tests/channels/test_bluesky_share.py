"""Reposting somebody's post on Bluesky."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.channels.bluesky import Patience
from bot.channels.bluesky_tid import microseconds, tid
from bot.errors import PermanentError, RejectedError
from bot.model import Shareable, Sharing
from tests.channels.bluesky_bench import GET, LOGIN, PUT, RESOLVE, BlueskyBench
from tests.fakes.bluesky import BlueskyServer
from tests.fakes.network import running

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DID = "did:plc:z72i7hdynmk6r22z27h6tvur"


@pytest.fixture
def bluesky() -> Iterator[BlueskyServer]:
    with running(BlueskyServer()) as server:
        yield server


@pytest.fixture
def bench(bluesky: BlueskyServer) -> BlueskyBench:
    return BlueskyBench(bluesky)


def asked(url: str, when: datetime = NOW) -> Sharing:
    return Sharing(key="key-1", url=url, remote_id=tid(microseconds(when), "key-1"))


def shared(bench: BlueskyBench, sharing: Sharing, now: datetime) -> str:
    """Share at a time; return when readers see that it was."""
    channel = bench.open(patience=Patience(clock=lambda: now))
    found = channel.find(sharing)
    assert found is not None
    channel.share(sharing, found)
    (record,) = bench.api.reposts.values()
    return str(record.value["createdAt"])


def test_a_post_is_looked_up_and_one_record_is_put(bench: BlueskyBench) -> None:
    url = bench.somebody_s()
    sharing = Sharing(key="key-1", url=url)
    channel = bench.open()
    found = channel.find(sharing)
    assert found is not None
    channel.share(replace(sharing, remote_id=channel.choose_id(sharing, NOW)), found)
    assert bench.network.requests == [LOGIN, GET, PUT]


def test_an_author_may_be_named_by_handle(bench: BlueskyBench) -> None:
    bench.api.known["wikipedia.example"] = DID
    url = bench.somebody_s().replace(DID, "Wikipedia.example")
    found = bench.open().find(asked(url))
    assert found is not None
    assert found.id.startswith(f"at://{DID}/")
    assert RESOLVE in bench.network.requests


def test_an_author_who_is_not_known_is_refused(bench: BlueskyBench) -> None:
    with pytest.raises(RejectedError, match="Unable to resolve handle"):
        bench.open().find(asked("https://bsky.app/profile/nobody.example/post/3labc"))


def test_a_post_that_is_gone_is_refused(bench: BlueskyBench) -> None:
    with pytest.raises(RejectedError, match="Could not locate record"):
        bench.open().find(asked(bench.gone()))


@pytest.mark.parametrize("url", ["https://x.com/wikipedia/status/12", "https://bsky.app/profile/a.example"])
def test_what_is_no_post_there_is_refused_before_anything_is_sent(bench: BlueskyBench, url: str) -> None:
    with pytest.raises(RejectedError, match="is no post on Bluesky"):
        bench.open().find(asked(url))
    assert bench.network.requests == []


def test_another_record_under_the_chosen_id_is_not_taken_for_the_share(bench: BlueskyBench) -> None:
    first, second = asked(bench.somebody_s(1)), asked(bench.somebody_s(2))
    shared(bench, first, NOW)
    found = bench.open().find(second)
    assert found is not None
    assert found.receipt is None


def test_a_repetition_sends_the_very_same_record_but_late_it_is_shown_as_new(bench: BlueskyBench) -> None:
    sharing = asked(bench.somebody_s())
    times = [shared(bench, sharing, NOW + timedelta(minutes=minutes)) for minutes in (0, 59, 600)]
    assert times == ["2026-11-21T12:00:00.000Z"] * 2 + ["2026-11-21T22:00:00.000Z"]
    assert len(bench.visible()) == 1


def test_without_an_id_nothing_is_shared(bench: BlueskyBench) -> None:
    with pytest.raises(PermanentError, match="no id"):
        bench.open().share(
            Sharing(key="key-1", url="https://x.example/"), Shareable(id="at://x", version="b")
        )
    assert bench.network.requests == []
