"""Telegram's HTML as Telegram reads it (https://core.telegram.org/bots/api#html-style)."""

from __future__ import annotations

import re
from html import unescape

from tests.fakes.schema import Refused

TAG = re.compile(r'<(/?)([a-z-]+)((?: [a-z-]+="[^"<>]*")*)>')
ELEMENTS = frozenset({"a", "b", "i", "tg-spoiler"})
ENTITIES = re.compile(r"&(?!(lt|gt|amp|quot|#[0-9]+|#x[0-9a-fA-F]+);)")


def read_html(html: str) -> str:
    """Return the text, or refuse what is not well-formed; white space at its ends goes."""
    text, at, opened = "", 0, list[str]()
    for tag in TAG.finditer(html):
        text += _plain(html[at : tag.start()])
        at = tag.end()
        closing, name, attributes = tag.groups()
        if name not in ELEMENTS:
            raise _unparsable(f'Unsupported start tag "{name}"')
        if closing:
            if not opened or opened.pop() != name:
                raise _unparsable(f'Unmatched end tag "{name}"')
            continue
        if name in opened or (name == "a") != attributes.startswith(' href="http'):
            raise _unparsable(f'Wrong tag "{name}"')
        opened.append(name)
    if opened:
        raise _unparsable(f'Can\'t find end tag corresponding to start tag "{opened[-1]}"')
    return (text + _plain(html[at:])).strip()


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _plain(piece: str) -> str:
    if "<" in piece or ">" in piece or ENTITIES.search(piece):
        raise _unparsable("Unescaped character")
    return unescape(piece)


def _unparsable(what: str) -> Refused:
    return Refused(400, f"Bad Request: can't parse entities: {what} at byte offset 0")
