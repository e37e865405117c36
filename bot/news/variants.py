"""Text written for several variants of a language, ``-{zh-hans:软件;zh-hant:軟體}-``: the page's own is read.

https://www.mediawiki.org/wiki/Writing_systems/Syntax
"""

from __future__ import annotations

import re

# The languages that MediaWiki converts; elsewhere the signs mean nothing and stay.
_LANGUAGES = frozenset(
    {"ban", "crh", "gan", "iu", "kk", "ku", "sh", "shi", "sr", "tg", "tly", "uz", "zgh", "zh"}
)
_MARKUP = re.compile(r"-\{(?:([A-Za-z; -]*)\|)?([^{}]*)\}-")
_RULE = re.compile(r"\s*([a-z]{2,3}(?:-[a-z]+)*)\s*:(.*)", re.DOTALL)
_SHOWS_NOTHING = frozenset("HT-")


def choose(source: str, language: str) -> str:
    """Return the wikitext as ``language`` reads it, markup of variants gone."""
    language = language.lower()
    if language.partition("-")[0] not in _LANGUAGES:
        return source
    return _MARKUP.sub(lambda found: _text(found[1] or "", found[2], language), source)


def _text(flags: str, text: str, language: str) -> str:
    if _SHOWS_NOTHING.intersection(flags):
        return ""
    rules = [_RULE.fullmatch(part) for part in text.split(";") if part.strip()]
    said = {rule[1]: rule[2].strip() for rule in rules if rule}
    if not said or len(said) < len(rules):
        return text
    return said.get(language) or next(iter(said.values()))
