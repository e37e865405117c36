"""The engine keeps its promises whatever happens: see machine.py.

The examples are the same each time. ``HERALD_EXAMPLES=5000 ./run test tests/sync/test_machine.py`` looks
further, and elsewhere each time; what it finds is shown as the steps that lead there.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.sync.machine import machine
from tests.sync.stage import open_twice

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.mariadb import MariaDB

EXAMPLES = int(os.environ.get("HERALD_EXAMPLES", "0"))
PATIENCE = 600 if not EXAMPLES else 24 * 3600  # seconds


def look_for_a_broken_promise(url: str, *, examples: int) -> None:
    with open_twice(url) as ledgers:
        run_state_machine_as_test(
            machine(ledgers),
            settings=settings(
                max_examples=EXAMPLES or examples,
                derandomize=not EXAMPLES,
                stateful_step_count=30,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )


@pytest.mark.timeout(PATIENCE)
def test_the_engine_keeps_its_promises(shared_memory: Path) -> None:
    look_for_a_broken_promise(f"sqlite:///{shared_memory}/herald.sqlite", examples=60)


@pytest.mark.timeout(PATIENCE)
def test_the_engine_keeps_its_promises_on_mariadb(mariadb: MariaDB) -> None:
    look_for_a_broken_promise(mariadb.clean_url(), examples=10)
