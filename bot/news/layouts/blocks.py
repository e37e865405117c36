"""A page as blocks of lines: the page itself, each template argument, each table cell.

A line is a logical one: a template, a link or a comment that spans several is still part of one. Block tags
(``div``, ``center``, ...) are looked through, and a comment alone on its line is not there, as for MediaWiki.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from bot.news.layouts.nodes import arguments, call_name, rows
from bot.news.layouts.scan import Kind, Node

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DEEPEST = 12  # templates in templates, tables in tables
_BREAK = re.compile(r"\n|(?P<rule></?hr\b[^<>]*>)|(?P<item><li\b[^<>]*>)|</?p\b[^<>]*>", re.IGNORECASE)
_LOOKED_THROUGH = re.compile(
    r"</?(?:div|center|section|ul|ol|li|dl|p|noinclude|includeonly|onlyinclude)\b[^<>]*>", re.IGNORECASE
)
_MARKER = re.compile(r"[*#:;]+")
_BOLD_LEVEL = 7
_BOLD_LINE = re.compile(r"'''(?P<title>[^']{1,60})'''")
_COLON = re.compile(r"\[(?:https?:)?//[^\]]*\]?|(?:https?:)?//\S+|(?P<colon>:)")


class Form(Enum):
    """What a line is."""

    TEXT = "text"
    LIST = "list"
    HEADING = "heading"
    RULE = "rule"
    BLANK = "blank"
    TABLE = "table"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One logical line: its wikitext without list marker and block tags, in pieces; and where it begins.

    ``node`` is set on the pieces that are a node. ``level`` is a heading's; a line of nothing but bold text
    is a heading of level 7.
    """

    form: Form
    start: int
    end: int
    pieces: tuple[tuple[str, Node | None], ...] = ()
    marker: str = ""
    level: int = 0

    @property
    def code(self) -> str:
        """The wikitext of the line."""
        return "".join(text for text, _ in self.pieces)

    def split_term(self) -> tuple[str, str | None]:
        """Divide ``term: definition`` at the first colon that is no part of a link, a template or a URL."""
        before = ""
        for place, (text, node) in enumerate(self.pieces):
            if node is None:
                for match in _COLON.finditer(text):
                    if match["colon"]:
                        after = "".join(later for later, _ in self.pieces[place + 1 :])
                        return before + text[: match.start()], text[match.end() :] + after
            before += text
        return before, None


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """The lines of a stretch of the page; blocks of one ``place`` are the same column or argument."""

    place: tuple[str, ...]
    lines: tuple[Line, ...]


def blocks(text: str, nodes: Sequence[Node]) -> Iterator[Block]:
    """Yield all blocks of a page, outermost first; nothing inside a parser function is one."""
    waiting: list[tuple[tuple[str, ...], int, int, Sequence[Node]]] = [((), 0, len(text), nodes)]
    while waiting:
        place, start, end, inside = waiting.pop()
        yield Block(place=place, lines=tuple(lines(text, start, end, inside)))
        if len(place) >= _DEEPEST:
            continue
        waiting.extend(reversed([found for node in inside for found in _within(text, place, node)]))


def _within(
    text: str, place: tuple[str, ...], node: Node
) -> Iterator[tuple[tuple[str, ...], int, int, Sequence[Node]]]:
    """Yield the blocks that stand directly in a node."""
    if node.kind is Kind.TEMPLATE and not (name := call_name(text, node)).startswith("#"):
        for argument in arguments(text, node):
            yield (*place, f"{name}|{argument.name}"), argument.start, argument.end, argument.nodes
    elif node.kind is Kind.TABLE:
        in_cells: set[int] = set()
        for row in rows(text, node):
            for column, cell in enumerate(row):
                in_cells.update(inner.start for inner in cell.nodes)
                yield (*place, f"column {column}"), cell.start, cell.end, cell.nodes
        for inner in node.children:
            # Calls between the cells: templates that make the rows.
            if inner.kind is Kind.TEMPLATE and inner.start not in in_cells:
                yield (*place, "rows"), inner.start, inner.end, [inner]


