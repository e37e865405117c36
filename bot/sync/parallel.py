"""Channels side by side, each in a thread of its own, none waited for longer than the run may last.

Messengers, too: whatever has a name.
"""

from __future__ import annotations

import threading
import time
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Named(Protocol):
    """What has a thread of its own, called by its name."""

    @property
    def name(self) -> str:
        """A name that is no other's."""


T = TypeVar("T")
N = TypeVar("N", bound=Named)

TICK = 0.1  # seconds between two looks at whether the time is over
LAST_MOMENT = 1.0  # seconds for an answer that is just arriving when the time is over


def side_by_side(
    channels: Iterable[N], task: Callable[[N], T], *, over: Callable[[], bool]
) -> dict[str, T | Exception]:
    """Do a task for each channel and return what came of it by the channel's name.

    An exception is a result. A channel that is not done when ``over`` says that the time is, is left behind:
    it has no result, and its thread does not keep the process from ending. The task itself must see to it
    that a thread left behind begins nothing new.
    """
    results: dict[str, T | Exception] = {}
    fatal: list[BaseException] = []
    done: SimpleQueue[tuple[str, T | BaseException]] = SimpleQueue()

    def work(channel: N) -> None:
        try:
            done.put((channel.name, task(channel)))
        except BaseException as error:  # noqa: BLE001 - it is handed over, not swallowed
            done.put((channel.name, error))

    waiting = set()
    for channel in channels:
        waiting.add(channel.name)
        threading.Thread(target=work, args=(channel,), daemon=True, name=channel.name).start()
    end: float | None = None
    while waiting and (end is None or time.monotonic() < end):
        if end is None and over():
            end = time.monotonic() + LAST_MOMENT
        try:
            name, result = done.get(timeout=TICK)
        except Empty:
            continue
        waiting.remove(name)
        if isinstance(result, BaseException) and not isinstance(result, Exception):
            fatal.append(result)
        else:
            results[name] = result
    if fatal:
        raise fatal[0]
    return results
