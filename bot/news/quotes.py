"""Bold and italics made of apostrophes, as MediaWiki pairs them.

Each line stands alone and what is open at its end is closed. The rules, with those for four and for more than
five apostrophes and for the unbalanced line (``l'''amour''``), are those of ``Parser::doQuotes``:
https://www.mediawiki.org/wiki/Help:Formatting
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_QUOTES = re.compile(r"('{2,}|\n)")
_ITALIC, _BOLD, _BOTH = 2, 3, 5


class Piece(NamedTuple):
    """Text of one look on its way to a run; what is ``literal`` holds no more markup.

    A tuple, since dozens of them are made for each item.
    """

    text: str
    bold: bool = False
    italic: bool = False
    url: str | None = None
    literal: bool = False


def apply(pieces: Iterable[Piece]) -> list[Piece]:
    """Turn apostrophes into bold and italic pieces; the order and all other text stay."""
    pieces = list(pieces)
    if not any("''" in piece.text and not piece.literal for piece in pieces):
        return pieces
    done: list[Piece] = []
    line: list[Piece | int] = []
    for token in _tokens(pieces):
        if isinstance(token, Piece) and token.text == "\n" and not token.literal:
            done.extend([*_line(line), token])
            line = []
        else:
            line.append(token)
    done.extend(_line(line))
    return done


def _tokens(pieces: Iterable[Piece]) -> Iterator[Piece | int]:
    """Yield text as pieces, apostrophes as their number, and each line break as a piece of its own."""
    for piece in pieces:
        if piece.literal:
            yield piece
            continue
        for part in _QUOTES.split(piece.text):
            if not part.startswith("''"):
                if part:
                    yield piece._replace(text=part)
                continue
            surplus = 1 if len(part) == 4 else max(0, len(part) - _BOTH)
            if surplus:
                yield piece._replace(text="'" * surplus, literal=True)
            yield len(part) - surplus


def _line(tokens: list[Piece | int]) -> Iterator[Piece]:
    bold = italic = False
    for token in _balanced(tokens):
        if isinstance(token, Piece):
            yield token._replace(bold=token.bold or bold, italic=token.italic or italic)
        else:
            bold ^= token in {_BOLD, _BOTH}
            italic ^= token in {_ITALIC, _BOTH}


def _balanced(tokens: list[Piece | int]) -> list[Piece | int]:
    """Where bold and italics are both unbalanced, read one ``'''`` as an apostrophe and ``''``."""
    bolds = sum(token in {_BOLD, _BOTH} for token in tokens if isinstance(token, int))
    italics = sum(token in {_ITALIC, _BOTH} for token in tokens if isinstance(token, int))
    if not (bolds % 2 and italics % 2):
        return tokens
    at = _misread(tokens)
    if at is None:
        return tokens
    return [*tokens[:at], Piece(text="'", literal=True), _ITALIC, *tokens[at + 1 :]]


def _misread(tokens: list[Piece | int]) -> int | None:
    """Find the ``'''`` after a one-letter word, else after a longer one, else after a space."""
    after_word = after_space = None
    before = ""
    for index, token in enumerate(tokens):
        if isinstance(token, Piece):
            before = (before + token.text)[-2:]
            continue
        if token == _BOLD:
            if before.endswith(" "):
                after_space = index if after_space is None else after_space
            elif before[-2:-1] == " ":
                return index
            else:
                after_word = index if after_word is None else after_word
        before = ""
    return after_word if after_word is not None else after_space
