"""The bot as a maintainer runs it: a folder with its files, and real processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.mastodon import MastodonServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[2]
TIMEOUT = 120

# As the tests themselves run (pyproject.toml): a warning is an error, but for one of a library's.
PYTHON = (
    *(sys.executable, "-W", "error", "-W", "ignore:pkg_resources is deprecated:DeprecationWarning"),
    *("-W", "ignore:'imghdr' is deprecated:DeprecationWarning"),
)

FEED = """
[[channels]]
name = "feed"
network = "feed"
path = "public"
url = "https://newsbot.example.org/"
"""

MASTODON = """
[[channels]]
name = "wikis-world"
network = "mastodon"
server = "{server}"
token_env = "MASTODON_TOKEN"
hashtags = ["MediaWiki"]
"""

FILE_PAGE = """
[wiki]
contact = "https://wiki.example/User:NewsBot"

[[pages]]
file = "news.wikitext"
title = "Template:News"
article_path = "https://wiki.example/wiki/$1"
"""

OLD = "* '''2026-01-10''': [[Old news]], on the page before the bot."
NEW = "* '''{date}''': '''[[MediaWiki 1.46]]''' is out! <!-- herald: id=mw146 -->"


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(kw_only=True, slots=True)
class Bot:
    """The folder and the environment of a bot; ``run`` is a process that ends by itself."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def configure(self, text: str) -> None:
        (self.folder / "news.toml").write_text(text, encoding="utf-8")

    def write_page(self, *lines: str, name: str = "news.wikitext") -> None:
        (self.folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    def run(self, *arguments: str, **environment: str) -> Done:
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment_with(**environment),
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Done(code=done.returncode, out=done.stdout, err=done.stderr)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment_with(**environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def command(self, *arguments: str) -> list[str]:
        return [*PYTHON, "-m", "bot", *arguments]

    def environment_with(self, **more: str) -> dict[str, str]:
        kept = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(self.folder)}
        return {**kept, **self.environment, **more}

    def everything(self) -> dict[str, bytes]:
        """Every file in the folder with its content: what a simulation must not change."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }


@pytest.fixture
def bot(tmp_path: Path) -> Bot:
    folder = tmp_path / "bot"
    folder.mkdir()
    return Bot(folder=folder)


@pytest.fixture
def mastodon() -> Iterator[MastodonServer]:
    """A loopback server that speaks Mastodon's API and complains about what the real one would refuse."""
    with MastodonServer() as server:
        yield server
    assert server.complaints == []
