"""The Markdown of a post on diaspora* as the plain text that readers see, and the links in it.

Mentions, which may hold a name, are those of lib/diaspora/mentionable.rb in
https://github.com/diaspora/diaspora; all else is CommonMark with tables and strike-through.
"""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

import regex
from markdown_it import MarkdownIt

from bot.compose.text import urls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

_MENTION = regex.compile(r"(?<!\\)@\{(?:(?P<name>[^}]+?); )?(?P<id>[^} ]+)\}")
_SIGNS = regex.compile(f"[{regex.escape(string.punctuation)}]")
_AS_THEY_ARE = frozenset({"code_block", "fence", "html_block"})


class _Parser(MarkdownIt):
    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 - its own name
        """Leave an address that is shown as it is written: readers see it decoded."""
        return link


_PARSER = _Parser("commonmark").enable(["strikethrough", "table"])


def read_body(body: str) -> tuple[str, tuple[str, ...]]:
    """Return the text of ``body`` and the URLs linked in it, in reading order.

    Paragraphs are parted by an empty line, and a mention is ``@`` with its name, or else its account.
    """
    paragraphs: list[str] = []
    links: list[str] = []
    for token in _PARSER.parse(_MENTION.sub(_mention, body)):
        if token.type == "inline":
            paragraphs.append(_shown(token.children or [], links))
        elif token.type in _AS_THEY_ARE:
            paragraphs.append(token.content.rstrip("\n"))
    text = "\n\n".join(paragraphs)
    return text, tuple(dict.fromkeys((*links, *urls(text))))


def _mention(match: regex.Match[str]) -> str:
    return "@" + _SIGNS.sub(r"\\\g<0>", (match["name"] or match["id"]).strip())


def _shown(tokens: Sequence[Token], links: list[str]) -> str:
    """Return the text of a paragraph's tokens; what they lead to is added to ``links``."""
    pieces: list[str] = []
    for token in tokens:
        if token.type in {"softbreak", "hardbreak"}:
            pieces.append("\n")
        elif token.type == "image":
            pieces.append(_shown(token.children or [], links))
        else:
            pieces.append(token.content)
        if token.type == "link_open":
            links.append(str(token.attrs.get("href", "")))
    return "".join(pieces)
