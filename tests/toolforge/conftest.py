"""The container, and the wiki and the network that it talks to."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fakes.mastodon import MastodonServer
from tests.toolforge.container import ROOT, Container

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKOUT = ("Procfile", "toolforge")  # bot/ itself is where pip has installed it


@pytest.fixture
def container() -> Iterator[Container]:
    """A container that was built from this checkout."""
    # pytest's own temporary folders are closed to the stranger that the commands run as.
    with tempfile.TemporaryDirectory(prefix="toolforge-") as folder:
        container = Container(
            workspace=Path(folder) / "workspace",
            temporary=Path(folder) / "tmp",
            disk=Path(folder) / "disk",
        )
        for place in (container.workspace, container.temporary, container.disk):
            place.mkdir()
        container.temporary.chmod(0o1777)
        for name in CHECKOUT:
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, container.workspace / name)
        Path(folder).chmod(0o755)
        for path in (container.workspace, *container.workspace.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield container
        for path in (container.workspace, *container.workspace.rglob("*")):
            path.chmod(0o755)  # so that it can be removed


@pytest.fixture
def mastodon() -> Iterator[MastodonServer]:
    """A loopback server that speaks Mastodon's API and complains about what the real one would refuse."""
    with MastodonServer() as server:
        yield server
    assert server.complaints == []
