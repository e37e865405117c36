"""How Mastodon counts a status and how it shows one, as far as our tests need it.

After its StatusLengthValidator and TextFormatter; what makes a link there is approximated, which is enough
for the URLs, mentions and hashtags that a news bot writes.
"""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

URL_WEIGHT = 23
_URL = r"(?<![\w@])(?P<url>https?://[^\s<>\"'\p{Cf}]+)"
_MENTION = r"(?<![\w/@])@(?P<user>[A-Za-z0-9_]+)(?:@(?P<host>[\w.-]*\w))?"
_TAG = r"(?<![\w/&])#(?P<tag>\w*[^\W\d_]\w*)"
_ENTITY = regex.compile(f"{_URL}|{_MENTION}|{_TAG}")
_SHOWN = 30  # characters of a URL that are seen


def count(text: str, *, url_weight: int = URL_WEIGHT) -> int:
    """Return a text's length in Mastodon's characters."""
    length, seen = 0, 0
    for start, end, match in _entities(text):
        length += graphemes(text[seen:start])
        if match["url"]:
            length += url_weight
        elif match["user"]:
            length += 1 + len(match["user"])
        else:
            length += graphemes(text[start:end])
        seen = end
    return length + graphemes(text[seen:])


def render(text: str, *, host: str, accounts: Collection[str] = ()) -> str:
    """Return a text as the HTML that Mastodon's API gives; ``accounts`` are those it knows."""
    found = list(_entities(text))
    edges = [0, *(edge for start, end, _ in found for edge in (start, end)), len(text)]
    between = [escape(text[start:end]) for start, end in list(pairwise(edges))[::2]]
    linked = [_link(text[start:end], match, host, accounts) for start, end, match in found]
    html = "".join(piece for pair in zip(between, [*linked, ""], strict=True) for piece in pair)
    paragraphs = regex.split(r"\n\n+", html.replace("\r\n", "\n"))
    return "".join(f"<p>{paragraph.replace(chr(10), '<br />')}</p>" for paragraph in paragraphs)


def _link(shown: str, match: regex.Match[str], host: str, accounts: Collection[str]) -> str:
    if match["url"]:
        return _shortened(shown)
    if match["tag"]:
        tag = escape(match["tag"])
        return f'<a href="{host}/tags/{tag}" class="mention hashtag" rel="tag">#<span>{tag}</span></a>'
    name = shown[1:]
    if name not in accounts:
        return escape(shown)
    user, _, elsewhere = name.partition("@")
    url = f"https://{elsewhere}/@{user}" if elsewhere else f"{host}/@{user}"
    return f'<span class="h-card"><a href="{url}" class="u-url mention">@<span>{user}</span></a></span>'


def _shortened(url: str) -> str:
    prefix = url[: regex.match(r"https?://(www\.)?", url).end()]  # type: ignore[union-attr]  # a URL of ours matches
    rest = url[len(prefix) :]
    look = "ellipsis" if len(rest) > _SHOWN else ""
    return (
        f'<a href="{escape(url)}" target="_blank" rel="nofollow noopener noreferrer">'
        f'<span class="invisible">{escape(prefix)}</span><span class="{look}">{escape(rest[:_SHOWN])}</span>'
        f'<span class="invisible">{escape(rest[_SHOWN:])}</span></a>'
    )


def _entities(text: str) -> Iterator[tuple[int, int, regex.Match[str]]]:
    for match in _ENTITY.finditer(text):
        start, end = match.span()
        if match["url"]:
            end = start + len(_without_tail(match["url"]))
        yield start, end, match


def _without_tail(url: str) -> str:
    """Return a URL without the punctuation of the sentence around it; brackets that pair stay."""
    while url[-1] in ".,;:!?…" or (url[-1] == ")" and url.count(")") > url.count("(")):
        url = url[:-1]
    return url


def graphemes(text: str) -> int:
    return len(regex.findall(r"\X", text))
