"""Has the wiki expand template calls, all of a page's in one request.

https://www.mediawiki.org/wiki/API:Expandtemplates
"""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

from bot.wiki.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Page
    from bot.wiki.api import Api

MOST = 200  # calls a page; no page of news has so many in its items
ALONE = 20  # calls asked for one by one where they cannot be told apart
# A template that does not exist becomes a link to it, a parser function's error is marked by its class, and
# what was no call stays what it was.
FAILED = re.compile(r'\A\[\[:[^\]|]+\]\]\Z|class="[^"]*\berror\b|\{\{|\x7f')


def expand(api: Api, page: Page, calls: Sequence[str]) -> dict[str, str]:
    """Return what each call becomes on that page; those that the wiki cannot expand are left out."""
    calls = list(dict.fromkeys(calls))[:MOST]
    if not calls:
        return {}
    mark = f"<>{secrets.token_hex(8)}<>"
    together = _ask(api, page, mark.join(calls))
    if together is None:
        return {}
    pieces: list[str | None] = [*together.split(mark)]
    if len(pieces) != len(calls):
        # One of them, not closed, has swallowed its neighbours.
        calls = calls[:ALONE]
        pieces = [_ask(api, page, call) for call in calls]
    return {
        call: piece
        for call, piece in zip(calls, pieces, strict=True)
        if piece is not None and not FAILED.search(piece.strip())
    }


def _ask(api: Api, page: Page, text: str) -> str | None:
    try:
        answer = api.ask(
            action="expandtemplates",
            title=page.title,
            revid=page.revision.id,
            prop="wikitext",
            text=text,
        )
    except RefusedError:
        return None
    wikitext: str = answer["expandtemplates"]["wikitext"]
    return wikitext
