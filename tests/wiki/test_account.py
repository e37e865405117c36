"""The account that the environment names: what is refused, and what Pywikibot makes of it on a real wiki."""

from __future__ import annotations

import secrets
import stat
from typing import TYPE_CHECKING

import pytest

from bot.errors import ConfigError
from bot.wiki.account import BOT_PASSWORD, OAUTH, USERNAME, account_of, password_file
from tests.servers import pywikibot as pywikibot_server
from tests.servers.mediawiki import BOT
from tests.wiki.child import Raised, child
from tests.wiki.oauth import guarded

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.mediawiki import MediaWiki
    from tests.servers.pywikibot import PywikibotDir

WHOLE_OAUTH = dict.fromkeys(OAUTH, "hush")


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {USERNAME: "", BOT_PASSWORD: ""},
        {USERNAME: "NewsBot"},  # logged in by cookies, or by a file
        {USERNAME: "NewsBot@news", BOT_PASSWORD: "hush"},
        WHOLE_OAUTH,
        WHOLE_OAUTH | {USERNAME: "NewsBot"},
        WHOLE_OAUTH | {USERNAME: "NewsBot@news", BOT_PASSWORD: "hush"},
    ],
)
def test_no_account_and_a_whole_one_are_well(environ: dict[str, str]) -> None:
    account = account_of(environ)
    assert account.name == (environ.get(USERNAME, "").partition("@")[0] or None)
    assert "hush" not in repr(account)


@pytest.mark.parametrize("missing", OAUTH)
def test_each_variable_of_oauth_is_missed(missing: str) -> None:
    with pytest.raises(ConfigError, match=f"{missing}: missing, while WIKI_") as raised:
        account_of({name: value for name, value in WHOLE_OAUTH.items() if name != missing})
    assert len(raised.value.problems) == 1


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({BOT_PASSWORD: "hush"}, USERNAME),
        ({USERNAME: "hush", BOT_PASSWORD: "hush"}, USERNAME),
        ({USERNAME: "@hush"}, USERNAME),
        ({USERNAME: "hush\n@x", BOT_PASSWORD: "hush"}, USERNAME),
        ({USERNAME: "NewsBot@news", BOT_PASSWORD: "hush hush"}, BOT_PASSWORD),
        ({USERNAME: "NewsBot@news", BOT_PASSWORD: "hush\n"}, BOT_PASSWORD),
    ],
)
def test_a_problem_names_the_variable_and_never_its_value(environ: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigError) as raised:
        account_of(environ)
    assert raised.value.problems[0].startswith(f"{named}: ")
    assert "hush" not in str(raised.value)


def test_nobody_else_may_read_the_file_that_pywikibot_needs() -> None:
    path = password_file(account_of({USERNAME: "NewsBot@news", BOT_PASSWORD: "x'\"\\y"}))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert "BotPassword('news', " in path.read_text(encoding="utf-8")


def temporary_of(folder: PywikibotDir) -> tuple[dict[str, str], Path]:
    temporary = folder.path / "tmp"
    temporary.mkdir()
    return folder.environment | {"TMPDIR": str(temporary)}, temporary


def test_a_bot_password_from_the_environment_logs_in_and_leaves_nothing_behind(
    mediawiki: MediaWiki, pywikibot_dir: PywikibotDir
) -> None:
    environment, temporary = temporary_of(pywikibot_dir)
    environment |= {USERNAME: f"{BOT}@news", BOT_PASSWORD: mediawiki.bot_password}
    with child(environment) as started:
        assert started.open()["bot"] == BOT
    assert list(temporary.iterdir()) == []
    kept = [path for path in pywikibot_dir.path.rglob("*") if path.is_file()]
    assert not any(mediawiki.bot_password in path.read_text(errors="replace") for path in kept)


def test_a_wrong_one_is_told_without_it(pywikibot_dir: PywikibotDir, tmp_path: Path) -> None:
    password, errors = "wrong" + "0" * 27, tmp_path / "stderr"
    environment = pywikibot_dir.environment | {USERNAME: f"{BOT}@news", BOT_PASSWORD: password}
    with child(environment, errors=errors) as started, pytest.raises(Raised) as raised:
        started.open()
    assert raised.value.kind == "ConfigError"
    assert f"logging in as {BOT} failed" in raised.value.message
    assert "look at WIKI_USERNAME with WIKI_BOT_PASSWORD" in raised.value.message
    assert password not in raised.value.message + errors.read_text()


def test_it_is_for_the_configured_wiki_and_for_no_other(
    mediawiki: MediaWiki, pywikibot_dir: PywikibotDir
) -> None:
    family = pywikibot_dir.path / "families" / "herald_family.py"
    text = family.read_text()
    family.write_text(text.replace("langs = {", f"langs = {{'other': '{mediawiki.url.partition('//')[2]}', "))
    environment = pywikibot_dir.environment | {
        USERNAME: f"{BOT}@news",
        BOT_PASSWORD: mediawiki.bot_password,
    }
    with child(environment) as started, mediawiki.watched() as asked:
        assert started.open(arguments=["-site:herald:other"])["bot"] is None
    assert "login" not in {request.parameters.get("action") for request in asked}


