"""Items in wikitext's lists: bullets, and definition lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.news.layouts.blocks import Form
from bot.news.layouts.entries import Entry, Group, sections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.news.layouts.blocks import Block, Line
    from bot.news.layouts.entries import Section


def bullets(block: Block, is_date: Callable[[str], bool]) -> Iterator[Group]:
    """Find one entry per bullet (or number); deeper lines belong to it.

    Below a bullet, or a term, that is nothing but a date, each deeper bullet is an entry of that day.
    """
    for section in sections(block):
        entries = [entry for bullet in _bullets(section) for entry in bullet.entries(section.under, is_date)]
        if entries:
            yield Group(layout="bullets", place=block.place, under=section.under, entries=tuple(entries))


def definitions(block: Block) -> Iterator[Group]:
    """Find one entry per term with its definition, on one line or on the next ones.

    What stands between a term and the last of its ``:`` lines belongs to it; what follows does not.
    """
    for section in sections(block):
        entries = tuple(_definitions(section))
        if entries:
            yield Group(layout="definitions", place=block.place, under=section.under, entries=entries)


@dataclass(kw_only=True, slots=True)
class _Bullet:
    """A bullet and the lines below it."""

    line: Line
    term: str = ""
    below: list[Line] = field(default_factory=list)

    def entries(self, under: tuple[str, ...], is_date: Callable[[str], bool]) -> Iterator[Entry]:
        above = (*under, self.term) if self.term else under
        deeper = [line for line in self.below if line.marker[-1] in "*#"]
        if deeper and is_date(self.line.code):
            for bullet in _nest(self.below):
                yield from bullet.entries((*above, self.line.code), is_date)
            return
        yield _entry([self.line, *self.below], under=above)


def _bullets(section: Section) -> Iterator[_Bullet]:
    bullet: _Bullet | None = None
    term = ""
    for line in section.lines:
        kind = line.marker[-1:]
        if line.form is Form.BLANK:
            continue
        if bullet and line.form is Form.LIST and kind != ";" and _is_below(line, bullet.line):
            bullet.below.append(line)
            continue
        if bullet:
            yield bullet
        bullet = None
        if line.form is not Form.LIST:
            term = ""
        elif kind == ";":
            before, after = line.split_term()
            term = before if after is None else ""
        elif kind in {"*", "#"}:
            bullet = _Bullet(line=line, term=term)
    if bullet:
        yield bullet


def _is_below(line: Line, bullet: Line) -> bool:
    return len(line.marker) > len(bullet.marker) or line.marker[-1] == ":"


def _nest(lines: Sequence[Line]) -> Iterator[_Bullet]:
    bullet: _Bullet | None = None
    for line in lines:
        if bullet and _is_below(line, bullet.line):
            bullet.below.append(line)
            continue
        if bullet:
            yield bullet
        bullet = _Bullet(line=line)
    if bullet:
        yield bullet


def _definitions(section: Section) -> Iterator[Entry]:
    term: Line | None = None
    belonging: list[Line] = []
    waiting: list[Line] = []
    for line in section.lines:
        if line.marker.endswith(";"):
            if term:
                yield from _definition(term, belonging, section.under)
            term, belonging, waiting = line, [], []
        elif line.marker.startswith(":") or (line.form is Form.LIST and not waiting):
            belonging.extend([*waiting, line])
            waiting = []
        elif line.form is not Form.BLANK:
            waiting.append(line)
    if term:
        yield from _definition(term, belonging, section.under)


def _definition(term: Line, below: Sequence[Line], under: tuple[str, ...]) -> Iterator[Entry]:
    label, text = term.split_term()
    if text is None and not any(line.marker.startswith(":") for line in below):
        return
    codes = [text or "", *(line.code for line in below)]
    end = below[-1].end if below else term.end
    yield Entry(start=term.start, end=end, code="\n".join(codes), label=label, under=under)


def _entry(lines: Sequence[Line], *, under: tuple[str, ...]) -> Entry:
    code = "\n".join(line.code for line in lines)
    return Entry(start=lines[0].start, end=lines[-1].end, code=code, under=under)
