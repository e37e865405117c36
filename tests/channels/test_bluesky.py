from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.base import Facilities, Forgetful
from bot.channels.bluesky import SPEC, Patience, open_channel
from bot.channels.bluesky_tid import microseconds, tid
from bot.channels.http import Http
from bot.config.values import ChannelConfig
from bot.errors import AmbiguousError, ChannelError, PermanentError, RejectedError, TransientError
from bot.model import Facet, FacetKind, LinkPolicy, OnEdit, Pace, Receipt, Secret, Style
from tests.channels.benches import CONTACT
from tests.channels.bluesky_bench import (
    CAPABILITIES,
    GET,
    HANDLE,
    KEEPS,
    LIST,
    LOGIN,
    PASSWORD,
    PUT,
    RESOLVE,
    UNKNOWN_ID,
    UPLOAD,
    BlueskyBench,
)
from tests.channels.contract import ChannelContract
from tests.channels.fault_contract import FaultContract
from tests.channels.messages import LINK, PNG, a_moment_ago, outgoing, picture
from tests.channels.sharing_contract import SharingFaultContract
from tests.fakes.bluesky import BlueskyServer
from tests.fakes.faults import HARMLESS, Fault
from tests.fakes.network import running
from tests.fakes.site import Page, Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.model import Outgoing

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def bluesky() -> Iterator[BlueskyServer]:
    with running(BlueskyServer()) as server:
        yield server


@pytest.fixture
def bench(bluesky: BlueskyServer) -> BlueskyBench:
    return BlueskyBench(bluesky)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


class TestContract(ChannelContract, FaultContract, SharingFaultContract):
    capabilities = CAPABILITIES
    rich = SPEC.rich
    keeps = KEEPS
    asking = frozenset({"recent", "delete", "account"})
    unknown_id = UNKNOWN_ID


def with_id(message: Outgoing, when: datetime = NOW) -> Outgoing:
    return replace(message, remote_id=tid(microseconds(when), message.key))


def mentioning(text: str, *names: str) -> Outgoing:
    sent = outgoing(text, link=None)
    facets = tuple(
        Facet(start=text.index(name), end=text.index(name) + len(name), kind=FacetKind.MENTION)
        for name in names
    )
    return replace(sent, part=replace(sent.part, facets=facets))


def test_asking_for_its_spec_does_not_import_the_library() -> None:
    code = "import sys, bot.channels.bluesky; sys.exit('atproto_client' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize(
    ("handle", "good"),
    [
        ("news.example.org", True),
        ("@news.example.org", True),
        ("wiki-news.bsky.social", True),
        ("did:plc:ewvi7nxzyoun6zhxrhs64oiz", True),
        ("did:web:wiki.example", True),
        ("news", False),
        ("news@wiki.example", False),
        ("https://bsky.app/profile/news.example", False),
        ("", False),
        ("did:plc:", False),
        ("news.example.1", False),
    ],
)
def test_a_handle_is_a_name_in_full_or_a_did(handle: str, *, good: bool) -> None:
    (option,) = SPEC.options
    assert option.wrong is not None
    assert (option.wrong(handle) is None) == good


class TestIdentifiers:
    def test_one_is_of_the_time_when_it_is_chosen_and_the_next_is_later(self, bench: BlueskyBench) -> None:
        channel = bench.open()
        chosen = [channel.choose_id(outgoing(key=f"key-{number}"), NOW) for number in range(50)]
        assert chosen == sorted(set(chosen))
        assert chosen[0][:11] == tid(microseconds(NOW), "key")[:11]
        assert bench.network.requests == []

    def test_a_clock_that_is_put_back_makes_none_twice(self, bench: BlueskyBench) -> None:
        channel = bench.open()
        chosen = [channel.choose_id(outgoing(), NOW - timedelta(seconds=number)) for number in range(5)]
        assert chosen == sorted(set(chosen))

    def test_without_one_a_key_still_makes_one_post(self, bench: BlueskyBench) -> None:
        receipts = {bench.open().publish(outgoing()) for _ in range(2)}
        assert [post.remote_id for post in bench.visible()] == [receipt.remote_id for receipt in receipts]

    def test_one_that_cannot_be_is_refused_before_anything_is_sent(self, bench: BlueskyBench) -> None:
        with pytest.raises(PermanentError, match="no id that a post can have"):
            bench.open().publish(replace(outgoing(), remote_id="https://bsky.app/x"))
        assert bench.network.requests == []


