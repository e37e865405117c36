"""What every channel that can share somebody's post promises, shown of each in the same way.

Inherit ``SharingContract`` beside ``ChannelContract``, and give a ``bench`` that is a ``SharingBench``; where
a network lies between, inherit ``SharingFaultContract``.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, cast

import pytest

from bot.errors import ChannelError, RateLimited, RejectedError
from bot.model import Receipt, Sharing
from tests.channels.bench import Bench, FallibleBench
from tests.channels.contract import Contract
from tests.channels.fault_contract import said
from tests.channels.messages import a_moment_ago
from tests.fakes.faults import HARMLESS, PUBLISHING, Fault
from tests.fakes.network import Visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.channels.base import Channel, SharingChannel
    from bot.model import Shareable

KEY = "key-1"


class SharingBench(Bench, Protocol):
    """A network on which somebody else has posted something."""

    def somebody_s(self, number: int = 1) -> str:
        """Return the address of a post that can be shared."""
        ...

    def gone(self) -> str:
        """Return the address of one that is not there."""
        ...


class FallibleSharingBench(SharingBench, FallibleBench, Protocol):
    """One that fails as it is told."""


@dataclass(kw_only=True)
class Sharer:
    """Shares as the engine does: it finds, chooses an id once where it may, and shares."""

    chosen: dict[str, str] = field(default_factory=dict)

    def asked(self, channel: Channel, url: str, key: str) -> Sharing:
        if channel.capabilities.chooses_id and key not in self.chosen:
            choose: Callable[[Any, datetime], str] = getattr(channel, "choose_id")  # noqa: B009 - not in the Protocol
            self.chosen[key] = choose(Sharing(key=key, url=url), datetime.now(UTC))
        return Sharing(key=key, url=url, remote_id=self.chosen.get(key))

    def find(self, channel: Channel, url: str, key: str = KEY) -> Shareable | None:
        return able(channel).find(self.asked(channel, url, key))

    def share(self, channel: Channel, url: str, key: str = KEY) -> Receipt:
        sharing = self.asked(channel, url, key)
        found = able(channel).find(sharing)
        assert found is not None
        return able(channel).share(sharing, found)


def able(channel: Channel) -> SharingChannel:
    assert channel.capabilities.shares
    return cast("SharingChannel", channel)


class SharingContract(Contract):
    """``looks`` says that a channel tells for nothing what we share, ``asks`` that ``find`` asks anybody."""

    looks: ClassVar[bool] = True
    asks: ClassVar[bool] = True

    @pytest.fixture
    def sharer(self) -> Sharer:
        return Sharer()

    def test_a_shared_post_is_visible_once_and_says_nothing_of_our_own(
        self, bench: SharingBench, sharer: Sharer
    ) -> None:
        url = bench.somebody_s()
        receipt = sharer.share(bench.open(), url)
        assert receipt.url == url
        assert bench.visible() == [Visible(remote_id=receipt.remote_id, text="", shares=url)]

    def test_to_share_it_again_makes_nothing_new_be_it_in_a_later_process(
        self, bench: SharingBench, sharer: Sharer
    ) -> None:
        url = bench.somebody_s()
        receipt = sharer.share(bench.open(), url)
        assert [sharer.share(bench.open(), url) for _ in range(2)] == [receipt] * 2
        assert [post.shares for post in bench.visible()] == [url]

    def test_what_we_share_is_told_where_that_costs_nothing(
        self, bench: SharingBench, sharer: Sharer
    ) -> None:
        url = bench.somebody_s()
        before = sharer.find(bench.open(), url)
        receipt = sharer.share(bench.open(), url)
        after = sharer.find(bench.open(), url)
        assert before is not None
        assert after is not None
        assert (before.receipt, before.looked) == (None, self.looks)
        assert (after.receipt, after.looked) == (receipt if self.looks else None, self.looks)

    def test_two_posts_are_shared_each_by_itself(self, bench: SharingBench, sharer: Sharer) -> None:
        urls = [bench.somebody_s(1), bench.somebody_s(2)]
        receipts = [sharer.share(bench.open(), url, f"key-{url}") for url in urls]
        assert [post.shares for post in bench.visible()] == urls
        able(bench.open()).unshare(receipts[0])
        assert [post.shares for post in bench.visible()] == urls[1:]

    def test_a_share_is_taken_back_and_again_without_an_error(
        self, bench: SharingBench, sharer: Sharer
    ) -> None:
        url = bench.somebody_s()
        receipt = sharer.share(bench.open(), url)
        for _ in range(2):
            able(bench.open()).unshare(receipt)
            assert bench.visible() == []
        able(bench.open()).unshare(Receipt(remote_id=self.unknown_id))
        assert sharer.find(bench.open(), url) is not None, "the post itself is gone"

    def test_a_share_is_none_of_our_posts(self, bench: SharingBench, sharer: Sharer) -> None:
        sharer.share(bench.open(), bench.somebody_s())
        assert list(bench.open().recent(a_moment_ago())) == []

    def test_what_is_not_there_is_refused_or_not_found_and_nothing_is_public(
        self, bench: SharingBench, sharer: Sharer
    ) -> None:
        channel, url = bench.open(), bench.gone()
        try:
            found = sharer.find(channel, url)
        except RejectedError:
            found = None
        if found is not None:  # nobody was asked yet
            with pytest.raises(RejectedError):
                sharer.share(channel, url)
        assert bench.visible() == []


class SharingFaultContract(SharingContract):
    """``sharing`` is what differs from the table of publishing in tests/fakes/faults.py."""

    sharing: ClassVar[Mapping[Fault, tuple[type[ChannelError], int]]] = {}

    def outcome_of_sharing(self, fault: Fault) -> tuple[type[ChannelError], int]:
        return self.sharing.get(fault, PUBLISHING[fault])

    @pytest.mark.parametrize("trouble", list(Fault))
    def test_a_fault_while_sharing_says_what_may_have_happened_and_no_secret(
        self, bench: FallibleSharingBench, sharer: Sharer, trouble: Fault, caplog: pytest.LogCaptureFixture
    ) -> None:
        expected, visible = self.outcome_of_sharing(trouble)
        url = bench.somebody_s()
        channel = bench.open()
        sharing = sharer.asked(channel, url, KEY)
        found = able(channel).find(sharing)
        assert found is not None
        with (
            caplog.at_level(logging.DEBUG, logger="bot"),
            bench.failing(trouble, "share"),
            pytest.raises(ChannelError) as caught,
        ):
            able(bench.open()).share(sharing, found)
        assert type(caught.value) is expected
        assert [post.shares for post in bench.visible()] == [url] * visible
        logged = [record.getMessage() for record in caplog.records if record.name.startswith("bot")]
        told = "\n".join([*said(caught.value), *logged])
        assert [secret for secret in bench.secrets if secret in told] == []
        if isinstance(caught.value, RateLimited):
            assert caught.value.retry_at > datetime.now(UTC)
        self.settles(bench, sharer, url, visible=visible)

    def settles(self, bench: FallibleSharingBench, sharer: Sharer, url: str, *, visible: int) -> None:
        """See that what became public is told, and that to share it again leaves exactly one."""
        found = sharer.find(bench.open(), url)
        assert found is not None
        assert (found.receipt is not None) == (self.looks and visible == 1)
        sharer.share(bench.open(), url)
        assert [post.shares for post in bench.visible()] == [url]

    @pytest.mark.parametrize("trouble", list(Fault))
    @pytest.mark.parametrize("method", ["find", "unshare"])
    def test_finding_and_taking_back_are_never_in_doubt(
        self, bench: FallibleSharingBench, sharer: Sharer, method: str, trouble: Fault
    ) -> None:
        url = bench.somebody_s()
        receipt = sharer.share(bench.open(), url)
        attempts: dict[str, Callable[[Channel], object]] = {
            "find": lambda channel: sharer.find(channel, url),
            "unshare": lambda channel: able(channel).unshare(receipt),
        }
        with bench.failing(trouble, method):
            if method == "find" and not self.asks:
                assert attempts[method](bench.open()) is not None
                return
            with pytest.raises(ChannelError) as caught:
                attempts[method](bench.open())
        assert type(caught.value) is HARMLESS[trouble]
        attempts[method](bench.open())
        assert len(bench.visible()) == (method == "find")
