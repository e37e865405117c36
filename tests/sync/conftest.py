"""The engine's world as fixtures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sync.world import World

if TYPE_CHECKING:
    from pathlib import Path

OLD = "'''2026-11-10''': Old news, on the page before the bot. <!-- herald: id=old -->"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A wiki with no page yet and one channel."""
    return World(folder=tmp_path)


@pytest.fixture
def followed(world: World) -> World:
    """The same an hour after the bot saw the page with one old item for the first time."""
    world.page(OLD)
    world.run()
    world.pass_time(hours=1)
    return world
