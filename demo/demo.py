"""The main job in front of your eyes: a page is read, what is new is published, and nothing twice.

It needs no account and no wiki: the page is a file, the channel is a feed in a folder. What it types is what
a maintainer types.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
OUT = HERE.parent / "demo-out"
PAGE = OUT / "news.wikitext"


def main() -> None:
    """Play the scenes of the demo; the results lie in demo-out/."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    for name in ("news.wikitext", "news.toml", "Conference.png", "networks.toml", "new-item.wikitext"):
        shutil.copy(HERE / name, OUT)

    scene("A news page of a wiki, here in a file. These are the items that are found on it:")
    herald("parse")
    scene("The first run. On a page seen for the first time nothing is posted, unless we ask for it:")
    herald("sync", "--backfill", "3")
    scene("The second run. Everything is out already:")
    herald("sync")
    scene("An editor adds an item on top of the list. What would a run do? (--simulate writes nothing)")
    add("new-item.wikitext")
    herald("sync", "--simulate")
    scene("How would it sound elsewhere? A preview needs no account (and says which secrets are missing):")
    herald("preview", config="networks.toml")
    herald("preview", "--html", str(OUT / "preview.html"), config="networks.toml", quietly=True)
    scene("The third run. Only the new item goes out:")
    herald("sync")
    scene("Not all that stands on a page may go out. What the gate holds back waits, with the reason:")
    add("suspicious.wikitext")
    herald("sync")

    public = OUT / "public"
    scene("The results:")
    files = (public / "index.html", public / "atom.xml", public / "feed.json", OUT / "preview.html", PAGE)
    for file in files:
        print(f"  {file}")
    print("\nEdit the page and run: ./run cli --config demo-out/news.toml")


def scene(title: str) -> None:
    """Announce what comes next."""
    print(f"\n\033[1m{title}\033[0m" if sys.stdout.isatty() else f"\n{title}", flush=True)


def herald(*arguments: str, config: str = "news.toml", quietly: bool = False) -> None:
    """Type a command, visibly; stop the demo where it fails. ``quietly`` leaves out its warnings."""
    named = "" if config == "news.toml" else f"--config {config} "
    print(f"$ wikiherald {named}{' '.join(arguments)}", flush=True)
    command = [sys.executable, "-m", "bot", "--config", str(OUT / config), *arguments]
    errors = subprocess.DEVNULL if quietly else None
    subprocess.run(command, cwd=HERE.parent, check=True, timeout=120, stderr=errors)


def add(name: str) -> None:
    """Do what editors do: put lines on top of the list."""
    text = PAGE.read_text(encoding="utf-8")
    lines = (HERE / name).read_text(encoding="utf-8")
    PAGE.write_text(text.replace("* '''2026", f"{lines}* '''2026", 1), encoding="utf-8")


if __name__ == "__main__":
    main()
