"""A messenger that keeps what it is told, and fails as a test says."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

from bot.errors import AlertError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.model import Notice


class MemoryMessenger:
    """Tells into ``notices``; ``at`` is called at each step: "asked" before it has told, "told" after."""

    def __init__(self, name: str = "memory", *, at: Callable[[str], None] = lambda _: None) -> None:
        self.name = name
        self.notices: list[Notice] = []
        self.at = at
        self._faults: deque[Exception] = deque()

    def fail(self, *errors: Exception) -> None:
        """Let the coming tries fail, in order, before anything is told."""
        self._faults.extend(errors or [AlertError(f"{self.name}: did not take it")])

    def tell(self, notice: Notice) -> None:
        self.at("asked")
        if self._faults:
            raise self._faults.popleft()
        self.notices.append(notice)
        self.at("told")

    @property
    def begun(self) -> list[list[str]]:
        """The keys of what each notice has told to have begun."""
        return [[one.concern.key for one in notice.begun] for notice in self.notices]

    @property
    def over(self) -> list[list[str]]:
        return [[one.concern.key for one in notice.over] for notice in self.notices]


class Hanging(MemoryMessenger):
    """One whose service never answers, until ``released`` is set."""

    def __init__(self, name: str = "hanging") -> None:
        self.released = threading.Event()
        self.ended = threading.Event()
        super().__init__(name)

    def tell(self, notice: Notice) -> None:
        self.released.wait(60)
        super().tell(notice)
        self.ended.set()