class TestPublishing:
    def test_a_repetition_sends_the_very_same_record(self, bench: BlueskyBench) -> None:
        """So that for the server it is none: the time is that of the id, not of the try."""
        sent = with_id(replace(outgoing(), attachments=(picture(),), language="de"))
        bench.open(patience=Patience(clock=lambda: NOW)).publish(sent)
        before = dict(bench.api.posts)
        bench.open(patience=Patience(clock=lambda: NOW + timedelta(minutes=59))).publish(sent)
        assert bench.api.posts == before
        (stored,) = before.values()
        assert stored.value["createdAt"] == "2026-11-21T12:00:00.000Z"

    def test_what_could_not_be_sent_for_long_is_shown_as_new(self, bench: BlueskyBench) -> None:
        """Under the id that was chosen when it was first tried."""
        sent = with_id(outgoing())
        receipt = bench.open(patience=Patience(clock=lambda: NOW + timedelta(hours=50))).publish(sent)
        assert receipt.remote_id == sent.remote_id
        (stored,) = bench.api.posts.values()
        assert stored.value["createdAt"] == "2026-11-23T14:00:00.000Z"

    def test_only_what_is_needed_is_asked_for(self, bench: BlueskyBench) -> None:
        bench.open().publish(with_id(replace(outgoing(), attachments=(picture(), picture("Another")))))
        assert bench.network.requests == [LOGIN, UPLOAD, UPLOAD, PUT]

    def test_the_receipt_leads_to_the_post_on_the_web(self, bench: BlueskyBench) -> None:
        receipt = bench.open(handle=f"@{HANDLE}").publish(with_id(outgoing()))
        assert receipt.url == f"https://bsky.app/profile/{HANDLE}/post/{receipt.remote_id}"

    @pytest.mark.parametrize(
        "body",
        [
            "",
            "{}",
            "[]",
            "null",
            "<html>",
            '{"uri": "", "cid": "b"}',
            '{"uri": "at://did:plc:1/app.bsky.feed.post/2222222222222", "cid": "b"}',
        ],
    )
    def test_a_success_that_tells_of_no_post_of_ours_leaves_a_doubt(
        self, bench: BlueskyBench, bluesky: BlueskyServer, body: str
    ) -> None:
        bluesky.garbage = body
        with bench.failing(Fault.ACCEPTED_GARBLED, "publish"), pytest.raises(AmbiguousError):
            bench.open().publish(with_id(outgoing()))
        assert len(bench.visible()) == 1

    @pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.REFUSED])
    def test_a_failed_upload_is_never_in_doubt(self, bench: BlueskyBench, fault: Fault) -> None:
        with bench.failing(fault, "upload"), pytest.raises(ChannelError) as caught:
            bench.open().publish(with_id(replace(outgoing(), attachments=(picture(),))))
        assert type(caught.value) is HARMLESS[fault]
        assert PUT not in bench.network.requests
        assert bench.visible() == []

    def test_a_file_that_the_server_does_not_take_is_named(self, bench: BlueskyBench) -> None:
        bench.api.upload_limit = 10
        with pytest.raises(RejectedError, match=r"too large .*Neues_Logo_新\.png"):
            bench.open().publish(with_id(replace(outgoing(), attachments=(picture(),))))

    @pytest.mark.parametrize(
        ("attachments", "words"),
        [((picture(),) * 5, "array too big"), ((picture(content=PNG + b"x" * 1_000_000),), "blob too big")],
        ids=["too many", "too big"],
    )
    def test_pictures_that_a_post_cannot_have_are_refused(
        self, bench: BlueskyBench, attachments: Any, words: str
    ) -> None:
        with pytest.raises(RejectedError, match=words):
            bench.open().publish(with_id(replace(outgoing(), attachments=attachments)))
        assert bench.visible() == []


