"""Tokens that die after 60 days, shown on Threads: they are renewed in time, and never in a simulation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.errors import ChannelError, CredentialsError
from bot.ledger import open_ledger
from tests.channels.graph_bench import REFRESH, ThreadsBench
from tests.channels.messages import outgoing
from tests.channels.runs import NEWS, PAGE, typed
from tests.fakes.faults import HARMLESS, Fault
from tests.fakes.graph_api import TOKEN
from tests.fakes.network import running
from tests.fakes.threads import ThreadsServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY = timedelta(days=1)
CHANNEL = """
[[channels]]
name = "threads"
network = "threads"
server = "{server}"
token_env = "THREADS_TOKEN"
"""


@pytest.fixture
def threads() -> Iterator[ThreadsServer]:
    with running(ThreadsServer()) as server:
        yield server


@pytest.fixture
def bench(threads: ThreadsServer) -> ThreadsBench:
    return ThreadsBench(threads)


@pytest.fixture
def renewed(threads: ThreadsServer, bench: ThreadsBench) -> ThreadsBench:
    """A channel that has renewed its token, just now by its clock."""
    bench.open().renew()
    bench.clock.passed += 2 * DAY
    bench.open().renew()
    threads.requests.clear()
    return bench


def test_one_of_which_nothing_is_known_is_renewed_when_it_is_surely_a_day_old(
    threads: ThreadsServer, bench: ThreadsBench
) -> None:
    for hours in (0, 12, 12.9):
        bench.clock.passed += timedelta(hours=hours)
        bench.open().renew()
    assert threads.requests == []
    bench.clock.passed += timedelta(hours=0.2)
    bench.open().renew()
    assert threads.requests == [REFRESH]


def test_then_the_new_one_is_used_though_the_environment_holds_the_old(
    threads: ThreadsServer, renewed: ThreadsBench
) -> None:
    assert threads.api.token != TOKEN
    renewed.open().publish(outgoing())
    assert len(threads.visible()) == 1


def test_it_is_kept_sealed(threads: ThreadsServer, renewed: ThreadsBench) -> None:
    kept = renewed.memory.get("token") or ""
    assert kept
    assert threads.api.token not in kept
    assert TOKEN not in kept


@pytest.mark.parametrize(("days", "requests"), [(29, []), (31, [REFRESH]), (59, [REFRESH])])
def test_it_is_renewed_again_in_its_last_thirty_days(
    threads: ThreadsServer, renewed: ThreadsBench, days: int, requests: list[str]
) -> None:
    threads.api.token_made_at = datetime.now(UTC) - 40 * DAY
    renewed.clock.passed += days * DAY
    renewed.open().renew()
    assert threads.requests == requests


def test_one_that_is_dead_is_not_renewed(threads: ThreadsServer, renewed: ThreadsBench) -> None:
    renewed.clock.passed += 61 * DAY
    renewed.open().renew()
    assert threads.requests == []


def test_when_it_dies_is_told(threads: ThreadsServer, renewed: ThreadsBench) -> None:
    until = renewed.open().account().expires_at
    assert until is not None
    assert abs(until - threads.api.token_made_at - 60 * DAY) < timedelta(seconds=2)
    assert REFRESH not in threads.requests


def test_a_new_one_in_the_environment_goes_before_it(threads: ThreadsServer, renewed: ThreadsBench) -> None:
    threads.api.token = "EAAanother"
    with pytest.raises(CredentialsError):
        renewed.open().publish(outgoing())
    renewed.open(token="EAAanother").publish(outgoing())
    renewed.clock.passed += 40 * DAY
    renewed.open(token="EAAanother").renew()
    assert REFRESH not in threads.requests


@pytest.mark.parametrize(
    "fault", [fault for fault in Fault if fault is not Fault.REFUSED and not fault.is_accepted]
)
def test_a_failure_costs_nothing(threads: ThreadsServer, bench: ThreadsBench, fault: Fault) -> None:
    bench.open().renew()
    bench.clock.passed += 2 * DAY
    bench.timeout = (10.0, 0.3) if fault.is_slow else bench.timeout
    threads.fail(fault, on=REFRESH)
    with pytest.raises(ChannelError) as caught:
        bench.open().renew()
    assert type(caught.value) is HARMLESS[fault]
    assert TOKEN not in str(caught.value)
    bench.open().publish(outgoing())
    bench.open().renew()
    assert threads.requests.count(REFRESH) == 2


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        '{"access_token": ""}',
        '{"access_token": "EAA2"}',
        '{"access_token": "EAA2", "expires_in": "60"}',
        '{"access_token": "EAA2", "expires_in": 0}',
        '{"access_token": "EAA2", "expires_in": 1e99}',
    ],
)
def test_an_answer_that_is_none_changes_nothing(
    threads: ThreadsServer, bench: ThreadsBench, body: str
) -> None:
    bench.open().renew()
    bench.clock.passed += 2 * DAY
    threads.garbage = body
    threads.fail(Fault.ACCEPTED_GARBLED, on=REFRESH)
    with pytest.raises(ChannelError):
        bench.open().renew()
    threads.api.token = TOKEN
    bench.open().publish(outgoing())


@pytest.mark.parametrize("kept", ["no JSON", "gAAAAA"])
def test_what_cannot_be_read_any_more_is_nothing(
    threads: ThreadsServer, bench: ThreadsBench, kept: str
) -> None:
    bench.memory.put("token", kept)
    bench.open().publish(outgoing())
    assert len(threads.visible()) == 1


def test_without_a_token_nothing_is_asked(threads: ThreadsServer, bench: ThreadsBench) -> None:
    with pytest.raises(CredentialsError, match="token_env"):
        bench.open(token=None).renew()
    assert threads.requests == []


def test_a_check_asks_with_the_one_that_runs_use(
    tmp_path: Path, threads: ThreadsServer, renewed: ThreadsBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THREADS_TOKEN", TOKEN)
    (tmp_path / "news.toml").write_text(PAGE + CHANNEL.format(server=threads.url), encoding="utf-8")
    (tmp_path / "news.wikitext").write_text(NEWS, encoding="utf-8")
    assert typed(tmp_path, "check") == 1
    with open_ledger(f"sqlite:///{tmp_path / 'herald.sqlite'}") as ledger:
        ledger.memory("threads", clock=renewed.clock.now).put("token", renewed.memory.get("token"))
    assert typed(tmp_path, "check") == 0


def test_neither_a_check_nor_a_simulation_renews_it(
    tmp_path: Path, threads: ThreadsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THREADS_TOKEN", TOKEN)
    (tmp_path / "news.toml").write_text(PAGE + CHANNEL.format(server=threads.url), encoding="utf-8")
    (tmp_path / "news.wikitext").write_text(NEWS, encoding="utf-8")
    for words in (("check",), ("--simulate",), ("preview",)):
        assert typed(tmp_path, *words) == 0
    assert threads.writes == []
    assert REFRESH not in threads.requests
