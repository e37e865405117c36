"""Reads what the API says of pages and their revisions.

https://www.mediawiki.org/wiki/API:Revisions, https://www.mediawiki.org/wiki/API:Query#Title_normalization
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.errors import PageError
from bot.model import Page, Revision

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.model import PageSet, Site
    from bot.wiki.api import Api

HISTORY = 500  # revisions a request, for an account without the right to more
ABOUT = "ids|user|timestamp|comment|tags|sha1"
# What would make several titles of one, or none; everything else is the wiki's to judge.
SEPARATORS = re.compile(r"[|\x00-\x1f]")


class MissingPageError(PageError):
    """The page does not exist."""


def read_pages(api: Api, site: Site, titles: Iterable[str]) -> dict[str, Page | PageError]:
    """Return each page at its newest revision, or why it cannot be had.

    50 titles cost one request, or 500 where the account has the right to ask for so many.
    """
    found: dict[str, Page | PageError] = {}
    sound = []
    for title in dict.fromkeys(titles):
        if not title.strip() or SEPARATORS.search(title):
            found[title] = PageError(f"{title!r}: is not a title; see title in news.toml")
        else:
            sound.append(title)
    batch = api.batch if sound else 1
    for start in range(0, len(sound), batch):
        found |= _read_batch(api, site, sound[start : start + batch])
    return found


def _as_reviewed(api: Api, told: dict[str, dict[str, Any]]) -> None:
    """Put the stable revision in the place of the newest, for the pages that have one; one request for all.

    A page that nobody has reviewed is shown as it is: https://www.mediawiki.org/wiki/Extension:FlaggedRevs
    """
    stable = {
        entry["flagged"]["stable_revid"]: title
        for title, entry in told.items()
        if "flagged" in entry and entry.get("revisions")
        if entry["flagged"]["stable_revid"] != entry["revisions"][0]["revid"]
    }
    if not stable:
        return
    for title in stable.values():
        told[title][
            "revisions"
        ] = ()  # should the answer leave one out, it is not the newest that is published
    parameters: dict[str, str | int] = {
        "action": "query",
        "prop": "revisions",
        "revids": "|".join(map(str, stable)),
        "rvprop": f"{ABOUT}|content",
        "rvslots": "main",
    }
    following: dict[str, str | int] = {}
    for _ in range(len(stable) + 1):
        answer = api.ask(**parameters, **following)
        for entry in answer.get("query", {}).get("pages", ()):
            if entry.get("revisions"):
                told[entry["title"]]["revisions"] = entry["revisions"]
        if "continue" not in answer:
            break
        following = answer["continue"]


def read_members(api: Api, site: Site, collection: PageSet) -> list[Page]:
    """Return the pages of a collection at their newest revisions, as ``Source.members``.

    One request for a category, two below a prefix: there may be many translations, which are none of them.
    https://www.mediawiki.org/wiki/API:Categorymembers, https://www.mediawiki.org/wiki/API:Allpages

    Raises:
        PageError: the wiki does not tell, or the category or prefix is not one.
    """
    if collection.prefix is not None:
        found = list(read_pages(api, site, _below(api, site, collection.prefix)[: collection.most]).values())
    else:
        told = _ask_category(api, site, collection)
        found = [_page(site, entry["title"], entry) for entry in told if not entry.get("redirect")]
    return [page for page in found if not isinstance(page, PageError)]


def _read_batch(api: Api, site: Site, titles: Sequence[str]) -> dict[str, Page | PageError]:
    # MediaWiki composes the characters of a title before it tells what became of it.
    asked = {title: unicodedata.normalize("NFC", title) for title in titles}
    renamed, told, elsewhere = _ask(api, asked.values(), reviewed=site.reviewed)
    if site.reviewed:
        _as_reviewed(api, told)
    found: dict[str, Page | PageError] = {}
    for title, name in asked.items():
        final = renamed.get(name, name)
        found[title] = (
            PageError(f"{title}: lies on another wiki; see title in news.toml")
            if final in elsewhere
            else _page(site, title, told.get(final, {"missing": True}))
        )
    return found


def _ask(
    api: Api, titles: Iterable[str], *, reviewed: bool
) -> tuple[dict[str, str], dict[str, dict[str, Any]], set[str]]:
    """Return what each title became, what was told of each page, and the titles of other wikis.

    The texts of many long pages come in several answers (https://www.mediawiki.org/wiki/API:Continue).
    """
    titles = list(titles)
    parameters: dict[str, str | int] = {
        "action": "query",
        "prop": "revisions|info|flagged" if reviewed else "revisions|info",
        "inprop": "protection",
        "titles": "|".join(titles),
        "rvprop": f"{ABOUT}|content",
        "rvslots": "main",
    }
    renamed: dict[str, str] = {}
    told: dict[str, dict[str, Any]] = {}
    elsewhere: set[str] = set()
    following: dict[str, str | int] = {}
    for _ in range(len(titles) + 1):
        answer = api.ask(**parameters, **following)
        query = answer.get("query", {})
        renamed |= {entry["from"]: entry["to"] for entry in query.get("normalized", ())}
        elsewhere |= {entry["title"] for entry in query.get("interwiki", ())}
        for entry in query.get("pages", ()):
            told[entry["title"]] = told.get(entry["title"], {}) | entry
        if "continue" not in answer:
            break
        following = answer["continue"]
    return renamed, told, elsewhere


def _below(api: Api, site: Site, prefix: str) -> list[str]:
    """Return the titles that begin with ``prefix`` and have no further slash, the last first."""
    namespace, name = _namespace(site, prefix)
    answer = api.ask(
        action="query",
        list="allpages",
        apprefix=name,
        apnamespace=namespace,
        apfilterredir="nonredirects",
        apdir="descending",
        aplimit=HISTORY,
    )
    titles = [entry["title"] for entry in answer["query"]["allpages"]]
    return [title for title in titles if title.count("/") == prefix.count("/")]


def _ask_category(api: Api, site: Site, collection: PageSet) -> list[dict[str, Any]]:
    """Return what is told of the pages that were put into a category last, the newest page first."""
    told: dict[str, dict[str, Any]] = {}
    following: dict[str, str | int] = {}
    for _ in range(collection.most + 1):
        answer = api.ask(
            action="query",
            generator="categorymembers",
            gcmtitle=collection.category or "",
            gcmtype="page",
            gcmsort="timestamp",
            gcmdir="desc",
            gcmlimit=collection.most,
            prop="revisions|info|flagged" if site.reviewed else "revisions|info",
            inprop="protection",
            rvprop=f"{ABOUT}|content",
            rvslots="main",
            **following,
        )
        for entry in answer.get("query", {}).get("pages", ()):
            told[entry["title"]] = told.get(entry["title"], {}) | entry
        # Only the rest of these pages' texts is asked for, not the pages after them.
        following = {
            name: value for name, value in answer.get("continue", {}).items() if name == "rvcontinue"
        }
        if not following:
            break
    if site.reviewed:
        _as_reviewed(api, told)
    return sorted(told.values(), key=_first_seen, reverse=True)


def _first_seen(told: Mapping[str, Any]) -> int:
    """Order pages of a category, which the API gives in no order, by when they were made."""
    return int(told.get("pageid", 0))


def _namespace(site: Site, title: str) -> tuple[int, str]:
    prefix, colon, name = title.partition(":")
    number = site.namespaces.get(prefix.strip().lower()) if colon else None
    return (0, title) if number is None else (number, name.strip())


def _page(site: Site, wanted: str, told: Mapping[str, Any]) -> Page | PageError:
    if told.get("invalid"):
        return PageError(f"{wanted}: is not a title: {told.get('invalidreason', 'the wiki refuses it')}")
    if told.get("missing") or told.get("special"):
        return MissingPageError(f"{wanted}: there is no such page on {site.name}; see title in news.toml")
    revisions = told.get("revisions", ())
    content = revisions[0]["slots"]["main"].get("content") if revisions else None
    if content is None:
        return PageError(
            f"{wanted}: the text of its newest revision is hidden or not told; ask an administrator"
        )
    if told.get("redirect"):
        # Not followed: whoever can move a page could then make another one speak.
        return PageError(f"{wanted}: is a redirect{_target(content)}; name the page itself in news.toml")
    revision = revision_of(revisions[0])
    return Page(
        site=site,
        title=told["title"],
        wikitext=content,
        revision=revision,
        history=(revision,),
        id=told.get("pageid"),
        protection=_protection(told),
        reviewed="flagged" in told if site.reviewed else None,
    )


def _target(content: str) -> str:
    match = re.search(r"\[\[\s*:?([^\]|#]+)", content)
    return f" to {match[1].strip()}" if match else ""


def _protection(told: Mapping[str, Any]) -> frozenset[str] | None:
    """Return the groups or rights one of which it takes to edit the page, cascading protection included."""
    if "protection" not in told:
        return None
    return frozenset(entry["level"] for entry in told["protection"] if entry.get("type") == "edit")


def revision_of(told: Mapping[str, Any]) -> Revision:
    """Return a revision as the API tells of it; who is hidden has no name."""
    hidden = any(
        told.get(name) for name in ("userhidden", "commenthidden", "texthidden", "sha1hidden", "suppressed")
    )
    return Revision(
        id=told["revid"],
        editor="" if told.get("userhidden") else told.get("user", ""),
        saved_at=datetime.fromisoformat(told["timestamp"]),
        comment=told.get("comment", ""),
        tags=tuple(told.get("tags", ())),
        sha1=told.get("sha1", ""),
        hidden=hidden,
    )
