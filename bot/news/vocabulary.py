"""The tags and templates that rich text knows by name."""

from __future__ import annotations

# Templates so common and so plain that nobody need ask the wiki: those that stand for a sign, ...
SIGNS = {
    "!": "|",
    "=": "=",
    "·": " · ",
    "•": " • ",
    "nbsp": " ",
    "snd": " \N{EN DASH} ",
    "ndash": "\N{EN DASH}",
    "mdash": "\N{EM DASH}",
}
# ... those that wrap a text, with the argument that holds it, ...
WRAPPERS = {
    "abbr": "1",
    "big": "1",
    "lang": "2",
    "no wrap": "1",
    "nobold": "1",
    "nobr": "1",
    "nowrap": "1",
    "small": "1",
    "smaller": "1",
    "tooltip": "1",
}
# ... and those, and the words of the parser, that show nothing where they stand.
SILENT = frozenset({"#tag:ref", "-", "anchor", "clear", "defaultsort", "defaultsortkey", "displaytitle"})


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Struck text is no longer said; what noinclude holds is not part of the news; the rest is no text of its own.
GONE_TAGS = _words("""
    categorytree ce chem del gallery graph hiero imagemap indicator inputbox languages mapframe maplink math
    noinclude ref references s score script section strike style table templatedata templatestyles timeline
""")
BLOCK_TAGS = _words("""
    blockquote br center dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p poem pre td th tr ul
""")
BOLD_TAGS = _words("b strong")
ITALIC_TAGS = _words("em i")
LITERAL_TAGS = _words("nowiki pre source syntaxhighlight")
OTHER_TAGS = _words("""
    abbr bdi bdo big cite code dfn font includeonly ins kbd mark onlyinclude q rb rp rt ruby samp small span
    sub sup translate tt tvar u var wbr
""")
TAGS = GONE_TAGS | BLOCK_TAGS | BOLD_TAGS | ITALIC_TAGS | LITERAL_TAGS | OTHER_TAGS
