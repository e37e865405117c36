"""Talks with tests/wiki/driver.py in its process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.servers.pywikibot import CODE, FAMILY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
CONTACT = "https://wiki.example/wiki/User:NewsBot"


class Raised(Exception):  # noqa: N818 - what happened, as a value
    """The driver's error: its class, its text, and after how many seconds it came."""

    def __init__(self, kind: str, message: str, seconds: float) -> None:
        self.kind = kind
        self.message = message
        self.seconds = seconds
        super().__init__(f"{kind}: {message}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Child:
    process: subprocess.Popen[str]

    def tell(self, command: str, *arguments: object) -> Any:
        """Have a command done and return what came of it; raises ``Raised``."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([command, *arguments]) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the process ended; see standard error"
        answer = json.loads(line)
        if "raised" in answer:
            raise Raised(answer["raised"], answer["message"], answer["seconds"])
        return answer["done"]

    def open(
        self, family: str | None = FAMILY, code: str | None = CODE, arguments: Sequence[str] = ()
    ) -> Any:
        return self.tell("open", family, code, CONTACT, list(arguments))

    def read(self, *wanted: str | tuple[str, int | None]) -> Any:
        return self.tell("read", *((item, None) if isinstance(item, str) else item for item in wanted))


@contextmanager
def child(environment: Mapping[str, str], *options: str, errors: Path | None = None) -> Iterator[Child]:
    """Start the driver, with warnings as errors; ``options`` come on its command line."""
    with (
        (errors or Path(os.devnull)).open("w") as said,
        subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.wiki.driver", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if errors is None else said,
            env=environment,
            cwd=ROOT,
            text=True,
        ) as process,
    ):
        try:
            yield Child(process=process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
