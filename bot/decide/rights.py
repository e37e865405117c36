"""Which rights on a wiki the bot needs, and which of those that it has it does not.

Pure. The names are MediaWiki's: https://www.mediawiki.org/wiki/Manual:User_rights#List_of_permissions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.model import Standing

CREATING = "createpage"
READING = ("read",)
WRITING = ("edit", CREATING)
MORE_AT_ONCE = "apihighlimits"

# What comes with the grants "basic" and "highvolume" or a bot's flag, and is no power over pages or people.
_HARMLESS = """
    apihighlimits autoconfirmed autocreateaccount autopatrol autoreview bot editsemiprotected ipblock-exempt
    markbotedits nominornewtalk noratelimit patrolmarks skipcaptcha torunblocked unwatchedpages writeapi
"""
# In the order in which they are said: first what does the greatest harm in the wrong hands.
_KINDS = {
    "change the interface and its scripts": """
        editinterface editsitecss editsitejs editsitejson edituserjs editusercss edituserjson
        """,
    "give people rights": "userrights userrights-interwiki globalgroupmembership globalgrouppermissions",
    "block people": "block blockemail globalblock hideuser unblockself",
    "delete, hide and bring back pages": """
        bigdelete browsearchive delete delete-redirect deletechangetags deletedhistory deletedtext
        deletelogentry deleterevision mergehistory nuke suppressionlog suppressrevision undelete
        viewsuppressed
        """,
    "protect pages": "editprotected protect stablesettings",
    "import pages": "import importupload",
    "move pages and files": """
        move move-categorypages move-rootuserpages move-subpages movefile suppressredirect
        """,
    "upload files": "reupload reupload-own reupload-shared upload upload_by_url",
    "take back and review edits": "patrol review rollback validate",
}
# Their members have rights over all that the wiki is.
_POWERFUL = {
    "sysop": "an administrator",
    "interface-admin": "an interface administrator",
    "bureaucrat": "a bureaucrat",
    "checkuser": "a checkuser",
    "suppress": "an oversighter",
    "steward": "a steward",
}


def lacking(standing: Standing, *, writes: bool) -> tuple[str, ...]:
    """Return the rights that the bot needs and does not have; ``writes``: it has pages of its own to edit."""
    return tuple(right for right in _needed(writes=writes) if right not in standing.rights)


def surplus(standing: Standing, *, writes: bool) -> Mapping[str, tuple[str, ...]]:
    """Return the rights that the bot has and does not need, by what one can do with them.

    Those that everybody has on that wiki are none: nobody gave them to the bot. The last kind, ``""``, is all
    others.
    """
    found = standing.rights - standing.common - set(_HARMLESS.split()) - set(_needed(writes=writes))
    kinds = {}
    for kind, names in _KINDS.items():
        if here := found.intersection(names.split()):
            kinds[kind] = tuple(sorted(here))
            found -= here
    return {**kinds, "": tuple(sorted(found))} if found else kinds


def is_restricted(standing: Standing) -> bool:
    """Tell whether the session may do less than its account: a bot password, or a grant of OAuth."""
    return not standing.entitled <= standing.rights


def office(standing: Standing) -> str | None:
    """Return what the account is where it has power over the wiki, ``None`` where it is one like others."""
    return next((name for group, name in _POWERFUL.items() if group in standing.groups), None)


def _needed(*, writes: bool) -> tuple[str, ...]:
    return READING + WRITING if writes else READING
