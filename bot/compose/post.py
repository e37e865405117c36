"""Writes the post that an item becomes on one channel.

What gives way when it does not all fit, in this order:

1. The item's other links go, from the last; they stand only where the template has ``{{ links }}``.
2. The text is shortened at a word; the link and the hashtags stay.
3. A hashtag goes, from the last, where the hashtags would leave the text less than half of what it would have
   without them.
4. The link never goes; where it does not fit with the content warning alone, there is no post.

What names the authors of the pictures is never cut: it stands where the template has ``{{ attribution }}``,
else on a line of its own behind all the rest.

As a thread, the text is never shortened (but see ``MOST_PARTS``): the first part is the template with as
much of the text as goes in, and so has the link, the hashtags and the attribution; the others are text alone.
Each ends with its number, "(2/3)". The content warning goes with, and counts in, every part.

Where the channel's policy keeps the link out of the post, no URL is left in any part; where it wants it in a
reply, the link alone is one more part, the last.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.compose.body import body, tag_name, without_links
from bot.compose.credit import attribution
from bot.compose.defuse import defuse, meanings, without_domains
from bot.compose.length import Measure, measure
from bot.compose.marked import Marked, from_marks
from bot.compose.shorten import shorten, split
from bot.compose.template import check_template, render, shows
from bot.compose.text import absolute, clean, hashtags, tidy, urls, whole
from bot.errors import RejectedError
from bot.model import FacetKind, LinkPolicy, Long, Part, Post

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.model import Item, Limits, Media, Style

__all__ = ["MOST_PARTS", "check_template", "compose"]

# A thread longer than this is not news; what is left of the text then goes with an ellipsis.
MOST_PARTS = 25


def compose(item: Item, *, channel: str, network: str, style: Style, limits: Limits) -> Post:
    """Return what ``item`` becomes on ``channel``, every part within ``limits``.

    ``style.template`` has passed ``check_template``. Raises ``RejectedError`` where nothing can be posted:
    the link or the content warning alone is too long, or there is neither text, link nor picture.
    """
    media = tuple(_with_alt(media, limits) for media in item.media[: limits.media])
    main_link, others = _links(item)
    language = _language(item, channel, network, style)
    draft = _Draft(
        item=item,
        body=body(item, channel=channel, network=network, style=style, pictured=bool(media)),
        link=main_link,
        others=others,
        tags=_distinct(tag_name(tag) for tag in style.hashtags),
        media=media,
        attribution=attribution(media, language=language, network=network),
        warning=_warning(item, network, limits),
        network=network,
        style=style,
        limits=limits,
    )
    parts = draft.parts()
    if not any(part.text for part in parts) and not media:
        raise RejectedError("there is neither text, link nor picture to post; write a text for the item")
    linked = main_link is not None and style.link is not LinkPolicy.NEVER
    title = " ".join(clean(item.main_link.text).split()) if item.main_link and linked else ""
    return Post(
        parts=parts,
        link=main_link if linked else None,
        link_title=title or None,
        media=media,
        content_warning=draft.warning,
        language=language,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Draft:
    """An item on its way to a post: what there is to say, and what it has to go into."""

    item: Item
    body: Marked
    link: str | None
    others: tuple[str, ...]
    tags: tuple[str, ...]
    media: tuple[Media, ...]
    attribution: str
    warning: str | None
    network: str
    style: Style
    limits: Limits

    def parts(self) -> tuple[Part, ...]:
        """Return what is sent, part by part."""
        texts = self._thread() if self.style.long is Long.THREAD else [self._single()]
        if self.style.link is LinkPolicy.FIRST_REPLY and self.link:
            self._check_link(self.link)
            says_nothing = not self.media and not any(text.text for text in texts)
            texts = [*([] if says_nothing else texts), Marked(text=self.link)]
        return tuple(self._part(text, number) for number, text in enumerate(texts))

    def _single(self) -> Marked:
        """Return the one part, shortened if need be."""
        text, tags = self._affordable("")
        return self._with_links(text, tags)

    def _thread(self) -> list[Marked]:
        """Return the parts, numbered if they are more than one."""
        text, tags = self._affordable("")
        if text == self.body:
            return [self._with_links(text, tags)]
        reserved = f" ({MOST_PARTS}/{MOST_PARTS})"
        _, tags = self._affordable(reserved)

        def part(piece: Marked, number: int) -> Marked:
            return self._filled_in(piece, tags) if number == 0 else self._finished(piece)

        pieces = split(
            self.body,
            lambda piece, number: self._measure(part(piece, number) + reserved, number).fits,
            most=MOST_PARTS,
        )
        return [
            part(piece, number) + (f" ({number + 1}/{len(pieces)})" if len(pieces) > 1 else "")
            for number, piece in enumerate(pieces)
        ]

    def _part(self, text: Marked, number: int) -> Part:
        """Return ``text`` as a part, measured, with all its facets."""
        marked = meanings(text, self.network)
        size = self._measure(text, number)
        return Part(
            text=marked.text, length=size.length, limit=size.limit, unit=size.unit, facets=marked.facets
        )

    def _affordable(self, suffix: str) -> tuple[Marked, tuple[str, ...]]:
        """Return how much of the text, with which hashtags, goes into a part that ends with ``suffix``."""
        if self._measure(self._filled_in(self.body, self.tags) + suffix).fits:
            return self.body, self.tags
        longest = self._shortened((), suffix) or self._nothing(suffix)
        for number in range(len(self.tags), 0, -1):
            tags = self.tags[:number]
            text = self._shortened(tags, suffix)
            if text is not None and 2 * len(text.text) >= len(longest.text):
                return text, tags
        return longest, ()

    def _shortened(self, tags: tuple[str, ...], suffix: str) -> Marked | None:
        return shorten(self.body, lambda text: self._measure(self._filled_in(text, tags) + suffix).fits)

    def _nothing(self, suffix: str) -> Marked:
        """Return no text at all, which is the last thing that can fit."""
        if self.link and self.style.link is LinkPolicy.ALWAYS:
            self._check_link(self.link)
        size = self._measure(self._filled_in(Marked(), ()) + suffix)
        if not size.fits:
            raise RejectedError(
                f"even without its text the post is {size.length} long and {size.limit} is the most: "
                "shorten the content warning, the link or the channel's template"
            )
        return Marked()

    def _check_link(self, link: str) -> None:
        size = self._measure(Marked(text=link), 1)
        if not size.fits:
            what = "the link with the content warning" if self.warning else "the link alone"
            raise RejectedError(
                f"{what} is {size.length} long and {size.limit} is the most: shorten it, or keep the link "
                f'off this channel (link = "{LinkPolicy.NEVER}")'
            )

    def _with_links(self, text: Marked, tags: tuple[str, ...]) -> Marked:
        """Return the template with ``text`` and as many of the other links as go in beside all of it."""
        others = self.others if text == self.body else ()
        for number in range(len(others), 0, -1):
            filled_in = self._filled_in(text, tags, others[:number])
            too_many = self.limits.links is not None and len(urls(filled_in.text)) > self.limits.links
            if not too_many and self._measure(filled_in).fits:
                return filled_in
        return self._filled_in(text, tags)

    def _filled_in(self, text: Marked, tags: tuple[str, ...], others: tuple[str, ...] = ()) -> Marked:
        """Return the template with ``text``; a link or a hashtag that stands in the text is not repeated."""
        alive = {tag.casefold() for tag in hashtags(text.text)}
        words = (f for f in meanings(text, self.network).facets if f.kind is FacetKind.LINK)
        shown = {facet.url for facet in words}
        linked = self.style.link is LinkPolicy.ALWAYS
        values = {
            "text": text.with_marks(),
            "link": self.link if linked and self.link and self.link not in shown else "",
            "links": " ".join(url for url in others if linked and url not in shown),
            "hashtags": " ".join(f"#{tag}" for tag in tags if tag.casefold() not in alive),
            "date": self.item.date.isoformat() if self.item.date else "",
            "attribution": self.attribution,
        }
        said = render(self.style.template, values)
        if self.attribution and not shows(self.style.template, "attribution"):
            said = f"{said.rstrip()}\n{self.attribution}"
        return self._finished(tidy(from_marks(said, text.facets)))

    def _finished(self, text: Marked) -> Marked:
        """Return ``text`` without whatever would be a link and must not be, be it cut off or put together."""
        if self.style.link is not LinkPolicy.ALWAYS:
            text = tidy(without_links(text))
        return without_domains(text, self.network)

    def _measure(self, text: Marked, number: int = 0) -> Measure:
        """Return how long ``text`` would be as that part; files go with the first."""
        return measure(
            meanings(text, self.network),
            self.limits,
            warning=self.warning,
            with_media=number == 0 and bool(self.media),
        )


def _language(item: Item, channel: str, network: str, style: Style) -> str | None:
    """Return the language of what is said; a text that was written for the channel is in the channel's."""
    if item.directives.language is not None:
        return item.directives.language
    own = item.directives.texts.keys() & {channel, network}
    return (style.language or item.language) if own else (item.language or style.language)


