"""How long a network says a text is: one function for each unit.

Length is never ``len``: see ``Unit`` for the units, and each function for where its rule is written down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from bot.compose.text import COUNTED
from bot.model import Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.model import Limits

_GRAPHEME = regex.compile(r"\X")


def count(text: str, limits: Limits, *, warning: str | None = None) -> int:
    """Return the length of ``text``, with its content ``warning``, in ``limits.unit``."""
    return _COUNTERS[limits.unit](text, limits, warning or "")


def graphemes(text: str) -> list[str]:
    """Return the extended grapheme clusters of ``text``: what a reader takes for one character.

    https://www.unicode.org/reports/tr29/
    """
    return _GRAPHEME.findall(text)


def _characters(text: str, limits: Limits, warning: str) -> int:
    """Count as Mastodon does: grapheme clusters of warning and text, links and mentions at a reduced price.

    A URL counts ``limits.url_weight``, ``@user@host`` counts as ``@user``, in the text but not in the
    warning: app/validators/status_length_validator.rb in https://github.com/mastodon/mastodon. Mastodon links
    only what has a top-level domain that it knows; a URL of any other host (``http://localhost/``) gets the
    price of a link here all the same.
    """

    def price(match: regex.Match[str]) -> str:
        if match["url"] is None:
            return f"@{match['user']}"
        return match[0] if limits.url_weight is None else "x" * limits.url_weight

    return len(graphemes(warning + COUNTED.sub(price, text)))


_COUNTERS: Mapping[Unit, Callable[[str, Limits, str], int]] = {
    Unit.CHARACTERS: _characters,
}
