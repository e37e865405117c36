"""The bot as its maintainer runs it: a folder, a news.toml, an environment, and processes."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import process

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.servers.pywikibot import PywikibotDir

ROOT = Path(__file__).parents[1]
PEAK = str(Path(__file__).with_name("peak.py"))

WIKI = """
[wiki]
contact = "https://wiki.example/User:NewsBot"
{site}

[delivery]
max_age = "9999d"
"""
SITE = """
family = "{family}"
code = "{code}"
"""
MASTODON = """
[[channels]]
name = "{name}"
network = "mastodon"
server = "{server}"
token_env = "{token_env}"
"""
PAGE = """
[[pages]]
title = "{title}"
"""
FILE_PAGE = """
[[pages]]
file = "news.wikitext"
title = "{title}"
article_path = "https://wiki.example/wiki/$1"
"""


@dataclass(kw_only=True, slots=True)
class Bot:
    """A bot in a folder of its own."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def configure(
        self,
        *,
        servers: Sequence[str],
        token: str,
        titles: Sequence[str] = (),
        wiki: PywikibotDir | None = None,
        page: str | None = None,
    ) -> None:
        """Write news.toml: pages of a wiki, or ``page``, the text of one on disk; and a channel a server."""
        self.folder.mkdir(parents=True, exist_ok=True)
        text = WIKI.format(site=SITE.format(family=wiki.family, code=wiki.code) if wiki else "")
        if page is not None:
            (self.folder / "news.wikitext").write_text(page, encoding="utf-8")
            text += FILE_PAGE.format(title=titles[0])
        else:
            text += "".join(PAGE.format(title=title) for title in titles)
        for number, server in enumerate(servers):
            name = f"channel-{number}"
            variable = f"TOKEN_{number}"
            self.environment[variable] = token
            text += MASTODON.format(name=name, server=server, token_env=variable)
        (self.folder / "news.toml").write_text(text, encoding="utf-8")
        if wiki is not None:
            self.environment["PYWIKIBOT_DIR"] = str(wiki.path)

    def sync(self) -> float:
        """Run once and return the seconds that it took."""
        return python("-m", "bot", "sync", folder=self.folder, environment=self.environment)

    def peak(self) -> int:
        """Run once and return the bytes of memory that it took at its peak."""
        file = self.folder / "peak"
        python("-P", PEAK, str(file), "bot", "sync", folder=self.folder, environment=self.environment)
        return int(file.read_text(encoding="utf-8"))


def python(*arguments: str, folder: Path, environment: Mapping[str, str]) -> float:
    """Run Python with nothing of this machine's environment but what it needs; return the seconds."""
    kept = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(ROOT)}
    return process([sys.executable, *arguments], folder=folder, environment=kept | dict(environment))


def items(count: int, *, first: int = 0) -> str:
    """Return the text of a page with so many items."""
    lines = (
        f"* '''2026-11-{number % 28 + 1:02}''': '''[[Release {number}]]''' is out and mends fault {number}."
        for number in range(first, first + count)
    )
    return "\n".join(lines) + "\n"
