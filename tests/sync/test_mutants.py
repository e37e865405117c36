"""The machine tells the wrong engines from the right one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.sync.machine import machine
from tests.sync.mutants import MUTANTS
from tests.sync.promises import BrokenPromiseError
from tests.sync.stage import Engine, open_twice

if TYPE_CHECKING:
    from pathlib import Path

ENOUGH = settings(
    max_examples=300,
    derandomize=True,
    stateful_step_count=30,
    deadline=None,
    database=None,
    phases=[Phase.generate],  # that it breaks a promise is enough; nobody reads by which shortest way
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("engine", MUTANTS.values(), ids=MUTANTS.keys())
def test_a_wrong_engine_breaks_a_promise(engine: Engine, shared_memory: Path) -> None:
    with (
        open_twice(f"sqlite:///{shared_memory}/herald.sqlite") as ledgers,
        pytest.raises(BrokenPromiseError),
    ):
        run_state_machine_as_test(machine(ledgers, engine), settings=ENOUGH)
