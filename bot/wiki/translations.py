"""Asks how far a page is translated, where it is under the Translate extension.

https://www.mediawiki.org/wiki/Help:Extension:Translate/API and, for what an answer holds,
https://gerrit.wikimedia.org/g/mediawiki/extensions/Translate: src/MessageLoading/.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.model import Provenance, TranslatedUnit, TranslatedUnits
from bot.wiki.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.model import Page
    from bot.wiki.api import Api

MOST = 20  # answers for one page, of five hundred units each
NEVER_MARKED = "badparameter"  # there is no such group: nobody has marked the page for translation yet
NOT_HERE = frozenset(
    {"translate-invalidlanguage", "translate-language-disabled", "translate-language-disabled-reason"}
)


def read_units(api: Api, page: Page, language: str) -> TranslatedUnits:
    """Return the page's units in a language, with who translated them; two requests for fifty.

    Raises:
        PageError: the wiki does not tell.
    """
    try:
        told = list(_ask(api, page.title, language.lower()))
    except RefusedError as refusal:
        if refusal.code == NEVER_MARKED:
            return TranslatedUnits(lack=f"{page.title} has never been marked for translation")
        if refusal.code in NOT_HERE:
            return TranslatedUnits(lack=f"this wiki does not translate {page.title} into {language}")
        raise
    with api.trouble():
        revisions = {revision for message in told if (revision := _revision(message)) is not None}
        origins = _origins(api, sorted(revisions))
        return TranslatedUnits(units={_id(message): _unit(message, origins) for message in told})


def _ask(api: Api, title: str, language: str) -> Iterable[dict[str, Any]]:
    following: dict[str, str | int] = {}
    for _ in range(MOST):
        answer = api.ask(
            action="query",
            list="messagecollection",
            mcgroup=f"page-{title}",
            mclanguage=language,
            mcprop="definition|translation|tags|properties",
            **following,
        )
        yield from answer["query"].get("messagecollection", ())
        if "continue" not in answer:
            return
        following = answer["continue"]


def _id(message: Mapping[str, Any]) -> str:
    """Return a unit's id; the key is the page's title and the id, both as in a URL."""
    key: str = message["key"]
    return key.rpartition("/")[2].replace("_", " ")


def _unit(message: Mapping[str, Any], origins: Mapping[int, Provenance]) -> TranslatedUnit:
    return TranslatedUnit(
        definition=message["definition"],
        text=message["translation"],
        outdated="fuzzy" in message["tags"] or message["properties"]["status"] == "fuzzy",
        provenance=origins.get(_revision(message) or 0),
    )


def _revision(message: Mapping[str, Any]) -> int | None:
    """Return the revision of a translation, which the extension tells as a number or as its digits."""
    told = message["properties"].get("revision")
    return None if told is None or message["translation"] is None else int(told)


def _origins(api: Api, revisions: list[int]) -> dict[int, Provenance]:
    """Return who saved each revision, and when; a hidden or deleted one is left out.

    Of a translation that was changed, nobody says here who wrote the rest of it: that is somebody who is not
    named and hence not trusted, so that it settles.
    """
    origins = {}
    batch = api.batch if revisions else 1
    for start in range(0, len(revisions), batch):
        answer = api.ask(
            action="query",
            prop="revisions",
            revids="|".join(map(str, revisions[start : start + batch])),
            rvprop="ids|user|timestamp",
        )
        for page in answer["query"].get("pages", ()):
            for one in page.get("revisions", ()):
                editor = one.get("user", "")
                origins[one["revid"]] = Provenance(
                    revision=one["revid"],
                    editors=(editor,) if one["parentid"] == 0 else (editor, ""),
                    since=datetime.fromisoformat(one["timestamp"]),
                )
    return origins
