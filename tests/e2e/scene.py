"""A scene for the table of attacks: a news page on the real wiki, its bot, and what the public sees of it."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.servers.pywikibot import CODE, FAMILY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.servers.clock import Clock
    from tests.servers.mediawiki import MediaWiki

ROOT = Path(__file__).parents[2]
OLD = "* 2026-01-10: [[Old news]], on the page before the bot."
STOP = "User:NewsBot/run"
CONFIG = """
[wiki]
family = "{family}"
code = "{code}"
contact = "https://wiki.example/wiki/User:NewsBot"
{wiki}

[[pages]]
{pages}

[gate]
stop_page = "{stop}"
{gate}

[[channels]]
name = "feed"
network = "feed"
path = "public"
{channels}
"""

_numbers = itertools.count(1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Keeper:
    """Talks with tests/e2e/gatekeeper.py in its process."""

    process: subprocess.Popen[str]

    def run(self, folder: Path, *, ahead: timedelta, **options: Any) -> Any:
        """Have one run done and return its report."""
        told = {"folder": str(folder), "ahead": ahead.total_seconds(), **options}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the process ended; see standard error"
        return json.loads(line)


@contextmanager
def keeper(environment: Mapping[str, str]) -> Iterator[Keeper]:
    """Start the process, with warnings as errors but for one of a library's (see pyproject.toml)."""
    ignored = "ignore:pkg_resources is deprecated:DeprecationWarning"
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-W", ignored, "-m", "tests.e2e.gatekeeper"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | environment,
        cwd=ROOT,
        text=True,
    ) as process:
        try:
            yield Keeper(process=process)
        finally:
            assert process.stdin is not None
            process.stdin.close()


@dataclass(kw_only=True)
class Scene:
    """A page of its own with one old item on it, and a bot that has seen it once.

    In what a step says, ``{title}`` is the page, ``{own}`` what the pages of this scene's bot begin with, and
    ``{n}`` a number that no other scene has; ``{today}`` is the day on which it begins, and ``{soon}`` in a
    quarter of an hour; ``{wiki}`` is before the names of the wiki's pages in a URL.
    """

    clock: Clock
    keeper: Keeper
    folder: Path
    number: int = field(default_factory=lambda: next(_numbers))
    public: list[str] = field(default_factory=list)
    report: Any = None
    today: str = field(init=False)

    def __post_init__(self) -> None:
        self.today = self.clock.now.date().isoformat()

    @property
    def wiki(self) -> MediaWiki:
        return self.clock.wiki

    def told(self, text: str) -> str:
        soon = (self.clock.now + timedelta(minutes=15)).isoformat(timespec="minutes")
        names = {
            "{title}": self.title,
            "{own}": self.own,
            "{n}": str(self.number),
            "{today}": self.today,
            "{soon}": soon,
            "{wiki}": f"{self.wiki.url}/wiki",
        }
        for name, value in names.items():
            text = text.replace(name, value)
        return text

    @property
    def title(self) -> str:
        return f"Template:Besieged news {self.number}"

    @property
    def own(self) -> str:
        return f"Project:Herald {self.number}"

    def configure(self, **parts: str) -> None:
        """Write news.toml of these parts of ``CONFIG``."""
        text = CONFIG.format(
            family=FAMILY, code=CODE, **{name: self.told(value) for name, value in parts.items()}
        )
        (self.folder / "news.toml").write_text(text, encoding="utf-8")

    def run(self, **options: Any) -> Any:
        """Run the bot once."""
        self.report = self.keeper.run(self.folder, ahead=self.clock.ahead, **options)
        assert "raised" not in self.report, self.report
        return self.report

    def entries(self, channel: str = "public") -> list[Mapping[str, Any]]:
        """What the feed has, the oldest first."""
        file = self.folder / channel / "feed.json"
        if not file.exists():
            return []
        told: Any = json.loads(file.read_text(encoding="utf-8"))
        return list(reversed(told["items"]))

    def key(self, text: str) -> str:
        """The key of the item that was published with that text."""
        posts = [post for post in self.report["posts"] if post["parts"][0]["text"] == text]
        key: str = posts[0]["item"]
        return key

    def texts(self) -> list[str]:
        return [entry["content_text"] for entry in self.entries()]
