"""What the terminal's reports are shown on: a log, and a terminal of a given width."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field

from rich.console import Console

from bot.report.terminal import Terminal

LONG_URL = "https://www.mediawiki.org/wiki/" + "Very_long_title_" * 12
CONTROLS = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|\]8;[^\x1b]*\x1b\\)")  # colours, the cursor, hyperlinks


@dataclass(kw_only=True)
class Screen:
    """A terminal (the class), and what it has printed on standard output and standard error."""

    terminal: Terminal
    stdout: io.StringIO = field(default_factory=io.StringIO)
    stderr: io.StringIO = field(default_factory=io.StringIO)

    @property
    def out(self) -> str:
        return self.stdout.getvalue()

    @property
    def err(self) -> str:
        return self.stderr.getvalue()

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def seen(self) -> str:
        """What a person sees: no controls, white space folded."""
        return " ".join(CONTROLS.sub("", self.out).split())


def log() -> Screen:
    stdout, stderr = io.StringIO(), io.StringIO()
    return Screen(
        terminal=Terminal(out=Console(file=stdout, width=40), err=Console(file=stderr, width=40)),
        stdout=stdout,
        stderr=stderr,
    )


def tty(width: int = 60) -> Screen:
    stdout, stderr = io.StringIO(), io.StringIO()

    def console(file: io.StringIO) -> Console:
        return Console(
            file=file, width=width, force_terminal=True, color_system="truecolor", legacy_windows=False
        )

    return Screen(terminal=Terminal(out=console(stdout), err=console(stderr)), stdout=stdout, stderr=stderr)
