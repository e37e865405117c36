"""How the sides of a comparison are measured: in turn, as processes, by the median."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

TIMEOUT = 300  # seconds for one process


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What one piece of work took: seconds on the wall; bytes of memory at the peak, where that is known."""

    seconds: float
    memory: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """A number, the goal it was to stay within, and what it was made of."""

    name: str
    what: str
    value: float
    goal: float
    unit: str
    samples: Mapping[str, Sequence[float]] = field(default_factory=dict)

    @property
    def met(self) -> bool:
        """Whether the goal was reached."""
        return self.value <= self.goal


def process(command: Sequence[str], *, folder: Path, environment: Mapping[str, str]) -> Cost:
    """Run a process to its end; one that fails or hangs is an error, for its cost would mean nothing."""
    with tempfile.TemporaryFile("w+") as said:
        started = time.perf_counter()
        child = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=said, stderr=said, stdin=subprocess.DEVNULL
        )
        watchdog = threading.Timer(TIMEOUT, child.kill)
        watchdog.start()
        try:
            _, status, usage = os.wait4(child.pid, 0)
        finally:
            watchdog.cancel()
        seconds = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}: {said.read()[-2000:]}")
    return Cost(seconds=seconds, memory=usage.ru_maxrss * 1024)


def in_turn(
    sides: Mapping[str, Callable[[], Cost]], *, repeats: int, warm_up: int = 1
) -> dict[str, list[Cost]]:
    """Measure the sides A B A B, so that what else the machine does meets all of them alike.

    The first ``warm_up`` rounds do not count.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in sides}
    for number in range(warm_up + repeats):
        for name, work in sides.items():
            cost = work()
            if number >= warm_up:
                costs[name].append(cost)
    return costs


def seconds(costs: Sequence[Cost]) -> float:
    """Return the median of the times."""
    return statistics.median(cost.seconds for cost in costs)


def times(costs: Mapping[str, Sequence[Cost]]) -> dict[str, list[float]]:
    """Return all the times, for the record."""
    return {name: [round(cost.seconds, 4) for cost in side] for name, side in costs.items()}


def machine() -> dict[str, Any]:
    """Describe where it was measured, so that numbers of two places are not compared; no names."""
    return {
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processor": _processor(),
        "cpus": os.cpu_count(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "load": [round(load, 2) for load in os.getloadavg()],
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
