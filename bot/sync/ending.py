"""What comes after a run: the status page is written, and how the run ended is written down.

That the page cannot be written keeps nothing from being published: it is a warning of the run, and a failure
only when it has lasted for a day.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import HeraldError
from bot.model import Ending, RunMemory, Trouble

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model import PageEdit, RunReport
    from bot.sync.herald import Herald

log = logging.getLogger(__name__)

LASTS = timedelta(days=1)
COMMAND = "sync"


def end_run(herald: Herald, report: RunReport, *, began: datetime) -> RunReport:
    """Write the status page, where there is one, remember the run, and add to its report what came of that.

    Nothing is written where the stop page says stop, or where the run was asked to end. Nothing is raised.
    """
    edits: list[PageEdit] = []
    problems: list[Trouble] = []
    unwritten = False
    try:
        if herald.pen is not None and herald.config.status.page and not herald.stopping.is_set():
            from bot.sync.status_page import write  # noqa: PLC0415 - most runs need not wait for it

            edit = write(herald, herald.pen, herald.config.status.page, report, began=began)
            edits += [edit] if edit else []
    except HeraldError as error:
        unwritten = True
        problems.append(Trouble(message=f"the status page {error}"))
    except Exception as error:  # what has been published is to be told of, whatever happens here
        log.debug("status page", exc_info=error)
        unwritten = True
        message = f"the status page: unexpected {type(error).__name__}: please report it with what -v shows"
        problems.append(Trouble(message=message))
    try:
        since = _remember(herald, report, began=began, unwritten=unwritten)
    except HeraldError as error:
        problems.append(Trouble(message=f"the end of the run was not written down: {error}"))
    else:
        if since is not None and herald.clock() - since >= LASTS:
            problems = [replace(trouble, failure=True) for trouble in problems]
    return replace(report, edits=(*report.edits, *edits), problems=(*report.problems, *problems))


def _remember(herald: Herald, report: RunReport, *, began: datetime, unwritten: bool) -> datetime | None:
    """Write the run down and return since when the status page could not be written."""
    before = herald.ledger.last_run(COMMAND)
    now = herald.clock()
    since = (before.unwritten_since if before else None) or now
    if report.refusal:
        ending = Ending.REFUSED
    elif report.needs_a_look:
        ending = Ending.TROUBLE
    else:
        ending = Ending.WELL
    memory = RunMemory(
        command=COMMAND,
        began_at=began,
        ended_at=now,
        ending=ending,
        detail=report.refusal or "",
        unwritten_since=since if unwritten else None,
    )
    herald.ledger.remember_run(memory)
    return memory.unwritten_since
