"""The units of a page under the Translate extension: where they stand, and the page in another language.

What is a unit, and where its marker may stand, is as the extension has it:
https://www.mediawiki.org/wiki/Help:Extension:Translate/Page_translation_administration
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# None of these looks beyond the next opening tag of its kind: what is not closed must not take for ever.
_NOWIKI = re.compile(r"<nowiki>(?:(?!<nowiki>).)*?</nowiki>", re.DOTALL | re.IGNORECASE)
_TRANSLATE = re.compile(
    r"<translate(?:\s[^<>]*)?>((?:(?!<translate[\s>]).)*?)</translate\s*>", re.DOTALL | re.IGNORECASE
)
_BETWEEN = re.compile(r"\n\n+")
_MARKER = re.compile(r"<!--T:([^_/\s<>]+)-->[ \n]?")
_AT_THE_END = re.compile(r"[ \t]?<!--T:([^_/\s<>]+)-->$", re.MULTILINE)
_ANY_MARKER = re.compile(r"<!--\s*T:(?:(?!-->).)*-->", re.DOTALL | re.IGNORECASE)
_OLD_VARIABLE = re.compile(r"<tvar\s*\|([^<>]+)>((?:(?!<tvar).)*?)</>", re.DOTALL | re.IGNORECASE)
_VARIABLE = re.compile(
    r"""<tvar\s+name\s*=\s*(?:'([^'<>]*)'|"([^"<>]*)"|([^"'\s<>]*))\s*>((?:(?!<tvar).)*?)</tvar\s*>""",
    re.DOTALL | re.IGNORECASE,
)
_BULLET = re.compile(r"^((?:<!--(?:(?!-->).)*-->)*[*#:;]+)(?!\s*<!--T:)", re.MULTILINE)
_WHITE = re.compile(r"\s+")
# What a page in another language says where it says it in the first one, and what was translated from an
# earlier form of it: https://www.mediawiki.org/wiki/Help:Extension:Translate/Page_translation_example
_FOREIGN = re.compile(r"<(?P<tag>span|div)\s(?P<attributes>[^<>]*)>", re.IGNORECASE)
_LANG = re.compile(r"""(?<![\w-])lang\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_CONTENT = re.compile(r"(?<![\w-])mw-content-(?:ltr|rtl)(?![\w-])")
_FUZZY = re.compile(r"(?<![\w-])mw-translate-fuzzy(?![\w-])")
_TAGS = {tag: re.compile(rf"<(/?){tag}\b[^<>]*>", re.IGNORECASE) for tag in ("span", "div")}

# These stand for units in what ``foreign_marked`` returns; no unit can be called so.
UNTRANSLATED, OUTDATED = "!untranslated", "!outdated"


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """A unit that has been marked: what it says, without its marker, and where it stands, with it."""

    id: str
    text: str
    start: int
    end: int


def is_translatable(wikitext: str) -> bool:
    """Tell whether a page says that it is to be translated by means of the extension."""
    return _TRANSLATE.search(_without_nowiki(wikitext)) is not None


def units(wikitext: str) -> Iterator[Unit]:
    """Yield the marked units of a page in order; text that nobody has marked yet is in none."""
    text = _without_nowiki(wikitext)
    for part in _TRANSLATE.finditer(text):
        start = part.start(1)
        for gap in (*_BETWEEN.finditer(text, part.start(1), part.end(1)), None):
            end = gap.start() if gap else part.end(1)
            if unit := _unit(wikitext, start, end):
                yield unit
            start = gap.end() if gap else end


def in_words_of(wikitext: str, texts: Mapping[str, str]) -> str:
    """Return the page with each unit that is a key of ``texts`` saying that text, its markers in place.

    A ``$name`` in a text is what the unit's variable of that name says on the page. Each line of a list
    within a unit carries the unit's marker: an item may be a part of one. A text cannot pass for another
    unit, nor hide what follows it: each has been written by somebody else.
    """
    pieces, position = [], 0
    for unit in units(wikitext):
        pieces.append(wikitext[position : unit.start])
        text = _by_itself(texts[unit.id]) if unit.id in texts else unit.text
        pieces.append(_marked(unit, _filled_in(text, unit.text)))
        position = unit.end
    return "".join((*pieces, wikitext[position:]))