class TestMentions:
    def test_an_account_is_looked_for_once(self, bench: BlueskyBench) -> None:
        bench.api.known = {"wiki.example": "did:plc:abc"}
        channel = bench.open()
        for key in ("one", "two"):
            channel.publish(with_id(replace(mentioning("Ask @Wiki.example!", "@Wiki.example"), key=key)))
        for stored in bench.api.posts.values():
            ((facet,),) = [facet["features"] for facet in stored.value["facets"]]
            assert facet["did"] == "did:plc:abc"
        assert bench.network.requests.count(RESOLVE) == 1

    @pytest.mark.parametrize(
        "fault", [None, Fault.BROKEN, Fault.RATE_LIMITED, Fault.INTERCEPTED, Fault.RESET]
    )
    def test_one_that_cannot_be_found_stays_text(
        self, bench: BlueskyBench, bluesky: BlueskyServer, fault: Fault | None
    ) -> None:
        if fault is not None:
            bench.api.known = {"wiki.example": "did:plc:abc"}
            bluesky.fail(fault, on=RESOLVE)
        bench.open().publish(with_id(mentioning("Ask @wiki.example!", "@wiki.example")))
        (stored,) = bench.api.posts.values()
        assert (stored.value["text"], "facets" in stored.value) == ("Ask @wiki.example!", False)


