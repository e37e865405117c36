from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.report.screens import log, tty

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.report.screens import Screen


@pytest.fixture(params=[log, tty])
def screen(request: pytest.FixtureRequest) -> Screen:
    made: Callable[[], Screen] = request.param
    return made()
