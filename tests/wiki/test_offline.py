from __future__ import annotations

import subprocess
import sys

import pytest

from tests.wiki.child import ROOT


@pytest.mark.parametrize(
    "module", ["bot.cli", "bot.config", "bot.sync", "bot.wiki.base", "bot.wiki.file", "bot.wiki.page"]
)
def test_nothing_but_opening_a_wiki_imports_pywikibot(module: str) -> None:
    script = f"import sys, {module}; sys.exit('pywikibot' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
