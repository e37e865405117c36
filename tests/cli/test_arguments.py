from __future__ import annotations

import click
import pytest

from bot.cli.arguments import arrange


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", "sync"),
        ("--simulate", "--simulate sync"),
        ("-simulate", "--simulate sync"),
        ("sync --simulate", "--simulate sync"),
        ("--json -v status", "--json --verbose status"),
        ("status --json -verbose", "--json --verbose status"),
        ("--config x.toml", "--config x.toml sync"),
        ("sync --config x.toml --force", "--config x.toml sync --force"),
        ("check --config=x.toml", "--config=x.toml check"),
        ("--channel feed --simulate", "--simulate sync --channel feed"),
        ("--backfill 3", "sync --backfill 3"),
        ("--help", "--help"),
        ("--version", "--version"),
        ("sync --help", "sync --help"),
        ("parse -- --odd-title", "parse -- --odd-title"),
    ],
)
def test_options_may_stand_before_or_after_the_command_or_without_one(line: str, expected: str) -> None:
    assert list(arrange(line.split(), default="sync").ours) == expected.split()


def test_pywikibots_global_options_go_to_pywikibot() -> None:
    arguments = arrange(["-site:meta:meta", "sync", "-user:NewsBot", "-nolog", "--force"], default="sync")
    assert arguments.ours == ("sync", "--force")
    assert arguments.pywikibot == ("-site:meta:meta", "-user:NewsBot", "-nolog")


@pytest.mark.parametrize("mistyped", ["-simulat", "-simualte", "-json", "-force", "-channel:feed", "-site"])
def test_an_unknown_single_dash_option_is_refused(mistyped: str) -> None:
    with pytest.raises(click.UsageError, match=mistyped.split(":", maxsplit=1)[0]):
        arrange(["sync", mistyped], default="sync")


def test_a_mistyped_command_is_left_for_click_to_refuse() -> None:
    assert arrange(["snyc", "--simulate"], default="sync").ours == ("--simulate", "snyc")


def test_a_config_option_without_its_value_is_left_for_click_to_refuse() -> None:
    assert arrange(["sync", "--config"], default="sync").ours == ("--config", "sync")
