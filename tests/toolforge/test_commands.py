"""Every command of the Procfile does its work where there is no HOME, no disk and little memory."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from tests.servers.mariadb import TOOL, TOOL_PASSWORD
from tests.servers.pywikibot import CODE, FAMILY, family_file
from tests.toolforge.container import procfile

if TYPE_CHECKING:
    from tests.fakes.mastodon import MastodonServer
    from tests.servers.mariadb import MariaDB
    from tests.servers.mediawiki import MediaWiki
    from tests.toolforge.container import Container

COMMANDS = procfile()
OLD = "* '''2026-01-10''': [[Old news]], on the page before the bot."
NEW = "* '''2026-11-18''': '''[[MediaWiki 1.46]]''' is out! <!-- herald: id=mw146 -->"
START = "python toolforge/herald.py "
GRACE = 15  # seconds between Toolforge's SIGTERM and its SIGKILL

_numbers = itertools.count(1)

NEWS = """
[wiki]
family = "{family}"
code = "{code}"
contact = "https://wiki.example/User:NewsBot"

[[pages]]
title = "{title}"

[ledger]
url = "{ledger}"

[delivery]
max_age = "9999d"
grace = "0s"

[[channels]]
name = "wikis-world"
network = "mastodon"
server = "{server}"
token_env = "MASTODON_TOKEN"
"""


@pytest.fixture
def title(mediawiki: MediaWiki) -> str:
    """A news page with one old item on it."""
    title = f"Template:Toolforge news {next(_numbers)}"
    mediawiki.edit(title, OLD)
    return title


@pytest.fixture
def tool(
    container: Container, mediawiki: MediaWiki, mariadb: MariaDB, mastodon: MastodonServer, title: str
) -> Container:
    """The container of a tool that reads the real wiki and has never run."""
    name = f"toolforge_{next(_numbers)}"
    ledger = f"toolsdb://{name}?host=127.0.0.1:{mariadb.port}"
    container.configure(
        NEWS.format(family=FAMILY, code=CODE, title=title, server=mastodon.url, ledger=ledger)
    )
    container.add_family(FAMILY, family_file(mediawiki.url))
    container.environment |= {
        "MASTODON_TOKEN": mastodon.token,
        "TOOL_TOOLSDB_USER": TOOL,
        "TOOL_TOOLSDB_PASSWORD": TOOL_PASSWORD,
    }
    return container


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_succeeds_on_a_new_tool_and_posts_nothing(
    tool: Container, mastodon: MastodonServer, name: str
) -> None:
    if "TOOL_DATA_DIR" in COMMANDS[name]:
        tool.mount()
    done = tool.run(COMMANDS[name])
    assert done.code == 0, done.out + done.err
    assert mastodon.api.statuses == []
    assert TOOL_PASSWORD not in done.out + done.err
    assert tool.left_behind() == []


def test_the_commands_together_publish(
    tool: Container, mediawiki: MediaWiki, mastodon: MastodonServer, title: str
) -> None:
    assert tool.run(COMMANDS["sync"]).code == 0
    mediawiki.edit(title, f"{NEW}\n{OLD}")
    simulated = tool.run(COMMANDS["simulate"])
    assert "MediaWiki 1.46 is out!" in simulated.out
    assert mastodon.writes == []
    done = tool.run(COMMANDS["sync"])
    assert done.code == 0, done.err
    (status,) = mastodon.api.statuses
    assert status.text.startswith("MediaWiki 1.46 is out!")
    assert "mw146" in tool.run(COMMANDS["status"]).out


def test_a_backup_becomes_the_ledger_of_another_database(tool: Container) -> None:
    tool.mount()
    tool.run(COMMANDS["sync"])
    before = tool.run(START + "status --json").out
    assert '"adopted"' in before
    assert tool.run(COMMANDS["backup"]).code == 0
    (backup,) = tool.disk.iterdir()
    news = (tool.workspace / "toolforge" / "news.toml").read_text(encoding="utf-8")
    tool.configure(news.replace("toolsdb://", "toolsdb://another_"))
    restored = tool.run(f"{START}import {backup}")
    assert restored.code == 0, restored.err
    assert tool.run(START + "status --json").out == before


def test_the_bot_logs_in_with_a_bot_password_and_tells_nobody(tool: Container, mediawiki: MediaWiki) -> None:
    tool.environment |= {"WIKI_USERNAME": "NewsBot@news", "WIKI_BOT_PASSWORD": mediawiki.bot_password}
    with mediawiki.watched() as requests:
        done = tool.run(COMMANDS["sync"])
    assert done.code == 0, done.err
    assert "login" in {request.parameters.get("action") for request in requests}
    assert mediawiki.bot_password not in done.out + done.err


def test_a_wrong_bot_password_is_told(tool: Container) -> None:
    tool.environment |= {"WIKI_USERNAME": "NewsBot@news", "WIKI_BOT_PASSWORD": "0" * 32}
    done = tool.run(COMMANDS["sync"])
    assert done.code != 0
    assert "password" in done.err.lower()
    assert "0" * 32 not in done.out + done.err


def test_half_of_an_account_is_refused_before_anything_is_asked(
    tool: Container, mediawiki: MediaWiki
) -> None:
    tool.environment["WIKI_BOT_PASSWORD"] = "secret"
    with mediawiki.watched() as requests:
        done = tool.run(COMMANDS["sync"])
    assert (done.code, requests) == (2, [])
    assert "WIKI_USERNAME" in done.err
    assert "secret" not in done.err


def test_a_run_that_toolforge_stops_ends_in_time_and_loses_nothing(
    tool: Container, mediawiki: MediaWiki, mastodon: MastodonServer, title: str
) -> None:
    tool.run(COMMANDS["sync"])
    mediawiki.edit(title, f"{NEW}\n{OLD}")
    with tool.start(COMMANDS["sync"]) as run:
        mastodon.at = lambda when, request: (
            run.terminate() if (when, request) == ("accepted", "POST /api/v1/statuses") else None
        )
        out, err = run.communicate(timeout=GRACE)
    assert (run.returncode, len(mastodon.api.statuses)) == (0, 1), out + err
    assert "sent" in tool.run(COMMANDS["status"]).out
    assert tool.run(COMMANDS["sync"]).code == 0
    assert len(mastodon.api.statuses) == 1
