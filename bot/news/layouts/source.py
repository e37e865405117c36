"""What a page shows where it is transcluded, and which line each character of that came from.

The rules are MediaWiki's and Translate's:
https://www.mediawiki.org/wiki/Transclusion#Partial_transclusion and
https://www.mediawiki.org/wiki/Help:Extension:Translate/Page_translation_administration
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Inside these, no tag means anything. One that is not closed is text, but a comment reaches to the end.
_RAW = ("nowiki", "pre", "syntaxhighlight", "source")
_TOKEN = re.compile(
    r"(?P<comment><!--)"
    rf"|<(?P<raw>{'|'.join(_RAW)})(?:\s[^<>]*)?>"
    r"|<(?P<close>/?)(?P<tag>noinclude|includeonly|onlyinclude)\s*>"
    r"|(?P<gone><translate(?:\s[^<>]*)?>\n?|\n?</translate\s*>|<languages\s*/?>\n?)"
    r"|(?P<tvar><tvar\s*\|[^<>]*>|<tvar(?:\s[^<>]*)?>|</tvar\s*>|</>)",
    re.IGNORECASE,
)
_RAW_END = re.compile(rf"</({'|'.join(_RAW)})\s*>", re.IGNORECASE)
_UNIT = re.compile(r"<!--T:[^_/\n<>]+-->")


class Source:
    """The transcluded part of a page: ``text``, and ``line(offset)`` of it on the page itself."""

    def __init__(self, wikitext: str) -> None:
        kept = [part for part in _kept(wikitext) if part[0] < part[1]]
        self.text = "".join(wikitext[start:end] for start, end in kept)
        self._starts: list[int] = []
        self._origins = [start for start, _ in kept]
        position = 0
        for start, end in kept:
            self._starts.append(position)
            position += end - start
        self._newlines = [match.start() for match in re.finditer("\n", wikitext)]

    def line(self, offset: int) -> int:
        """Return the line, from 1, of the page that the character at ``offset`` of ``text`` stands on."""
        if not self._starts:
            return 1
        part = max(0, bisect_right(self._starts, offset) - 1)
        origin = self._origins[part] + offset - self._starts[part]
        return bisect_right(self._newlines, origin - 1) + 1


def _kept(wikitext: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches of the page that are transcluded, in order."""
    pieces = list(_pieces(wikitext))
    only = any(inside_only for _, _, inside_only in pieces)
    for start, end, inside_only in pieces:
        if inside_only or not only:
            yield start, end


def _pieces(wikitext: str) -> Iterator[tuple[int, int, bool]]:
    """Yield all but noinclude parts and tags, each stretch with whether it stands in an onlyinclude."""
    position = start = 0
    hidden, only, seen_only = False, False, False
    closers = {match[1].lower(): match.end() for match in _RAW_END.finditer(wikitext)}  # the last of each
    while match := _TOKEN.search(wikitext, position):
        position = match.end()
        cut = match.start(), match.end()
        if match["comment"]:
            end = wikitext.find("-->", position)
            position = len(wikitext) if end < 0 else end + 3
            if not _UNIT.fullmatch(wikitext, match.start(), position):
                continue
            # Translate drops the marker and one newline or space after it; the marker itself is kept for us.
            cut = position, position + (wikitext[position : position + 1] in {"\n", " "})
            position = cut[1]
        elif match["raw"]:
            name = match["raw"].lower()
            while position < closers.get(name, 0):
                closing = _RAW_END.search(wikitext, position)
                if closing is None or closing[1].lower() == name:
                    position = closing.end() if closing else position
                    break
                position = closing.end()
            continue
        if not hidden:
            yield start, cut[0], only
        start = cut[1]
        match (match["tag"] or "").lower():
            case "noinclude":
                hidden = not match["close"]
            case "onlyinclude":
                only = not match["close"]
                seen_only = seen_only or only
    if not hidden:
        yield start, len(wikitext), only
    if seen_only:
        yield len(wikitext), len(wikitext), True
