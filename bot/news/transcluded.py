"""What a page shows that is nothing but a call: the page that stands for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.news.layouts.source import Source

if TYPE_CHECKING:
    from bot.model import Page

# What a page shows besides its text, or not at all.
_ASIDE = re.compile(r"<!--.*?-->|__[A-Z]+__|\[\[\s*[^\[\]|:]+:[^\[\]]*\]\]", re.DOTALL)
_ONLY_A_CALL = re.compile(r"\s*\{\{\s*([^{}|#<>\[\]\n]+?)\s*\}\}\s*")


def transcluded(page: Page) -> str | None:
    """Return the title of the page that ``page`` shows and nothing else, or ``None``.

    Categories, links to other languages, comments and switches beside it do not count. What a name without a
    namespace means is MediaWiki's rule: https://www.mediawiki.org/wiki/Transclusion#Transclusion_syntax
    """
    source = Source(page.wikitext)
    only = _ONLY_A_CALL.fullmatch(_ASIDE.sub("", source.text))
    if only is None:
        return None
    name = only[1].replace("_", " ")
    if name.startswith(":"):
        return name.removeprefix(":").strip() or None
    if name.startswith("/"):
        return page.title + name
    prefix, colon, _ = name.partition(":")
    if colon:
        return name if prefix.strip().lower() in page.site.namespaces else None
    return f"Template:{name}"
