from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
import requests

from tests.servers.debian import PROJECT, Unavailable
from tests.servers.process import free_port, listens, running

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.mediawiki import MediaWiki


def test_a_page_that_an_editor_saves_is_served(mediawiki: MediaWiki) -> None:
    revision = mediawiki.edit("Server test", "Good '''morning'''", user="Ann")
    shown = requests.get(f"{mediawiki.url}/wiki/Server_test", timeout=60).text
    assert revision == mediawiki.newest("Server test")
    assert "<b>morning</b>" in shown


def test_the_log_of_requests_holds_no_secrets(mediawiki: MediaWiki) -> None:
    with mediawiki.watched() as seen:
        mediawiki.edit("Logged test", "a", user="Somebody new")
    assert [request.parameters["action"] for request in seen].count("edit") == 1
    assert mediawiki.passwords["Somebody new"] not in repr(seen)


def test_a_server_that_ends_at_once_is_unavailable_and_says_what_it_said(tmp_path: Path) -> None:
    command = ["sh", "-c", "echo no such option; exit 1"]
    with (
        pytest.raises(Unavailable, match="no such option"),
        running("Nothing", command, log=tmp_path / "log", environment=os.environ, ready=lambda: False),
    ):
        pass


def test_the_workers_of_a_server_end_with_it(tmp_path: Path) -> None:
    port = free_port()
    command = ["sh", "-c", f"{sys.executable} -m http.server --bind 127.0.0.1 {port} & wait"]
    with running(
        "Worker", command, log=tmp_path / "log", environment=os.environ, ready=lambda: listens(port)
    ):
        assert listens(port)
    assert not listens(port)


def test_a_server_ends_even_if_its_owner_is_killed(tmp_path: Path) -> None:
    port = free_port()
    script = (
        "import os, signal; from pathlib import Path; from tests.servers.process import listens, running\n"
        f"command = [{sys.executable!r}, '-m', 'http.server', '--bind', '127.0.0.1', '{port}']\n"
        f"with running('Orphan', command, log=Path({str(tmp_path / 'log')!r}), environment=os.environ,\n"
        f"             ready=lambda: listens({port})):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    owner = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, check=False)
    assert owner.returncode == -signal.SIGKILL
    end = time.monotonic() + 10
    while listens(port) and time.monotonic() < end:
        time.sleep(0.05)
    assert not listens(port)
