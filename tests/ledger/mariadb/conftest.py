"""A ledger on a real MariaDB for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.servers.mariadb import MariaDB


@pytest.fixture
def url(mariadb: MariaDB) -> str:
    return mariadb.clean_url()
