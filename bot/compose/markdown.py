"""A text as Markdown: Discord's, and diaspora*'s, which is CommonMark's with some habits of its own.

Whatever would be read as markup is escaped. Emphasis that a reader of Markdown might take otherwise (in the
midst of a word, say) is left out: the words are what matters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from bot.compose.text import absolute
from bot.model import FacetKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.compose.marked import Faceted
    from bot.model import Facet

_FLAGS = regex.VERBOSE | regex.MULTILINE | regex.IGNORECASE
# https://support.discord.com/hc/en-us/articles/210298617; a colon may begin an :emoji:.
_DISCORD = regex.compile(
    r"""
    [\\*_~`|<>\[\]]
  | : (?= \S ) | (?<= \] ) \(
  | ^ \# (?= \#{0,2} \s ) | ^ [-+] (?= \#? \s ) | (?<= ^ \d{1,9} ) \. (?= \s )
    """,
    _FLAGS,
)
# markdown-it with sub- and superscript and a typographer, and @{...}, which is a mention.
_DIASPORA = regex.compile(
    r"""
    [\\*_~`|<>\[\]{}\#^&!]
  | ^ [-+=:] | (?<= ^ \d{1,9} ) [.)]
  | \( (?= (?: c | r | p | tm ) \) ) | - (?= - ) | \+ (?= [+-] ) | \. (?= \. )
    """,
    _FLAGS,
)
# Brackets in the words of a link end it for Discord unless each is closed again.
_BALANCED = regex.compile(r"(?:[^\[\]]|\[[^\[\]]*\])*")
_NATIVE_MENTION = regex.compile(r"<@[!&]?\d+>")
_ENTITY = regex.compile(r"&(?=\#?\w+;)")
_WORD = regex.compile(r"[^\s\p{P}\p{S}]")
_PUNCTUATION = regex.compile(r"[\p{P}\p{S}]")
_MEANT = frozenset({FacetKind.LINK, FacetKind.MENTION, FacetKind.TAG})


def to_markdown(text: Faceted) -> str:
    """Return ``text`` as Discord's Markdown.

    Links show no preview, except for one that is the whole text.
    """
    alone = any(facet.url == text.text for facet in text.facets)
    return text.text if alone else _Writer(text=text, signs=_DISCORD, element=_of_discord).all()


def to_commonmark(text: Faceted) -> str:
    """Return ``text`` as diaspora*'s Markdown."""
    return _Writer(text=text, signs=_DIASPORA, element=_of_diaspora).all()


def _of_discord(facet: Facet, shown: str, words: str, bare: str) -> str | None:
    """Return a link or a mention; words that seem to lead elsewhere themselves cannot be those of a link."""
    if facet.kind is FacetKind.LINK:
        url = facet.url or ""
        if shown == url:
            return f"<{url}>"
        if "://" in shown or not _BALANCED.fullmatch(shown):
            return f"{bare} (<{url}>)"
        return f"[{words}](<{_target(url)}>)"
    if facet.kind is FacetKind.MENTION and _NATIVE_MENTION.fullmatch(shown):
        return shown
    return None


def _of_diaspora(facet: Facet, shown: str, words: str, bare: str) -> str | None:  # noqa: ARG001 - as above
    """Return a link, a mention or a hashtag."""
    if facet.kind is FacetKind.LINK:
        url = facet.url or ""
        return f"<{url}>" if shown == url else f"[{words}](<{_ENTITY.sub('&amp;', _target(url))}>)"
    return f"@{{{shown.removeprefix('@')}}}" if facet.kind is FacetKind.MENTION else shown


def _target(url: str) -> str:
    return url.replace("\\", "%5C").replace("(", "%28").replace(")", "%29")


class _Writer:
    """Writes one text: ``signs`` are what is escaped.

    ``element`` writes what has a meaning, or ``None`` where that cannot be written: of the facet, the text as
    shown, the same written, and the same written without emphasis.
    """

    def __init__(
        self,
        *,
        text: Faceted,
        signs: regex.Pattern[str],
        element: Callable[[Facet, str, str, str], str | None],
    ) -> None:
        self._text = text.text
        self._facets = text.facets
        self._escapes = frozenset(match.start() for match in signs.finditer(text.text))
        self._element = element

    def all(self) -> str:
        """Return the whole text."""
        pieces: list[str] = []
        at = 0
        for start, end, facet in self._elements():
            shown, words, bare = self._text[start:end], self._bold(start, end), self._escaped(start, end)
            written = self._element(facet, shown, words, bare)
            if start >= at and written is not None:
                pieces += self._bold(at, start), written
                at = end
        return "".join(pieces) + self._bold(at, len(self._text))

    def _elements(self) -> Iterator[tuple[int, int, Facet]]:
        """Yield what may be written in a way of its own, each line of it by itself."""
        for facet in sorted(self._facets, key=lambda facet: (facet.start, -facet.end)):
            if facet.kind in _MEANT and (facet.kind is not FacetKind.LINK or absolute(facet.url)):
                for line in regex.finditer(r"[^\n]*\S[^\n]*", self._text, pos=facet.start, endpos=facet.end):
                    yield *line.span(), facet

    def _bold(self, start: int, end: int) -> str:
        return self._emphasised(start, end, FacetKind.BOLD, "**", self._italic)

    def _italic(self, start: int, end: int) -> str:
        return self._emphasised(start, end, FacetKind.ITALIC, "_", self._escaped)

    def _emphasised(
        self, start: int, end: int, kind: FacetKind, sign: str, inner: Callable[[int, int], str]
    ) -> str:
        """Return a range with ``sign`` around what is of ``kind``, and within as ``inner`` writes it."""
        pieces: list[str] = []
        at = start
        for left, right in self._ranges(start, end, kind):
            if self._stands_out(left, right, within_words=kind is FacetKind.BOLD):
                pieces += inner(at, left), sign, inner(left, right), sign
                at = right
        return "".join(pieces) + inner(at, end)

    def _ranges(self, start: int, end: int, kind: FacetKind) -> Iterator[tuple[int, int]]:
        """Yield what is of ``kind`` in a range, each line by itself, without white space at its ends."""
        joined: list[tuple[int, int]] = []
        for facet in sorted(self._facets, key=lambda facet: facet.start):
            left, right = max(facet.start, start), min(facet.end, end)
            if facet.kind is kind and left < right:
                if joined and left <= joined[-1][1]:
                    left, last = joined.pop()
                    right = max(right, last)
                joined.append((left, right))
        for left, right in joined:
            for line in regex.finditer(r"\S(?:[^\n]*\S)?", self._text, pos=left, endpos=right):
                yield line.span()

    def _stands_out(self, start: int, end: int, *, within_words: bool) -> bool:
        """Tell whether signs around the range would be taken for emphasis.

        https://spec.commonmark.org/0.31.2/#left-flanking-delimiter-run, and Discord takes no more than that.
        """
        pairs = (self._text[start - 1 : start], start), (self._text[end : end + 1], end - 1)
        return all(
            not _WORD.match(outside) or (within_words and self._is_plain_letter(inside))
            for outside, inside in pairs
        )

    def _is_plain_letter(self, position: int) -> bool:
        italic = any(f.kind is FacetKind.ITALIC and f.start <= position < f.end for f in self._facets)
        return not italic and not _PUNCTUATION.match(self._text, position)

    def _escaped(self, start: int, end: int) -> str:
        return "".join(
            f"\\{sign}" if place in self._escapes else sign
            for place, sign in enumerate(self._text[start:end], start)
        )
