from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bot.errors import ConfigError
from bot.wiki.userconfig import check_user_config

if TYPE_CHECKING:
    from pathlib import Path

ASK_PYWIKIBOT = (
    "import os; from pywikibot import config as c; print(os.path.join(c.base_dir, c.user_config_file))"
)
PLACES = ("named", "here", "pwb", "home/.pywikibot", "given")


def _prepare(tmp_path: Path, places: tuple[str, ...]) -> dict[str, str]:
    for place in PLACES:
        folder = tmp_path / place
        folder.mkdir(parents=True)
        if place in places:
            for name in ("user-config.py", "other.py"):
                (folder / name).write_text("family = 'wikipedia'\nmylang = 'test'\n")
    return {
        "PYWIKIBOT_DIR": str(tmp_path / "named"),
        "PYWIKIBOT_DIR_PWB": str(tmp_path / "pwb"),
        "HOME": str(tmp_path / "home"),
    }


@pytest.mark.parametrize(
    ("places", "argv", "expected"),
    [
        (PLACES, [], "named/user-config.py"),
        (("here", "pwb", "home/.pywikibot"), [], "here/user-config.py"),
        (("pwb", "home/.pywikibot"), [], "pwb/user-config.py"),
        (("home/.pywikibot",), [], "home/.pywikibot/user-config.py"),
        (PLACES, ["-dir:../given"], "given/user-config.py"),
        (PLACES, ["-config:other"], "named/other.py"),
        (PLACES, ["-dir:../given", "-config:other.py"], "given/other.py"),
    ],
)
def test_the_file_is_the_one_that_pywikibot_reads(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    places: tuple[str, ...],
    argv: list[str],
    expected: str,
) -> None:
    environ = _prepare(tmp_path, places)
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", environ["HOME"])

    found = check_user_config(argv, environ)

    said = subprocess.run(
        [sys.executable, "-c", ASK_PYWIKIBOT, *argv], env=environ, capture_output=True, text=True, check=True
    ).stdout.strip()
    assert found.resolve() == tmp_path / expected
    assert said == str(tmp_path / expected)


def test_without_a_file_every_place_that_was_looked_at_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = _prepare(tmp_path, ())
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", environ["HOME"])
    with pytest.raises(ConfigError) as error:
        check_user_config([], environ)
    for place in PLACES[:-1]:
        assert str(tmp_path / place) in str(error.value)
