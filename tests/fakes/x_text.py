"""How X counts a post and what it makes of its links, from its documentation and by hand.

https://docs.x.com/fundamentals/counting-characters; which bare names are links is told by top-level domains,
of which a few are enough here.
"""

from __future__ import annotations

import unicodedata
from html import escape
from typing import TYPE_CHECKING, Any

import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

URL_WEIGHT = 23
_LIGHT = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
_DOMAINS = "com|org|net|info|world|social|io|md|py|sh|rs|de|fr|jp|uk|eu"
_PATH = r"[A-Za-z0-9!*';:=+,.$/%#\[\]\-_~@|&?()]"
_URL = regex.compile(
    rf"(?P<schemed>https?://[A-Za-z0-9.-]+(?::\d+)?(?:[/?#]{_PATH}*)?)"
    rf"|(?<![\w@#$./\u2060-])(?P<bare>(?:[A-Za-z0-9-]+\.)+(?:{_DOMAINS})(?![\w-])(?:/{_PATH}*)?)",
    regex.IGNORECASE,
)
_EMOJI = regex.compile(r"\p{Emoji_Presentation}|\p{Extended_Pictographic}|\u20e3|\p{Regional_Indicator}")
_SHOWN = 26  # characters of a path and host that are seen


def weight(text: str) -> int:
    """Return a text's length in X's weighted characters."""
    text = unicodedata.normalize("NFC", text)
    total, seen = 0, 0
    for start, end in links(text):
        total += _plain(text[seen:start]) + URL_WEIGHT
        seen = end
    return total + _plain(text[seen:])


def links(text: str) -> Iterator[tuple[int, int]]:
    """Yield where X finds a link."""
    for match in _URL.finditer(text):
        yield match.start(), match.start() + len(_without_tail(match.group()))


def shown(text: str, post_id: int) -> tuple[str, list[dict[str, Any]]]:
    """Return a text as the API gives it, links shortened and HTML escaped, and the ``entities.urls``."""
    pieces: list[str] = []
    urls: list[dict[str, Any]] = []
    seen = 0
    for number, (start, end) in enumerate(links(text)):
        typed = text[start:end]
        expanded = typed if "://" in typed else f"http://{typed}"
        short = f"https://t.co/{post_id % 10**8:08d}{number:02d}"
        pieces += [escape(text[seen:start], quote=False), short]
        begin = sum(map(len, pieces)) - len(short)
        urls.append(_entity(short, begin, expanded_url=expanded, display_url=_display(expanded)))
        seen = end
    return "".join(pieces) + escape(text[seen:], quote=False), urls


def with_pictures(
    text: str, urls: list[dict[str, Any]], *, status: str, keys: list[str]
) -> tuple[str, list[dict[str, Any]]]:
    """Add the one link that a post with pictures ends in, and its entity for each of them."""
    short = f"https://t.co/{status[-8:]}pi"
    begin = len(text) + 1
    address = f"https://x.com/WikiNews/status/{status}/photo/1"
    added = [
        _entity(short, begin, expanded_url=address, display_url="pic.x.com/" + short[-10:], media_key=key)
        for key in keys
    ]
    return f"{text} {short}", urls + added


def _entity(short: str, begin: int, **more: str) -> dict[str, Any]:
    return {"start": begin, "end": begin + len(short), "url": short} | more


def _display(expanded: str) -> str:
    plain = expanded.partition("://")[2].removeprefix("www.")
    return plain if len(plain) <= _SHOWN else plain[:_SHOWN] + "…"


def _plain(text: str) -> int:
    return sum(2 if _EMOJI.search(cluster) else _points(cluster) for cluster in regex.findall(r"\X", text))


def _points(text: str) -> int:
    light = (any(first <= ord(char) <= last for first, last in _LIGHT) for char in text)
    return sum(1 if is_light else 2 for is_light in light)


def _without_tail(url: str) -> str:
    while url[-1] in ".,;:!?'" or (url[-1] == ")" and url.count(")") > url.count("(")):
        url = url[:-1]
    return url
