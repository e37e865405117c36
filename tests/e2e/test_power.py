"""What ``check`` says of the wiki's account, in a real process on a real wiki; and what it never says."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

import pytest

from bot.wiki.account import BOT_PASSWORD, USERNAME
from tests.e2e.conftest import FEED, Bot

if TYPE_CHECKING:
    from tests.servers.mediawiki import MediaWiki
    from tests.servers.pywikibot import PywikibotDir

CHIEF = "Chief of the wiki"


@pytest.fixture
def on_wiki(bot: Bot, pywikibot_dir: PywikibotDir, mediawiki: MediaWiki) -> Bot:
    mediawiki.edit("Template:Power", "* '''2026-11-18''': '''[[Power]]''' is shared.")
    mediawiki.make_user(CHIEF, "sysop", "interface-admin")
    bot.environment = pywikibot_dir.environment
    bot.configure(
        f"""
        [wiki]
        family = "{pywikibot_dir.family}"
        code = "{pywikibot_dir.code}"
        contact = "https://wiki.example/User:NewsBot"

        [[pages]]
        title = "Template:Power"
        """
        + FEED
    )
    return bot


def logged_in(mediawiki: MediaWiki, grants: str) -> dict[str, str]:
    password, appid = secrets.token_hex(16), secrets.token_hex(4)
    mediawiki.maintain("createBotPassword", "--appid", appid, "--grants", grants, CHIEF, password)
    return {USERNAME: f"{CHIEF}@{appid}", BOT_PASSWORD: password}


def account_of(bot: Bot, code: int, **environment: str) -> list[dict[str, str]]:
    done = bot.run("-v", "--json", "check", **environment)
    assert done.code == code, done.out + done.err
    assert environment.get(BOT_PASSWORD, "none at all") not in done.out + done.err
    return [found for found in json.loads(done.out)["findings"] if found["subject"] == "account"]


def test_no_account_is_enough_to_read(on_wiki: Bot) -> None:
    (found,) = account_of(on_wiki, 0)
    assert found["verdict"] == "good"
    assert found["message"].startswith("nobody is logged in on herald:test")


def test_an_administrator_s_bot_password_with_the_least_grants_is_well(
    on_wiki: Bot, mediawiki: MediaWiki
) -> None:
    (found,) = account_of(on_wiki, 0, **logged_in(mediawiki, "basic,editpage"))
    assert found["verdict"] == "good"
    assert f"as {CHIEF}, which has granted this session only a part of its rights" in found["message"]


def test_one_with_more_names_each_right_too_much(on_wiki: Bot, mediawiki: MediaWiki) -> None:
    grants = "basic,editpage,delete,blockusers,editinterface,editsiteconfig,protect"
    good, warning = account_of(on_wiki, 0, **logged_in(mediawiki, grants))
    assert (good["verdict"], warning["verdict"]) == ("good", "warning")
    for kind in (
        "change the interface and its scripts (",
        "block people (",
        "delete, hide and bring back pages (",
        "protect pages (",
    ):
        assert kind in warning["message"]
    for right in ("delete", "undelete", "block", "protect", "editinterface", "editsitejs"):
        assert right in warning["message"]
    assert "'Basic rights' and nothing else" in warning["remedy"]


def test_the_account_s_own_password_has_all_its_power(
    on_wiki: Bot, pywikibot_dir: PywikibotDir, mediawiki: MediaWiki
) -> None:
    password = mediawiki.passwords[CHIEF]
    (pywikibot_dir.path / "user-password.py").write_text(f"({CHIEF!r}, {password!r})\n", encoding="utf-8")
    with (pywikibot_dir.path / "user-config.py").open("a", encoding="utf-8") as config:
        config.write("password_file = 'user-password.py'\n")
    _, warning = account_of(on_wiki, 0, **{USERNAME: CHIEF})
    assert warning["message"].startswith("its account is an administrator's, with all that belongs to it")


def test_a_blocked_account_is_bad(on_wiki: Bot, mediawiki: MediaWiki) -> None:
    account = logged_in(mediawiki, "basic")
    mediawiki.block(CHIEF)
    try:
        _, bad = account_of(on_wiki, 1, **account)
    finally:
        mediawiki.unblock(CHIEF)
    assert bad["verdict"] == "bad"
    assert f"{CHIEF} is blocked by Admin" in bad["message"]


def test_a_wrong_password_is_told_and_not_repeated(on_wiki: Bot) -> None:
    wrong = {USERNAME: f"{CHIEF}@news", BOT_PASSWORD: "0123456789" * 3}
    done = on_wiki.run("-v", "check", **wrong)
    assert done.code == 1
    assert f"logging in as {CHIEF} failed" in done.out
    assert wrong[BOT_PASSWORD] not in done.out + done.err


def test_half_an_account_is_told_before_anybody_is_asked(on_wiki: Bot, mediawiki: MediaWiki) -> None:
    with mediawiki.watched() as asked:
        done = on_wiki.run("sync", WIKI_CONSUMER_TOKEN="hush-hush")
    assert (done.code, asked) == (2, [])
    assert "WIKI_CONSUMER_SECRET: missing, while WIKI_CONSUMER_TOKEN is set" in done.err
    assert "hush-hush" not in done.err
