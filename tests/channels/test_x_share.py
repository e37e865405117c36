"""Reposting somebody's post on X, and what X takes for it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.errors import AmbiguousError, ChannelError, RejectedError
from bot.model import Receipt, Shareable, Sharing
from tests.channels.runs import PAGE, TODAY, typed
from tests.channels.x_bench import KEYS, LONG_GONE, XBench, open_channel, refusal
from tests.fakes.faults import Fault
from tests.fakes.scripted import Scripted, ScriptedServer
from tests.fakes.x import REPOST

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.x import XServer

SHARING = Sharing(key="key-1", url="https://x.com/Wikipedia/status/12")
FOUND = Shareable(id="12", looked=False)


@pytest.fixture
def bench(x: XServer) -> XBench:
    return XBench(x)


@pytest.mark.parametrize("host", ["x.com", "twitter.com", "mobile.twitter.com"])
def test_a_post_is_told_by_its_address_and_nobody_is_asked(bench: XBench, x: XServer, host: str) -> None:
    sharing = Sharing(key="key-1", url=f"https://{host}/Wikipedia/status/12?s=20")
    assert bench.open().find(sharing) == FOUND
    assert x.requests == []


def test_what_is_no_post_there_is_refused(bench: XBench) -> None:
    with pytest.raises(RejectedError, match="is no post on X"):
        bench.open().find(Sharing(key="key-1", url="https://wikis.world/@wikitech/12"))


def test_it_is_one_request_for_the_price_of_one(bench: XBench, x: XServer) -> None:
    sharing = Sharing(key="key-1", url=bench.somebody_s())
    found = bench.open().find(sharing)
    assert found is not None
    bench.open().share(sharing, found)
    assert x.requests == [REPOST]
    assert x.api.charges == [("repost", Decimal("0.015"))]


@pytest.mark.parametrize("refuses_again", [True, False])
def test_once_more_makes_nothing_new_whatever_x_says(
    bench: XBench, x: XServer, *, refuses_again: bool
) -> None:
    x.api.refuses_again = refuses_again
    url = bench.somebody_s()
    sharing = Sharing(key="key-1", url=url)
    found = bench.open().find(sharing)
    assert found is not None
    receipts = {bench.open().share(sharing, found) for _ in range(2)}
    assert receipts == {Receipt(remote_id=found.id, url=url)}
    assert [post.shares for post in bench.visible()] == [url]


@pytest.mark.parametrize(
    ("answer", "expected", "words"),
    [
        (
            Scripted(
                body=json.dumps({"errors": [{"detail": f"Could not find tweet with id: [{LONG_GONE}]."}]})
            ),
            RejectedError,
            "Could not find tweet",
        ),
        (refusal(403, "You cannot retweet a Tweet from a protected account."), RejectedError, "protected"),
        (Scripted(body='{"data": {"retweeted": false}}'), AmbiguousError, "may be public"),
        (Scripted(body="{}"), AmbiguousError, "may be public"),
        (Scripted(body="[]"), AmbiguousError, "may be public"),
    ],
)
def test_an_answer_says_what_may_have_happened(
    answer: Scripted, expected: type[ChannelError], words: str
) -> None:
    with ScriptedServer(answer) as server, pytest.raises(ChannelError, match=words) as caught:
        open_channel(server.url).share(SHARING, FOUND)
    assert type(caught.value) is expected


def configured(folder: Path, server: XServer, url: str, more: str = "") -> None:
    variables = "".join(f'{name}_env = "X_{name.upper()}"\n' for name in KEYS)
    channel = f'[[channels]]\nname = "x"\nnetwork = "x"\nserver = "{server.url}"\n{variables}grace = "0s"\n'
    (folder / "news.toml").write_text(PAGE + channel + more, encoding="utf-8")
    line = f"* '''{TODAY}''': [[Wikipedia]] has said it. <!-- herald: share={url} -->\n"
    (folder / "news.wikitext").write_text(line, encoding="utf-8")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(f"X_{name.upper()}", value)


def test_a_lost_answer_costs_another_request_and_shares_nothing_twice(
    tmp_path: Path, x: XServer, capsys: pytest.CaptureFixture[str]
) -> None:
    url = x.api.post_by_others()
    configured(tmp_path, x, url)
    x.fail(Fault.ACCEPTED_LOST, on=REPOST)
    assert typed(tmp_path, "sync", "--backfill", "1") == 1
    capsys.readouterr()
    for _ in range(2):
        assert typed(tmp_path, "sync") == 0
    assert x.requests == [REPOST, REPOST]
    assert [post.shares for post in x.visible()] == [url]
    assert "$0.03 of $5.00 this month" in capsys.readouterr().out
    assert x.api.spent == Decimal("0.03")


def test_a_simulation_shows_what_would_be_shared_and_what_it_costs(
    tmp_path: Path, x: XServer, capsys: pytest.CaptureFixture[str]
) -> None:
    url = x.api.post_by_others()
    configured(tmp_path, x, url)
    assert typed(tmp_path, "--simulate", "sync", "--backfill", "1") == 0
    told = capsys.readouterr().out
    assert "Would be shared:" in told
    assert f"shares {url}" in told
    assert "costs $0.015" in told
    assert typed(tmp_path, "--simulate", "--json", "sync", "--backfill", "1") == 0
    (post,) = json.loads(capsys.readouterr().out)["posts"]
    assert (post["action"], post["parts"], post["shares"]) == ("share", [], url)
    assert (post["status"], post["cost"]) == ("simulated", 0.015)
    assert x.requests == []


def test_nothing_is_shared_without_the_money(tmp_path: Path, x: XServer) -> None:
    configured(tmp_path, x, x.api.post_by_others(), "budget = 0.01\n")
    assert typed(tmp_path, "sync", "--backfill", "1") == 0
    assert x.requests == []
