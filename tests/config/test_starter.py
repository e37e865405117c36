from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.config import starter
from tests.config.networks import NETWORKS, problems, read

ROOT = Path(__file__).parents[2]
ENVIRON = {
    "PIGEON_TOKEN": "coo-coo-1",
    "PIGEON_APP_PASSWORD": "coo-coo-2",
    "TOWER_PASSWORD": "hear ye",
    "ALERT_URLS": "json://127.0.0.1",
}
WIKI = {"family": "wikipedia", "code": "de", "host": "de.wikipedia.org", "contact": "bot@example.org"}


def uncommented(text: str) -> str:
    return re.sub(r"^# (?=\[|[\w-]+ = )", "", text, flags=re.MULTILINE)


def test_the_first_configuration_works_as_it_is_without_wiki_and_account(tmp_path: Path) -> None:
    files = starter(networks=NETWORKS)
    config = read(tmp_path, files["news.toml"], environ={})
    [page] = config.pages
    assert page.file is not None
    assert page.file.name in files
    assert [channel.network for channel in config.channels] == ["poster"]


def test_a_page_of_the_wiki_takes_the_place_of_the_file(tmp_path: Path) -> None:
    files = starter(networks=NETWORKS, title="Vorlage:Neues", **WIKI)
    config = read(tmp_path, files["news.toml"], environ={})
    assert (config.wiki.family, config.wiki.code, config.wiki.contact) == (
        "wikipedia",
        "de",
        "bot@example.org",
    )
    assert [(page.title, page.file) for page in config.pages] == [("Vorlage:Neues", None)]
    assert "news.wikitext" not in files


def test_a_contact_is_never_made_up(tmp_path: Path) -> None:
    text = starter(networks=NETWORKS, title="Template:News")["news.toml"]
    [problem] = problems(tmp_path, text)
    assert problem.startswith("wiki: contact: is missing")


def test_every_key_that_is_shown_can_be_set_as_shown(tmp_path: Path) -> None:
    text = uncommented(starter(networks=NETWORKS)["news.toml"])
    config = read(tmp_path, text, environ=ENVIRON)
    assert {channel.network for channel in config.channels} == set(NETWORKS)
    assert len(config.pages) == 4


def test_the_defaults_that_are_shown_are_those_that_hold(tmp_path: Path) -> None:
    text = starter(networks=NETWORKS)["news.toml"]
    as_it_is = read(tmp_path, text)
    pages = "(stop|command|config|talk)_page|page"
    keys = f"{pages}|max_items_per_day|language|every|loft|crier|streets|password_env"
    for_instance = rf"^# ({keys}).*\n"
    shown = read(tmp_path, uncommented(re.sub(for_instance, "", text, flags=re.MULTILINE)), environ=ENVIRON)
    assert shown.gate == as_it_is.gate
    assert shown.run_timeout == as_it_is.run_timeout
    assert shown.status == as_it_is.status
    assert shown.ledger_url == as_it_is.ledger_url
    of_network = {channel.network: channel for channel in shown.channels}
    assert of_network["poster"] == as_it_is.channels[0]
    assert of_network["pigeon"].delivery == as_it_is.channels[0].delivery


@pytest.mark.parametrize(
    "section", ["", "[wiki]", "[[pages]]", "[ledger]", "[gate]", "[status]", "[delivery]", "[alerts]"]
)
def test_every_key_that_can_be_set_is_shown(tmp_path: Path, section: str) -> None:
    shown = starter(networks=NETWORKS)["news.toml"]
    [problem] = [
        problem
        for problem in problems(tmp_path, f"{section}\nqqqqqq = 1")
        if "qqqqqq: unknown key" in problem
    ]
    for key in _known(problem):
        assert re.search(rf"^(# )?(\[+(\w+\.)?{key}[\].]|{key} = )", shown, re.MULTILINE), key


