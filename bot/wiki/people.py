"""Asks who may be trusted: https://www.mediawiki.org/wiki/API:Users."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.wiki.api import Api


def groups(api: Api, users: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return each user's groups; who is unknown, an IP address, or blocked has none.

    A block of the whole account counts, one from single pages does not: an account that was taken over is
    blocked before it is taken out of its groups.
    """
    names = list(dict.fromkeys(users))
    asked = list(dict.fromkeys(_canonical(name) for name in names if name.strip() and "|" not in name))
    told: dict[str, frozenset[str]] = {}
    batch = api.batch if asked else 1
    for start in range(0, len(asked), batch):
        answer = api.ask(
            action="query",
            list="users",
            ususers="|".join(asked[start : start + batch]),
            usprop="groups|blockinfo",
        )
        for user in answer["query"]["users"]:
            blocked = "blockid" in user and not user.get("blockpartial")
            told[user["name"]] = frozenset() if blocked else frozenset(user.get("groups", ()))
    return {name: told.get(_canonical(name), frozenset()) for name in names}


def _canonical(name: str) -> str:
    name = name.replace("_", " ").strip()
    return name[:1].upper() + name[1:]
