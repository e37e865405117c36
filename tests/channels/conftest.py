"""The servers that the channels' tests talk to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.linkedin import LinkedInServer
from tests.fakes.mastodon import MastodonServer
from tests.fakes.network import running
from tests.fakes.x import XServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def linkedin() -> Iterator[LinkedInServer]:
    """A server of LinkedIn's API; a request that no correct client makes fails the test."""
    with running(LinkedInServer()) as server:
        yield server


@pytest.fixture
def mastodon() -> Iterator[MastodonServer]:
    """A server of Mastodon's API; a request that no correct client makes fails the test."""
    with running(MastodonServer()) as server:
        yield server


@pytest.fixture
def x() -> Iterator[XServer]:
    """A server of X's API; a request that no correct client makes fails the test."""
    with XServer() as server:
        yield server
    assert server.complaints == []