@pytest.mark.parametrize("network", NETWORKS)
def test_every_key_of_a_channel_is_shown(tmp_path: Path, network: str) -> None:
    text = starter(networks=NETWORKS)["news.toml"]
    [problem] = [
        problem
        for problem in problems(tmp_path, f'[[channels]]\nnetwork = "{network}"\nqqqqqq = 1')
        if "qqqqqq: unknown key" in problem
    ]
    channels = text.index("# The channels:")
    blocks = re.split(r"^(?:# )?\[\[channels\]\]\n", text[channels:], flags=re.MULTILINE)
    own = next(block for block in blocks if f'network = "{network}"' in block)
    for key in _known(problem):
        assert re.search(rf"^#? *{key} ", text[:channels] + blocks[0] + own, re.MULTILINE), key


def _known(problem: str) -> list[str]:
    return problem.partition("known here: ")[2].split(", ")


def test_the_example_is_what_init_writes_filled_in() -> None:
    filled_in = starter(
        networks={}, username="NewsBot", contact="https://www.mediawiki.org/wiki/User:NewsBot"
    )["user-config.py"]
    example = ROOT / "user-config.py.example"
    assert example.read_text(encoding="utf-8") == filled_in, f"write the new text into {example.name}"


def pywikibot_config(folder: Path, names: str, **environ: str) -> Any:
    """Ask the real Pywikibot what it understood; any warning of it is an error."""
    code = f"import json; from pywikibot import config as c; print(json.dumps([{names}]))"
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYWIKIBOT_DIR": str(folder), "HOME": str(folder)} | environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.stderr == ""
    return json.loads(run.stdout)


def write_user_config(folder: Path, **other: str) -> None:
    (folder / "user-config.py").write_text(
        starter(networks={}, **(WIKI | other))["user-config.py"], encoding="utf-8"
    )
    (folder / "user-config.py").chmod(0o600)


def test_pywikibot_understands_its_file(tmp_path: Path) -> None:
    write_user_config(tmp_path, username="NewsBot")
    names = "c.family, c.mylang, c.usernames, c.user_agent_description, c.authenticate, c.password_file"
    assert pywikibot_config(tmp_path, names) == [
        "wikipedia",
        "de",
        {"wikipedia": {"de": "NewsBot"}},
        "bot@example.org",
        {},
        None,
    ]


def test_no_answer_breaks_the_files(tmp_path: Path) -> None:
    odd = 'O"Neill\\\n#'
    write_user_config(tmp_path, username=odd, contact=odd, family=odd, code=odd, host=odd)
    assert pywikibot_config(tmp_path, "c.usernames, c.family") == [{odd: {odd: odd}}, odd]
    for title in (None, odd):
        tomllib.loads(starter(networks=NETWORKS, title=title, contact=odd, family=odd)["news.toml"])


def test_no_account_is_named_before_there_is_one(tmp_path: Path) -> None:
    write_user_config(tmp_path)
    assert pywikibot_config(tmp_path, "c.usernames") == [{}]


def test_pywikibot_takes_oauth_from_the_environment_and_only_complete(tmp_path: Path) -> None:
    write_user_config(tmp_path, username="NewsBot")
    names = ("WIKI_CONSUMER_TOKEN", "WIKI_CONSUMER_SECRET", "WIKI_ACCESS_TOKEN", "WIKI_ACCESS_SECRET")
    tokens = {name: str(number) for number, name in enumerate(names)}
    assert pywikibot_config(tmp_path, "c.authenticate", **tokens) == [
        {"de.wikipedia.org": ["0", "1", "2", "3"]}
    ]
    assert pywikibot_config(tmp_path, "c.authenticate", **(tokens | {names[2]: ""})) == [{}]


def test_pywikibot_finds_a_bot_password_beside_its_file(tmp_path: Path) -> None:
    write_user_config(tmp_path, username="NewsBot")
    password = tmp_path / "user-password.py"
    password.write_text('("NewsBot", BotPassword("news", "hush"))\n', encoding="utf-8")
    password.chmod(0o600)
    assert pywikibot_config(tmp_path, "c.password_file") == ["user-password.py"]
