"""What the wiki says when it does not take an edit, in a person's words, with what to do about it.

https://www.mediawiki.org/wiki/API:Edit#Possible_errors, and those of the extensions that look at edits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CONFLICTS = frozenset({"editconflict", "articleexists", "missingtitle", "pagedeleted"})
"""The page is not any more as it was when it was read: it is to be read again, and decided anew."""

_RIGHTS = "the account may not edit it ({info}); ask an administrator, or name another page"
_LATER = "the next run tries again"
_FILTER = (
    "a filter of the wiki refuses the edit ({info}); ask those who look after the filter to let the bot edit"
)

# By the beginning of the error's code; the first that fits.
_WORDS: Mapping[str, str] = {
    "readonly": f"the wiki is read-only ({{info}}); {_LATER}",
    "maxlag": f"the wiki's database is behind; {_LATER}",
    "ratelimited": f"the wiki takes no more edits of this account for now; {_LATER}",
    "actionthrottled": f"the wiki takes no more edits of this account for now; {_LATER}",
    "blocked": "the account is blocked ({info}); see its talk page",
    "autoblocked": "the account's address is blocked ({info}); see its talk page",
    "globalblocking": "the account or its address is blocked ({info}); see its talk page",
    "torblocked": "edits from this address are blocked ({info})",
    "protectedpage": "it is protected ({info}); ask an administrator to let the account edit it",
    "protectedtitle": "its title is protected ({info}); ask an administrator to create it",
    "cascadeprotected": "it is protected ({info}); ask an administrator to let the account edit it",
    "protectednamespace": _RIGHTS,
    "namespaceprotected": _RIGHTS,
    "customcss": _RIGHTS,
    "customjs": _RIGHTS,
    "permissiondenied": _RIGHTS,
    "writeapidenied": _RIGHTS,
    "noedit": _RIGHTS,
    "cantcreate": _RIGHTS,
    "nocreate": _RIGHTS,
    "titleblacklist": _RIGHTS,
    "abusefilter": _FILTER,
    "spamblacklist": "an address on it is on the wiki's spam list ({info}); have it taken off that list",
    "spamdetected": "an address on it is on the wiki's spam list ({info}); have it taken off that list",
    "captcha": "the wiki asks for a captcha, which no bot solves; ask for a bot flag for the account",
    "assert": f"the wiki does not know the account's session any more; {_LATER}",
    "badtoken": f"the wiki does not know the account's session any more; {_LATER}",
    "contenttoobig": "its text would be too long for the wiki ({info})",
    "mwoauth": "the account's OAuth consumer may not edit ({info}); it needs the grant to edit pages",
}


def in_words(code: str, info: str) -> str:
    """Return why an edit was refused; ``info`` is what the wiki says itself."""
    for beginning, words in _WORDS.items():
        if code.startswith(beginning):
            return words.format(info=info.rstrip("."))
    return f"the wiki refuses the edit: {info} ({code})"
