"""What every channel makes of the faults of its network, shown of each in the same way."""

from __future__ import annotations

import logging
import traceback
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from bot.errors import AmbiguousError, ChannelError, PermanentError, RateLimited
from tests.channels.contract import Contract
from tests.channels.messages import LINK, a_moment_ago
from tests.fakes.faults import HARMLESS, PUBLISHING, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.channels.base import Channel
    from bot.model import Receipt
    from tests.channels.bench import FallibleBench
    from tests.channels.contract import Sender

METHODS = frozenset({"recent", "edit", "delete", "limits", "account"})


class FaultContract(Contract):
    """Inherit it beside ``ChannelContract``.

    ``asking`` names the methods, besides ``publish``, that ask the network: the others must work without one,
    or be refused. ``impossible`` are the faults that the network cannot have, each with the reason.
    ``publishing`` and ``harmless`` are what differs from the tables in tests/fakes/faults.py.
    """

    asking: ClassVar[frozenset[str]] = METHODS
    impossible: ClassVar[Mapping[Fault, str]] = {}
    publishing: ClassVar[Mapping[Fault, tuple[type[ChannelError], int]]] = {}
    harmless: ClassVar[Mapping[Fault, type[ChannelError]]] = {}

    @classmethod
    def pytest_generate_tests(cls, metafunc: pytest.Metafunc) -> None:
        """Try the faults that the network can have, on the methods that ask it."""
        contract = metafunc.cls
        assert contract is not None
        assert issubclass(contract, FaultContract)
        if "fault" in metafunc.fixturenames:
            metafunc.parametrize("fault", [fault for fault in Fault if fault not in contract.impossible])
        if "asking_method" in metafunc.fixturenames:
            metafunc.parametrize("asking_method", sorted(contract.asking))

    def outcome(self, fault: Fault) -> tuple[type[ChannelError], int]:
        """Return the error that publishing under a fault must raise, and how many posts it leaves visible."""
        return self.publishing.get(fault, PUBLISHING[fault])

    def attempt(self, method: str, channel: Channel, receipt: Receipt) -> object:
        """Call one of the methods that may be repeated."""
        attempts: dict[str, Callable[[], object]] = {
            "recent": lambda: channel.recent(a_moment_ago()),
            "edit": lambda: channel.edit(receipt, self.outgoing("edited")),
            "delete": lambda: channel.delete(receipt),
            "limits": channel.limits,
            "account": channel.account,
        }
        return attempts[method]()

    def can(self, method: str) -> bool:
        ability = {"recent": "read_back"}.get(method, method)
        return bool(getattr(self.capabilities, ability, True))

    def test_a_fault_says_what_may_have_happened_and_no_secret(
        self, bench: FallibleBench, sender: Sender, fault: Fault, caplog: pytest.LogCaptureFixture
    ) -> None:
        expected, visible = self.outcome(fault)
        with (
            caplog.at_level(logging.DEBUG, logger="bot"),
            bench.failing(fault, "publish"),
            pytest.raises(ChannelError) as caught,
        ):
            sender.publish(bench.open(), self.outgoing())
        assert type(caught.value) is expected
        assert len(bench.visible()) == visible
        logged = [record.getMessage() for record in caplog.records if record.name.startswith("bot")]
        told = "\n".join([*said(caught.value), *logged, repr(bench.open())])
        assert [secret for secret in bench.secrets if secret in told] == []

    def test_the_same_key_again_makes_it_exactly_one_where_keys_count(
        self, bench: FallibleBench, sender: Sender, fault: Fault
    ) -> None:
        """Where they do not, what was accepted is doubled: that is why the engine must not repeat."""
        accepted = self.outcome(fault)[1]
        with bench.failing(fault, "publish"), pytest.raises(ChannelError):
            sender.publish(bench.open(), self.outgoing())
        if accepted and self.refuses_duplicates:
            with pytest.raises(AmbiguousError):
                sender.publish(bench.open(), self.outgoing())
            assert len(bench.visible()) == 1
            return
        receipt = sender.publish(bench.open(), self.outgoing())
        known_again = self.capabilities.idempotent is not None or self.names_duplicates
        before = 0 if known_again else accepted
        assert [post.remote_id for post in bench.visible()][before:] == [receipt.remote_id]

    def test_what_became_public_without_our_hearing_it_is_found_again(
        self, bench: FallibleBench, sender: Sender, fault: Fault
    ) -> None:
        """Where nobody can read, it is not: such a delivery is in doubt until a person looks."""
        sent = self.outgoing()
        with bench.failing(fault, "publish"), pytest.raises(ChannelError):
            sender.publish(bench.open(), sent)
        if not self.capabilities.read_back:
            with pytest.raises(PermanentError):
                bench.open().recent(a_moment_ago())
            return
        found = [(post.text, LINK in post.links) for post in bench.open().recent(a_moment_ago())]
        assert found == [(sent.part.text, True)] * self.outcome(fault)[1]

    def test_what_can_be_repeated_is_never_in_doubt(
        self, bench: FallibleBench, sender: Sender, asking_method: str, fault: Fault
    ) -> None:
        expected = self.harmless.get(fault, HARMLESS[fault])
        receipt = sender.publish(bench.open(), self.outgoing())
        with bench.failing(fault, asking_method), pytest.raises(ChannelError) as caught:
            self.attempt(asking_method, bench.open(), receipt)
        assert type(caught.value) is expected
        told = "\n".join(said(caught.value))
        assert [secret for secret in bench.secrets if secret in told] == []
        self.attempt(asking_method, bench.open(), receipt)

    def test_what_asks_nobody_works_without_a_network_or_is_refused(
        self, bench: FallibleBench, sender: Sender
    ) -> None:
        receipt = sender.publish(bench.open(), self.outgoing())
        for method in METHODS - self.asking:
            with bench.failing(Fault.REFUSED, method):
                channel = bench.open()
                if self.can(method):
                    assert self.attempt(method, channel, receipt) is not None
                else:
                    with pytest.raises(PermanentError):
                        self.attempt(method, channel, receipt)

    def test_a_rate_limit_says_when_to_come_back(self, bench: FallibleBench, sender: Sender) -> None:
        if Fault.RATE_LIMITED in self.impossible:
            assert self.impossible[Fault.RATE_LIMITED]
            return
        with bench.failing(Fault.RATE_LIMITED, "publish"), pytest.raises(ChannelError) as caught:
            sender.publish(bench.open(), self.outgoing())
        now = datetime.now(UTC)
        if self.outcome(Fault.RATE_LIMITED)[0] is RateLimited:
            assert isinstance(caught.value, RateLimited)
            assert now < caught.value.retry_at <= now + timedelta(days=1)


def said(error: BaseException) -> list[str]:
    """Return all that could be shown of an error and of those that it came from."""
    chain: list[Any] = []
    one: BaseException | None = error
    while one is not None:
        chain += [str(one), repr(one)]
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return chain + traceback.format_exception(error)