def lines(text: str, start: int, end: int, nodes: Sequence[Node]) -> Iterator[Line]:
    """Yield the logical lines of ``text[start:end]``, in which ``nodes`` stand."""
    for raw in _raw_lines(text, start, end, nodes, _BREAK):
        line = _line(text, raw)
        if line is not None:
            yield line


@dataclass(frozen=True, kw_only=True, slots=True)
class _Raw:
    """A stretch between two breaks; ``after`` names the break before it."""

    start: int
    end: int
    nodes: list[Node]
    after: str | None


def _raw_lines(
    text: str, start: int, end: int, nodes: Sequence[Node], breaks: re.Pattern[str]
) -> Iterator[_Raw]:
    begin, position, after = start, start, None
    held: list[Node] = []
    for node in (*nodes, None):
        for match in breaks.finditer(text, position, node.start if node else end):
            yield _Raw(start=begin, end=match.start(), nodes=held, after=after)
            begin, held, after = match.end(), [], match.lastgroup
        if node:
            held.append(node)
            position = node.end
    yield _Raw(start=begin, end=end, nodes=held, after=after)


def _line(text: str, raw: _Raw) -> Line | None:
    """Make a line of a stretch; ``None`` where there is nothing but a comment."""
    pieces = list(_pieces(text, raw))
    first = next((at for at, (_, piece, node) in enumerate(pieces) if not _is_aside(piece, node)), None)
    if first is None:
        if raw.after == "rule":
            return Line(form=Form.RULE, start=raw.start, end=raw.end)
        is_aside = any(node is not None for _, _, node in pieces)
        return None if is_aside else Line(form=Form.BLANK, start=raw.start, end=raw.end)
    offset, piece, node = pieces[first]
    start = offset + len(piece) - len(piece.lstrip()) if node is None else offset
    if node is not None and node.kind is Kind.TABLE:
        return Line(form=Form.TABLE, start=start, end=raw.end, pieces=((piece, node),))
    marker = "*" if raw.after == "item" else ""
    if node is None:
        piece = piece.lstrip()
        if piece.startswith("----"):
            return Line(form=Form.RULE, start=start, end=raw.end)
        if not marker and (match := _MARKER.match(piece)):
            marker = match[0]
            piece = piece[match.end() :]
    shown = tuple(
        (each, inner) for _, each, inner in [*pieces[:first], (start, piece, node), *pieces[first + 1 :]]
    )
    line = Line(
        form=Form.LIST if marker else Form.TEXT, start=start, end=raw.end, pieces=shown, marker=marker
    )
    return line if marker else _heading(line) or line


def _is_aside(piece: str, node: Node | None) -> bool:
    return node.kind is Kind.COMMENT if node else not piece.strip()


def _pieces(text: str, raw: _Raw) -> Iterator[tuple[int, str, Node | None]]:
    """Yield the text between the nodes of a stretch, without block tags, and the nodes."""
    position = raw.start
    for node in (*raw.nodes, None):
        end = node.start if node else raw.end
        if position < end:
            tags = _LOOKED_THROUGH.match(text, position, end)
            yield tags.end() if tags else position, _LOOKED_THROUGH.sub("", text[position:end]), None
        if node:
            yield node.start, text[node.start : node.end], node
            position = node.end


def _heading(line: Line) -> Line | None:
    asides = "".join(piece for piece, node in line.pieces if node and node.kind is Kind.COMMENT)
    code = "".join(piece for piece, node in line.pieces if not (node and node.kind is Kind.COMMENT)).strip()
    if match := _BOLD_LINE.fullmatch(code):
        level, title = _BOLD_LEVEL, match["title"]
    elif code.startswith("=") and code.endswith("=") and code.strip("= "):
        level = min(6, len(code) - len(code.lstrip("=")), len(code) - len(code.rstrip("=")))
        title = code[level:-level]
    else:
        return None
    return replace(line, form=Form.HEADING, level=level, pieces=((title.strip() + asides, None),))
