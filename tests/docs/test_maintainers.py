"""What the manual for maintainers shows is run, and what there is stands in it."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot import errors
from bot.alerts.addresses import objection
from bot.channels.base import specs
from bot.cli.arguments import arrange
from bot.cli.main import DEFAULT_COMMAND, cli
from bot.compose.template import check_template
from bot.config import Address, load, starter
from bot.config.overlay import overlaid
from bot.model import ConcernKind, Secret, Status
from bot.news.parse import LAYOUTS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
MANUAL = (ROOT / "docs" / "maintainers.md").read_text(encoding="utf-8")
PAGES = '[[pages]]\nfile = "news.wikitext"\n'
CHANNELS = '[[channels]]\nname = "feed"\nnetwork = "feed"\npath = "public"\n'
WIKI = '[wiki]\nfamily = "meta"\ncode = "meta"\ncontact = "bot@example.org"\n'


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", MANUAL, re.DOTALL | re.MULTILINE)


def completed(block: str) -> str:
    """Add to an extract what a whole file needs besides."""
    keys = tomllib.loads(block)
    return block + "".join(
        text for key, text in (("pages", PAGES), ("channels", CHANNELS), ("wiki", WIKI)) if key not in keys
    )


@pytest.mark.parametrize("block", blocks("toml"))
def test_every_example_of_news_toml_is_well(tmp_path: Path, block: str) -> None:
    path = tmp_path / "news.toml"
    path.write_text(completed(block), encoding="utf-8")
    environ = dict.fromkeys(re.findall(r'_env = "(\w+)"', block), "json://secret")
    config = load(path, networks=specs(), environ=environ, layouts=LAYOUTS, check_template=check_template)
    assert config.warnings == ()


def test_the_example_of_the_configuration_page_is_well(tmp_path: Path) -> None:
    (page,) = blocks("json")
    path = tmp_path / "news.toml"
    path.write_text(completed(""), encoding="utf-8")
    config = load(path, networks=specs(), environ={}, layouts=LAYOUTS, check_template=check_template)
    made = overlaid(
        config,
        page,
        capabilities=lambda network: specs()[network].capabilities,
        check_template=check_template,
    )
    assert made.gate.max_items_per_day == 3
    assert made.channels[0].style.hashtags == ("MediaWiki",)


def commands() -> Iterator[str]:
    """Find the command lines: a line of a block, or a piece of code in the text."""
    for block in blocks("sh"):
        for line in block.replace("\\\n", " ").splitlines():
            yield line.partition(" #")[0].strip()
    yield from re.findall(r"`(wikiherald(?: [^`]*)?)`", MANUAL)


OURS = sorted({command for command in commands() if re.match(r"wikiherald\b(?!/)", command)})


@pytest.mark.parametrize("command", OURS)
def test_every_command_line_shown_is_understood(command: str) -> None:
    name, words = parsed(command)
    if name is not None:
        with cli.commands[name].make_context(name, words):
            pass


def parsed(command: str) -> tuple[str | None, list[str]]:
    words = list(arrange(shlex.split(command)[1:], default=DEFAULT_COMMAND).ours)
    name = next((word for word in words if word in cli.commands), None)
    if name is None:
        assert words == ["--version"]
        return None, []
    place = words.index(name)
    cli.make_context("wikiherald", [*words[:place], name]).close()
    return name, words[place + 1 :]


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_is_shown(name: str) -> None:
    assert any(parsed(command)[0] == name for command in OURS)


@pytest.mark.parametrize("status", Status)
def test_every_status_is_explained(status: Status) -> None:
    assert re.search(rf"^\| `{status}` \|", MANUAL, re.MULTILINE)


def test_every_exit_code_is_explained() -> None:
    codes = {
        kind.exit_code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.HeraldError)
    }
    explained = {int(code) for code in re.findall(r"^\| ([0-9]+) \|", MANUAL, re.MULTILINE)}
    assert explained == codes | {0}


def test_every_key_is_explained() -> None:
    keys = set(re.findall(r"^(?:# )?(\w+) = ", starter(networks=specs())["news.toml"], re.MULTILINE))
    keys -= {"text", "date", "image"}  # parts of an item, in an example
    explained = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\|.*", MANUAL, re.MULTILINE))))
    assert keys - explained == set()


@pytest.mark.parametrize("network", specs())
def test_every_key_of_a_network_is_explained_with_its_default(network: str) -> None:
    spec = specs()[network]
    rows = [
        [cell.strip() for cell in row.split("|")[1:-1]] for row in re.findall(r"^\|.*", MANUAL, re.MULTILINE)
    ]
    first = next(number for number, row in enumerate(rows) if row[0] == f"`{network}`" and len(row) == 4)
    own = [rows[first]]
    for row in rows[first + 1 :]:
        if row[0]:
            break
        own.append(row)
    shown = {row[1].strip("`"): row[2].strip("`") for row in own}
    for option in spec.options:
        default = "" if option.default is None else str(option.default)
        default = default.lower() if isinstance(option.default, bool) else default
        assert shown.get(option.name, "?").strip('"') == default, option.name
        for choice in option.choices:
            assert choice in str(own), choice
    assert {f"{secret}_env" for secret in spec.secrets} <= set(shown)


def test_every_link_leads_somewhere() -> None:
    headings = re.findall(r"^#+ (.*)", MANUAL, re.MULTILINE)
    anchors = {re.sub(r"[^\w\s-]", "", heading.lower()).replace(" ", "-") for heading in headings}
    for target in re.findall(r"\]\(([^)]+)\)", MANUAL):
        if target.startswith("#"):
            assert target[1:] in anchors, target
        elif not target.startswith("https://"):
            assert (ROOT / "docs" / target).exists(), target


def test_every_address_that_is_shown_is_one_that_can_be_told() -> None:
    section = MANUAL.partition("### Being told")[2].partition("\n### ")[0]
    shown = re.findall(r"\b(?:mailtos?|matrixs|ircs|slack)://[^\s\"`]+", section)
    assert len(shown) == 5
    for number, url in enumerate(shown):
        assert objection(Address(name=str(number), url=Secret(url), place=url)) is None


@pytest.mark.parametrize("kind", ConcernKind)
def test_every_kind_of_alert_is_explained(kind: ConcernKind) -> None:
    assert re.search(rf"^\| `{kind}` \|", MANUAL, re.MULTILINE)