def _links(item: Item) -> tuple[str | None, tuple[str, ...]]:
    """Return the main link and the item's other links, in reading order."""
    main_link = absolute(item.main_link.url) if item.main_link else None
    first = whole(main_link) if main_link else None
    others = (whole(url) for link in item.body.links if (url := absolute(link.url)))
    return first, tuple(url for url in dict.fromkeys(others) if url != first)


def _warning(item: Item, network: str, limits: Limits) -> str | None:
    """Return the content warning as one line; where it stands above the text, nothing in it is accidental."""
    warning = Marked(text=" ".join(clean(item.directives.content_warning or "").split()))
    if limits.gap:
        warning = without_domains(defuse(warning, network, handles={}), network)
    return warning.text or None


def _with_alt(media: Media, limits: Limits) -> Media:
    """Return ``media`` with an alt text that the network takes: the page's, or else the file's caption."""
    described = media.alt or media.caption
    if described is None:
        return media
    alt = tidy(Marked(text=described))
    shorter = shorten(alt, lambda text: limits.alt_text is None or len(text.text) <= limits.alt_text)
    return replace(media, alt=shorter.text if shorter else None)


def _distinct(tags: Iterable[str]) -> tuple[str, ...]:
    """Return each tag once, in its first spelling."""
    spellings: dict[str, str] = {}
    for tag in tags:
        spellings.setdefault(tag.casefold(), tag)
    return tuple(tag for tag in spellings.values() if tag)
