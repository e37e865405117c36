"""Containers, shown on Threads: whatever happens to a try, the next one asks its container first."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.errors import AmbiguousError, ChannelError, RateLimited, RejectedError, TransientError
from tests.channels.gallery import gallery
from tests.channels.graph_bench import TH, ThreadsBench
from tests.channels.messages import outgoing
from tests.fakes.container_api import Picture, Post
from tests.fakes.faults import HARMLESS, Fault
from tests.fakes.graph_api import moment
from tests.fakes.network import running
from tests.fakes.site import Page
from tests.fakes.threads import PUBLISH, ThreadsServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.channels.gallery import Gallery

__all__ = ["gallery"]

LIMIT, CREATE, STATUS = f"GET {TH}/me/threads_publishing_limit", f"POST {TH}/me/threads", f"GET {TH}/179"


@pytest.fixture
def threads() -> Iterator[ThreadsServer]:
    with running(ThreadsServer()) as server:
        yield server


@pytest.fixture
def bench(threads: ThreadsServer) -> ThreadsBench:
    return ThreadsBench(threads)


def asked(threads: ThreadsServer) -> list[str]:
    """Return the requests, those for one object without its id."""
    return [STATUS if request.startswith(STATUS) else request for request in threads.requests]


class TestOrder:
    def test_a_text_is_made_asked_for_and_published(
        self, bench: ThreadsBench, threads: ThreadsServer
    ) -> None:
        receipt = bench.open().publish(outgoing())
        assert asked(threads) == [LIMIT, CREATE, STATUS, PUBLISH, STATUS]
        assert receipt.url == f"https://www.threads.com/@wikinews/post/C{receipt.remote_id}"

    def test_the_pictures_of_a_carousel_are_ready_before_it_is_made(
        self, bench: ThreadsBench, threads: ThreadsServer, gallery: Gallery
    ) -> None:
        pictures = (gallery.png("one"), gallery.png("two"))
        bench.open().publish(replace(outgoing(), attachments=pictures))
        pieces = [CREATE, CREATE, STATUS, STATUS]
        assert asked(threads) == [LIMIT, *pieces, CREATE, STATUS, PUBLISH, STATUS]

    def test_what_is_not_ready_is_waited_for(self, bench: ThreadsBench, threads: ThreadsServer) -> None:
        threads.api.waits = 3
        bench.open().publish(outgoing())
        assert bench.clock.slept == [1.0, 2.0, 4.0]
        assert len(threads.visible()) == 1

    def test_what_is_never_ready_is_published_by_a_later_try(
        self, bench: ThreadsBench, threads: ThreadsServer
    ) -> None:
        threads.api.waits = 10_000
        with pytest.raises(TransientError, match="not ready within 60 seconds"):
            bench.open().publish(outgoing())
        assert sum(bench.clock.slept) <= 60
        assert PUBLISH not in threads.requests
        threads.api.change(waits=0)
        bench.open().publish(outgoing())
        assert threads.requests.count(CREATE) == 1
        assert len(threads.visible()) == 1

    def test_that_its_address_is_not_told_is_no_failure(
        self, bench: ThreadsBench, threads: ThreadsServer
    ) -> None:
        bench.open().publish(outgoing("first", key="key-0"))
        threads.fail(None, Fault.BROKEN, on=f"GET {TH}/179")  # type: ignore[arg-type]  # None lets one through
        receipt = bench.open().publish(outgoing())
        assert receipt.url is None
        assert [post.remote_id for post in threads.visible()][1:] == [receipt.remote_id]

    @pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.REFUSED])
    @pytest.mark.parametrize("step", [LIMIT, CREATE, f"GET {TH}/179"])
    def test_before_the_publication_nothing_is_in_doubt(
        self, bench: ThreadsBench, threads: ThreadsServer, step: str, fault: Fault
    ) -> None:
        threads.fail(fault, on=step)
        bench.timeout = (10.0, 0.3) if fault.is_slow else bench.timeout
        with pytest.raises(ChannelError) as caught:
            bench.open().publish(outgoing())
        assert type(caught.value) is HARMLESS[fault]
        assert threads.visible() == []
        assert bench.open().publish(outgoing()).remote_id == threads.visible()[0].remote_id


class TestLaterTries:
    @pytest.mark.parametrize("fault", [Fault.RESET, Fault.BROKEN, Fault.RATE_LIMITED, Fault.UNAUTHORISED])
    def test_what_was_not_published_is_published_by_the_same_container(
        self, bench: ThreadsBench, threads: ThreadsServer, fault: Fault
    ) -> None:
        with bench.failing(fault, "publish"), pytest.raises(ChannelError):
            bench.open().publish(outgoing())
        threads.requests.clear()
        bench.open().publish(outgoing())
        assert asked(threads) == [STATUS, STATUS, PUBLISH, STATUS]
        assert len(threads.api.containers) == 1

    def test_what_was_published_is_found_and_no_request_to_publish_leaves(
        self, bench: ThreadsBench, threads: ThreadsServer
    ) -> None:
        bench.open().publish(outgoing("The same", key="key-1"))
        with bench.failing(Fault.ACCEPTED_LOST, "publish"), pytest.raises(AmbiguousError):
            bench.open().publish(outgoing("The same", key="key-2"))
        threads.requests.clear()
        receipts = [bench.open().publish(outgoing("The same", key="key-2")) for _ in range(2)]
        assert [receipt.remote_id for receipt in receipts] == [threads.visible()[1].remote_id] * 2
        assert threads.writes == []

    def test_what_was_published_and_is_not_there_stays_in_doubt(
        self, bench: ThreadsBench, threads: ThreadsServer
    ) -> None:
        with bench.failing(Fault.ACCEPTED_LOST, "publish"), pytest.raises(AmbiguousError):
            bench.open().publish(outgoing())
        threads.api.posts.clear()
        with pytest.raises(AmbiguousError, match="not among the account's posts"):
            bench.open().publish(outgoing())
        assert threads.visible() == []

    def test_a_container_that_is_gone_after_an_unknown_outcome_stays_in_doubt(
        self, bench: ThreadsBench, threads: ThreadsServer
    ) -> None:
        with bench.failing(Fault.BROKEN, "publish"), pytest.raises(AmbiguousError):
            bench.open().publish(outgoing())
        threads.api.containers.clear()
        with pytest.raises(AmbiguousError):
            bench.open().publish(outgoing())
        assert threads.visible() == []

    def test_one_that_nobody_published_in_a_day_is_made_anew(
        self, bench: ThreadsBench, threads: ThreadsServer
    ) -> None:
        with bench.failing(Fault.BROKEN, "publish"), pytest.raises(AmbiguousError):
            bench.open().publish(outgoing())
        threads.api.change(made_at=datetime.now(UTC) - timedelta(hours=25))
        bench.open().publish(outgoing())
        assert len(threads.api.containers) == 2
        assert len(threads.visible()) == 1

    def test_of_an_item_that_was_edited_in_between_only_the_new_text_is_published(
        self, bench: ThreadsBench, threads: ThreadsServer
    ) -> None:
        with bench.failing(Fault.RATE_LIMITED, "publish"), pytest.raises(RateLimited):
            bench.open().publish(outgoing("A tpyo"))
        bench.open().publish(outgoing("A typo"))
        assert [post.text for post in threads.visible()] == ["A typo"]

    def test_one_that_was_lost_is_made_anew(self, bench: ThreadsBench, threads: ThreadsServer) -> None:
        threads.api.loses = True
        with pytest.raises(TransientError, match="tried with a new one"):
            bench.open().publish(outgoing())
        threads.api.loses = False
        bench.open().publish(outgoing())
        assert len(threads.api.containers) == 2
        assert len(threads.visible()) == 1

    def test_after_a_plain_refusal_a_lost_one_is_made_anew_as_well(
        self, bench: ThreadsBench, threads: ThreadsServer
    ) -> None:
        with bench.failing(Fault.RATE_LIMITED, "publish"), pytest.raises(RateLimited):
            bench.open().publish(outgoing())
        threads.api.loses = True
        with pytest.raises(TransientError, match="tried with a new one"):
            bench.open().publish(outgoing())

    def test_one_that_may_have_been_published_and_is_not_found_any_more_is_in_doubt(
        self, bench: ThreadsBench, threads: ThreadsServer
    ) -> None:
        with bench.failing(Fault.BROKEN, "publish"), pytest.raises(AmbiguousError):
            bench.open().publish(outgoing())
        threads.api.loses = True
        for _ in range(2):
            with pytest.raises(AmbiguousError, match="an earlier request may have published it"):
                bench.open().publish(outgoing())
        assert len(threads.api.containers) == 1

    def test_what_was_deleted_can_be_made_again(self, bench: ThreadsBench, threads: ThreadsServer) -> None:
        receipt = bench.open().publish(outgoing())
        bench.open().delete(receipt)
        again = bench.open().publish(outgoing())
        assert [post.remote_id for post in threads.visible()] == [again.remote_id]

    @pytest.mark.parametrize("kept", ["no JSON", "[]", '{"key-1": {}}', '{"key-1": {"x": 1}}', "null"])
    def test_what_cannot_be_read_any_more_is_nothing(
        self, bench: ThreadsBench, threads: ThreadsServer, kept: str
    ) -> None:
        bench.memory.put("containers", kept)
        bench.open().publish(outgoing())
        assert len(threads.visible()) == 1

    def test_what_is_kept_does_not_grow(self, bench: ThreadsBench) -> None:
        for number in range(3):
            bench.open().publish(outgoing(f"Post {number}", key=f"key-{number}"))
        bench.clock.passed += timedelta(hours=25)
        bench.open().publish(outgoing("The last", key="key-3"))
        assert set(json.loads(bench.memory.get("containers") or "")) == {"key-3"}


class TestLimits:
    def test_where_the_posts_of_the_day_are_used_up_nothing_is_made(
        self, bench: ThreadsBench, threads: ThreadsServer
    ) -> None:
        threads.api.used = 250
        with pytest.raises(RateLimited, match="250 of 250 posts") as caught:
            bench.open().publish(outgoing())
        assert threads.writes == []
        assert caught.value.retry_at <= bench.clock.now() + timedelta(hours=1)

    @pytest.mark.parametrize("body", ["{}", '{"data": []}', '{"data": [{"quota_usage": 1}]}'])
    def test_a_limit_that_is_none_puts_the_post_off(
        self, bench: ThreadsBench, threads: ThreadsServer, body: str
    ) -> None:
        threads.garbage = body
        threads.fail(Fault.ACCEPTED_GARBLED, on=LIMIT)
        with pytest.raises(TransientError):
            bench.open().publish(outgoing())
        assert threads.writes == []


class TestPictures:
    def test_one_that_cannot_be_fetched_now_puts_the_post_off(
        self, bench: ThreadsBench, threads: ThreadsServer, gallery: Gallery
    ) -> None:
        shown = gallery.png(content=b"\x89PNG\r\n\x1a\nsoon")
        path = str(shown.url).removeprefix(gallery.site.url)
        page = gallery.site.pages[path]
        gallery.site.pages[path] = Page(status=503)
        message = replace(outgoing(), attachments=(shown,))
        with pytest.raises(TransientError, match="FAILED_DOWNLOADING"):
            bench.open().publish(message)
        gallery.site.pages[path] = page
        bench.open().publish(message)
        (post,) = threads.visible()
        assert post.pictures == ((shown.content, shown.alt),)

    def test_one_that_the_network_cannot_use_is_refused(
        self, bench: ThreadsBench, threads: ThreadsServer, gallery: Gallery
    ) -> None:
        shown = gallery.add(gallery.png(content=b"not a picture"), kind="text/html")
        with pytest.raises(RejectedError, match="UNSUPPORTED_IMAGE_TYPE"):
            bench.open().publish(replace(outgoing(), attachments=(shown,)))
        assert threads.visible() == []

    def test_the_post_of_a_person_is_not_taken_for_ours(
        self, bench: ThreadsBench, threads: ThreadsServer
    ) -> None:
        with bench.failing(Fault.ACCEPTED_LOST, "publish"), pytest.raises(AmbiguousError):
            bench.open().publish(outgoing("Ours"))
        pictures: tuple[Picture, ...] = ()
        threads.api.posts.append(
            Post(id="1", text="Theirs", pictures=pictures, reply_to=None, made_at=moment())
        )
        assert bench.open().publish(outgoing("Ours")).remote_id == threads.visible()[0].remote_id
