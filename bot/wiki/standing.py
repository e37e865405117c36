"""Asks what the bot may do on a wiki.

https://www.mediawiki.org/wiki/API:Userinfo, https://www.mediawiki.org/wiki/API:Siteinfo
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.model import Standing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.wiki.api import Api

EVERYBODY = frozenset({"*", "user"})


def read_standing(api: Api) -> Standing:
    """Return who is logged in and what that session may do, in one request.

    Raises:
        PageError: the wiki cannot be reached, or does not tell.
    """
    query = api.ask(
        action="query", meta="userinfo|siteinfo", uiprop="groups|rights|blockinfo", siprop="usergroups"
    )["query"]
    user = query["userinfo"]
    of_group = {group["name"]: frozenset(group.get("rights", ())) for group in query.get("usergroups", ())}
    groups = frozenset(user.get("groups", ()))
    return Standing(
        site=str(api.site),
        account=None if user.get("anon") or not user.get("id") else user["name"],
        groups=groups,
        rights=frozenset(user.get("rights", ())),
        entitled=_rights(of_group, groups),
        common=_rights(of_group, EVERYBODY),
        blocked=_block(user),
        partially=bool(user.get("blockpartial")),
    )


def _rights(of_group: Mapping[str, frozenset[str]], groups: frozenset[str]) -> frozenset[str]:
    return frozenset().union(*(of_group.get(group, frozenset()) for group in groups))


def _block(user: Mapping[str, Any]) -> str | None:
    if "blockid" not in user:
        return None
    reason = user.get("blockreason") or "no reason was given"
    who, end = user.get("blockedby") or "somebody", user.get("blockexpiry", "further notice")
    return f"by {who} until {end}: {reason}"