def foreign_marked(wikitext: str, language: str) -> str:
    """Return a page with markers in what it does not say in ``language``, or in an outdated translation."""
    pieces, position = [], 0
    for opening in _FOREIGN.finditer(wikitext):
        lang = _LANG.search(opening["attributes"])
        if opening.start() < position:
            continue
        if _FUZZY.search(opening["attributes"]):
            marker = f"<!--T:{OUTDATED}-->"
        elif _CONTENT.search(opening["attributes"]) and not same_language(lang[1] if lang else "", language):
            marker = f"<!--T:{UNTRANSLATED}-->"
        else:
            continue
        end = _end(wikitext, opening["tag"], opening.end())
        inside = _on_each_line(wikitext[opening.end() : end], marker)
        pieces += [wikitext[position : opening.end()], marker, inside]
        position = end
    return "".join((*pieces, wikitext[position:]))


def same_meaning(unit: str, other: str) -> bool:
    """Tell whether two texts of a unit are one, be its variables written out or as ``$name``."""
    return _compared(unit) == _compared(other)


def same_language(one: str, other: str) -> bool:
    """Tell whether two language codes are one, or one of them a variety of the other."""
    first, second = sorted((_code(one), _code(other)), key=len)
    return second == first or second.startswith(f"{first}-")


def _code(language: str) -> str:
    return language.lower().replace("_", "-")


def _without_nowiki(wikitext: str) -> str:
    """Return the text with blanks where no tag means anything, every other character in its place."""
    return _NOWIKI.sub(lambda found: " " * len(found[0]), wikitext)


def _unit(wikitext: str, start: int, end: int) -> Unit | None:
    content = wikitext[start:end]
    start += len(content) - len(content.lstrip())
    content = content.strip()
    marker = _MARKER.match(content) or _AT_THE_END.search(content) or _MARKER.search(content)
    if marker is None:
        return None
    text = content[: marker.start()] + content[marker.end() :]
    return Unit(id=marker[1], text=text.strip(), start=start, end=start + len(content))


def _marked(unit: Unit, text: str) -> str:
    marker = f"<!--T:{unit.id}-->"
    first, newline, rest = text.partition("\n")
    if first.startswith("="):  # the marker of a heading stands behind it
        first, marker = f"{first} {marker}", ""
    return marker + _on_each_line(first + newline + rest, f"<!--T:{unit.id}-->")


def _on_each_line(text: str, marker: str) -> str:
    """Put the marker into each line of a list that has none, behind its bullets."""
    return _BULLET.sub(lambda bullet: bullet[1] + marker, text)


def _by_itself(text: str) -> str:
    """Return a text without markers of units, and without a comment that it does not close."""
    text = _ANY_MARKER.sub(" ", text)
    opened = text.rfind("<!--")
    return text if text.find("-->", opened) >= 0 or opened < 0 else text[:opened]


def _filled_in(text: str, source: str) -> str:
    values = dict(_variables(source))
    if not values:
        return text
    names = "|".join(re.escape(name) for name in sorted(values, key=len, reverse=True))
    return re.sub(rf"\$({names})", lambda name: values[name[1]], text)


def _variables(text: str) -> Iterator[tuple[str, str]]:
    for old in _OLD_VARIABLE.finditer(text):
        yield old[1], old[2]
    for new in _VARIABLE.finditer(text):
        yield new[1] or new[2] or new[3] or "", new[4]


def _compared(text: str) -> str:
    text = _OLD_VARIABLE.sub(lambda old: f"${old[1]}", text)
    text = _VARIABLE.sub(lambda new: f"${new[1] or new[2] or new[3] or ''}", text)
    return _WHITE.sub(" ", text).strip()


def _end(wikitext: str, tag: str, start: int) -> int:
    """Return where the element that was opened is closed; one that never is reaches to the end."""
    depth = 1
    for found in _TAGS[tag.lower()].finditer(wikitext, start):
        depth += -1 if found[1] else 1
        if depth == 0:
            return found.start()
    return len(wikitext)
