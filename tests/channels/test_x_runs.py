"""Whole runs on X: what leaves, and what X takes for it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.channels.messages import PNG
from tests.channels.runs import PAGE, TEXT, URL, publish_news, typed
from tests.channels.x_bench import DESCRIBE, KEYS, ME, UPLOAD
from tests.fakes import x_text
from tests.fakes.faults import Fault
from tests.fakes.x import CREATE, TIME_LINE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.x import XServer

TODAY = datetime.now(UTC).date().isoformat()
BIRDS = ("Albatross", "Bittern", "Curlew", "Dunlin", "Egret")
QUICK = 'grace = "0s"\nretry = "1s"\nmax_per_day = 100\n'


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(f"X_{name.upper()}", value)


def channel(server: XServer, more: str = "") -> str:
    variables = "".join(f'{name}_env = "X_{name.upper()}"\n' for name in KEYS)
    return f'[[channels]]\nname = "x"\nnetwork = "x"\nserver = "{server.url}"\n{variables}{QUICK}{more}'


def news(folder: Path, server: XServer, more: str) -> None:
    """Configure the channel and put one piece of news for each bird on the page."""
    lines = [
        f"* '''{TODAY}''': The [[{bird}]] has a page of its own, and [[Birds of {bird}]] too.\n"
        for bird in BIRDS
    ]
    (folder / "news.toml").write_text(PAGE + channel(server, more), encoding="utf-8")
    (folder / "news.wikitext").write_text("".join(lines), encoding="utf-8")


def has_link(text: str) -> bool:
    return any(True for _ in x_text.links(text))


def test_a_piece_of_news_is_published_once_with_its_picture(tmp_path: Path, x: XServer) -> None:
    publish_news(tmp_path, channel(x))
    (post,) = x.visible()
    assert post.text == f"{TEXT} {URL}"
    assert post.pictures == ((PNG, "The new logo"),)
    assert x.requests == [UPLOAD, DESCRIBE, CREATE]


def test_without_links_none_leaves(tmp_path: Path, x: XServer) -> None:
    news(tmp_path, x, 'link = "never"\n')
    assert typed(tmp_path, "sync", "--backfill", "5") == 0
    assert len(x.api.posts) == len(BIRDS)
    assert [post.text for post in x.api.posts if has_link(post.text)] == []
    assert x.api.spent == Decimal("0.015") * 5


def test_a_link_can_stand_in_the_first_reply(tmp_path: Path, x: XServer) -> None:
    news(tmp_path, x, 'link = "first reply"\n')
    assert typed(tmp_path, "sync", "--backfill", "2") == 0
    first, link, second, other = x.visible()
    assert [has_link(post.text) for post in (first, link, second, other)] == [False, True, False, True]
    assert (link.reply_to, other.reply_to) == (first.remote_id, second.remote_id)
    assert (first.reply_to, second.reply_to) == (None, None)
    assert x.api.spent == (Decimal("0.015") + Decimal("0.20")) * 2


@pytest.mark.parametrize(
    ("link", "budget", "spent"),
    [
        ("always", "0.45", "0.40"),
        ("never", "0.05", "0.045"),
        ("first reply", "0.45", "0.43"),
        ("first reply", "0.21", "0"),
        ("never", "0", "0"),
    ],
)
def test_several_runs_cost_no_more_than_the_month_s_budget(
    tmp_path: Path, x: XServer, link: str, budget: str, spent: str
) -> None:
    news(tmp_path, x, f'link = "{link}"\nbudget = {budget}\n')
    typed(tmp_path, "sync", "--backfill", "5")
    for _ in range(2):
        typed(tmp_path, "sync")
    assert x.api.spent == Decimal(spent)


def test_pictures_count_too(tmp_path: Path, x: XServer) -> None:
    news(tmp_path, x, 'link = "never"\nbudget = 0.039\n')
    page = tmp_path / "news.wikitext"
    (tmp_path / "Egg.png").write_bytes(PNG)
    page.write_text(page.read_text().replace(" too.", " too. [[File:Egg.png|thumb|alt=An egg]]"))
    typed(tmp_path, "sync", "--backfill", "2")
    assert [len(post.pictures) for post in x.visible()] == [1]
    assert x.api.spent == Decimal("0.02")


def test_what_a_run_costs_is_told_before_and_after(
    tmp_path: Path, x: XServer, capsys: pytest.CaptureFixture[str]
) -> None:
    news(tmp_path, x, 'link = "first reply"\nbudget = 0.5\n')
    for words in (["--simulate"], []):
        typed(tmp_path, *words, "sync", "--backfill", "2")
        told = capsys.readouterr().out
        assert told.count("costs $0.215") == 2
        assert "costs $0.43 in this run, $0.43 of $0.50 this month; $0.07 are left" in told
    assert x.api.spent == Decimal("0.43")


def test_own_posts_are_read_to_settle_a_doubt_and_for_nothing_else(tmp_path: Path, x: XServer) -> None:
    news(tmp_path, x, 'link = "never"\n')
    assert typed(tmp_path, "--simulate", "sync", "--backfill", "2") == 0
    assert x.requests == []
    x.fail(Fault.ACCEPTED_LOST)
    assert typed(tmp_path, "sync", "--backfill", "2") == 1
    assert x.requests == [CREATE]
    for command in ("sync", "sync", "status", "preview"):
        assert typed(tmp_path, command) == 0
    assert x.requests == [CREATE, TIME_LINE, CREATE]
    assert len(x.api.posts) == 2
    assert typed(tmp_path, "check") == 0
    assert x.requests[3:] == [ME]


@pytest.mark.parametrize(("budget", "reads", "spent"), [("0.15", 1, "0.096"), ("0.05", 0, "0.045")])
def test_reading_counts_too_and_is_not_begun_without_the_money(
    tmp_path: Path, x: XServer, budget: str, reads: int, spent: str
) -> None:
    for number in range(20):
        x.api.post_by_hand(f"Something else, number {number}")
    news(tmp_path, x, f'link = "never"\nbudget = {budget}\n')
    x.fail(Fault.ACCEPTED_LOST)
    typed(tmp_path, "sync", "--backfill", "5")
    for _ in range(2):
        typed(tmp_path, "sync")
    assert x.requests.count(TIME_LINE) == reads
    assert x.api.spent == Decimal(spent)


def test_a_text_that_x_has_seen_is_not_taken_for_ours(tmp_path: Path, x: XServer) -> None:
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    news(tmp_path, x, 'link = "never"\n')
    x.api.clock = lambda: long_ago
    old = x.api.post_by_hand("The Albatross has a page of its own, and Birds of Albatross too.")
    x.api.clock = lambda: datetime.now(UTC)
    typed(tmp_path, "sync", "--backfill", "5")
    typed(tmp_path, "sync")
    assert x.requests.count(CREATE) == 6
    assert [post.id for post in x.api.posts if post.text == old.text] == [old.id]
