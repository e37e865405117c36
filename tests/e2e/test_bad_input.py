"""Whatever a person gets wrong: a message that says what to do, the right exit code, and nothing lost."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import FEED, FILE_PAGE, MASTODON, ROOT, Bot
from tests.servers import pywikibot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.conftest import Done
    from tests.fakes.mastodon import MastodonServer
    from tests.servers.mediawiki import MediaWiki
    from tests.servers.pywikibot import PywikibotDir

TODAY = datetime.now(UTC).date().isoformat()
OLD = "* '''2026-01-10''': [[Old news]], on the page before the bot."
NEW = f"* '''{TODAY}''': '''[[MediaWiki 1.46]]''' is out! <!-- herald: id=mw146 -->"


@pytest.fixture
def feeding(bot: Bot) -> Bot:
    """A bot with a page in a file and a feed, which has seen the page once."""
    bot.configure(FILE_PAGE + FEED)
    bot.write_page(OLD)
    assert bot.run().code == 0
    return bot


def test_without_a_configuration_it_says_how_to_get_one(bot: Bot) -> None:
    done = bot.run()
    assert done.code == 2
    assert "wikiherald init" in done.err


def test_broken_toml_is_named_with_its_place(bot: Bot) -> None:
    bot.configure('[wiki]\ncontact = "unfinished\n')
    done = bot.run()
    assert done.code == 2
    assert "line 2" in done.err


def test_all_problems_of_a_configuration_come_at_once(bot: Bot) -> None:
    bot.configure(
        FILE_PAGE
        + """
        [gate]
        settle = "soon"

        [[channels]]
        name = "x"
        network = "mastodno"

        [[channels]]
        name = "y"
        network = "mastodon"
        server = "https://social.example"
        token_env = "NO_SUCH_VARIABLE"
        visibility = "loud"
        """
    )
    done = bot.run()
    assert done.code == 2
    for clue in ("gate: settle", "channels[1]", "mastodon", "NO_SUCH_VARIABLE", "visibility"):
        assert clue in done.err


def test_a_missing_secret_is_fatal_for_a_run_but_only_a_warning_for_a_look(
    bot: Bot, mastodon: MastodonServer
) -> None:
    bot.configure(FILE_PAGE + MASTODON.format(server=mastodon.url))
    bot.write_page(NEW, OLD)
    done = bot.run()
    assert done.code == 2
    assert "MASTODON_TOKEN" in done.err
    look = bot.run("--simulate", "--backfill", "1", "--json")
    assert look.code == 0
    assert "MASTODON_TOKEN" in look.err
    (post,) = look.json["posts"]
    assert post["parts"][0]["limit"] == 500
    assert mastodon.requests == []
    preview = bot.run("preview", "--json")
    assert preview.code == 0
    assert mastodon.requests == []


@pytest.mark.parametrize(
    "words",
    [
        ["--simulat"],
        ["sync", "-simulat"],
        ["--similate", "sync"],
        ["snyc"],
        ["sync", "--backfill", "many"],
        ["sync", "--backfill", "-1"],
        ["parse", "--file"],
        ["status", "--force"],
    ],
)
def test_a_mistyped_word_is_an_error_before_anything_happens(feeding: Bot, words: list[str]) -> None:
    feeding.write_page(NEW, OLD)
    before = feeding.everything()
    done = feeding.run(*words)
    assert done.code == 2
    assert "Error" in done.err
    assert feeding.everything() == before


def test_an_unknown_channel_is_named_with_those_there_are(feeding: Bot) -> None:
    done = feeding.run("sync", "--channel", "fede")
    assert done.code == 2
    assert "fede" in done.err
    assert "feed" in done.err


def test_a_page_file_that_is_missing_is_named(feeding: Bot) -> None:
    (feeding.folder / "news.wikitext").unlink()
    done = feeding.run()
    assert done.code == 1
    assert "news.wikitext" in done.out + done.err


def test_a_blanked_page_file_is_refused_until_forced(feeding: Bot) -> None:
    feeding.write_page("")
    refused = feeding.run()
    assert refused.code == 3
    assert "--force" in refused.out + refused.err
    assert feeding.run("--force").code == 0


def test_a_ledger_that_is_no_ledger_is_refused_and_left_as_it_is(feeding: Bot) -> None:
    ledger = feeding.folder / "herald.sqlite"
    ledger.write_bytes(b"This is no database, and somebody may need it." * 100)
    before = feeding.everything()
    done = feeding.run()
    assert done.code == 1
    assert "herald.sqlite" in done.err
    assert feeding.everything() == before


def test_a_ledger_from_a_newer_version_is_refused(feeding: Bot) -> None:
    with closing(sqlite3.connect(feeding.folder / "herald.sqlite")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'from the future'")
        connection.commit()
    before = feeding.everything()
    done = feeding.run()
    assert done.code == 1
    assert "newer" in done.err
    assert feeding.everything() == before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 kB: full soon, and read-only when it is told."""
    if os.geteuid() != 0 or sys.platform != "linux":
        pytest.skip("a small disk: only root on Linux can mount one")
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small disk: mounting is not allowed here")
    yield place
    subprocess.run(["umount", str(place)], check=True, timeout=30)


def on_disk(bot: Bot, disk: Path) -> Bot:
    """Let the bot have its ledger on the disk; it has seen the page once."""
    bot.configure(FILE_PAGE + FEED + f'\n[ledger]\nurl = "sqlite:///{disk}/herald.sqlite"\n')
    bot.write_page(OLD)
    assert bot.run().code == 0
    bot.write_page(NEW, OLD)
    return bot


