"""Being told what needs a person, in real processes."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.alerts import hook as hooks
from tests.e2e.conftest import FEED, FILE_PAGE, OLD
from tests.servers import pywikibot
from tests.servers.process import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.alerts.hook import Hook
    from tests.e2e.conftest import Bot

ALERTS = '\n[alerts]\nurls_env = "ALERT_URLS"\nafter = "0s"\n'
WIKI = """
[wiki]
family = "{family}"
code = "{code}"
contact = "bot@example.org"

[[pages]]
title = "Template:News"
"""


@pytest.fixture
def hook() -> Iterator[Hook]:
    with hooks.serve() as served:
        yield served


def test_a_wiki_that_is_away_is_told_once_and_once_when_it_is_back(
    bot: Bot, hook: Hook, tmp_path: Path
) -> None:
    folder = pywikibot.prepare(tmp_path / "away", f"http://127.0.0.1:{free_port()}")
    bot.environment = {**folder.environment, "ALERT_URLS": hook.address(user="bot:s3kr1t@")}
    bot.configure(WIKI.format(family=folder.family, code=folder.code) + FEED + ALERTS)
    for _ in range(2):
        done = bot.run()
        assert (done.code, "s3kr1t" in done.out + done.err) == (1, False)
        assert "cannot be reached" in done.err
    assert [message["title"] for message in hook.messages] == ["Wikiherald: a run broke off"]
    bot.write_page(OLD)
    bot.configure(FILE_PAGE + FEED + ALERTS)
    assert bot.run().code == 0
    assert [message["title"] for message in hook.messages[1:]] == ["Wikiherald: over: a run broke off"]


def test_a_run_with_nothing_to_tell_does_not_wait_for_apprise(bot: Bot, hook: Hook) -> None:
    bot.write_page(OLD)
    bot.configure(FILE_PAGE + FEED + ALERTS)
    environment = bot.environment_with(ALERT_URLS=hook.address())
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bot", "sync"],
        cwd=bot.folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "bot.alerts.addresses" in done.stderr
    assert "| apprise" not in done.stderr
    assert hook.messages == []
