"""Reads ``[status]``: the page on the wiki that shows how things stand."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.config import checks
from bot.config.pages import same_title
from bot.config.values import StatusConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.config.table import Table
    from bot.config.values import PageConfig
    from bot.model import Gate

SHORTEST = timedelta(minutes=1)


def read_status(root: Table, *, pages: Sequence[PageConfig], gate: Gate) -> StatusConfig:
    """Read the table; the page may be none that is read for news, nor the stop page."""
    table = root.table("status")
    default = StatusConfig()
    page = table.get("page", checks.title, default.page)
    if page is not None and (taken := _taken(page, pages, gate)):
        table.problem(f"is {taken}: the bot would overwrite it; name a page of its own", key="page")
    status = StatusConfig(
        page=page,
        language=table.get("language", checks.language, default.language),
        every=table.get("every", checks.duration(least=SHORTEST), default.every),
        heartbeat=table.get("heartbeat", checks.duration(), default.heartbeat),
    )
    table.close()
    return status


def _taken(title: str, pages: Sequence[PageConfig], gate: Gate) -> str | None:
    """Say for what else a title is used, ``None`` for nothing."""
    wanted = same_title(title)
    if gate.stop_page and wanted == same_title(gate.stop_page):
        return "the stop page"
    for page in pages:
        prefix = page.collection.prefix if page.collection else None
        if page.file is None and wanted == same_title(page.title):
            return "a page with news"
        if prefix is not None and wanted.startswith(same_title(prefix)):
            return f"below {prefix}, where each page is news"
    return None
