"""What stands inside a node: the arguments of a template call, the cells of a table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.news.layouts.scan import Node

_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_ROW = re.compile(r"\n[ \t]*(?P<mark>\|[-+]|[|!])|(?P<beside>\|\||!!)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Argument:
    """An argument of a template call; a positional one has a number for a name."""

    name: str
    start: int
    end: int
    nodes: tuple[Node, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """A cell of a table; its attributes are left out."""

    start: int
    end: int
    nodes: tuple[Node, ...]
    header: bool = False


def call_name(text: str, node: Node) -> str:
    """Return a template call's name as MediaWiki compares it, without comments."""
    end = node.pipes[0] if node.pipes else node.end - 2
    name = " ".join(_COMMENT.sub("", text[node.start + 2 : end]).replace("_", " ").split())
    return name[:1].upper() + name[1:]


def arguments(text: str, node: Node) -> Iterator[Argument]:
    """Yield the arguments of a template call."""
    position = 0
    inside = iter([*node.children, None])
    child = next(inside)
    for pipe, end in pairwise([*node.pipes, node.end - 2]):
        start = pipe + 1
        nodes: list[Node] = []
        while child is not None and child.start < end:
            if child.start >= start:
                nodes.append(child)
            child = next(inside)
        equals = _find_outside(text, "=", start, end, nodes)
        if equals < 0:
            position += 1
            yield Argument(name=str(position), start=start, end=end, nodes=tuple(nodes))
        else:
            name = " ".join(_COMMENT.sub("", text[start:equals]).split())
            nodes = [node for node in nodes if node.start > equals]
            yield Argument(name=name, start=equals + 1, end=end, nodes=tuple(nodes))


def _find_outside(text: str, character: str, start: int, end: int, nodes: Sequence[Node]) -> int:
    for node in nodes:
        if (found := text.find(character, start, node.start)) >= 0:
            return found
        start = node.end
    return text.find(character, start, end)


def rows(text: str, table: Node) -> tuple[tuple[Cell, ...], ...]:
    """Return the rows of a table, each with its cells.

    See https://www.mediawiki.org/wiki/Help:Tables for what divides them.
    """
    found: list[list[Cell]] = [[]]
    marks = [*_marks(text, table), ("", table.end - 2, table.end - 2)]
    children = iter([*table.children, None])
    child = next(children)
    for (mark, _, start), (_, end, _) in pairwise(marks):
        if mark == "|-":
            found.append([])
        if mark not in {"|", "!"}:
            continue
        nodes: list[Node] = []
        while child is not None and child.start < end:
            if child.start >= start:
                nodes.append(child)
            child = next(children)
        begin = _after_attributes(text, start, end, nodes)
        inside = tuple(node for node in nodes if node.start >= begin)
        found[-1].append(Cell(start=begin, end=end, nodes=inside, header=mark == "!"))
    return tuple(tuple(row) for row in found if row)


def _marks(text: str, table: Node) -> Iterator[tuple[str, int, int]]:
    """Yield what begins a row, a cell or a caption: the mark, where it stands, where its content begins."""
    position, mark = table.start + 2, ""
    for node in (*table.children, None):
        for match in _ROW.finditer(text, position, node.start if node else table.end - 2):
            if match["mark"]:
                mark = match["mark"]
                yield mark, match.start(), match.end()
            elif mark == "!" or (mark == "|" and match["beside"] == "||"):
                yield mark, match.start(), match.end()
        position = node.end if node else position


def _after_attributes(text: str, start: int, end: int, nodes: Sequence[Node]) -> int:
    """Skip ``style="..." |``: a pipe in the first line of a cell, with no link or template before it."""
    limit = min([end, *(node.start for node in nodes[:1])])
    newline = text.find("\n", start, limit)
    pipe = text.find("|", start, limit if newline < 0 else newline)
    return start if pipe < 0 else pipe + 1
