"""A clock that a test sets on, for a real wiki and whoever reads it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.mediawiki import MediaWiki

FILE = "ahead"
# MediaWiki's own means for its tests: https://doc.wikimedia.org/mediawiki-libs-Timestamp/master/
PHP = """
Wikimedia\\Timestamp\\ConvertibleTimestamp::setFakeTime(
	static fn () => time() + (int)file_get_contents( __DIR__ . '/ahead' )
);
"""


@dataclass(kw_only=True)
class Clock:
    """The wiki's time is ``ahead`` of the real one: it can be set on, and never back."""

    wiki: MediaWiki
    ahead: timedelta = timedelta(0)

    @property
    def now(self) -> datetime:
        """What it shows."""
        return datetime.now(UTC) + self.ahead

    def pass_time(self, span: timedelta) -> None:
        """Set it on."""
        self.ahead += span
        (self.wiki.folder / FILE).write_text(f"{self.ahead.total_seconds():.0f}", encoding="ascii")


@contextmanager
def clock(wiki: MediaWiki, settings: str = "") -> Iterator[Clock]:
    """Let the wiki's clock be set during the block; after it, the time is the real one again.

    ``settings`` are PHP that is to hold for the wiki as long.
    """
    file = wiki.folder / FILE
    file.write_text("0", encoding="ascii")
    try:
        with wiki.configured(PHP + settings):
            yield Clock(wiki=wiki)
    finally:
        file.unlink()
