"""One run at a time: a lock that the system frees when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import socket
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.errors import LedgerError, LedgerLocked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Hold ``path`` with flock(2) and write there who holds it.

    The file stays behind, empty: whoever removed it could let two runs in. On NFS, Linux makes byte-range
    locks of this (https://man7.org/linux/man-pages/man2/flock.2.html), which serve as well; the ledger's own
    file is never locked in this way, because SQLite has its locks there.

    Raises:
        LedgerLocked: somebody holds it; at once, without waiting.
        LedgerError: the file cannot be opened, locked or written.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise _unusable(path, error) from error
    try:
        try:
            _acquire(descriptor, path)
        except OSError as error:
            raise _unusable(path, error) from error
        try:
            yield
        finally:
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 1000, 0).decode("utf-8", "replace") or "a process that has just started"
        raise LedgerLocked(
            f"Another run is at work: {holder} holds {path}. Nothing was done; the lock is free as soon as "
            "that process ends."
        ) from error
    started = datetime.now(UTC).isoformat(timespec="seconds")
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()}, since {started},".encode(), 0)


def _unusable(path: Path, error: OSError) -> LedgerError:
    return LedgerError(
        f"The lock file {path} cannot be used: {error.strerror}. Let this account write there, and see "
        "that the disk has room."
    )
