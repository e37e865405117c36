"""The engine's world as fixtures."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.sync.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

OLD = "'''2026-11-10''': Old news, on the page before the bot. <!-- herald: id=old -->"


@pytest.fixture
def world(tmp_path: Path, ledger_url: str) -> World:
    """A wiki with no page yet and one channel; the ledger is one of both kinds of database in turn."""
    return World(folder=tmp_path, ledger_url=ledger_url)


@pytest.fixture
def followed(world: World) -> World:
    """The same an hour after the bot saw the page with one old item for the first time."""
    world.page(OLD)
    world.run()
    world.pass_time(hours=1)
    return world


@pytest.fixture
def shared_memory() -> Iterator[Path]:
    """A folder in memory where there is one: for a database that nobody needs after a power cut."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder in it is made by tempfile
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)
