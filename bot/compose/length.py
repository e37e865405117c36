"""How long a network says a text is: one function for each unit.

Length is never ``len``: see ``Unit`` for the units, and each function for where its rule is written down.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import regex

from bot.compose.forms import written
from bot.compose.marked import Marked
from bot.compose.text import COUNTED
from bot.model import Form, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.compose.marked import Faceted
    from bot.model import Limits

_GRAPHEME = regex.compile(r"\X")
# Whatever could be one: what is counted too long is never refused.
_EMOJI = regex.compile(r"[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\u20E3]")
_NO_HOST = regex.compile(r"[\p{L}\p{M}\p{N}\p{Pc}.-]{256,}")
_ONE_WORD = str.maketrans(".-", "xx")  # of the same weight


# In these a warning is escaped as the text is, and as long as that makes it.
_ESCAPED = frozenset({Form.LITTLE_TEXT, Form.MRKDWN})


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """How long a text is and how long it may be, both in ``unit``."""

    length: int
    limit: int | None
    unit: Unit

    @property
    def fits(self) -> bool:
        """Whether the text is short enough."""
        return self.limit is None or self.length <= self.limit

    @property
    def filling(self) -> float:
        """How much of what is allowed it takes, from 0."""
        return self.length / max(self.limit, 1) if self.limit is not None else 0


def measure(
    text: Faceted, limits: Limits, *, warning: str | None = None, with_media: bool = False
) -> Measure:
    """Return how long ``text`` is, with its content ``warning``, by the limit that it comes closest to.

    ``with_media`` says that files go with it.
    """
    limit = limits.text if limits.with_media is None or not with_media else limits.with_media
    first = Measure(length=count(text, limits, warning=warning), limit=limit, unit=limits.unit)
    if limits.bytes is None:
        return first
    second = Measure(length=_bytes(_above(warning, limits) + text.text), limit=limits.bytes, unit=Unit.BYTES)
    return max(first, second, key=lambda one: one.filling)


def count(text: Faceted, limits: Limits, *, warning: str | None = None) -> int:
    """Return the length of ``text``, with its content ``warning``, in ``limits.unit``.

    What is counted is the text as written in the form ``limits.counted``.
    """
    counted = written(text, limits.counted)
    if limits.unit is Unit.CHARACTERS:
        counted = _priced(counted, limits)
    return _COUNTERS[limits.unit](_above(warning, limits, limits.counted) + counted)


def _above(warning: str | None, limits: Limits, form: Form = Form.PLAIN) -> str:
    """Return what of a content ``warning`` is counted with the text that is written in ``form``."""
    if not warning:
        return ""
    return (written(Marked(text=warning), form) if form in _ESCAPED else warning) + limits.gap


def graphemes(text: str) -> list[str]:
    """Return the extended grapheme clusters of ``text``: what a reader takes for one character.

    https://www.unicode.org/reports/tr29/
    """
    return _GRAPHEME.findall(text)


def _priced(text: str, limits: Limits) -> str:
    """Return what stands for ``text`` when Mastodon counts it.

    A URL counts ``limits.url_weight``, ``@user@host`` counts as ``@user``, in the text but not in the
    warning: app/validators/status_length_validator.rb in https://github.com/mastodon/mastodon. Mastodon links
    only what has a top-level domain that it knows; a URL of any other host (``http://localhost/``) gets the
    price of a link here all the same.
    """

    def price(match: regex.Match[str]) -> str:
        if match["url"] is None:
            return f"@{match['user']}"
        return match[0] if limits.url_weight is None else "x" * limits.url_weight

    return COUNTED.sub(price, text)


def _graphemes(text: str) -> int:
    """Count as Mastodon does, and Bluesky (``maxGraphemes`` in https://atproto.com/specs/lexicon)."""
    return len(graphemes(text))


@lru_cache(maxsize=256)
def _weighted(text: str) -> int:
    """Count as X does: https://docs.x.com/fundamentals/counting-characters.

    The library takes its time, to be imported and to count; only X needs it, and asks some texts again. Where
    it looks for a host's name, its time is the square of a word's length: no name is as long as ``_NO_HOST``.
    """
    from twitter_text import parse_tweet  # noqa: PLC0415 - see above

    return int(parse_tweet(_NO_HOST.sub(lambda word: word[0].translate(_ONE_WORD), text)).weightedLength)


def _utf16(text: str) -> int:
    """Count as Telegram does: https://core.telegram.org/api/entities#entity-length."""
    return len(text.encode("utf-16-le")) // 2


def _emoji_bytes(text: str) -> int:
    """Count as Threads does: an emoji is as long as its UTF-8, any other character is 1.

    https://developers.facebook.com/documentation/threads/posts
    """
    return sum(len(piece.encode() if _EMOJI.search(piece) else piece) for piece in graphemes(text))


def _bytes(text: str) -> int:
    return len(text.encode())


_COUNTERS: Mapping[Unit, Callable[[str], int]] = {
    Unit.CHARACTERS: _graphemes,
    Unit.GRAPHEMES: _graphemes,
    Unit.WEIGHTED: _weighted,
    Unit.CODE_POINTS: len,
    Unit.UTF16: _utf16,
    Unit.EMOJI_BYTES: _emoji_bytes,
    Unit.BYTES: _bytes,
}
