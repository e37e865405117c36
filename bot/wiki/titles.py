"""Whether two titles are one page: https://www.mediawiki.org/wiki/Manual:Page_title."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.model import Site

# MediaWiki drops these from titles, so that two that look the same are the same.
_INVISIBLE = re.compile("[\u200e\u200f\u202a-\u202e]")
_SPACES = re.compile(r"[\s_]+")


def page_key(site: Site, title: str) -> tuple[int, str]:
    """Return what all ways to write a page's title share: its namespace's number, and its name.

    The case of the first letter never counts here. Some wikis tell two pages apart by it; there, two may be
    taken for one.
    """
    name = _SPACES.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", title))).strip(" :")
    prefix, colon, rest = name.partition(":")
    number = site.namespaces.get(prefix.strip().lower()) if colon else None
    name = name if number is None else rest.strip()
    return number or 0, name[:1].casefold() + name[1:]
