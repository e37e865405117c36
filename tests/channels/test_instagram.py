from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

import pytest

from bot.channels.graph_container import LIFE
from bot.errors import AmbiguousError, RateLimited, RejectedError, TransientError
from bot.model import Capabilities
from tests.channels.contract import ChannelContract
from tests.channels.fault_contract import FaultContract
from tests.channels.gallery import Illustrated, gallery
from tests.channels.graph_bench import InstagramBench
from tests.channels.messages import JPEG, outgoing
from tests.channels.runs import PAGE, TODAY, typed
from tests.fakes.faults import Fault
from tests.fakes.graph_api import TOKEN
from tests.fakes.instagram import InstagramServer
from tests.fakes.network import running
from tests.fakes.scripted import Scripted, ScriptedServer
from tests.fakes.site import Page, Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.channels.gallery import Gallery

__all__ = ["gallery"]


@pytest.fixture
def instagram() -> Iterator[InstagramServer]:
    with running(InstagramServer()) as server:
        yield server


@pytest.fixture
def bench(instagram: InstagramServer) -> InstagramBench:
    return InstagramBench(instagram)


class TestContract(Illustrated, ChannelContract, FaultContract):
    capabilities: ClassVar = Capabilities(
        read_back=True,
        media=True,
        idempotent=LIFE,
        tells_expiry=True,
        renews=True,
        needs_media=True,
        checks=True,
    )
    keeps: ClassVar = frozenset({"alt text", "paragraphs"})
    asking: ClassVar = frozenset({"recent", "account"})


class TestPublishing:
    def test_without_a_picture_nothing_is_sent(
        self, bench: InstagramBench, instagram: InstagramServer
    ) -> None:
        with pytest.raises(RejectedError, match=r"add image=File:\.\.\. and alt=\.\.\. to the item"):
            bench.open().publish(outgoing())
        assert instagram.requests == []

    def test_a_picture_that_is_no_jpeg_is_refused_with_what_to_do(
        self, bench: InstagramBench, instagram: InstagramServer, gallery: Gallery
    ) -> None:
        with pytest.raises(RejectedError, match="takes JPEG only: name another picture"):
            bench.open().publish(replace(outgoing(), attachments=(gallery.png(),)))
        assert instagram.requests == []

    def test_a_picture_that_nobody_can_fetch_is_refused_with_what_to_do(
        self, bench: InstagramBench, instagram: InstagramServer, gallery: Gallery
    ) -> None:
        hidden = replace(gallery.jpeg(), url=None)
        with pytest.raises(RejectedError, match="pictures_url"):
            bench.open().publish(replace(outgoing(), attachments=(hidden,)))
        assert instagram.requests == []

    def test_one_that_instagram_cannot_fetch_is_refused(
        self, bench: InstagramBench, instagram: InstagramServer, gallery: Gallery
    ) -> None:
        gone = replace(gallery.jpeg(), url=f"{gallery.site.url}/nowhere")
        with pytest.raises(RejectedError, match="could not be fetched"):
            bench.open().publish(replace(outgoing(), attachments=(gone,)))
        assert instagram.visible() == []

    @pytest.mark.parametrize(("count", "is_taken"), [(30, True), (31, False)])
    def test_thirty_hashtags_are_taken_and_no_more(
        self,
        bench: InstagramBench,
        instagram: InstagramServer,
        gallery: Gallery,
        count: int,
        *,
        is_taken: bool,
    ) -> None:
        text = " ".join(f"#tag{number}" for number in range(count)) + " https://wiki.example/#top"
        message = replace(outgoing(text), attachments=(gallery.jpeg(),))
        if is_taken:
            bench.open().publish(message)
            assert len(instagram.visible()) == 1
            return
        with pytest.raises(RejectedError, match="31 hashtags"):
            bench.open().publish(message)
        assert instagram.requests == []

    def test_more_pictures_than_ten_are_refused_before_anything_is_sent(
        self, bench: InstagramBench, instagram: InstagramServer, gallery: Gallery
    ) -> None:
        with pytest.raises(RejectedError, match="11 pictures"):
            bench.open().publish(replace(outgoing(), attachments=(gallery.jpeg(),) * 11))
        assert instagram.requests == []

    def test_where_the_posts_of_the_day_are_used_up_nothing_is_made(
        self, bench: InstagramBench, instagram: InstagramServer, gallery: Gallery
    ) -> None:
        instagram.api.used = 100
        with pytest.raises(RateLimited, match="100 of 100 posts"):
            bench.open().publish(replace(outgoing(), attachments=(gallery.jpeg(),)))
        assert instagram.writes == []

    def test_a_lost_answer_is_settled_by_its_container(
        self, bench: InstagramBench, instagram: InstagramServer, gallery: Gallery
    ) -> None:
        message = replace(outgoing(), attachments=(gallery.jpeg(), gallery.jpeg()))
        with bench.failing(Fault.ACCEPTED_LOST, "publish"), pytest.raises(AmbiguousError):
            bench.open().publish(message)
        instagram.requests.clear()
        receipt = bench.open().publish(message)
        assert [post.remote_id for post in instagram.visible()] == [receipt.remote_id]
        assert receipt.url == f"https://www.instagram.com/p/C{receipt.remote_id}/"
        assert instagram.writes == []


