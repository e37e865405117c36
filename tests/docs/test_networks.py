"""What the manual says of the networks is what their channels declare, and its examples can be used."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bot.channels.base import NETWORKS, specs
from bot.compose.template import check_template
from bot.config import load
from bot.news.parse import LAYOUTS
from docs.abilities import NETWORKS as PAGE
from docs.abilities import table, with_table

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = PAGE.parent / "networks"
HEADINGS = ("Credentials", "What it costs", "What to know")
ORDER = list(NETWORKS)
PREAMBLE = """
[wiki]
contact = "https://wiki.example/wiki/User:NewsBot"

[[pages]]
title = "News"
file = "news.wikitext"

"""


def guide(network: str) -> str:
    return (FOLDER / f"{network}.md").read_text(encoding="utf-8")


def test_the_table_is_what_the_channels_declare() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert with_table(text) == text, "write it anew with ./run docs"


def test_the_table_has_a_row_for_each_network() -> None:
    rows = table(specs().values()).splitlines()[2:]
    assert [re.search(r"networks/(\w+)\.md", row)[1] for row in rows] == ORDER  # type: ignore[index]


@pytest.mark.parametrize("network", ORDER)
def test_each_network_is_explained(network: str) -> None:
    text = guide(network)
    assert text.startswith(f"# {specs()[network].title}\n")
    found = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert [heading for heading in found if heading in HEADINGS] == list(HEADINGS)


@pytest.mark.parametrize("network", ORDER)
def test_each_example_is_a_configuration(network: str, tmp_path: Path) -> None:
    examples = re.findall(r"^```toml\n(.*?)^```$", guide(network), re.DOTALL | re.MULTILINE)
    assert examples
    for example in examples:
        path = tmp_path / "news.toml"
        path.write_text(PREAMBLE + example, encoding="utf-8")
        variables = re.findall(r'_env = "(\w+)"', example)
        config = load(
            path,
            networks=specs(),
            environ=dict.fromkeys(variables, "a secret"),
            layouts=LAYOUTS,
            check_template=check_template,
        )
        assert network in {channel.network for channel in config.channels}
        assert {f"{secret}_env" for channel in config.channels for secret in channel.secrets} <= set(
            re.findall(r"^(\w+_env) =", example, re.MULTILINE)
        )


@pytest.mark.parametrize("network", ORDER)
def test_every_key_of_a_network_is_explained(network: str) -> None:
    text = guide(network)
    assert [option.name for option in specs()[network].options if f"`{option.name}`" not in text] == []
