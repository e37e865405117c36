"""How long a run may last, and what happens at its end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from bot.sync.herald import Herald

IN_FLIGHT = timedelta(seconds=7)  # for a request under way when the run is to end; SIGTERM leaves 10


class TimeLimit:
    """The time of a run that begins now: near its end nothing new begins, at its end nothing is waited for.

    The end is ``delivery.run_timeout`` from now, or a moment after somebody asked the run to stop.
    """

    def __init__(self, herald: Herald) -> None:
        timeout = herald.config.run_timeout
        self._herald = herald
        self._end = herald.clock() + timeout
        self._last_claim = self._end - min(IN_FLIGHT, timeout / 2)
        self._asked_at: datetime | None = None

    def why_stop(self) -> str | None:
        """Return why nothing new may begin, or ``None``."""
        if self._herald.stopping.is_set():
            return "the run was asked to end before its turn"
        if self._herald.clock() >= self._last_claim:
            return "the run's time (delivery.run_timeout) was over before its turn"
        return None

    def over(self) -> bool:
        """Tell whether the run has to end now, whatever is still under way."""
        now = self._herald.clock()
        if self._herald.stopping.is_set() and self._asked_at is None:
            self._asked_at = now
        return now >= self._end or (self._asked_at is not None and now >= self._asked_at + IN_FLIGHT)
