"""On what the channels' contract is tried: one network with one channel on it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, Protocol

from tests.fakes.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from bot.channels.base import Channel
    from tests.fakes.network import FakeNetwork, Visible

PATIENT = (10.0, 30.0)  # seconds; a machine that is busy must not look like a server that is slow
IMPATIENT = (10.0, 0.3)


class Bench(Protocol):
    """One network with one channel on it."""

    def open(self) -> Channel:
        """Open the channel as a new process does, knowing nothing of earlier ones."""
        ...

    def visible(self) -> list[Visible]:
        """Return what the public sees, oldest first."""
        ...


class FallibleBench(Bench, Protocol):
    """One with a network between us and it; ``secrets`` are those that it is opened with."""

    @property
    def secrets(self) -> tuple[str, ...]: ...

    def failing(self, fault: Fault, method: str) -> AbstractContextManager[None]:
        """Let the next request of ``method`` meet ``fault``; a channel opened inside notices it soon."""
        ...


class FakeBench:
    """A channel on a fake network: inherit it and give ``open``, ``requests`` and ``secrets``.

    ``requests`` names what the request begins with that each method of a channel makes. ``open`` gives its
    channel ``timeout``, in seconds for connecting and for an answer.
    """

    requests: ClassVar[Mapping[str, str]]
    secrets: tuple[str, ...]

    def __init__(self, network: FakeNetwork) -> None:
        self.network = network
        self.timeout = PATIENT

    def visible(self) -> list[Visible]:
        return self.network.visible()

    @contextmanager
    def failing(self, fault: Fault, method: str) -> Iterator[None]:
        if fault is Fault.REFUSED:
            with self.network.offline():
                yield
            return
        self.network.fail(fault, on=self.requests[method])
        self.timeout = IMPATIENT if fault.is_slow else PATIENT
        yield
        self.timeout = PATIENT
