"""When each command last ran, and how that ended: one row for each, which the next run replaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from bot.ledger.schema import run
from bot.model import Ending, RunMemory

if TYPE_CHECKING:
    from sqlalchemy import Connection


def recall(connection: Connection, command: str) -> RunMemory | None:
    """Return the last run of a command, ``None`` where none is known."""
    row = connection.execute(select(run).where(run.c.command == command)).mappings().one_or_none()
    return None if row is None else RunMemory(**{**row, "ending": Ending(row["ending"])})


def remember(connection: Connection, memory: RunMemory) -> None:
    """Write down a run in the place of the last one."""
    connection.execute(delete(run).where(run.c.command == memory.command))
    connection.execute(
        insert(run).values(
            command=memory.command,
            began_at=memory.began_at,
            ended_at=memory.ended_at,
            ending=memory.ending.value,
            detail=memory.detail,
            unwritten_since=memory.unwritten_since,
        )
    )
