"""What a test needs of a network that it stands up itself, whatever that network speaks.

``LoopbackServer`` (tests/fakes/loopback.py) is one that speaks HTTP; IRC and SMTP have servers of their own.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from tests.fakes.faults import Fault


@dataclass(frozen=True, kw_only=True, slots=True)
class Visible:
    """A post as its readers see it: plain text, and pictures as contents with their alt texts.

    ``remote_id`` is what the channel's receipt calls it. ``shares`` is the address of somebody's post that is
    shared, without a word of our own.
    """

    remote_id: str
    text: str
    pictures: tuple[tuple[bytes, str], ...] = ()
    reply_to: str | None = None
    content_warning: str | None = None
    language: str | None = None
    shares: str | None = None


class Hook(Protocol):
    """What a test wants done at a moment of a request's."""

    def __call__(self, moment: str, request: str, /) -> object: ...


class FakeNetwork(Protocol):
    """A network on loopback that remembers what it was asked, and fails when it is told to.

    A request is named ``"METHOD /path"``, or as the network's own protocol calls its commands; ``posting`` is
    what the one begins with that makes a post public. ``requests`` is every one of them in order, ``writes``
    those that changed something there, ``complaints`` those that no correct client makes.

    ``at`` is called, in the thread that serves the request, with ``"arrived"`` and the request before
    anything is done about it, and with ``"accepted"`` and the request when it has been carried out and the
    reply is about to leave: a test that wants the sender to die, or to wait, there does it from it.
    """

    at: Hook

    @property
    def posting(self) -> str: ...

    @property
    def url(self) -> str:
        """What the configuration calls ``server``."""
        ...

    @property
    def requests(self) -> list[str]: ...

    @property
    def writes(self) -> Sequence[str]: ...

    @property
    def complaints(self) -> list[str]: ...

    def visible(self) -> list[Visible]:
        """Return what the public sees, oldest first."""
        ...

    def fail(self, *faults: Fault, on: str = "") -> None:
        """Script the coming requests that begin with ``on``, in order; ``""`` stands for ``posting``.

        Raises ``ValueError`` for a fault that this network cannot have.
        """
        ...

    def offline(self) -> AbstractContextManager[None]:
        """Nobody listens at the address for a while."""
        ...

    def land(self) -> None:
        """Wait until every request that is on its way has been carried out; nobody is connected then."""
        ...

    def snapshot(self) -> object:
        """Return all that the network remembers, to be given to ``restore`` any number of times."""
        ...

    def restore(self, snapshot: object) -> None:
        """Remember only what was remembered when the snapshot was taken; forget the requests too."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


N = TypeVar("N", bound=FakeNetwork)


@contextmanager
def running(network: N) -> Iterator[N]:
    """Start a network for a test; a request that no correct client makes fails the test."""
    with network:
        yield network
    assert network.complaints == []