def test_oauth_from_the_environment_signs_every_request(mediawiki: MediaWiki, tmp_path: Path) -> None:
    mediawiki.edit("OAuth", "read by the bot")
    with guarded(mediawiki) as gate:
        folder = pywikibot_server.prepare(tmp_path / "oauth", gate.url)
        keys = (gate.keys.api_key, gate.keys.api_secret, gate.keys.token, gate.keys.token_secret)
        environment = folder.environment | dict(zip(OAUTH, keys, strict=True)) | {USERNAME: BOT}
        with child(environment) as started, mediawiki.watched() as asked:
            assert started.open()["bot"] == BOT
            assert started.read("OAuth")["OAuth"]["wikitext"] == "read by the bot"
    assert len(gate.keys.nonces) == len(gate.answers) == len(asked)
    assert "login" not in {request.parameters.get("action") for request in asked}
    kept = [path.read_text(errors="replace") for path in folder.path.rglob("*") if path.is_file()]
    assert not any(secret in text for text in kept for secret in keys)


def test_oauth_with_a_wrong_secret_is_told_without_it(mediawiki: MediaWiki, tmp_path: Path) -> None:
    errors = tmp_path / "stderr"
    with guarded(mediawiki) as gate:
        folder = pywikibot_server.prepare(tmp_path / "oauth", gate.url)
        keys = (gate.keys.api_key, "wrong-secret", gate.keys.token, "wrong-token-secret")
        environment = folder.environment | dict(zip(OAUTH, keys, strict=True)) | {USERNAME: BOT}
        with child(environment, errors=errors) as started, pytest.raises(Raised) as raised:
            started.open()
    assert "Failed OAuth authentication for herald:test: Refused" in raised.value.message
    assert not any(key in raised.value.message + errors.read_text() for key in keys)


def test_oauth_without_an_account_s_name_is_refused_before_anybody_is_asked(tmp_path: Path) -> None:
    folder = pywikibot_server.prepare(tmp_path / "oauth", "http://127.0.0.1:9")
    with (
        child(folder.environment | WHOLE_OAUTH) as started,
        pytest.raises(Raised, match="ConfigError: WIKI_USERNAME: missing, while WIKI_CONSUMER_TOKEN is set"),
    ):
        started.open()


def test_an_account_with_the_right_reads_five_hundred_pages_in_one_request(
    mediawiki: MediaWiki, pywikibot_dir: PywikibotDir, pywikibot_account: PywikibotDir
) -> None:
    titles = [f"Missing {number}" for number in range(501)]
    for folder, requests in ((pywikibot_dir, 11), (pywikibot_account, 2)):
        with child(folder.environment) as started:
            started.open()
            with mediawiki.watched() as asked:
                found = started.read(*titles)
            assert len(found) == 501
        assert len(asked) == requests


def grant(mediawiki: MediaWiki, user: str, appid: str, grants: str) -> dict[str, str]:
    """Make a bot password and return the variables that log in with it."""
    password = secrets.token_hex(16)
    mediawiki.maintain("createBotPassword", "--appid", appid, "--grants", grants, user, password)
    return {USERNAME: f"{user}@{appid}", BOT_PASSWORD: password}


def test_the_wiki_tells_what_a_bot_password_may_do(mediawiki: MediaWiki, tmp_path: Path) -> None:
    mediawiki.make_user("Chief", "sysop", "interface-admin")
    grants = {"small": "basic,editpage", "large": "basic,editpage,delete,blockusers,editinterface"}
    standings = {}
    for appid, granted in grants.items():
        folder = pywikibot_server.prepare(tmp_path / appid, mediawiki.url)
        with child(folder.environment | grant(mediawiki, "Chief", appid, granted)) as started:
            started.open()
            with mediawiki.watched() as asked:
                standings[appid] = started.tell("standing")
            assert len(asked) == 1
    small, large = standings["small"], standings["large"]
    assert small["account"] == large["account"] == "Chief"
    assert "sysop" in small["groups"]
    assert {"read", "edit"} <= set(small["rights"])
    assert not {"delete", "block", "editinterface"} & set(small["rights"])
    assert {"delete", "block", "editinterface"} <= set(large["rights"])
    assert {"delete", "editsitejs"} <= set(small["entitled"])
    assert {"read", "edit", "createpage"} <= set(small["common"])
    assert small["blocked"] is None


def test_the_wiki_tells_who_reads_without_an_account(
    mediawiki: MediaWiki, pywikibot_dir: PywikibotDir
) -> None:
    assert mediawiki.url
    with child(pywikibot_dir.environment) as started:
        started.open()
        standing = started.tell("standing")
    assert standing["account"] is None
    assert "read" in standing["rights"]
    assert "apihighlimits" not in standing["rights"]


def test_the_wiki_tells_of_a_block(mediawiki: MediaWiki, tmp_path: Path) -> None:
    mediawiki.make_user("Hasty")
    folder = pywikibot_server.prepare(tmp_path / "hasty", mediawiki.url)
    with child(folder.environment | grant(mediawiki, "Hasty", "hasty", "basic")) as started:
        started.open()
        mediawiki.block("Hasty")
        standing = started.tell("standing")
    assert standing["blocked"].startswith("by Admin until infin")
    assert not standing["partially"]
