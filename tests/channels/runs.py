"""A whole run, from a configuration and a page in a file to a network on loopback, in this process."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.cli import main
from tests.channels.messages import PNG

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """
[wiki]
contact = "https://wiki.example/wiki/User:NewsBot"

[[pages]]
file = "news.wikitext"
article_path = "https://wiki.example/wiki/$1"

"""
TODAY = datetime.now(UTC).date().isoformat()
NEWS = (
    f"* '''{TODAY}''': '''[[MediaWiki 1.46]]''' is out & <ready>! [[File:Logo.png|thumb|alt=The new logo]]\n"
)
TEXT = "MediaWiki 1.46 is out & <ready>!"
URL = "https://wiki.example/wiki/MediaWiki_1.46"


def typed(folder: Path, *words: str) -> int:
    """Type a command line and return how it ended."""
    with pytest.raises(SystemExit) as ended:
        main(["--config", str(folder / "news.toml"), *words])
    assert isinstance(ended.value.code, int)
    return ended.value.code


def publish_news(folder: Path, channel: str, *, picture: bytes = PNG, name: str = "Logo.png") -> None:
    """Publish ``NEWS`` on the channel that the TOML describes; a second run has nothing to do."""
    (folder / "news.toml").write_text(PAGE + channel, encoding="utf-8")
    (folder / "news.wikitext").write_text(NEWS.replace("Logo.png", name), encoding="utf-8")
    (folder / name).write_bytes(picture)
    assert typed(folder, "sync", "--backfill", "1") == 0
    assert typed(folder, "sync") == 0
