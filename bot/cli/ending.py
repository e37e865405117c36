"""How a run ends when it is asked to: by SIGTERM, as job schedulers do."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.sync.herald import Herald

LAST_RESORT = 9.5  # seconds; the run itself gives requests in flight 7, and schedulers kill after 10 or more


def end_on_sigterm(herald: Herald) -> None:
    """Let SIGTERM end the run: no new request, the one in flight is settled, the lock is released.

    Where something else hangs (the wiki, say), the process ends all the same: every transition of the ledger
    is committed at once, the system frees the lock, and the next run settles what was under way.
    """

    def end(*_: object) -> None:
        herald.stopping.set()
        timer = threading.Timer(LAST_RESORT, _give_up)
        timer.daemon = True
        timer.start()

    signal.signal(signal.SIGTERM, end)


def _give_up() -> None:
    sys.stderr.write("problem: asked to end, and something hangs; the next run goes on from here\n")
    sys.stderr.flush()
    os._exit(1)
