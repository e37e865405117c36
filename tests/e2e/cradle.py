"""Where the kill test's processes begin, at the price of a fork each."""

from __future__ import annotations

import os
import select
import signal
import subprocess
from typing import TYPE_CHECKING, Self

from tests.e2e.conftest import PYTHON, ROOT, TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.e2e.dying import Order


PICTURES = "bot.wiki.fitting"  # which every process with a picture would wait for


class Cradle:
    """Where processes of the bot begin: one at a time, each a fork of one that has imported everything.

    ``imports`` are modules besides those of the bot itself.
    """

    def __init__(self, imports: Iterable[str]) -> None:
        self._imports = sorted({PICTURES, *imports})

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [*PYTHON, "-m", "tests.e2e.dying", *self._imports],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self._child: int | None = None
        return self

    def __exit__(self, *_: object) -> None:
        if self._child is not None:
            os.kill(self._child, signal.SIGKILL)
        self._process.communicate(timeout=TIMEOUT)

    def start(self, order: Order) -> int:
        """Begin a process and return its id."""
        assert self._process.stdin is not None
        self._process.stdin.write(order.to_line())
        self._child = self._answer(TIMEOUT)
        return self._child

    def wait(self, *, within: float = TIMEOUT) -> int:
        """Wait for its end and return how it ended, as ``Popen.returncode``."""
        code = self._answer(within)
        self._child = None
        return code

    def _answer(self, within: float) -> int:
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], within)
        assert ready, f"the process did not end within {within} seconds"
        line = self._process.stdout.readline()
        assert line, "the process that begins all others has ended; see its standard error"
        return int(line)
