"""Asks who people are: https://www.mediawiki.org/wiki/API:Users, https://www.mediawiki.org/wiki/API:Blocks."""

from __future__ import annotations

from datetime import datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from bot.model import Person

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.model import Page
    from bot.wiki.api import Api


def people(api: Api, names: Iterable[str], page: Page) -> dict[str, Person]:
    """Return who these are, by the names as given; who has no account is in no group.

    A block counts where it is of the whole account or address, or of that page: an account that was taken
    over is blocked before it is taken out of its groups.

    Raises:
        PageError: the wiki does not tell.
    """
    asked = {name: _canonical(name) for name in dict.fromkeys(names) if name.strip() and "|" not in name}
    told: dict[str, dict[str, Any]] = {}
    for some in _in_parts(asked.values(), api.batch if asked else 1):
        answer = api.ask(
            action="query",
            list="users",
            ususers="|".join(some),
            usprop="groups|editcount|registration|blockinfo",
        )
        with api.trouble():
            told |= {user["name"]: user for user in answer["query"]["users"]}
    unclear = [name for name, user in told.items() if _may_be_blocked(name, user)]
    blocked = _blocked(api, unclear, page)
    return {
        name: _person(name, told.get(canonical, {}), blocked=canonical in blocked)
        for name, canonical in asked.items()
    }


def _may_be_blocked(name: str, told: Mapping[str, Any]) -> bool:
    """Tell whether it takes another question to know.

    Of accounts the answer does not say what part of the wiki a block is of, and of addresses nothing at all.
    Whose name cannot be an account's ("de>Ann", who wrote on another wiki) cannot be blocked, nor be asked
    for.
    """
    if told.get("invalid"):
        return _is_address(name)
    return "userid" not in told or ("blockid" in told and bool(told.get("blockpartial")))


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _person(name: str, told: Mapping[str, Any], *, blocked: bool) -> Person:
    since = told.get("registration")
    return Person(
        name=name,
        groups=frozenset(told.get("groups", ())),
        edits=told.get("editcount", 0),
        registered_at=datetime.fromisoformat(since) if since else None,
        blocked=blocked or ("blockid" in told and not told.get("blockpartial")),
    )


def _blocked(api: Api, names: Iterable[str], page: Page) -> frozenset[str]:
    """Return which of these may not edit the page; ranges of addresses are not looked up."""
    found: set[str] = set()
    for some in _in_parts(names, api.batch):
        answer = api.ask(
            action="query",
            list="blocks",
            bkusers="|".join(some),
            bkprop="user|restrictions|flags",
            bklimit=500,
        )
        with api.trouble():
            found.update(block["user"] for block in answer["query"]["blocks"] if _concerns(block, page))
    return frozenset(found)


def _concerns(block: Mapping[str, Any], page: Page) -> bool:
    if not block.get("partial"):
        return True
    restrictions = block.get("restrictions") or {}
    if any(entry.get("id") == page.id for entry in restrictions.get("pages", ())):
        return True
    prefix, colon, _ = page.title.partition(":")
    namespace = page.site.namespaces.get(prefix.lower(), 0) if colon else 0
    return namespace in restrictions.get("namespaces", ())


def _in_parts(names: Iterable[str], size: int) -> Iterable[list[str]]:
    wanted = list(dict.fromkeys(names))
    for start in range(0, len(wanted), size):
        yield wanted[start : start + size]


def _canonical(name: str) -> str:
    name = name.replace("_", " ").strip()
    return name[:1].upper() + name[1:]
