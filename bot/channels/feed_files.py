"""A folder whose files are replaced as a whole or not at all."""

from __future__ import annotations

import hashlib
import mimetypes
import os
import re
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from bot.errors import TransientError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from bot.model import Attachment

MEDIA = "media"
_OUR_MEDIA = re.compile(r"[0-9a-f]{32}\.[a-z0-9]+")


class Folder:
    """The folder at ``path``, made when the first file is written.

    Every method raises ``TransientError`` where the system refuses: nothing was published, and it will be
    once a person has made room or given the right.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, name: str) -> bytes | None:
        """Return a file's content, or ``None`` where there is no such file."""
        with _told(self.path / name):
            try:
                return (self.path / name).read_bytes()
            except FileNotFoundError:
                return None

    def replace(self, files: Mapping[str, bytes]) -> None:
        """Give each file its new content; one that has it already is left alone.

        All are written in full, and to the disk, before the first takes its place: where there is no room,
        nothing has changed. They then take their places in the order given, so that the last one commits.
        """
        changed = {name: content for name, content in files.items() if self.read(name) != content}
        staged: list[tuple[Path, Path]] = []
        try:
            for name, content in changed.items():
                target = self.path / name
                staged.append((target.with_name(f".{target.name}.new"), target))
                with _told(target):
                    _write(staged[-1][0], content)
            for new, target in staged:
                with _told(target):
                    new.replace(target)
        finally:
            for new, _ in staged:
                with suppress(OSError):
                    new.unlink(missing_ok=True)
        with _told(self.path):
            for parent in {target.parent for _, target in staged}:
                _sync_folder(parent)

    def store(self, attachment: Attachment) -> str:
        """Keep a file under a name made of its content, and return its path from the folder."""
        digest = hashlib.sha256(attachment.content).hexdigest()[:32]
        name = f"{MEDIA}/{digest}{mimetypes.guess_extension(attachment.mime_type) or '.bin'}"
        self.replace({name: attachment.content})
        return name

    def forget_media(self, kept: set[str]) -> None:
        """Delete the files that ``store`` made, but those at the paths ``kept``.

        One that cannot be deleted is left for the next time: what matters has been done before.
        """
        with suppress(OSError):
            for file in (self.path / MEDIA).iterdir():
                if _OUR_MEDIA.fullmatch(file.name) and f"{MEDIA}/{file.name}" not in kept:
                    file.unlink(missing_ok=True)

    def is_writable(self) -> bool:
        """Tell whether files can be made here, or in the nearest folder above that there is."""
        nearest = self.path
        while not nearest.exists() and nearest != nearest.parent:
            nearest = nearest.parent
        effective = os.access in os.supports_effective_ids
        return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK, effective_ids=effective)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    """Make the renames in a folder outlive a power cut, where the system knows how."""
    if os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise TransientError(
            f"{path}: {error.strerror or error}; nothing was published, it will be tried again"
        ) from error
