"""The files that Toolforge and its maintainers read agree with each other and with the program."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from bot.channels.base import specs
from bot.cli.arguments import arrange
from bot.cli.main import DEFAULT_COMMAND, cli
from bot.compose.template import check_template
from bot.config import load
from bot.news.parse import LAYOUTS
from tests.toolforge.container import ROOT, procfile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.config import Config

TOOLFORGE = ROOT / "toolforge"
RUNBOOK = (TOOLFORGE / "README.md").read_text(encoding="utf-8")
START = "python toolforge/herald.py "

# https://wikitech.wikimedia.org/wiki/Help:Toolforge/Running_jobs
JOB_KEYS = {"name", "image", "command", "schedule", "mem", "cpu", "timeout", "retry", "emails", "mount"}
# https://gitlab.wikimedia.org/repos/cloud/toolforge/components-api, openapi/tool-config-schema.json
RUN_KEYS = {"command", "schedule", "memory", "cpu", "timeout", "retry", "emails", "mount"}
TOOLFORGE_COMMANDS = {
    "build": {"start", "show", "list", "logs"},
    "components": {"config create", "deployment create", "deployment show"},
    "envvars": {"create", "list", "show"},
    "jobs": {"run", "load", "list", "show", "logs", "delete"},
}


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def test_a_command_is_one_that_the_buildpack_accepts() -> None:
    for line in (ROOT / "Procfile").read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(r"[A-Za-z0-9_-]+: \S.*", line)


@pytest.mark.parametrize("command", procfile().values())
def test_the_program_understands_each_command_of_the_procfile(command: str) -> None:
    assert command.startswith(START)
    understood(command.removeprefix(START))


def test_only_a_job_with_the_tools_disk_uses_it() -> None:
    for job in read("toolforge/jobs.yaml"):
        assert (job["mount"] == "all") == ("$TOOL_DATA_DIR" in procfile()[job["command"]])


def test_each_job_is_one_that_toolforge_takes() -> None:
    for job in read("toolforge/jobs.yaml"):
        assert set(job) <= JOB_KEYS
        assert job["command"] in procfile()
        assert (job["mem"], job["retry"], job["emails"]) == ("512Mi", 0, "onfailure")


def test_the_components_are_ones_that_toolforge_takes() -> None:
    config = read("toolforge.yaml")
    assert config["config_version"] == "v1beta1"
    for component in config["components"].values():
        assert component["component_type"] == "scheduled"
        assert set(component["build"]) in ({"repository", "ref"}, {"reuse_from"})
        assert component["build"].get("reuse_from", "herald") in config["components"]
        assert set(component["run"]) <= RUN_KEYS
        assert component["run"]["command"] in procfile()


def test_both_ways_to_make_the_jobs_make_the_same() -> None:
    """Under the same name: where both were used, one replaces the other instead of running beside it."""
    jobs = {job["name"]: job for job in read("toolforge/jobs.yaml")}
    for name, component in read("toolforge.yaml")["components"].items():
        run = component["run"]
        job = jobs[name] | {"memory": jobs[name]["mem"]}
        assert {key: job[key] for key in run} == run


def test_toolforge_waits_longer_for_a_run_than_the_run_itself() -> None:
    config = load_example()
    for job in read("toolforge/jobs.yaml"):
        assert job["timeout"] > config.run_timeout.total_seconds()


def test_the_buildpack_finds_one_kind_of_python_project() -> None:
    """It refuses a repository with none of these files, and one with two of them."""
    files = ("requirements.txt", "uv.lock", "poetry.lock", "Pipfile.lock", "Pipfile")
    assert [name for name in files if (ROOT / name).exists()] == ["requirements.txt"]
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["."]


def load_example(path: Path = TOOLFORGE / "news.toml") -> Config:
    environ = {"MASTODON_TOKEN": "secret", "TOOL_TOOLSDB_USER": "s12345", "TOOL_TOOLSDB_PASSWORD": "secret"}
    return load(path, networks=specs(), environ=environ, layouts=LAYOUTS, check_template=check_template)


def test_the_example_is_well_and_has_a_stop_page() -> None:
    config = load_example()
    assert config.warnings == ()
    assert config.gate.stop_page is not None


def test_the_feed_that_the_example_proposes_is_well_too(tmp_path: Path) -> None:
    text = (TOOLFORGE / "news.toml").read_text(encoding="utf-8")
    before, mark, feed = text.partition("# [[channels]]")
    (tmp_path / "news.toml").write_text(before + (mark + feed).replace("# ", ""), encoding="utf-8")
    config = load_example(tmp_path / "news.toml")
    assert [channel.network for channel in config.channels] == ["mastodon", "feed"]
    assert config.warnings == ()


# --- the runbook ---


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", RUNBOOK, re.DOTALL | re.MULTILINE)


def typed() -> Iterator[str]:
    """Find what is to be typed on Toolforge."""
    for block in blocks("sh"):
        for line in block.replace("\\\n", " ").splitlines():
            yield line.strip()
    yield from re.findall(r"`(toolforge (?:build|components|envvars|jobs) [^`]*)`", RUNBOOK)


def ours() -> Iterator[str]:
    """Find the command lines of the program: in jobs, and by a command's or the program's name."""
    for line in typed():
        words = shlex.split(line)
        if "--command" in words:
            command = words[words.index("--command") + 1]
            yield procfile().get(command, command).removeprefix(START)
    names = "|".join(cli.commands)
    yield from re.findall(rf"`((?:{names}) [^`]*)`", RUNBOOK)
    for command in re.findall(r"`wikiherald ([^`]*)`", RUNBOOK):
        yield command


def understood(command: str) -> None:
    """Let click parse a command line, as it would be when typed."""
    words = list(arrange(shlex.split(command), default=DEFAULT_COMMAND).ours)
    name = next(word for word in words if word in cli.commands)
    place = words.index(name)
    cli.make_context("wikiherald", [*words[:place], name]).close()
    with cli.commands[name].make_context(name, words[place + 1 :]):
        pass


@pytest.mark.parametrize("command", sorted(set(ours())))
def test_every_command_line_of_ours_in_the_runbook_is_understood(command: str) -> None:
    understood(command)


@pytest.mark.parametrize("line", sorted({line for line in typed() if line.startswith("toolforge ")}))
def test_every_command_line_of_toolforge_in_the_runbook_is_known(line: str) -> None:
    _, group, rest = line.split(" ", 2)
    assert any(re.match(rf"{known}\b", rest) for known in TOOLFORGE_COMMANDS[group])


@pytest.mark.parametrize("line", [line for line in typed() if "jobs run" in line])
def test_every_single_job_has_an_image_and_is_waited_for(line: str) -> None:
    words = shlex.split(line)
    assert words[words.index("--image") + 1] == read("toolforge/jobs.yaml")[0]["image"]
    assert "--wait" in words


def test_every_exit_code_is_in_the_table_for_e_mails() -> None:
    table = RUNBOOK[RUNBOOK.index("## An e-mail has come") :]
    assert {"1", "2", "3", "75"} <= set(re.findall(r"^\| (\d+)", table, re.MULTILINE))


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", RUNBOOK):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        path = TOOLFORGE / name if name else TOOLFORGE / "README.md"
        assert path.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {
                re.sub(r"[^\w\s-]", "", heading.lower()).replace(" ", "-") for heading in headings
            }, target
