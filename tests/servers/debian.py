"""Gets servers for the tests from Debian's (or Ubuntu's) packages.

Packages are installed where a program needs them installed, and only unpacked into a cache where it does not.
Several test sessions may run at once: one installs, the others wait for it, all for a bounded time.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PROJECT = Path(__file__).resolve().parents[2]
WAIT = 240.0  # seconds for somebody else's installation to end
COMMAND = 600.0  # seconds for one of apt's commands


class Unavailable(Exception):  # noqa: N818 - a verdict on this machine, not a fault of the test
    """A server cannot be had on this machine; the text says what it would take."""


def say(message: str) -> None:
    """Tell whoever waits at the terminal what takes so long."""
    print(f"[servers] {message}", file=sys.stderr, flush=True)


def cache() -> Path:
    """Return the folder that keeps what was downloaded, from one session to the next."""
    base = os.environ.get("XDG_CACHE_HOME")
    folder = Path(base) / "wikiherald" if base else PROJECT / ".cache"
    folder = folder / "servers"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Hold the lock ``name`` among all test sessions that share the cache."""
    with (cache() / f"{name}.lock").open("w") as lock:
        end = time.monotonic() + WAIT
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > end:
                    raise Unavailable(f"{name}: another session held the lock for {WAIT:.0f} s") from None
                time.sleep(0.2)
            else:
                break
        yield


def install(what: str, packages: Sequence[str]) -> None:
    """Install those ``packages`` that are missing, for the server called ``what``."""
    if not _missing(packages):
        return
    with alone("apt"):
        missing = _missing(packages)
        if missing:
            _need_root(what)
            say(f"{what}: installing {', '.join(missing)}")
            _update(what)
            _apt(what, "install", "-y", "-qq", "--no-install-recommends", *missing)


def unpack(what: str, packages: Sequence[str], arrange: Callable[[Path], None]) -> Path:
    """Return a folder with the files of ``packages``, downloaded but not installed, and then arranged."""
    folder = cache() / what.lower()
    if folder.is_dir():
        return folder
    with alone("apt"):
        if not folder.is_dir():
            _need_root(what)
            say(f"{what}: downloading {', '.join(packages)}")
            _update(what)
            with tempfile.TemporaryDirectory(dir=cache()) as scratch:
                _apt(what, "download", "-qq", *packages, folder=Path(scratch))
                for package in Path(scratch).glob("*.deb"):
                    _run(what, ["dpkg-deb", "-x", str(package), f"{scratch}/files"])
                arrange(Path(scratch) / "files")
                # By a rename: a half unpacked folder must never pass for a whole one.
                (Path(scratch) / "files").rename(folder)
    return folder


def _missing(packages: Sequence[str]) -> list[str]:
    if shutil.which("dpkg-query") is None:
        return list(packages)
    form = "${Package} ${db:Status-Status}\n"
    found = subprocess.run(
        ["dpkg-query", "-W", "-f", form, *packages], capture_output=True, text=True, check=False
    ).stdout.splitlines()
    return [package for package in packages if f"{package} installed" not in found]


def _need_root(what: str) -> None:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise Unavailable(f"{what}: needs root on Debian or Ubuntu, to install it by itself")


def _update(what: str) -> None:
    _apt(what, "update", "-qq")


def _apt(what: str, *arguments: str, folder: Path | None = None) -> None:
    options = ["-o", "DPkg::Lock::Timeout=120", "-o", "APT::Sandbox::User=root"]
    _run(what, ["apt-get", *options, *arguments], folder=folder)


def _run(what: str, command: Sequence[str], *, folder: Path | None = None) -> None:
    """Run a command; apt's lists have a lock that it does not wait for by itself."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    end = time.monotonic() + WAIT
    while True:
        try:
            done = subprocess.run(
                command,
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=COMMAND,
            )
        except subprocess.TimeoutExpired:
            raise Unavailable(f"{what}: {command[0]} did not end within {COMMAND:.0f} s") from None
        if done.returncode == 0:
            return
        if "Could not get lock" not in done.stderr or time.monotonic() > end:
            raise Unavailable(f"{what}: {' '.join(command)} failed: {done.stderr.strip()[-500:]}")
        time.sleep(1)
