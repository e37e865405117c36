"""Starts a server in a process group of its own and ends the whole group again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from tests.servers.debian import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

START = 30.0  # seconds until a server must answer
STOP = 5.0  # seconds for it to end when asked
# The group ends with the server, and with us however we end: then nobody holds the other end of the pipe.
TOGETHER = '("$@" </dev/null; kill -TERM 0) & cat >/dev/null; kill -TERM 0'


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Say whether somebody listens on that port of loopback."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@contextmanager
def running(
    what: str, command: Sequence[str], *, log: Path, environment: Mapping[str, str], ready: Callable[[], bool]
) -> Iterator[None]:
    """Run ``command`` until the end of the block, which begins when ``ready()`` says so."""
    with (
        log.open("ab") as out,
        subprocess.Popen(
            ["sh", "-c", TOGETHER, "sh", *command],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=out,
            env=environment,
            start_new_session=True,
        ) as process,
    ):
        try:
            _await(what, process, log, ready)
            yield
        finally:
            _end(process)


def _await(what: str, process: subprocess.Popen[bytes], log: Path, ready: Callable[[], bool]) -> None:
    end = time.monotonic() + START
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            said = log.read_text(encoding="utf-8", errors="replace")[-500:]
            raise Unavailable(f"{what}: the server did not come up; it said: {said or 'nothing'}")
        time.sleep(0.05)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the whole group: workers outlive their parent."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=STOP)
    end = time.monotonic() + 1  # for the kernel to be done with the last of them
    with suppress(ProcessLookupError):
        while time.monotonic() < end:
            os.killpg(process.pid, 0)
            time.sleep(0.01)
