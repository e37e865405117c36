"""The text of a little HTML, as a reader sees it: what a wiki's API answers with where pages have markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_SILENT = frozenset({"script", "style", "template"})
_VOID = frozenset(
    {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_BLOCKS = frozenset({"br", "div", "dd", "dt", "hr", "li", "p", "td", "th", "tr"})
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)


def plain(html: object) -> str:
    """Return the text of ``html`` on one line, without what is hidden in it; a number is written as one."""
    reader = _Reader()
    reader.feed(str(html))
    reader.close()
    return " ".join("".join(reader.said).split())


class _Reader(HTMLParser):
    """Collects what is seen; ``_unseen`` are the open elements from the outermost hidden one on."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        if tag in _BLOCKS:
            self.said.append(" ")
        hidden = tag in _SILENT or _HIDDEN.search(dict(attrs).get("style") or "")
        if tag not in _VOID and (self._unseen or hidden):
            self._unseen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """End an element, and what was left open in it."""
        if tag in self._unseen:
            while self._unseen.pop() != tag:
                pass
        if tag in _BLOCKS:
            self.said.append(" ")

    def handle_data(self, data: str) -> None:
        """Take text."""
        if not self._unseen:
            self.said.append(data)