class TestCards:
    def embed(self, bench: BlueskyBench) -> dict[str, Any] | None:
        (stored,) = bench.api.posts.values()
        found: dict[str, Any] | None = stored.value.get("embed")
        return found

    def external(self, bench: BlueskyBench) -> dict[str, Any]:
        embed = self.embed(bench)
        assert embed is not None
        external: dict[str, Any] = embed["external"]
        return external

    def about(self, site: Site, **changes: Any) -> Outgoing:
        page = b'<title>A page</title><meta name="description" content="About it">'
        page += b'<meta property="og:image" content="/p">'
        site.pages = {"/": Page(body=page), "/p": Page(body=PNG, kind="image/png")}
        return with_id(replace(outgoing("Hello", link=f"{site.url}/"), **changes))

    def test_the_main_link_has_one_with_what_its_page_says(self, bench: BlueskyBench, site: Site) -> None:
        bench.open().publish(self.about(site, link_title="The item's own words"))
        external = self.external(bench)
        thumb = external.pop("thumb")
        external.pop("$type", None)
        assert external == {
            "uri": f"{site.url}/",
            "title": "The item's own words",
            "description": "About it",
        }
        assert bench.api.blobs[thumb["ref"]["$link"]].content == PNG

    def test_a_link_without_a_title_has_the_page_s_or_the_host(self, bench: BlueskyBench, site: Site) -> None:
        sent = self.about(site)
        bench.open().publish(sent)
        assert self.external(bench)["title"] == "A page"
        bench.api.posts.clear()
        bench.open().publish(replace(sent, link=LINK))
        assert self.external(bench)["title"] == "www.mediawiki.org"

    def test_a_page_elsewhere_is_not_asked_by_a_channel_on_this_machine(self, bench: BlueskyBench) -> None:
        bench.open().publish(with_id(replace(outgoing(), link_title="MediaWiki 1.46")))
        assert self.external(bench).keys() - {"$type"} == {"uri", "title", "description"}
        assert self.external(bench)["uri"] == LINK

    @pytest.mark.parametrize("fault", [Fault.REJECTED, Fault.BROKEN, Fault.RESET, Fault.INTERCEPTED])
    def test_its_picture_may_fail_to_be_uploaded(
        self, bench: BlueskyBench, bluesky: BlueskyServer, site: Site, fault: Fault
    ) -> None:
        bluesky.fail(fault, on=UPLOAD)
        bench.open().publish(self.about(site))
        assert "thumb" not in self.external(bench)

    def test_its_picture_may_be_refused_with_the_post(
        self, bench: BlueskyBench, bluesky: BlueskyServer, site: Site
    ) -> None:
        bluesky.fail(Fault.REJECTED)
        bench.open().publish(self.about(site))
        assert "thumb" not in self.external(bench)
        assert bluesky.requests.count(PUT) == 2

    def test_a_post_that_is_refused_for_itself_is_refused(self, bench: BlueskyBench, site: Site) -> None:
        sent = self.about(site)
        with pytest.raises(RejectedError, match="grapheme too big"):
            bench.open().publish(replace(sent, part=replace(sent.part, text="x" * 301)))
        assert bench.visible() == []

    def test_there_is_none_beside_pictures_nor_in_a_reply_nor_without_a_link(
        self, bench: BlueskyBench, site: Site
    ) -> None:
        channel = bench.open()
        first = channel.publish(with_id(replace(self.about(site), attachments=(picture(),))))
        embed = self.embed(bench)
        assert embed is not None
        assert embed["$type"] == "app.bsky.embed.images"
        reply = replace(self.about(site), key="key-2", reply_to=first.remote_id)
        channel.publish(with_id(reply, NOW + timedelta(seconds=1)))
        channel.publish(with_id(outgoing("Hello", key="key-3", link=None), NOW + timedelta(seconds=2)))
        assert ["embed" in stored.value for stored in bench.api.posts.values()] == [True, False, False]
        assert site.asked == []

    def test_where_the_link_goes_into_the_first_reply_its_card_does_too(self, bench: BlueskyBench) -> None:
        channel = bench.open(link=LinkPolicy.FIRST_REPLY)
        first = channel.publish(with_id(outgoing("Hello")))
        reply = replace(outgoing(LINK, key="key-2", rich=True), reply_to=first.remote_id)
        channel.publish(with_id(reply, NOW + timedelta(seconds=1)))
        assert ["embed" in stored.value for stored in bench.api.posts.values()] == [False, True]

    def test_a_channel_without_links_has_no_cards(self, bench: BlueskyBench) -> None:
        bench.open(link=LinkPolicy.NEVER).publish(with_id(outgoing("Hello")))
        assert self.embed(bench) is None


class TestThreads:
    def test_each_part_answers_the_one_before_and_knows_the_first(self, bench: BlueskyBench) -> None:
        channel, above = bench.open(), None
        for number in range(3):
            message = replace(outgoing(str(number), key=f"key-{number}", link=None), reply_to=above)
            above = channel.publish(with_id(message, NOW + timedelta(seconds=number))).remote_id
        first, second, third = bench.api.posts
        replies = [stored.value.get("reply", {}) for stored in bench.api.posts.values()]
        assert replies[0] == {}
        assert [(reply["root"]["uri"][-13:], reply["parent"]["uri"][-13:]) for reply in replies[1:]] == [
            (first, first),
            (first, second),
        ]
        assert bench.visible()[-1].remote_id == third

    def test_an_answer_to_what_is_gone_is_refused(self, bench: BlueskyBench) -> None:
        with pytest.raises(RejectedError, match="Could not locate record"):
            bench.open().publish(with_id(replace(outgoing(), reply_to=UNKNOWN_ID)))
        assert bench.network.requests == [LOGIN, GET]


