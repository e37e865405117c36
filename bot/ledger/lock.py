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
    """Hold ``path`` with flock(2). The file stays behind, empty: whoever removed it could let two runs in.

    It says who holds it. On NFS, Linux makes byte-range locks of this, which serve as well; the ledger itself
    is never locked in this way, because SQLite has its own locks there.

    Raises:
        LedgerLocked: somebody holds it; at once, without waiting.
        LedgerError: the file cannot be made or locked.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise LedgerError(
            f"The lock file {path} cannot be opened: {error.strerror}. Let this account write there."
        ) from error
    try:
        _acquire(descriptor, path)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(descriptor, 1000).decode("utf-8", "replace") or "a process that has just started"
        raise LedgerLocked(
            f"Another run is at work: {holder} holds {path}. Nothing was done; the lock is free as soon as "
            "that process ends."
        ) from error
    except OSError as error:
        raise LedgerError(f"The lock file {path} cannot be locked: {error.strerror}.") from error
    started = datetime.now(UTC).isoformat(timespec="seconds")
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()}, since {started},".encode(), 0)
