from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from bot.errors import LedgerLocked
from bot.ledger import Ledger, open_ledger, open_scratch_copy
from bot.model import Status
from tests.ledger.making import claim, pending, sent

HOLD = """
import sys
from bot.ledger import open_ledger
with open_ledger(sys.argv[1]) as ledger, ledger.lock():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_run_is_told_at_once_that_another_is_at_work(ledger: Ledger, url: str) -> None:
    with ledger.lock(), open_ledger(url) as other:
        with pytest.raises(LedgerLocked, match="Another run is at work") as caught, other.lock():
            pytest.fail("two runs hold the lock")
        assert caught.value.exit_code == 75


def test_the_same_ledger_cannot_be_locked_twice(ledger: Ledger) -> None:
    with ledger.lock():
        with pytest.raises(LedgerLocked), ledger.lock():
            pytest.fail("it is locked twice")
        sent(ledger)
    with ledger.lock():
        sent(ledger, "another")


def test_the_lock_is_free_after_the_run_however_it_ended(ledger: Ledger, url: str) -> None:
    with ledger.lock():
        pass
    with pytest.raises(KeyboardInterrupt), ledger.lock():
        raise KeyboardInterrupt
    with open_ledger(url) as other, other.lock():
        pass


def test_what_is_written_under_the_lock_is_there_for_everyone(ledger: Ledger, url: str) -> None:
    with ledger.lock(), open_scratch_copy(url) as before:
        assert before.deliveries() == ()
        claimed = claim(ledger, pending(ledger))
        assert ledger.deliveries(statuses={Status.SENDING}) == (claimed,)
        with open_scratch_copy(url) as copy, open_ledger(url) as other:
            assert copy.deliveries() == other.deliveries() == (claimed,)


def test_a_killed_process_holds_no_lock(ledger: Ledger, url: str) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(LedgerLocked), ledger.lock():
            pytest.fail("two processes hold the lock")
        child.send_signal(signal.SIGKILL)
        child.wait()
    lock_soon(ledger)


@retry(retry=retry_if_exception_type(LedgerLocked), stop=stop_after_delay(10), wait=wait_fixed(0.01))
def lock_soon(ledger: Ledger) -> None:
    """Hold the lock once; a server needs a moment to see that somebody has died."""
    with ledger.lock():
        pass
