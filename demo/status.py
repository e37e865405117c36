"""Takes the pictures of the status page: a real MediaWiki, a real browser, an example of all that it can say.

It needs what the tests with a MediaWiki need, the first time root on Debian or Ubuntu, and Chromium.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.report.labels import Labels  # noqa: E402 - found through the line above
from bot.report.wiki import status_page  # noqa: E402
from tests.report import examples  # noqa: E402
from tests.servers import mediawiki  # noqa: E402

TITLE = "User:NewsBot/status"
IMAGES = ROOT / "docs" / "images"
TAKING = 300  # seconds
# Where, how wide and high in pixels, in which skin and language.
PICTURES = (
    ("status.png", 1000, 1560, "vector", "en"),
    ("status-phone.png", 400, 1500, "minerva", "en"),
)


def main() -> None:
    """Write the page on a fresh wiki and draw it; without arguments into docs/images."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES
    with (
        tempfile.TemporaryDirectory(prefix="status-") as scratch,
        mediawiki.serve(Path(scratch) / "site") as wiki,
    ):
        wiki.edit("User:NewsBot/run", "run")
        for name, width, height, skin, language in PICTURES:
            wiki.edit(TITLE, status_page(examples.status_page(), Labels(language)), user=mediawiki.BOT)
            url = f"{wiki.url}/w/index.php?title={TITLE}&useskin={skin}"
            shoot = [sys.executable, str(ROOT / "demo" / "screenshot.py"), url, str(folder / name)]
            subprocess.run([*shoot, f"--width={width}", f"--height={height}"], check=True, timeout=TAKING)


if __name__ == "__main__":
    main()
