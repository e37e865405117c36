from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import pytest

from bot.errors import AmbiguousError, ChannelError, RejectedError
from bot.model import Capabilities, LinkPolicy
from tests.channels.contract import ChannelContract
from tests.channels.fault_contract import FaultContract
from tests.channels.graph_bench import FacebookBench
from tests.channels.messages import LINK, PNG, a_moment_ago, outgoing, picture
from tests.channels.runs import TEXT, URL, publish_news
from tests.fakes.facebook import FacebookServer
from tests.fakes.facebook_api import APP, APP_SECRET, PAGE
from tests.fakes.faults import HARMLESS, Fault
from tests.fakes.graph_api import TOKEN
from tests.fakes.network import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.model import Attachment


@pytest.fixture
def facebook() -> Iterator[FacebookServer]:
    with running(FacebookServer()) as server:
        yield server


@pytest.fixture
def bench(facebook: FacebookServer) -> FacebookBench:
    return FacebookBench(facebook)


class TestContract(ChannelContract, FaultContract):
    capabilities: ClassVar = Capabilities(
        read_back=True, edit=True, delete=True, media=True, tells_expiry=True
    )
    keeps: ClassVar = frozenset({"alt text", "paragraphs"})
    refuses_duplicates: ClassVar = True
    asking: ClassVar = frozenset({"recent", "edit", "delete", "account"})


class TestPublishing:
    def test_the_main_link_becomes_a_card(self, bench: FacebookBench, facebook: FacebookServer) -> None:
        bench.open().publish(outgoing())
        bench.open(link=LinkPolicy.NEVER).publish(outgoing("No link", key="key-2"))
        bench.open().publish(replace(outgoing("A picture", key="key-3"), attachments=(picture(),)))
        assert [post.link for post in facebook.api.posts] == [LINK, None, None]

    def test_a_card_is_read_back_as_a_link(self, bench: FacebookBench) -> None:
        bench.open().publish(outgoing("Out now"))
        (post,) = bench.open().recent(a_moment_ago())
        assert (post.text, post.links) == ("Out now", (LINK,))

    def test_pictures_are_uploaded_before_anything_is_public(
        self, bench: FacebookBench, facebook: FacebookServer
    ) -> None:
        bench.open().publish(replace(outgoing(), attachments=(picture("one"), picture(""))))
        assert facebook.requests == [bench.requests["upload"]] * 2 + [facebook.posting]

    @pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.REFUSED])
    def test_a_failed_upload_is_never_in_doubt(
        self, bench: FacebookBench, facebook: FacebookServer, fault: Fault
    ) -> None:
        with bench.failing(fault, "upload"), pytest.raises(ChannelError) as caught:
            bench.open().publish(replace(outgoing(), attachments=(picture(),)))
        assert type(caught.value) is HARMLESS[fault]
        assert facebook.posting not in facebook.requests

    def test_a_picture_that_is_refused_is_named(self, bench: FacebookBench, facebook: FacebookServer) -> None:
        unfit = replace(picture(), mime_type="image/webp")
        with pytest.raises(RejectedError, match=r"the file Neues_Logo_新.png"):
            bench.open().publish(replace(outgoing(), attachments=(unfit,)))
        assert facebook.visible() == []

    def test_more_pictures_than_ten_are_refused_before_anything_is_sent(
        self, bench: FacebookBench, facebook: FacebookServer
    ) -> None:
        with pytest.raises(RejectedError, match="11 pictures"):
            bench.open().publish(replace(outgoing(), attachments=(picture(),) * 11))
        assert facebook.requests == []

    def test_an_error_though_the_post_is_made_is_settled_by_reading(
        self, bench: FacebookBench, facebook: FacebookServer
    ) -> None:
        facebook.fail(Fault.ACCEPTED_BROKEN)
        with pytest.raises(AmbiguousError, match="unknown error"):
            bench.open().publish(outgoing())
        (post,) = bench.open().recent(a_moment_ago())
        assert post.receipt.remote_id == facebook.api.posts[0].id
        assert post.receipt.url == f"https://www.facebook.com/{facebook.api.posts[0].id}"


class TestEditing:
    def test_the_text_of_a_post_with_pictures_can_be_changed(self, bench: FacebookBench) -> None:
        shown = (picture("one"), picture("two", content=PNG + b"2"))
        receipt = bench.open().publish(replace(outgoing("A tpyo"), attachments=shown))
        bench.open().edit(receipt, replace(outgoing("A typo"), attachments=shown))
        (post,) = bench.visible()
        assert (post.text, len(post.pictures)) == ("A typo", 2)

    @pytest.mark.parametrize("after", [(), (picture("other"),), (picture("one"), picture("one"))])
    def test_with_other_pictures_nothing_changes(
        self, bench: FacebookBench, after: tuple[Attachment, ...]
    ) -> None:
        receipt = bench.open().publish(replace(outgoing("Hello"), attachments=(picture("one"),)))
        with pytest.raises(RejectedError, match="edit it by hand"):
            bench.open().edit(receipt, replace(outgoing("edited"), attachments=after))
        assert [post.text for post in bench.visible()] == ["Hello"]

    @pytest.mark.parametrize("kept", [None, "no JSON", "[]"])
    def test_where_nobody_knows_the_pictures_any_more_nothing_changes(
        self, bench: FacebookBench, kept: str | None
    ) -> None:
        receipt = bench.open().publish(replace(outgoing("Hello"), attachments=(picture("one"),)))
        bench.memory.put("pictures", kept)
        with pytest.raises(RejectedError, match="edit it by hand"):
            bench.open().edit(receipt, replace(outgoing("edited"), attachments=(picture("one"),)))

    def test_only_the_latest_are_kept(self, bench: FacebookBench) -> None:
        old = {str(number): "x" for number in range(200)}
        bench.memory.put("pictures", json.dumps(old))
        receipt = bench.open().publish(replace(outgoing(), attachments=(picture(),)))
        kept = json.loads(bench.memory.get("pictures") or "")
        assert len(kept) == 100
        assert receipt.remote_id in kept


def test_a_whole_run_publishes_text_and_picture_once(
    tmp_path: Path, facebook: FacebookServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FACEBOOK_TOKEN", TOKEN)
    monkeypatch.setenv("FACEBOOK_APP_SECRET", APP_SECRET)
    facebook.api.demands_proof = True
    publish_news(
        tmp_path,
        f"""
        [[channels]]
        name = "page"
        network = "facebook"
        server = "{facebook.url}"
        token_env = "FACEBOOK_TOKEN"
        page = "{PAGE}"
        app = "{APP}"
        app_secret_env = "FACEBOOK_APP_SECRET"
        """,
    )
    (post,) = facebook.visible()
    assert post.text == f"{TEXT} {URL}"
    assert post.pictures == ((PNG, "The new logo"),)
