"""Servers that speak Mastodon's API in their own way: GoToSocial, Pleroma and its kin."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

import pytest

from bot.channels.mastodon import SPEC
from bot.errors import (
    AmbiguousError,
    ChannelError,
    CredentialsError,
    PermanentError,
    RejectedError,
    TransientError,
)
from bot.model import Receipt
from tests.channels.benches import MastodonBench
from tests.channels.contract import ChannelContract
from tests.channels.messages import LINK, a_moment_ago, outgoing, picture
from tests.fakes.faults import PUBLISHING, Fault
from tests.fakes.mastodon import MastodonServer, gotosocial, pleroma
from tests.fakes.mastodon_api import MastodonApi
from tests.fakes.network import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.model import Capabilities
    from tests.channels.bench import Bench
    from tests.channels.contract import Sender

SERVERS = {"gotosocial": gotosocial, "pleroma": pleroma}
DIALECTS = pytest.mark.parametrize("server", SERVERS, indirect=True)
UPLOAD, POST = "POST /api/v2/media", "POST /api/v1/statuses"


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[MastodonServer]:
    """The server of that name; Mastodon's own where none is named."""
    make = SERVERS.get(getattr(request, "param", ""), MastodonApi)
    with running(MastodonServer(api=make())) as network:
        yield network


@pytest.fixture
def bench(server: MastodonServer) -> MastodonBench:
    return MastodonBench(server)


@pytest.mark.parametrize("server", ["gotosocial"], indirect=True)
class TestGoToSocial(ChannelContract):
    capabilities: ClassVar[Capabilities] = SPEC.capabilities

    def test_one_key_makes_one_post_also_in_a_later_process_where_keys_count(
        self, bench: Bench, sender: Sender
    ) -> None:
        """They do not here: that is why the account is read before anything is repeated."""
        first = sender.publish(bench.open(), self.outgoing())
        assert sender.publish(bench.open(), self.outgoing()) != first
        assert len(bench.visible()) == 2


@pytest.mark.parametrize("server", ["pleroma"], indirect=True)
class TestPleroma(ChannelContract):
    capabilities: ClassVar[Capabilities] = SPEC.capabilities


@DIALECTS
@pytest.mark.parametrize("fault", [fault for fault in Fault if not fault.is_slow])
def test_a_fault_says_what_may_have_happened_in_any_dialect(bench: MastodonBench, fault: Fault) -> None:
    expected, visible = PUBLISHING[fault]
    with bench.failing(fault, "publish"), pytest.raises(ChannelError) as caught:
        bench.open().publish(outgoing())
    assert type(caught.value) is expected
    assert len(bench.open().recent(a_moment_ago())) == visible


@DIALECTS
class TestRefusals:
    def test_a_text_that_is_too_long_is_refused_and_does_no_harm_to_the_next(
        self, bench: MastodonBench, server: MastodonServer
    ) -> None:
        channel = bench.open()
        with pytest.raises(RejectedError, match=r"limit"):
            channel.publish(outgoing("x" * 5001, key="key-1"))
        channel.publish(outgoing("short", key="key-2"))
        assert [status.text for status in server.api.statuses] == ["short"]

    def test_a_token_that_is_unknown_rests_the_channel(self, bench: MastodonBench) -> None:
        channel = bench.open(token="another-token")
        for attempt in (channel.account, lambda: channel.publish(outgoing())):
            with pytest.raises(CredentialsError) as caught:
                attempt()
            assert "another-token" not in str(caught.value)

    def test_a_token_without_the_right_rests_the_channel(
        self, bench: MastodonBench, server: MastodonServer
    ) -> None:
        server.api.tokens["good-token"] = frozenset({"read"})
        with pytest.raises(CredentialsError, match=r"scope|permissions"):
            bench.open().publish(outgoing())

    def test_what_is_gone_is_told_from_what_is_refused(self, bench: MastodonBench) -> None:
        channel = bench.open()
        channel.delete(Receipt(remote_id="01JUNKNOWN"))
        with pytest.raises(PermanentError):
            channel.edit(Receipt(remote_id="01JUNKNOWN"), outgoing())


@pytest.mark.parametrize("server", ["gotosocial"], indirect=True)
def test_an_account_that_has_moved_rests_the_channel(bench: MastodonBench, server: MastodonServer) -> None:
    server.api.refuses_writing = "your account has Moved or is currently Moving; you cannot take actions"
    with pytest.raises(CredentialsError, match="Moved"):
        bench.open().publish(outgoing())


