"""Runs a module and writes down its memory at the peak, in bytes: ``peak.py FILE MODULE ARGS``.

From the inside, as ``getrusage`` counts what the parent had before the child began.
"""

import atexit
import re
import runpy
import sys
from pathlib import Path

_, file, module, *arguments = sys.argv


def write_down() -> None:
    """Ask Linux (``man 5 proc``)."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    peak = re.search(r"^VmHWM:\s*(\d+) kB$", status, re.MULTILINE)
    Path(file).write_text(str(int(peak[1]) * 1024 if peak else 0), encoding="utf-8")


atexit.register(write_down)
sys.argv = [module, *arguments]
runpy.run_module(module, run_name="__main__", alter_sys=True)
