"""What a feed makes of crashes, of folders it may not write to, and of files that are not its own."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.errors import TransientError
from tests.channels.benches import FeedBench
from tests.channels.messages import outgoing, picture

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = ("atom.xml", "feed.json", "index.html")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def bench(tmp_path: Path) -> FeedBench:
    return FeedBench(tmp_path)


class TestInterruptions:
    @pytest.mark.parametrize("lost", [{"atom.xml"}, {"index.html"}, {"atom.xml", "index.html"}])
    def test_files_that_were_lost_are_made_again(self, bench: FeedBench, lost: set[str]) -> None:
        bench.open().publish(outgoing())
        whole = bench.contents()
        for name in lost:
            (bench.path / name).unlink()
        bench.open().publish(outgoing())
        assert bench.contents() == whole

    @pytest.mark.parametrize("arrived", [0, 1, 2])
    def test_a_run_that_died_between_the_files_is_completed_by_the_next(
        self, bench: FeedBench, arrived: int
    ) -> None:
        """The renames happen in a known order: bring about each state that a crash can leave."""
        bench.at(NOON).publish(outgoing("One", key="1"))
        before = bench.contents()
        bench.at(NOON).publish(outgoing("Two", key="2"))
        whole = bench.contents()
        for name in ("atom.xml", "index.html", "feed.json")[arrived:]:
            (bench.path / name).write_bytes(before[name])
            (bench.path / f".{name}.new").write_bytes(whole[name][: len(whole[name]) // 2])
        assert [post.text for post in bench.visible()] == ["One"]
        bench.at(NOON).publish(outgoing("Two", key="2"))
        assert bench.contents() == whole

    def test_a_first_run_that_died_before_its_memory_was_written_is_begun_again(
        self, bench: FeedBench
    ) -> None:
        bench.open().publish(outgoing())
        (bench.path / "feed.json").unlink()
        bench.open().publish(outgoing())
        assert len(bench.visible()) == 1

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full, a disk without room")
    @pytest.mark.parametrize("full", FILES)
    def test_a_full_disk_puts_the_post_off_and_leaves_the_feed_whole(
        self, bench: FeedBench, full: str
    ) -> None:
        bench.open().publish(outgoing("One", key="1"))
        before = bench.contents()
        (bench.path / f".{full}.new").symlink_to("/dev/full")
        with pytest.raises(TransientError, match=rf"{full}: No space left on device"):
            bench.open().publish(outgoing("Two", key="2"))
        assert bench.contents() == before

    def test_a_folder_without_the_right_to_write_is_named(self) -> None:
        with public_folder() as folder, as_nobody(), pytest.raises(TransientError) as caught:
            FeedBench(folder).open().publish(outgoing())
        assert str(caught.value).startswith(f"{folder / 'public' / 'atom.xml'}: Permission denied")

    def test_a_folder_that_cannot_be_written_to_is_told_before_anything_is_published(self) -> None:
        with public_folder() as folder, as_nobody():
            obstacles = FeedBench(folder).open().account().obstacles
        assert obstacles == (f"the folder {folder / 'public'} cannot be written to",)

    def test_a_path_that_is_no_folder_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "public").write_text("a file")
        channel = FeedBench(tmp_path).open()
        with pytest.raises(TransientError, match="Not a directory"):
            channel.publish(outgoing())

    def test_no_half_written_file_stays(self, bench: FeedBench) -> None:
        bench.open().publish(replace(outgoing(), attachments=(picture(),)))
        assert not [name for name in bench.contents() if name.endswith(".new")]

    def test_everybody_may_read_the_files(self, bench: FeedBench) -> None:
        mask = os.umask(0o022)
        try:
            bench.open().publish(replace(outgoing(), attachments=(picture(),)))
        finally:
            os.umask(mask)
        assert {path.stat().st_mode & 0o777 for path in bench.path.rglob("*") if path.is_file()} == {0o644}


class TestForeignFiles:
    @pytest.mark.parametrize(
        "content",
        [
            "",
            "{",
            "[]",
            "null",
            '{"version": "https://jsonfeed.org/version/1.1", "title": "Mine", "items": []}',
            '{"_wikiherald": {"version": 1}, "items": []}',
            '{"_wikiherald": {"version": 1, "id": "", "updated": "2026-01-01", "dropped": []}, "items": [1]}',
            '{"_wikiherald": {"version": 2, "id": "", "updated": "2026-01-01", "dropped": []}, "items": []}',
            '{"_wikiherald": []}',
        ],
    )
    def test_a_feed_that_cannot_be_understood_is_left_as_it_is(self, bench: FeedBench, content: str) -> None:
        bench.path.mkdir()
        (bench.path / "feed.json").write_text(content)
        channel = bench.open()
        attempts = (
            lambda: channel.publish(outgoing()),
            lambda: channel.recent(NOON),
            channel.account,
        )
        for attempt in attempts:
            with pytest.raises(TransientError, match="mend it, move it away"):
                attempt()
        assert bench.contents() == {"feed.json": content.encode()}

    @pytest.mark.parametrize("name", ["index.html", "atom.xml"])
    def test_somebody_else_s_page_or_feed_is_left_as_it_is(self, bench: FeedBench, name: str) -> None:
        bench.path.mkdir()
        (bench.path / name).write_text("<html>My home page</html>")
        with pytest.raises(TransientError, match="not written by this program"):
            bench.open().publish(outgoing())
        assert list(bench.contents()) == [name]


@contextmanager
def public_folder() -> Iterator[Path]:
    """Make a folder that everybody may look into and only its owner may write to, but none for ``nobody``."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        yield Path(folder)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Have no rights, which root can only show by being somebody else."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