class TestAccount:
    @DIALECTS
    def test_it_is_named_without_the_address_of_its_server(self, bench: MastodonBench) -> None:
        account = bench.open().account()
        assert (account.name, account.warnings) == ("@news@mastodon.example", ())


class TestLimits:
    @pytest.mark.parametrize("server", ["gotosocial"], indirect=True)
    def test_gotosocial_tells_what_a_link_counts(self, bench: MastodonBench) -> None:
        assert bench.open().limits() == replace(SPEC.defaults, text=5000, url_weight=25, media=6)

    @pytest.mark.parametrize("server", ["pleroma"], indirect=True)
    def test_pleroma_counts_a_link_as_it_is(self, bench: MastodonBench) -> None:
        assert bench.open().limits() == replace(SPEC.defaults, text=5000, url_weight=None)

    def test_where_none_is_told_a_link_counts_as_usual(
        self, bench: MastodonBench, server: MastodonServer
    ) -> None:
        server.api.url_weight = None
        assert bench.open().limits().url_weight == 23


class TestAttachments:
    @DIALECTS
    def test_one_that_is_processed_at_once_is_not_waited_for(
        self, bench: MastodonBench, server: MastodonServer
    ) -> None:
        bench.open().publish(replace(outgoing(), attachments=(picture(),)))
        assert server.requests == [UPLOAD, POST]

    @pytest.mark.parametrize("server", ["pleroma"], indirect=True)
    def test_no_right_is_needed_beyond_those_of_the_guide(
        self, bench: MastodonBench, server: MastodonServer
    ) -> None:
        """To look at an upload takes ``read:media`` there."""
        rights = {"read:accounts", "read:statuses", "write:statuses", "write:media"}
        server.api.tokens["good-token"] = frozenset(rights)
        bench.open().publish(replace(outgoing(), attachments=(picture(),)))
        assert len(server.api.statuses[0].media_ids) == 1


class TestReadingBack:
    @DIALECTS
    def test_all_pages_are_read_whatever_the_ids_look_like(
        self, bench: MastodonBench, server: MastodonServer
    ) -> None:
        for number in range(85):
            server.api.post_by_hand(str(number))
        found = bench.open().recent(a_moment_ago())
        assert [post.text for post in found] == [str(number) for number in reversed(range(85))]

    @DIALECTS
    def test_a_status_without_a_language_or_an_address_is_found(
        self, bench: MastodonBench, server: MastodonServer
    ) -> None:
        server.api.tells_urls = False
        receipt = bench.open().publish(outgoing())
        (found,) = bench.open().recent(a_moment_ago())
        assert found.receipt == receipt
        assert found.links == (LINK,)
        assert receipt.url == f"{server.url}/users/news/statuses/{receipt.remote_id}"

    def test_boosts_are_left_out_where_the_server_does_not(
        self, bench: MastodonBench, server: MastodonServer
    ) -> None:
        server.api.ignores_boosts = True
        server.api.post_by_hand("ours")
        for _ in range(45):
            server.api.post_by_hand("somebody else's", boost=True)
        assert [post.text for post in bench.open().recent(a_moment_ago())] == ["ours"]

    def test_posts_that_are_not_in_the_order_of_their_times_are_put_into_it(
        self, bench: MastodonBench, server: MastodonServer
    ) -> None:
        now = server.api.clock()
        for minutes in (5, 2, 9):
            server.api.clock = lambda minutes=minutes: now + timedelta(minutes=minutes)  # type: ignore[misc]  # a default binds the value
            server.api.post_by_hand(f"after {minutes}")
        server.api.clock = lambda: now + timedelta(hours=1)
        found = bench.open().recent(now)
        assert [post.text for post in found] == ["after 9", "after 5", "after 2"]

    def test_a_server_that_gives_its_newest_again_and_again_is_an_error_and_asked_twice(
        self, bench: MastodonBench, server: MastodonServer
    ) -> None:
        server.api.ignores_paging = True
        for number in range(45):
            server.api.post_by_hand(str(number))
        channel = bench.open()
        with pytest.raises(TransientError, match="before its newest 40"):
            channel.recent(a_moment_ago())
        assert len(server.requests) == 3


@pytest.mark.parametrize("server", ["gotosocial"], indirect=True)
def test_a_lost_answer_is_found_though_the_server_knows_no_keys(
    bench: MastodonBench, server: MastodonServer
) -> None:
    with bench.failing(Fault.ACCEPTED_LOST, "publish"), pytest.raises(AmbiguousError):
        bench.open().publish(outgoing())
    (found,) = bench.open().recent(a_moment_ago())
    assert found.receipt.remote_id == server.api.statuses[0].id
