"""Items, limits and counts for the tests of this room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import regex

from bot.compose.post import compose
from bot.model import Directives, Item, Limits, Link, RichText, Run, Style

if TYPE_CHECKING:
    from bot.model import Part, Post

PAGE = "https://www.mediawiki.org/wiki/MediaWiki_1.46"
# None begins with another, so that a cut one is none of them.
URLS = (
    PAGE,
    "https://en.wikipedia.org/wiki/Foo_(bar)",
    "https://en.wikipedia.org/wiki/Yahoo!",
    "https://en.wikipedia.org/w/index.php?title=A_(b)&oldid=12#Part",
    "https://ja.wikipedia.org/wiki/%E6%97%A5%E6%9C%AC",
    "http://a.example:8080/x.",
)
WHOLE_URLS = ("https://en.wikipedia.org/wiki/Yahoo%21", "http://a.example:8080/x%2E")
HANDLE = "@wikimediafoundation@wikimedia.social"
MASTODON = Limits(text=500, url_weight=23, alt_text=1500)
FEED = Style(template="{{ text }}", rich=True)
ENDLESS = Limits()


def an_item(*runs: str | Run, link: str | None = None, **fields: Any) -> Item:
    """Return an item of these runs; what is not a field of an item is a directive."""
    body = RichText(runs=tuple(Run(text=run) if isinstance(run, str) else run for run in runs))
    names = set(Directives.__dataclass_fields__)
    directives = Directives(**{name: fields.pop(name) for name in names & set(fields)})
    main_link = Link(text="page", url=link) if link else None
    return Item(key="item", line=1, body=body, main_link=main_link, directives=directives, **fields)


def composed(
    item: Item, style: Style | None = None, limits: Limits = MASTODON, *, network: str = "mastodon"
) -> Post:
    return compose(item, channel="wikis-world", network=network, style=style or Style(), limits=limits)


def text_of(
    item: Item, style: Style | None = None, limits: Limits = MASTODON, *, network: str = "mastodon"
) -> str:
    (part,) = composed(item, style, limits, network=network).parts
    return part.text


def meant(part: Part) -> list[tuple[str, str]]:
    """Return each facet's kind and what it covers."""
    return [(facet.kind.value, part.text[facet.start : facet.end]) for facet in part.facets]


def mastodon_length(text: str, warning: str = "") -> int:
    """Count as Mastodon does, with none of the code under test: the URLs and the account are known."""
    for url in sorted({*URLS, *WHOLE_URLS}, key=len, reverse=True):
        text = text.replace(url, "x" * 23)
    text = text.replace(HANDLE, HANDLE.rpartition("@")[0])
    return len(regex.findall(r"\X", warning + text))
