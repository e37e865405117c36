"""What ``check`` says of the configuration page: who may change it, who did, and which revision counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import PageError
from bot.report.values import Finding, Verdict
from bot.sync.overlay import caretakers, with_overlay
from bot.wiki.base import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.model import Page
    from bot.sync.herald import Herald

SUBJECT = "configuration page"


def check_overlay(herald: Herald) -> Iterator[Finding]:
    """Look at the page as the next run will; the ledger is a scratch copy.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    title, wiki = herald.config.wiki.config_page, herald.wiki
    if title is None or wiki is None:
        return
    before = herald.ledger.overlay(wiki.name, title)
    try:
        page = wiki.read([Wanted(title=title, seen=before[0] if before else None)])[title]
    except PageError as error:
        page = error
    _, troubles = with_overlay(herald, page)
    kept = herald.ledger.overlay(wiki.name, title)
    if not isinstance(page, PageError):
        by = page.revision.editor or "somebody"
        counts = f"revision {kept[0]} counts" if kept else "no revision of it counts, and the file alone does"
        yield _finding(
            Verdict.GOOD, f"{title}: last changed by {by} in revision {page.revision.id}; {counts}"
        )
        yield from _who_may(page)
    for trouble in troubles:
        yield _finding(Verdict.WARNING, f"{title}: {trouble.message}")


def _who_may(page: Page) -> Iterator[Finding]:
    if owners := caretakers(page):
        names = " and ".join(sorted(owners))
        yield _finding(Verdict.GOOD, f"only {names} and interface administrators can edit it")
    elif page.protection:
        yield _finding(Verdict.GOOD, f"it is protected ({', '.join(sorted(page.protection))})")
    else:
        yield Finding(
            subject=SUBJECT,
            verdict=Verdict.WARNING,
            message=f"{page.title} is not protected: what strangers write there does not count, but hides "
            "what would",
            remedy="protect it, or use a page such as User:NAME/news.json",
        )


def _finding(verdict: Verdict, message: str) -> Finding:
    return Finding(subject=SUBJECT, verdict=verdict, message=message)
