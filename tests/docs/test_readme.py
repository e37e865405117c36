"""What the README says is true."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.channels.base import specs
from bot.cli.main import cli
from tests.docs.test_editors import item

if TYPE_CHECKING:
    from bot.model import NetworkSpec

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
NAMED = {"feed": "feed", "email": "mailing lists"}  # where it is not called by its title


def test_the_item_in_the_readme_is_an_item() -> None:
    (example,) = re.findall(r"^```\n(\* .+)\n```$", README, re.MULTILINE)
    found = item(example)
    assert (found.key, found.text) == ("mw146", "MediaWiki 1.46 is out! It needs PHP 8.3.")


def test_every_command_is_in_the_table() -> None:
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", README, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(cli.commands)


@pytest.mark.parametrize("spec", specs().values(), ids=lambda spec: spec.network)
def test_every_network_is_named(spec: NetworkSpec) -> None:
    section = README.partition("## Networks")[2].partition("## ")[0]
    assert NAMED.get(spec.network, spec.title) in section


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)\)", README))
def test_every_link_leads_somewhere(target: str) -> None:
    assert (ROOT / target).exists()


def test_run_without_a_command_says_what_there_is() -> None:
    done = subprocess.run([ROOT / "run"], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0
    for command in ("demo", "test", "check", "cli"):
        assert re.search(rf"^  {command}\b", done.stdout, re.MULTILINE)


def test_run_refuses_what_it_does_not_know() -> None:
    done = subprocess.run([ROOT / "run", "dmeo"], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert "dmeo" in done.stderr
