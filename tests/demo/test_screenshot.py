from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "demo" / "screenshot.py"

# A browser as far as the script can tell: it draws where it was told to, the address that it was given.
DRAWS = """#!/bin/sh
for argument; do case $argument in --screenshot=*) drawn=${argument#--screenshot=};; esac; done
echo "drawn: $argument" > "$drawn"
"""
DRAWS_NOTHING = "#!/bin/sh\necho no display here >&2\n"
FAILS = "#!/bin/sh\necho no memory left >&2\nexit 9\n"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    page = tmp_path / "a page.html"
    page.write_text("<p>Hello")
    return page


def screenshot(
    tmp_path: Path, *arguments: Path, browser: str | None = DRAWS
) -> subprocess.CompletedProcess[str]:
    programs = tmp_path / "bin"
    programs.mkdir()
    if browser is not None:
        (programs / "chromium").write_text(browser)
        (programs / "chromium").chmod(0o755)
    return subprocess.run(
        [sys.executable, SCRIPT, *arguments],
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_it_draws_a_page_into_a_picture(tmp_path: Path, page: Path) -> None:
    picture = tmp_path / "new" / "picture.png"
    done = screenshot(tmp_path, page, picture)
    assert (done.returncode, done.stdout) == (0, f"Written: {picture}\n")
    assert picture.read_text() == f"drawn: {page.as_uri()}\n"


@pytest.mark.parametrize(
    ("browser", "words"), [(DRAWS_NOTHING, "no display here"), (FAILS, "no memory left")]
)
def test_a_browser_that_draws_nothing_leaves_the_old_picture(
    tmp_path: Path, page: Path, browser: str, words: str
) -> None:
    picture = tmp_path / "picture.png"
    picture.write_text("old")
    done = screenshot(tmp_path, page, picture, browser=browser)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert picture.read_text() == "old"


def test_a_page_that_is_not_there_is_said(tmp_path: Path) -> None:
    done = screenshot(tmp_path, tmp_path / "none.html", tmp_path / "picture.png")
    assert (done.returncode, done.stderr) == (1, f"screenshot: there is no page {tmp_path / 'none.html'}\n")


def test_without_a_browser_it_says_what_to_install(tmp_path: Path, page: Path) -> None:
    done = screenshot(tmp_path, page, tmp_path / "picture.png", browser=None)
    assert done.returncode == 1
    assert "sudo apt-get install chromium" in done.stderr
