"""The networks as a whole."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot.channels.base import NETWORKS, specs


def test_looking_one_network_up_imports_no_other() -> None:
    code = (
        "import sys; from bot.channels.base import specs; 'mastodon' in specs(); list(specs());"
        "specs()['feed']; sys.exit(any(f'bot.channels.{name}' in sys.modules for name in ('mastodon', 'x')))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_is_called_in_its_spec_as_everywhere(name: str) -> None:
    assert specs()[name].network == name


def test_a_network_that_there_is_not_is_in_no_spec() -> None:
    assert "usenet" not in specs()
    assert len(specs()) == len(NETWORKS)
