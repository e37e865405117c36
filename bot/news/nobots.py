"""Whether a page keeps bots away: https://www.mediawiki.org/wiki/Template:Bots.

Pywikibot heeds these templates where it saves a page. On a page of news they say as much of what is read
there: it is not to be passed on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.news.layouts.nodes import arguments, call_name
from bot.news.layouts.scan import Kind, Node, scan

if TYPE_CHECKING:
    from collections.abc import Iterator

_TEMPLATES = {"Nobots", "Bots"}


def keeps_away(wikitext: str, bot: str | None) -> str | None:
    """Return the call that keeps ``bot`` away (``None``: one that is not logged in), or ``None``."""
    for node in _calls(scan(wikitext)):
        name = call_name(wikitext, node)
        if name in _TEMPLATES and _denies(wikitext, node, name, (bot or "").casefold()):
            return wikitext[node.start : node.end]
    return None


def _calls(nodes: list[Node]) -> Iterator[Node]:
    """Yield all template calls, those inside others too; what a comment or nowiki holds is none."""
    for node in nodes:
        if node.kind is Kind.TEMPLATE:
            yield node
        if node.kind not in {Kind.COMMENT, Kind.OPAQUE}:
            yield from _calls(node.children)


def _denies(wikitext: str, node: Node, name: str, bot: str) -> bool:
    if name == "Nobots":
        return True
    told = {one.name.casefold(): _names(wikitext[one.start : one.end]) for one in arguments(wikitext, node)}
    denied, allowed = told.get("deny"), told.get("allow")
    if denied is not None and ("all" in denied or bot in denied):
        return True
    return allowed is not None and "all" not in allowed and bot not in allowed


def _names(listed: str) -> set[str]:
    return {name.strip().casefold() for name in listed.split(",")} - {"", "none"}