class TestReadingBack:
    def test_all_posts_since_then_are_found_on_however_many_pages(self, bench: BlueskyBench) -> None:
        for minutes in range(250):
            when = NOW + timedelta(minutes=minutes)
            bench.api.post_by_hand(tid(microseconds(when), "key"), str(minutes))
        found = bench.open().recent(NOW + timedelta(minutes=5))
        assert [post.text for post in found] == [str(number) for number in range(249, 4, -1)]
        assert bench.network.requests == [LOGIN, LIST, LIST, LIST]

    def test_no_more_is_read_than_is_asked_for(self, bench: BlueskyBench) -> None:
        for minutes in range(150):
            when = NOW + timedelta(minutes=minutes)
            bench.api.post_by_hand(tid(microseconds(when), "key"), str(minutes))
        assert len(bench.open().recent(NOW + timedelta(minutes=140))) == 10
        assert bench.network.requests.count(LIST) == 1

    def test_a_key_that_is_no_time_ends_nothing(self, bench: BlueskyBench) -> None:
        bench.api.post_by_hand("self", "imported")
        bench.api.post_by_hand(tid(microseconds(NOW), "key"), "ours")
        found = bench.open().recent(NOW - timedelta(days=30))
        assert {post.text for post in found} == {"imported", "ours"}

    def test_a_list_that_does_not_end_is_an_error_and_not_cut_short(self, bench: BlueskyBench) -> None:
        for minutes in range(201):
            bench.api.post_by_hand(tid(microseconds(NOW) + minutes, "key"), str(minutes))
        with pytest.raises(TransientError, match="more than 200 posts"):
            bench.open(patience=Patience(pages=2)).recent(NOW)

    def test_what_is_strange_in_the_repository_is_read_as_far_as_it_goes(self, bench: BlueskyBench) -> None:
        embed = {"$type": "app.bsky.embed.future", "what": [1]}
        bench.api.post_by_hand(tid(microseconds(NOW), "1"), "new things", embed=embed, facets=[{"index": 4}])
        bench.api.post_by_hand(tid(microseconds(NOW), "2"), "x" * 5000, langs=["not a language", 4])
        bench.api.post_by_hand(tid(microseconds(NOW), "3"), "no time", createdAt=None)
        assert len(bench.open().recent(NOW)) == 3

    def test_it_needs_no_password(self, bench: BlueskyBench) -> None:
        bench.open().publish(outgoing())
        bench.network.requests.clear()
        (found,) = bench.open(password=None, memory=Forgetful()).recent(NOW - timedelta(days=30))
        assert found.text == outgoing().part.text
        assert set(bench.network.requests) == {LIST}

    def test_only_reading_requests_read(self, bench: BlueskyBench, bluesky: BlueskyServer) -> None:
        bench.open().account()
        bluesky.writes_forbidden = True
        channel = bench.open()
        channel.limits()
        channel.account()
        channel.recent(a_moment_ago())
        assert bluesky.forbidden == []
        with pytest.raises(RejectedError):
            channel.publish(outgoing())
        assert bluesky.forbidden == [PUT]


class TestDeleting:
    def test_a_refusal_does_not_mean_gone(self, bench: BlueskyBench) -> None:
        bench.open().publish(with_id(outgoing()))
        with pytest.raises(RejectedError, match="Invalid record key"):
            bench.open().delete(Receipt(remote_id="a/b"))
        assert len(bench.visible()) == 1


def test_it_is_opened_as_it_is_configured(bluesky: BlueskyServer) -> None:
    config = ChannelConfig(
        name="sky",
        network="bluesky",
        server=bluesky.url,
        style=Style(link=LinkPolicy.NEVER),
        on_edit=OnEdit.IGNORE,
        delivery=Pace(),
        options={"handle": HANDLE},
        secrets={"password": Secret(PASSWORD)},
    )
    channel = open_channel(config, Facilities(http=Http(CONTACT), memory=Forgetful()))
    assert bluesky.requests == []
    assert channel.account().name == f"@{HANDLE}"
    assert channel.name == "sky"
