"""Takes a picture of a page with Debian's Chromium; without arguments, the README's, of the demo's page."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
PAGE = ROOT / "demo-out" / "public" / "index.html"
PICTURE = ROOT / "docs" / "images" / "demo.png"

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = (
    "chromium",
    "fonts-noto-core",
    "fonts-wqy-microhei",
)  # the demo's page has Arabic and Chinese words
# It is to draw one file: no profile of anybody's, no greetings, no updates, no other request.
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-device-scale-factor=2",
)
INSTALLATION = 900  # seconds
DRAWING = 120
DEMO = 300


def main() -> None:
    """Take the picture, or say what it would need."""
    arguments = parsed()
    if arguments.page == str(PAGE) and not PAGE.exists():
        run([sys.executable, str(HERE / "demo.py")], seconds=DEMO)
    address = arguments.page
    if not address.startswith("http://127.0.0.1:"):
        if not Path(address).is_file():
            sys.exit(f"screenshot: there is no page {address}")
        address = Path(address).resolve().as_uri()
    take(browser(), address, arguments.picture, f"{arguments.width},{arguments.height}")
    print(f"Written: {arguments.picture}")


def parsed() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="screenshot", description=__doc__)
    parser.add_argument(
        "page",
        nargs="?",
        default=str(PAGE),
        help="a page in a file, or on a server of this machine at 127.0.0.1 (default: the demo's)",
    )
    parser.add_argument("picture", type=Path, nargs="?", default=PICTURE, help="a PNG file to write")
    parser.add_argument(
        "--width", type=int, default=820, help="of the window, in pixels (default: %(default)s)"
    )
    parser.add_argument("--height", type=int, default=1090, help="likewise (default: %(default)s)")
    return parser.parse_args()


def browser() -> str:
    """Return Chromium's path; as root on Debian or Ubuntu it is installed where it is missing."""
    if found := installed():
        return found
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        sys.exit(
            "screenshot: Chromium is missing. On Debian or Ubuntu: sudo apt-get install " + " ".join(PACKAGES)
        )
    print(f"Installing {', '.join(PACKAGES)} (a minute or two)", file=sys.stderr)
    apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    run([*apt, "update"], seconds=INSTALLATION)
    run([*apt, "install", "-y", "--no-install-recommends", *PACKAGES], seconds=INSTALLATION)
    return installed() or sys.exit("screenshot: Chromium was installed but is not on the PATH")


def installed() -> str | None:
    """Return the path of the first browser there is."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def take(program: str, address: str, picture: Path, size: str) -> None:
    """Let the browser draw what is at ``address`` into ``picture``, which changes only when that worked."""
    # Root has no sandbox to draw in; the page is our own.
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with tempfile.TemporaryDirectory(prefix="screenshot-") as scratch:
        drawn = Path(scratch) / "drawn.png"
        profile, window = f"--user-data-dir={scratch}/profile", f"--window-size={size}"
        command = [program, *FLAGS, *sandbox, profile, window, f"--screenshot={drawn}"]
        said = run([*command, address], seconds=DRAWING)
        if not drawn.is_file():
            sys.exit(f"screenshot: {program} drew nothing. It said: {said[-500:]}")
        picture.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(drawn, picture)


def run(command: list[str], *, seconds: float) -> str:
    """Run a command and return what it said; stop with that where it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds)
    except subprocess.TimeoutExpired:
        sys.exit(f"screenshot: {command[0]} did not end within {seconds:.0f} s")
    said = (done.stderr + done.stdout).strip()
    if done.returncode != 0:
        sys.exit(f"screenshot: {' '.join(command)} failed: {said[-500:]}")
    return said


if __name__ == "__main__":
    main()