def fill(disk: Path) -> Path:
    """Leave no byte free."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (64 * 1024, 1024, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError as error:
                assert error.errno == errno.ENOSPC  # noqa: PT017 - a full disk is what we are after
    return filler


def test_a_ledger_on_a_read_only_disk_stops_the_run_before_it_posts(bot: Bot, small_disk: Path) -> None:
    on_disk(bot, small_disk)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True, timeout=30)
    done = bot.run()
    assert done.code == 1
    assert "herald.sqlite" in done.err
    assert not (bot.folder / "public" / "feed.json").exists()
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True, timeout=30)
    assert bot.run("--json").json["posts"][0]["status"] == "sent"


def test_a_full_disk_stops_the_run_before_it_posts(bot: Bot, small_disk: Path) -> None:
    on_disk(bot, small_disk)
    filler = fill(small_disk)
    done = bot.run()
    assert done.code == 1
    assert "herald.sqlite" in done.err
    assert not (bot.folder / "public" / "feed.json").exists()
    filler.unlink()
    assert bot.run("--json").json["posts"][0]["status"] == "sent"


def test_a_feed_that_cannot_be_written_waits_and_loses_nothing(feeding: Bot) -> None:
    (feeding.folder / "public").write_text("a file in the way", encoding="utf-8")
    feeding.write_page(NEW, OLD)
    done = feeding.run()
    assert done.code == 1
    assert "public" in done.out + done.err
    (feeding.folder / "public").unlink()
    (row,) = [row for row in feeding.run("status", "--json").json["deliveries"] if row["item"] == "mw146"]
    assert row["status"] == "pending"


def test_two_runs_at_once_are_one(bot: Bot, mastodon: MastodonServer) -> None:
    """The first run waits for a slow server; the second finds the ledger locked and says by whom."""
    bot.configure(FILE_PAGE + MASTODON.format(server=mastodon.url))
    bot.environment = {"MASTODON_TOKEN": mastodon.token}
    bot.write_page(OLD)
    assert bot.run().code == 0
    bot.write_page(NEW, OLD)
    with mastodon.lock, bot.start() as first:
        wait_for_lock(bot)
        second = bot.run()
        mastodon.lock.release()  # no request was answered while we held it
        code = first.wait(timeout=60)
        mastodon.lock.acquire()
    assert (second.code, code) == (75, 0)
    assert str(first.pid) in second.err
    assert len(mastodon.api.statuses) == 1


def wait_for_lock(bot: Bot) -> None:
    """Wait until the first run has the lock: until a try to take it fails."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        path = bot.folder / "herald.sqlite.lock"
        if path.exists():
            with path.open("r+") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return
        time.sleep(0.02)
    raise AssertionError("the first run never took the lock")


def test_offline_commands_never_import_pywikibot_nor_touch_the_network(feeding: Bot) -> None:
    program = f"""
import socket, sys
def refuse(*_):
    raise AssertionError("the network was touched")
socket.socket.connect = refuse
from bot.cli import main
try:
    main({["parse", "--file", "news.wikitext"]!r})
except SystemExit as ended:
    assert ended.code == 0, ended.code
assert "pywikibot" not in sys.modules
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=feeding.folder,
        env=feeding.environment_with(PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


# --- with a wiki ---


def on_wiki(bot: Bot, folder: PywikibotDir, title: str = "Template:No such news") -> Bot:
    bot.environment = folder.environment
    bot.configure(
        f"""
        [wiki]
        family = "{folder.family}"
        code = "{folder.code}"
        contact = "https://wiki.example/User:NewsBot"

        [[pages]]
        title = "{title}"
        """
        + FEED
    )
    return bot


def failed(done: Done, code: int, *clues: str) -> None:
    assert done.code == code, done.err
    for clue in clues:
        assert clue in done.out + done.err


def test_a_page_that_does_not_exist_is_named(bot: Bot, pywikibot_dir: PywikibotDir) -> None:
    failed(on_wiki(bot, pywikibot_dir).run(), 1, "Template:No such news")


@pytest.mark.timeout(120)
def test_a_wiki_that_is_down_is_told_within_a_minute(bot: Bot, tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    started = datetime.now(UTC)
    failed(on_wiki(bot, pywikibot.prepare(tmp_path / "down", url)).run(), 1, "cannot be reached")
    assert (datetime.now(UTC) - started).total_seconds() < 60


def test_a_wrong_password_is_told(bot: Bot, mediawiki: MediaWiki, tmp_path: Path) -> None:
    folder = pywikibot.prepare(tmp_path / "wrong", mediawiki.url, password="0" * 32)
    done = on_wiki(bot, folder).run()
    assert done.code in {1, 2}
    assert "password" in done.err.lower()
    assert "0" * 32 not in done.out + done.err


def test_a_user_config_that_others_may_write_to_is_refused(bot: Bot, pywikibot_dir: PywikibotDir) -> None:
    (pywikibot_dir.path / "user-config.py").chmod(0o666)
    failed(on_wiki(bot, pywikibot_dir).run(), 2, "user-config.py", "chmod")


def test_a_missing_user_config_is_told(bot: Bot, pywikibot_dir: PywikibotDir) -> None:
    (pywikibot_dir.path / "user-config.py").unlink()
    failed(on_wiki(bot, pywikibot_dir).run(), 2, "user-config.py")
