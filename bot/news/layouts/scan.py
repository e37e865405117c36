"""Where brackets begin and end in wikitext, in time linear in its length.

mwparserfromhell, which reads the items, takes quadratic time on brackets that are not closed (17 seconds for
32 kilobytes of ``{{a|``), so whoever may edit a page could stop the bot with it. It is given single items
only, and only those that ``tangled`` lets through.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Their content is not wikitext, or is not part of the text around it.
_OPAQUE = (
    "ce|chem|gallery|graph|hiero|imagemap|inputbox|mapframe|math|nowiki|poem|pre|ref|score|source"
    "|syntaxhighlight|templatedata|timeline"
)
_TOKEN = re.compile(
    r"<!--"
    rf"|<(?P<opaque>{_OPAQUE})(?:\s[^<>]*?)?(?P<single>/?)>"
    r"|(?P<open>\{{2,})|(?P<close>\}{2,})"
    r"|(?P<link>\[\[)|(?P<unlink>\]\])"
    r"|(?P<table>^[ \t:]*\{\|)|(?P<untable>^[ \t]*\|\}(?!\}))"
    r"|(?P<pipe>\|)|(?P<newline>\n)",
    re.IGNORECASE | re.MULTILINE,
)
_OPAQUE_END = re.compile(rf"</({_OPAQUE})\s*>", re.IGNORECASE)
_LONGEST = 10_000  # characters of one item; no network takes a tenth of it
_UNCLOSED = 20
_DEEPEST = 30


class Kind(Enum):
    """What a stretch is."""

    COMMENT = "comment"
    OPAQUE = "opaque"
    TEMPLATE = "template"
    PARAMETER = "parameter"  # {{{name|default}}}
    LINK = "link"
    TABLE = "table"


@dataclass(kw_only=True, slots=True)
class Node:
    """A stretch ``[start, end)`` with its brackets, what stands in it, and the pipes that divide it."""

    kind: Kind
    start: int
    end: int
    children: list[Node] = field(default_factory=list)
    pipes: list[int] = field(default_factory=list)


def scan(text: str) -> list[Node]:
    """Return the outermost nodes of ``text`` in order; what is not closed is no node."""
    matches, pipes = _Matcher(text).run()
    return _tree(matches, pipes)


def comments(text: str) -> Iterator[tuple[int, str]]:
    """Yield the comments of ``text`` in order, each with where it stands; none that nowiki shows as text."""
    waiting = list(reversed(scan(text)))
    while waiting:
        node = waiting.pop()
        if node.kind is Kind.COMMENT:
            yield node.start, text[node.start : node.end].removeprefix("<!--").removesuffix("-->")
        waiting.extend(reversed(node.children))


def tangled(text: str) -> bool:
    """Tell whether ``text`` is too long, too deep, or has too many unclosed brackets to be an item."""
    if len(text) > _LONGEST:
        return True
    for opening, closing in (("{{", "}}"), ("[[", "]]"), ("<", ">"), ("{|", "|}"), ("[", "]")):
        if text.count(opening) <= _UNCLOSED:
            continue
        depth = deepest = 0
        for match in re.finditer(f"{re.escape(opening)}|{re.escape(closing)}", text):
            depth = depth + 1 if match[0] == opening else max(0, depth - 1)
            deepest = max(deepest, depth)
        if depth > _UNCLOSED or deepest > _DEEPEST:
            return True
    return False


@dataclass(slots=True)
class _Open:
    """An opening bracket that waits for its closing one; ``braces`` are those not yet used."""

    kind: Kind
    start: int
    braces: int = 0
    has_pipe: bool = False


class _Matcher:
    """Pairs brackets with a stack, as MediaWiki's preprocessor does, but forgives an unclosed link."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._stack: list[_Open] = []
        self._matches: list[Node] = []
        self._pipes: list[int] = []
        self._count = dict.fromkeys(Kind, 0)  # how many of each wait

    def run(self) -> tuple[list[Node], list[int]]:
        ends = list(_OPAQUE_END.finditer(self._text))
        last = {match[1].lower(): match.start() for match in ends}
        upcoming = position = 0
        while token := _TOKEN.search(self._text, position):
            position = token.end()
            if token[0] == "<!--":
                end = self._text.find("-->", position)
                position = len(self._text) if end < 0 else end + 3
                self._add(Kind.COMMENT, token.start(), position)
            elif name := token["opaque"]:
                if not token["single"] and last.get(name.lower(), -1) >= position:
                    while ends[upcoming].start() < position or ends[upcoming][1].lower() != name.lower():
                        upcoming += 1
                    position = ends[upcoming].end()
                    self._add(Kind.OPAQUE, token.start(), position)
                elif token["single"]:
                    self._add(Kind.OPAQUE, token.start(), position)
            else:
                self._bracket(token)
        return self._matches, self._pipes

    def _add(self, kind: Kind, start: int, end: int) -> None:
        self._matches.append(Node(kind=kind, start=start, end=end))

    def _bracket(self, token: re.Match[str]) -> None:
        match token.lastgroup:
            case "open":
                self._push(_Open(Kind.TEMPLATE, token.start(), braces=len(token[0])))
            case "link":
                self._push(_Open(Kind.LINK, token.start()))
            case "table":
                self._push(_Open(Kind.TABLE, token.start()))
            case "close":
                self._close_braces(token.start(), token.end())
            case "unlink":
                self._close(Kind.LINK, token.end())
            case "untable" if self._count[Kind.TABLE]:
                self._drop(Kind.LINK)
                self._close(Kind.TABLE, token.end())
            case "pipe":
                self._pipes.append(token.start())
                if self._stack:
                    self._stack[-1].has_pipe = True
            case _:
                # A link's target ends with its line; its text (a picture's caption) need not.
                while self._stack and self._stack[-1].kind is Kind.LINK and not self._stack[-1].has_pipe:
                    self._pop()

    def _close(self, kind: Kind, end: int) -> None:
        if self._stack and self._stack[-1].kind is kind:
            self._add(kind, self._pop().start, end)

    def _push(self, opening: _Open) -> None:
        self._stack.append(opening)
        self._count[opening.kind] += 1

    def _pop(self) -> _Open:
        opening = self._stack.pop()
        self._count[opening.kind] -= 1
        return opening

    def _drop(self, *kinds: Kind) -> None:
        while self._stack and self._stack[-1].kind in kinds:
            self._pop()

    def _close_braces(self, start: int, end: int) -> None:
        while end - start >= 2 and self._count[Kind.TEMPLATE]:
            self._drop(Kind.LINK, Kind.TABLE)
            opening = self._stack[-1]
            width = 3 if min(opening.braces, end - start) >= 3 else 2
            kind = Kind.PARAMETER if width == 3 else Kind.TEMPLATE
            opening.braces -= width
            start += width
            self._add(kind, opening.start + opening.braces, start)
            if opening.braces < 2:
                self._pop()


def _tree(matches: list[Node], pipes: list[int]) -> list[Node]:
    """Nest what was matched; nothing overlaps, since it was matched with a stack."""
    roots: list[Node] = []
    stack: list[Node] = []
    events: list[Node | int] = [*matches, *pipes]
    for event in sorted(events, key=_place):
        while stack and stack[-1].end <= (event if isinstance(event, int) else event.start):
            stack.pop()
        if isinstance(event, int):
            if stack:
                stack[-1].pipes.append(event)
            continue
        (stack[-1].children if stack else roots).append(event)
        stack.append(event)
    return roots


def _place(event: Node | int) -> tuple[int, int]:
    return (event, 0) if isinstance(event, int) else (event.start, -event.end)
