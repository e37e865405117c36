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

SHORTEST = timedelta(minutes=1)


def read_status(root: Table, *, pages: Sequence[PageConfig]) -> StatusConfig:
    """Read the table; the page may be none of those that are read together for news."""
    table = root.table("status")
    default = StatusConfig()
    page = table.get("page", checks.title, default.page)
    if page is not None and (prefix := _below(page, pages)):
        table.problem(f"is below {prefix}, where each page is news: name a page of its own", key="page")
    status = StatusConfig(
        page=page,
        language=table.get("language", checks.language, default.language),
        every=table.get("every", checks.duration(least=SHORTEST), default.every),
        heartbeat=table.get("heartbeat", checks.duration(), default.heartbeat),
    )
    table.close()
    return status


def _below(title: str, pages: Sequence[PageConfig]) -> str | None:
    """Return the prefix below which a title is news, ``None`` where it is not."""
    prefixes = [page.collection.prefix for page in pages if page.collection and page.collection.prefix]
    return next((prefix for prefix in prefixes if same_title(title).startswith(same_title(prefix))), None)
