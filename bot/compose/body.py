"""What of an item is said on one channel, before there is a template or a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

import regex

from bot.compose.defuse import defuse
from bot.compose.marked import Marked
from bot.compose.pictured import without_pointers
from bot.compose.text import HASH, URL, absolute, clean, tidy, whole
from bot.model import Facet, FacetKind, LinkPolicy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.model import Item, RichText, Run, Style

_URL_IN_TEXT = regex.compile(rf"\s*[(\[<]\s*{URL.pattern}\s*[)\]>]|\s*{URL.pattern}", URL.flags)
_BARE_URL = regex.compile(r"https?://\S+", regex.IGNORECASE)


def body(item: Item, *, channel: str, network: str, style: Style, pictured: bool) -> Marked:
    """Return the text of ``item`` for one channel, tidied and with nothing accidental in it.

    A text that an editor wrote for the channel, or else for its network, stands for the item's own; in it
    every hashtag is meant, elsewhere only those of the style. ``pictured`` says that a picture goes with it.
    Unless links belong into the text, there is none in it.
    """
    own = item.directives.texts.get(channel, item.directives.texts.get(network))
    text = _from_rich(item.body, rich=style.rich) if own is None else _from_editor(own)
    if not pictured:
        text = without_pointers(text)
    if not style.rich:
        text = _apart(text)
    if style.link is not LinkPolicy.ALWAYS:
        text = without_links(text)
    tags = None if own is not None else [tag_name(tag) for tag in style.hashtags]
    return tidy(defuse(text, network, handles=style.handles, tags=tags))


def without_links(text: Marked) -> Marked:
    """Return ``text`` without its URLs, and the brackets around them; words that are linked stay."""
    facets = tuple(facet for facet in text.facets if facet.kind is not FacetKind.LINK)
    return Marked(text=text.text, facets=facets).sub(_URL_IN_TEXT, "")


def tag_name(tag: str) -> str:
    """Return a configured hashtag without its sign and white space."""
    return "".join(clean(tag).split()).lstrip(HASH)


def _from_rich(rich_text: RichText, *, rich: bool) -> Marked:
    """Return the runs as one text, with a facet for each look of ``rich`` text, else for bare URLs only."""
    facets: list[Facet] = []
    text = ""
    for run in rich_text.runs:
        shown, url = _shown(run)
        start, text = len(text), text + shown
        looks = [(FacetKind.BOLD, run.bold), (FacetKind.ITALIC, run.italic)] if rich else []
        facets += (Facet(start=start, end=len(text), kind=kind) for kind, has in looks if has)
        if url and (rich or shown == url):
            facets.append(Facet(start=start, end=len(text), kind=FacetKind.LINK, url=whole(url)))
    return Marked(text=text, facets=_joined(facets) if rich else tuple(facets))


def _from_editor(text: str) -> Marked:
    """Return a text written for the network, its URLs in a spelling that is linked whole."""
    return Marked(text=URL.sub(lambda match: whole(match[0]), clean(text)))


def _shown(run: Run) -> tuple[str, str | None]:
    """Return the text of a run and where it leads. A bare URL is shown as it will be linked."""
    text, url = clean(run.text), absolute(run.url)
    if url and _BARE_URL.fullmatch(text) and unquote(text) == unquote(url):
        url = whole(url)
        return url, url
    return text, url


def _joined(facets: Iterable[Facet]) -> tuple[Facet, ...]:
    """Return the facets of neighbouring runs as one where they mean the same."""
    joined: list[Facet] = []
    last: dict[FacetKind, int] = {}
    for facet in facets:
        before = joined[last[facet.kind]] if facet.kind in last else None
        if before and before.end == facet.start and before.url == facet.url:
            joined[last[facet.kind]] = Facet(
                start=before.start, end=facet.end, kind=facet.kind, url=facet.url
            )
        else:
            last[facet.kind] = len(joined)
            joined.append(facet)
    return tuple(joined)


def _apart(text: Marked) -> Marked:
    """Return plain text in which white space is around each bare URL wherever a network might misread it."""
    plain = text.text
    for facet in reversed(text.facets):
        head, url, tail = plain[: facet.start], plain[facet.start : facet.end], plain[facet.end :]
        match = URL.match(url + tail)
        if match is None or match[0] != url:
            tail = f" {tail}"
        if head and (head[-1].isalnum() or not URL.match(plain, facet.start)):
            head = f"{head} "
        plain = head + url + tail
    return Marked(text=plain)
