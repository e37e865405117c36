from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

import pytest

from bot.channels.graph_container import LIFE
from bot.errors import RejectedError, TransientError
from bot.model import Capabilities
from tests.channels.contract import ChannelContract
from tests.channels.fault_contract import FaultContract
from tests.channels.gallery import Fetched, gallery
from tests.channels.graph_bench import ThreadsBench
from tests.channels.messages import PNG, a_moment_ago, outgoing, picture
from tests.channels.runs import NEWS, PAGE, TEXT, TODAY, URL, publish_news, typed
from tests.fakes.graph_api import TOKEN
from tests.fakes.network import running
from tests.fakes.scripted import Scripted, ScriptedServer
from tests.fakes.site import Page, Site
from tests.fakes.threads import ThreadsServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.channels.gallery import Gallery

__all__ = ["gallery"]


@pytest.fixture
def threads() -> Iterator[ThreadsServer]:
    with running(ThreadsServer()) as server:
        yield server


@pytest.fixture
def bench(threads: ThreadsServer) -> ThreadsBench:
    return ThreadsBench(threads)


class TestContract(Fetched, ChannelContract, FaultContract):
    capabilities: ClassVar = Capabilities(
        read_back=True,
        delete=True,
        threads=True,
        media=True,
        idempotent=LIFE,
        tells_expiry=True,
        renews=True,
        checks=True,
    )
    keeps: ClassVar = frozenset({"alt text", "paragraphs"})
    asking: ClassVar = frozenset({"recent", "delete", "account"})


class TestPublishing:
    def test_an_emoji_is_as_long_as_its_bytes(self, bench: ThreadsBench, threads: ThreadsServer) -> None:
        with pytest.raises(RejectedError, match="at most 500"):
            bench.open().publish(outgoing("👍" * 125 + "x"))
        bench.open().publish(outgoing("👍" * 125))
        assert len(threads.visible()) == 1

    def test_more_than_five_links_are_refused_before_anything_is_sent(
        self, bench: ThreadsBench, threads: ThreadsServer
    ) -> None:
        text = " ".join(f"https://{letter}.example/" for letter in "abcde")
        with pytest.raises(RejectedError, match="6 links"):
            bench.open().publish(outgoing(f"{text} https://f.example/"))
        assert threads.requests == []
        bench.open().publish(outgoing(f"{text} https://a.example/"))
        assert len(threads.visible()) == 1

    def test_a_picture_that_nobody_can_fetch_is_refused_with_what_to_do(
        self, bench: ThreadsBench, threads: ThreadsServer
    ) -> None:
        with pytest.raises(RejectedError, match=r"Neues_Logo_新.png is nowhere .* pictures_url"):
            bench.open().publish(replace(outgoing(), attachments=(replace(picture(), url=None),)))
        assert threads.requests == []

    def test_a_picture_of_another_kind_is_refused_with_what_to_do(
        self, bench: ThreadsBench, threads: ThreadsServer, gallery: Gallery
    ) -> None:
        unfit = replace(gallery.png(), mime_type="image/webp")
        with pytest.raises(RejectedError, match="takes JPEG and PNG only: name another"):
            bench.open().publish(replace(outgoing(), attachments=(unfit,)))
        assert threads.requests == []

    def test_more_pictures_than_twenty_are_refused_before_anything_is_sent(
        self, bench: ThreadsBench, threads: ThreadsServer, gallery: Gallery
    ) -> None:
        with pytest.raises(RejectedError, match="21 pictures"):
            bench.open().publish(replace(outgoing(), attachments=(gallery.png(),) * 21))
        assert threads.requests == []

    def test_what_answers_a_post_that_is_not_found_yet_is_put_off(
        self, bench: ThreadsBench, threads: ThreadsServer
    ) -> None:
        with pytest.raises(TransientError, match="not found yet"):
            bench.open().publish(replace(outgoing(), reply_to="17900000000000404"))
        assert threads.visible() == []


class TestReading:
    def test_replies_are_among_the_posts(self, bench: ThreadsBench) -> None:
        first = bench.open().publish(outgoing("One", key="key-1"))
        reply = replace(outgoing("Two", key="key-2"), reply_to=first.remote_id)
        bench.open().publish(reply)
        found = {post.text: post.receipt for post in bench.open().recent(a_moment_ago())}
        assert set(found) == {"One", "Two"}
        assert found["One"] == first

    def test_what_was_only_reposted_is_not(self) -> None:
        entry = {"id": "1", "timestamp": "2026-11-18T12:00:00+0000"}
        body = {"data": [entry | {"media_type": "REPOST_FACADE"}, entry | {"media_type": "IMAGE", "id": "2"}]}
        with ScriptedServer(Scripted(body=json.dumps(body))) as server:
            channel = ThreadsBench(ThreadsServer()).open(server=server.url)
            (post,) = channel.recent(datetime(2026, 11, 18, tzinfo=UTC))
        assert (post.receipt.remote_id, post.text) == ("2", "")

    def test_no_time_is_asked_for_from_before_there_were_threads(
        self, bench: ThreadsBench, threads: ThreadsServer
    ) -> None:
        bench.open().publish(outgoing())
        assert len(bench.open().recent(datetime.min.replace(tzinfo=UTC))) == 1
        assert threads.complaints == []


def test_a_whole_run_publishes_text_and_picture_once(
    tmp_path: Path, threads: ThreadsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THREADS_TOKEN", TOKEN)
    with Site() as site:
        site.pages["/Logo.png"] = Page(body=PNG, kind="image/png")
        publish_news(
            tmp_path,
            f"""
            pictures_url = "{site.url}"

            [[channels]]
            name = "threads"
            network = "threads"
            server = "{threads.url}"
            token_env = "THREADS_TOKEN"
            """,
        )
    (post,) = threads.visible()
    assert (post.text, post.pictures) == (f"{TEXT} {URL}", ((PNG, "The new logo"),))


def test_a_simulation_says_what_would_be_refused(
    tmp_path: Path,
    threads: ThreadsServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A picture that nobody can fetch; and not a thread, whose second part answers what was never sent."""
    monkeypatch.setenv("THREADS_TOKEN", TOKEN)
    channel = f"""
        [[channels]]
        name = "threads"
        network = "threads"
        server = "{threads.url}"
        token_env = "THREADS_TOKEN"
        long = "thread"
    """
    (tmp_path / "news.toml").write_text(PAGE + channel, encoding="utf-8")
    (tmp_path / "Logo.png").write_bytes(PNG)
    long = f"* '''{TODAY}''': {'A long story. ' * 60}[[The end]]. <!-- herald: id=long -->\n"
    (tmp_path / "news.wikitext").write_text(NEWS + long, encoding="utf-8")
    outcomes = []
    for words in (("--simulate",), ()):
        assert typed(tmp_path, "--json", "sync", "--backfill", "2", *words) == 1
        posts = json.loads(capsys.readouterr().out)["posts"]
        outcomes.append({post["item"]: (post["status"], post["error"]) for post in posts})
    simulated, real = outcomes
    assert simulated.pop("long") == ("simulated", None)
    assert real.pop("long") == ("sent", None)
    assert simulated == real
    ((status, error),) = real.values()
    assert status == "failed"
    assert "pictures_url" in error
