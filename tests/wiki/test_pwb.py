from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.servers import pywikibot as pywikibot_server
from tests.servers.process import free_port

if TYPE_CHECKING:
    from tests.servers.mediawiki import MediaWiki
    from tests.servers.pywikibot import PywikibotDir

PWB = Path(sys.executable).with_name("pwb")

CONFIG = """
[wiki]
family = "herald"
code = "test"
contact = "https://wiki.example/wiki/User:NewsBot"

[[pages]]
title = "Template:Pwb news"

[ledger]
url = "sqlite:///ledger.sqlite"

[[channels]]
name = "feed"
network = "feed"
path = "public"
url = "https://news.example/"
"""

NEWS = """\
* 2026-11-18: [[MediaWiki 1.46]] is out.
* 2026-11-02: [[Hackathon]] in November.
* 2026-10-30: [[Skins|New skins]] have come.
"""


def pwb(folder: PywikibotDir, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PWB, *arguments],
        env=folder.environment,
        cwd=folder.path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_pywikibot_is_told_where_the_script_is() -> None:
    paths = [point.load() for point in entry_points(group="pywikibot", name="scriptspath")]
    assert [path for path in paths if (path / "wikiherald.py").is_file()]


def test_pwb_runs_the_command(tmp_path: Path) -> None:
    # pwb itself opens no wiki for this, so none need be there.
    folder = pywikibot_server.prepare(tmp_path / "p", f"http://127.0.0.1:{free_port()}")
    done = pwb(folder, "wikiherald", "--version")
    assert done.returncode == 0
    assert done.stdout.startswith("wikiherald, version ")


def test_an_error_is_an_exit_code(tmp_path: Path) -> None:
    folder = pywikibot_server.prepare(tmp_path / "p", f"http://127.0.0.1:{free_port()}")
    done = pwb(folder, "wikiherald", "--simulat")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments", [("-simulate", "wikiherald", "sync"), ("wikiherald", "-simulate", "sync")]
)
def test_global_options_count_before_and_after_the_name_of_the_script(
    mediawiki: MediaWiki, pywikibot_dir: PywikibotDir, arguments: tuple[str, ...]
) -> None:
    mediawiki.edit("Template:Pwb news", NEWS)
    (pywikibot_dir.path / "news.toml").write_text(CONFIG, encoding="utf-8")

    done = pwb(pywikibot_dir, *arguments, "--backfill", "1", "--json")

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["simulate"] is True
    assert len(told["posts"]) == 1
    assert not (pywikibot_dir.path / "public").exists()
    assert not (pywikibot_dir.path / "ledger.sqlite").exists()
