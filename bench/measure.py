"""How the sides of a comparison are measured: in turn, as processes, by the median."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

TIMEOUT = 300  # seconds for one process


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


def process(command: Sequence[str], *, folder: Path, environment: Mapping[str, str]) -> float:
    """Run a process to its end and return the seconds it took on the wall.

    One that fails or hangs is an error: its time would mean nothing.
    """
    started = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
    )
    seconds = time.perf_counter() - started
    if done.returncode != 0:
        said = (done.stdout + done.stderr)[-2000:]
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {said}")
    return seconds


def in_turn(
    sides: Mapping[str, Callable[[], float]], *, repeats: int, warm_up: int = 1
) -> dict[str, list[float]]:
    """Measure the sides A B A B, so that what else the machine does meets all of them alike.

    Each side returns its seconds; the first ``warm_up`` rounds do not count.
    """
    times: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(warm_up + repeats):
        for name, work in sides.items():
            taken = work()
            if number >= warm_up:
                times[name].append(round(taken, 4))
    return times


def ratio(times: Mapping[str, Sequence[float]], *, of: str, to: str) -> float:
    """Return how many times as long one side took as the other, by their medians."""
    return statistics.median(times[of]) / statistics.median(times[to])


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