class TestAccount:
    def test_when_its_token_dies_is_known_when_it_has_been_renewed(self, bench: InstagramBench) -> None:
        account = bench.open().account()
        assert (account.name, account.url) == ("@wikinews", "https://www.instagram.com/wikinews/")
        assert account.expires_at is None
        assert account.notes == ("when the token dies is known as soon as it has been renewed",)
        bench.open().renew()
        bench.clock.passed += timedelta(days=2)
        bench.open().renew()
        until = bench.open().account().expires_at
        assert until is not None
        assert abs(until - bench.clock.now() - timedelta(days=60)) < timedelta(seconds=5)

    def test_a_personal_one_cannot_be_posted_to(
        self, bench: InstagramBench, instagram: InstagramServer
    ) -> None:
        instagram.api.account_type = "PERSONAL"
        (obstacle,) = bench.open().account().obstacles
        assert "make it a professional one" in obstacle

    @pytest.mark.parametrize(
        "body", ["{}", '{"user_id": "1"}', '{"username": "x"}', '{"user_id": "../1", "username": "x"}']
    )
    def test_one_that_is_none_is_an_error(self, body: str) -> None:
        with ScriptedServer(Scripted(body=body)) as server, pytest.raises(TransientError):
            InstagramBench(InstagramServer()).open(server=server.url).account()


OLD = "* '''2026-01-10''': [[Old news]], on the page before the bot.\n"
CHANNEL = """
pictures_url = "{pictures}"

[[channels]]
name = "gram"
network = "instagram"
server = "{server}"
token_env = "INSTAGRAM_TOKEN"
"""


def test_a_whole_run_publishes_what_has_a_picture_and_holds_the_rest_with_the_reason(
    tmp_path: Path,
    instagram: InstagramServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("INSTAGRAM_TOKEN", TOKEN)
    with Site() as site:
        site.pages["/Logo.jpg"] = Page(body=JPEG, kind="image/jpeg")
        configuration = PAGE + CHANNEL.format(pictures=site.url, server=instagram.url)
        (tmp_path / "news.toml").write_text(configuration, encoding="utf-8")
        (tmp_path / "Logo.jpg").write_bytes(JPEG)
        (tmp_path / "news.wikitext").write_text(OLD, encoding="utf-8")
        assert typed(tmp_path, "sync") == 0
        capsys.readouterr()
        shown = f"* '''{TODAY}''': A logo! <!-- herald: id=logo; image=File:Logo.jpg; alt=The new logo -->\n"
        plain = f"* '''{TODAY}''': No logo. <!-- herald: id=plain -->\n"
        (tmp_path / "news.wikitext").write_text(shown + plain + OLD, encoding="utf-8")
        reason = "instagram takes no post without a picture: add image=File:... and alt=... to the item"
        for words in (("--simulate",), ("preview",), ("sync",), ("status",), ("explain", "plain")):
            assert typed(tmp_path, "--json", *words) == 0
            assert reason in capsys.readouterr().out, words
    (post,) = instagram.visible()
    assert (post.text, post.pictures) == ("A logo!", ((JPEG, "The new logo"),))
