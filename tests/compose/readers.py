"""Readers of Markdown that are not ours: what a reader of the network would see."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import regex
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token


@dataclass(kw_only=True)
class Seen:
    """The visible text, the ranges that look or lead somehow, and what of markup was not expected."""

    text: str = ""
    bold: list[str] = field(default_factory=list)
    italic: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    other: list[str] = field(default_factory=list)


# Discord's rules, in the order in which its client tries them (simple-markdown's, with its own changes).
_LINES = (
    ("header", r"\#{1,3}\s+"),
    ("subtext", r"-\#\s+"),
    ("list", r"(?:[-*+]|\d{1,9}\.)\s+"),
    ("quote", r">(?:>>)?\s"),
)
_INSIDE = r"(?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*"
_HREF = r"\s*<?((?:\([^)]*\)|[^\s\\]|\\.)*?)>?(?:\s+['\"]([\s\S]*?)['\"])?\s*"
_INLINE = (
    ("escape", r"\\([^0-9A-Za-z\s])"),
    ("autolink", r"<([^: >]+:/[^ >]+)>"),
    ("url", r"(https?://[^\s<]+[^<.,:;\"')\]\s])"),
    ("link", rf"\[({_INSIDE})\]\({_HREF}\)"),
    ("mention", r"<@[!&]?\d+>|<\#\d+>|@everyone|@here"),
    ("emoji", r"<a?:\w+:\d+>|:[a-z0-9_+-]+:"),
    ("bold", r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)"),
    ("underline", r"__((?:\\[\s\S]|[^\\])+?)__(?!_)"),
    (
        "italic",
        (
            r"_((?:__|\\[\s\S]|[^\\_])+?)_(?![A-Za-z0-9_])"
            r"|\*(?=\S)((?:\*\*|\s+(?:[^*\s]|\*\*)|[^\s*])+?)\*(?!\*)"
        ),
    ),
    ("strike", r"~~(?=\S)([\s\S]*?\S)~~(?!_)"),
    ("code", r"(`+)([\s\S]*?[^`])\1(?!`)"),
    ("spoiler", r"\|\|([\s\S]+?)\|\|"),
)


def read_discord(source: str) -> Seen:
    """Read a message as Discord's client does."""
    seen = Seen()
    lines = []
    for line in source.split("\n"):
        seen.other += [name for name, pattern in _LINES if regex.match(pattern, line)]
        lines.append(line)
    seen.text = _inline("\n".join(lines), seen)
    return seen


def _inline(source: str, seen: Seen) -> str:
    text = ""
    at = 0
    while at < len(source):
        for name, pattern in _INLINE:
            match = regex.compile(pattern).match(source, at)
            if match:
                text += _shown(name, match, seen)
                at = match.end()
                break
        else:
            text += source[at]
            at += 1
    return text


def _shown(name: str, match: regex.Match[str], seen: Seen) -> str:
    if name == "escape":
        return match[1]
    if name in {"autolink", "url"}:
        seen.links.append((match[1], match[1]))
        return match[1]
    if name == "link":
        text = _inline(match[1], seen)
        seen.links.append((text, match[2]))
        return text
    if name in {"bold", "italic"}:
        text = _inline(match[1] or match[2], seen)
        (seen.bold if name == "bold" else seen.italic).append(text)
        return text
    seen.other.append(name)
    return match[0]


def read_commonmark(source: str) -> Seen:
    """Read a message as CommonMark says, with what diaspora* adds to it."""
    seen = Seen()
    paragraphs = []
    for token in MarkdownIt("commonmark").enable(["strikethrough", "table"]).parse(source):
        if token.type == "inline":
            paragraphs.append(_children(token.children or [], seen))
        elif token.type not in {"paragraph_open", "paragraph_close"}:
            seen.other.append(token.type)
    seen.text = "\n\n".join(paragraphs)
    return seen


def _children(children: Sequence[Token], seen: Seen) -> str:
    text = ""
    began: list[tuple[int, str]] = []
    for child in children:
        if child.type in {"text", "text_special"}:
            text += child.content
        elif child.type in {"softbreak", "hardbreak"}:
            text += "\n"
        elif child.type in {"strong_open", "em_open", "link_open"}:
            began.append((len(text), str(child.attrs.get("href", ""))))
        elif child.type in {"strong_close", "em_close", "link_close"}:
            start, url = began.pop()
            words = text[start:]
            if url:
                seen.links.append((words, url))
            else:
                (seen.bold if child.type == "strong_close" else seen.italic).append(words)
        else:
            seen.other.append(child.type)
    return text
