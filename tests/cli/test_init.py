"""What ``init`` writes can be used: as it is, and each example in it once the # before it is gone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bot.channels.base import NETWORKS, specs
from bot.compose.template import check_template
from bot.config import Config, load
from bot.news.parse import LAYOUTS
from tests.channels.runs import typed

if TYPE_CHECKING:
    from pathlib import Path

KEY = re.compile(r"^# (?=\[|[\w-]+ = )", re.MULTILINE)


@pytest.fixture
def written(tmp_path: Path) -> str:
    assert typed(tmp_path, "init") == 0
    return (tmp_path / "news.toml").read_text(encoding="utf-8")


def read(folder: Path, text: str) -> Config:
    (folder / "news.toml").write_text(text, encoding="utf-8")
    variables = re.findall(r'^\w+_env = "(\w+)"', text, re.MULTILINE)
    return load(
        folder / "news.toml",
        networks=specs(),
        environ={name: f"json://value-of-{name}" for name in variables},
        layouts=LAYOUTS,
        check_template=check_template,
    )


def block(text: str, network: str) -> str:
    """Return the example of a channel, with the # before its keys."""
    blocks = text.partition("# The channels:")[2].split("[[channels]]\n")[1:]
    return next(one for one in blocks if f'network = "{network}"' in one).rpartition("\n# ")[0]


def test_it_works_at_once(tmp_path: Path, written: str) -> None:
    assert written.startswith("# What Wikiherald reads")
    assert typed(tmp_path, "check") == 0
    assert typed(tmp_path, "sync") == 0


def test_open_networks_come_first(written: str) -> None:
    assert re.findall(r'^(?:# )?network = "(\w+)"', written, re.MULTILINE) == list(NETWORKS)


def test_all_of_it_is_valid(tmp_path: Path, written: str) -> None:
    config = read(tmp_path, KEY.sub("", written))
    assert [channel.network for channel in config.channels] == list(NETWORKS)
    mentioned = {channel.network for channel in config.channels if channel.style.handles}
    assert mentioned == set(NETWORKS) - {"feed", "irc", "email", "facebook"}


@pytest.mark.parametrize("network", NETWORKS)
def test_each_channel_is_valid_by_itself(tmp_path: Path, written: str, network: str) -> None:
    before = re.split(r"^# The channels:", KEY.sub("", written), flags=re.MULTILINE)[0]
    own = KEY.sub("", block(written, network))
    config = read(tmp_path, f"{before}[[channels]]\n{own}")
    assert [channel.network for channel in config.channels] == [network]


@pytest.mark.parametrize("network", NETWORKS)
def test_every_key_of_a_network_is_there_with_a_word_about_it(written: str, network: str) -> None:
    own, spec = block(written, network), specs()[network]
    for option in spec.options:
        assert option.help in own
        assert re.search(rf"^(# )?{option.name} = ", own, re.MULTILINE)
    for secret in (*spec.secrets, *spec.optional_secrets):
        assert re.search(rf"^# {secret}_env = ", own, re.MULTILINE)


def test_what_is_there_already_is_left_as_it_is(tmp_path: Path, written: str) -> None:
    (tmp_path / "news.toml").write_text("# mine\n", encoding="utf-8")
    assert typed(tmp_path, "init") == 0
    assert written
    assert (tmp_path / "news.toml").read_text(encoding="utf-8") == "# mine\n"
