"""Reads what was before: the history of a page, and revisions as they are now.

https://www.mediawiki.org/wiki/API:Revisions, https://www.mediawiki.org/wiki/API:RecentChanges,
https://www.mediawiki.org/wiki/API:Parsing_wikitext
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.wiki.refusal import RefusedError
from bot.wiki.revisions import ABOUT, revision_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.model import Page, Revision
    from bot.wiki.api import Api

HISTORY = 500  # revisions a request, for an account without the right to more
TEXTS = 50  # likewise, with their texts
GONE = frozenset({"nosuchrevid", "badid_rvendid"})


def read_past(api: Api, page: Page, *, seen: int | None) -> Page:
    """Return the page with its history after ``seen``, and the texts of the last fifty revisions of it.

    One request, and one more where there are more than fifty; with ``None``, the last fifty and no more.

    Raises:
        PageError: the wiki does not tell.
    """
    told, more = _ask(api, page, seen=seen, limit=TEXTS, texts=True)
    # The title may have got another page since, with other revisions: then its past is not the one we know.
    continuous = seen is None or any(entry["revid"] == seen for entry in told)
    if more and seen is not None:
        older, _ = _ask(api, page, seen=seen, limit=HISTORY, texts=False)
        continuous = any(entry["revid"] == seen for entry in older)
        told += [entry for entry in older if entry["revid"] not in {one["revid"] for one in told}]
    known = [revision_of(entry) for entry in told if entry["revid"] not in {seen, page.revision.id}]
    if more and seen is None and known:
        known[-1] = replace(known[-1], editor="")
    return replace(
        page,
        history=(*reversed(known), page.revision),
        texts={entry["revid"]: text for entry in told if (text := _text(entry)) is not None},
        continuous=continuous,
    )


def read_history(api: Api, page: Page) -> tuple[Revision, ...]:
    """Return the page's last 500 revisions up to the present one, oldest first, in one request.

    Raises:
        PageError: the wiki does not tell.
    """
    told, _ = _ask(api, page, seen=None, limit=HISTORY, texts=False)
    older = [revision_of(entry) for entry in told if entry["revid"] != page.revision.id]
    return (*reversed(older), page.revision)


def read_revisions(api: Api, ids: Iterable[int]) -> dict[int, Revision]:
    """Return revisions by their ids as they are now; what was deleted is left out.

    Raises:
        PageError: the wiki does not tell.
    """
    wanted = sorted(set(ids))
    found = {}
    batch = api.batch if wanted else 1
    for start in range(0, len(wanted), batch):
        answer = api.ask(
            action="query",
            prop="revisions",
            revids="|".join(map(str, wanted[start : start + batch])),
            rvprop=ABOUT,
        )
        with api.trouble():
            for told in answer["query"].get("pages", ()):
                found.update({one["revid"]: revision_of(one) for one in told.get("revisions", ())})
    return found


def read_patrolled(api: Api, page: Page) -> frozenset[int]:
    """Return the ids of the page's recent edits that somebody has patrolled, or that need nobody to.

    Raises:
        PageError: the wiki does not tell; it does so only to accounts with the right to see that.
    """
    answer = api.ask(
        action="query", list="recentchanges", rctitle=page.title, rcprop="ids|patrolled", rclimit=HISTORY
    )
    with api.trouble():
        return frozenset(
            change["revid"]
            for change in answer["query"]["recentchanges"]
            if change.get("patrolled") or change.get("autopatrolled")
        )


def read_templates(api: Api, page: Page, calls: Sequence[str]) -> tuple[Revision, ...]:
    """Return the newest revision of each template that the calls use on that page, directly or not.

    Raises:
        PageError: the wiki does not tell.
    """
    answer = api.ask(
        action="parse", title=page.title, contentmodel="wikitext", prop="templates", text="\n\n".join(calls)
    )
    with api.trouble():
        titles = sorted({entry["title"] for entry in answer["parse"]["templates"]})
    found: list[Revision] = []
    batch = api.batch if titles else 1
    for start in range(0, len(titles), batch):
        told = api.ask(
            action="query", prop="revisions", titles="|".join(titles[start : start + batch]), rvprop=ABOUT
        )
        with api.trouble():
            for entry in told["query"]["pages"]:
                found += [revision_of(one) for one in entry.get("revisions", ())]
    return tuple(found)


def _ask(
    api: Api, page: Page, *, seen: int | None, limit: int, texts: bool
) -> tuple[list[dict[str, Any]], bool]:
    """Return what is told of revisions, the newest first, and whether there are more.

    Where ``seen`` is no more, it is the last ones.
    """
    parameters: dict[str, str | int] = {
        "action": "query",
        "prop": "revisions",
        "titles": page.title,
        "rvprop": f"{ABOUT}|content" if texts else ABOUT,
        "rvlimit": limit,
        "rvstartid": page.revision.id,
    }
    if texts:
        parameters["rvslots"] = "main"
    try:
        answer = api.ask(**parameters, **({} if seen is None else {"rvendid": seen}))
    except RefusedError as refusal:
        if refusal.code not in GONE:
            raise
        answer = api.ask(**parameters)
    with api.trouble():
        told = [entry for one in answer["query"]["pages"] for entry in one.get("revisions", ())]
    return told, "continue" in answer


def _text(told: dict[str, Any]) -> str | None:
    text: str | None = told.get("slots", {}).get("main", {}).get("content")
    return text
