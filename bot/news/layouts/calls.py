"""Items as template calls: one call per item, or one call whose arguments repeat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.news.directives import NAMES
from bot.news.layouts.entries import Entry, Group, sections
from bot.news.layouts.nodes import arguments, call_name
from bot.news.layouts.scan import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.model import Profile
    from bot.news.layouts.blocks import Block, Line
    from bot.news.layouts.nodes import Argument
    from bot.news.layouts.reading import Reader
    from bot.news.layouts.scan import Node

_TEMPLATE_NAMESPACE = 10
_WIDEST = 4  # arguments of one item


@dataclass(frozen=True, kw_only=True, slots=True)
class _Call:
    node: Node
    name: str
    arguments: tuple[Argument, ...]
    under: tuple[str, ...]


def templates(block: Block, text: str, reader: Reader, profile: Profile) -> Iterator[Group]:
    """Find one entry per call, for each template that is called on lines of its own, or for the profile's.

    Which parameter is the text and which the date is seen from what they hold, unless the configuration says
    so; those that are called like a directive are one.
    """
    for name, calls in _by_name(block, text, reader, profile).items():
        values = [_values(text, call) for call in calls]
        parts = _parts(values, reader) | dict(profile.fields)
        if "text" not in parts:
            continue
        entries = tuple(
            Entry(
                start=call.node.start,
                end=call.node.end,
                code=found.get(parts["text"], ""),
                label=found.get(parts.get("title", ""), ""),
                date=found.get(parts.get("date", ""), ""),
                link=found.get(parts.get("link", ""), ""),
                under=call.under,
                fields={part: found[key] for part, key in parts.items() if part in NAMES and key in found},
            )
            for call, found in zip(calls, values, strict=True)
        )
        yield Group(layout="templates", place=(*block.place, name), under=(), entries=entries)


def series(block: Block, text: str, reader: Reader, profile: Profile) -> Iterator[Group]:
    """Find one entry per two to four positional arguments, one of which is always a date."""
    for name, calls in _by_name(block, text, reader, profile).items():
        entries = tuple(entry for call in calls for entry in _series(text, call, reader))
        if entries:
            yield Group(layout="arguments", place=(*block.place, name), under=(), entries=entries)


def _by_name(block: Block, text: str, reader: Reader, profile: Profile) -> Mapping[str, Sequence[_Call]]:
    template = _title(profile.template, reader) if profile.template else None
    found: dict[str, list[_Call]] = {}
    for section in sections(block):
        for line in section.lines:
            for node in _nodes(line, anywhere=template is not None):
                name = _title(call_name(text, node), reader)
                if name == template or (template is None and not name.startswith("#")):
                    call = _Call(
                        node=node, name=name, arguments=tuple(arguments(text, node)), under=section.under
                    )
                    found.setdefault(name, []).append(call)
    return found


def _title(name: str, reader: Reader) -> str:
    """Return a template's name without its namespace, with the first letter that MediaWiki gives it."""
    prefix, colon, rest = name.replace("_", " ").partition(":")
    if colon and reader.site.namespaces.get(prefix.strip().lower()) == _TEMPLATE_NAMESPACE:
        name = rest
    name = " ".join(name.replace("_", " ").split())
    return name[:1].upper() + name[1:]


def _nodes(line: Line, *, anywhere: bool) -> list[Node]:
    """Return the calls in a line; unless ``anywhere``, only one that fills the line."""
    shown = [(piece, node) for piece, node in line.pieces if piece.strip()]
    shown = [(piece, node) for piece, node in shown if not (node and node.kind is Kind.COMMENT)]
    calls = [node for _, node in shown if node and node.kind is Kind.TEMPLATE]
    return calls if anywhere or len(shown) == 1 else []


def _values(text: str, call: _Call) -> dict[str, str]:
    return {each.name: text[each.start : each.end].strip() for each in call.arguments}


def _parts(calls: Sequence[Mapping[str, str]], reader: Reader) -> dict[str, str]:
    """See from what the parameters hold which of them is which part."""
    names = list(dict.fromkeys(name for call in calls for name in call))
    parts = {name.casefold(): name for name in names if name.casefold() in {*NAMES, "link", "title"}}
    left = [name for name in names if name.casefold() not in NAMES]
    dates = {name: sum(1 for call in calls if reader.day(call.get(name, ""))) for name in left}
    date = max(left, key=lambda name: dates[name], default=None)
    if date and 2 * dates[date] >= len(calls):
        parts["date"] = date
        left.remove(date)
    words = {name: sum(reader.words(call.get(name, "")) for call in calls) for name in left}
    told = [name for name in left if words[name]]
    # A title is the text where there is no other.
    text = max(told, key=lambda name: (name != parts.get("title"), words[name]), default=None)
    if text:
        parts["text"] = text
        if parts.get("title") == text:
            del parts["title"]
    return parts


def _series(text: str, call: _Call, reader: Reader) -> Iterator[Entry]:
    positional = [argument for argument in call.arguments if argument.name.isdecimal()]
    while positional and not text[positional[-1].start : positional[-1].end].strip():
        positional.pop()
    for width in range(2, _WIDEST + 1):
        if len(positional) < 2 * width or len(positional) % width:
            continue
        items = [positional[at : at + width] for at in range(0, len(positional), width)]
        columns = list(zip(*([text[each.start : each.end] for each in item] for item in items), strict=True))
        date = next((at for at, values in enumerate(columns) if all(map(reader.day, values))), None)
        if date is None:
            continue
        words = [sum(map(reader.words, values)) if at != date else -1 for at, values in enumerate(columns)]
        shown = max(range(width), key=lambda at: words[at])
        for row, item in zip(zip(*columns, strict=True), items, strict=True):
            others = [value for at, value in enumerate(row) if at not in {date, shown} and "[[" in value]
            yield Entry(
                start=item[0].start,
                end=item[-1].end,
                code=" ".join([*others, row[shown]]),
                date=row[date].strip(),
                under=call.under,
            )
        return
