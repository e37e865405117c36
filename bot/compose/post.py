"""Writes the post that an item becomes on one channel.

What gives way when it does not all fit, in this order:

1. The text is shortened at a word; the link and the hashtags stay.
2. A hashtag goes, from the last, where the hashtags would leave the text less than half of what it would have
   without them.
3. The link never goes; where it does not fit with the content warning alone, there is no post.

As a thread, the text is never shortened (but see ``MOST_PARTS``): the first part is the template with as
much of the text as goes in, and so has the link and the hashtags; the others are text alone. Each ends with
its number, "(2/3)". The content warning goes with, and counts in, every part.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.compose.body import body, tag_name
from bot.compose.length import Measure, measure
from bot.compose.marked import Marked, from_marks
from bot.compose.shorten import shorten, split
from bot.compose.template import check_template, render
from bot.compose.text import absolute, clean, hashtags, meanings, tidy, urls, whole
from bot.errors import RejectedError
from bot.model import Long, Part, Post

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
    main_link = absolute(item.main_link.url) if item.main_link else None
    draft = _Draft(
        item=item,
        body=body(item, channel=channel, network=network, style=style, pictured=bool(media)),
        link=whole(main_link) if main_link else None,
        tags=_distinct(tag_name(tag) for tag in style.hashtags),
        media=media,
        warning=" ".join(clean(item.directives.content_warning or "").split()) or None,
        network=network,
        style=style,
        limits=limits,
    )
    texts = draft.thread() if style.long is Long.THREAD else [draft.single()]
    if not any(text.text for text in texts) and not media:
        raise RejectedError("there is neither text, link nor picture to post; write a text for the item")
    return Post(
        parts=tuple(draft.part(text, number) for number, text in enumerate(texts)),
        link=draft.link,
        media=media,
        content_warning=draft.warning,
        language=item.directives.language or style.language,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Draft:
    """An item on its way to a post: what there is to say, and what it has to go into."""

    item: Item
    body: Marked
    link: str | None
    tags: tuple[str, ...]
    media: tuple[Media, ...]
    warning: str | None
    network: str
    style: Style
    limits: Limits

    def single(self) -> Marked:
        """Return the one part, shortened if need be."""
        text, tags = self._affordable("")
        return self._filled_in(text, tags)

    def thread(self) -> list[Marked]:
        """Return the parts, numbered if they are more than one."""
        text, tags = self._affordable("")
        if text == self.body:
            return [self._filled_in(text, tags)]
        reserved = f" ({MOST_PARTS}/{MOST_PARTS})"
        _, tags = self._affordable(reserved)

        def part(piece: Marked, number: int) -> Marked:
            return self._filled_in(piece, tags) if number == 0 else piece

        pieces = split(
            self.body,
            lambda piece, number: self._measure(part(piece, number) + reserved, number).fits,
            most=MOST_PARTS,
        )
        return [
            part(piece, number) + (f" ({number + 1}/{len(pieces)})" if len(pieces) > 1 else "")
            for number, piece in enumerate(pieces)
        ]

    def part(self, text: Marked, number: int) -> Part:
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
        least = self._filled_in(Marked(), ()) + suffix
        size = self._measure(least)
        if not size.fits:
            raise RejectedError(
                f"even without its text the post is {size.length} long and {size.limit} is the most: "
                "shorten the content warning, the link or the channel's template"
            )
        return Marked()

    def _filled_in(self, text: Marked, tags: tuple[str, ...]) -> Marked:
        """Return the template with ``text``; a link or a hashtag that stands in the text is not repeated."""
        alive = {tag.casefold() for tag in hashtags(text.text)}
        values = {
            "text": text.with_marks(),
            "link": "" if self.link is None or self.link in urls(text.text) else self.link,
            "hashtags": " ".join(f"#{tag}" for tag in tags if tag.casefold() not in alive),
            "date": self.item.date.isoformat() if self.item.date else "",
        }
        return tidy(from_marks(render(self.style.template, values), text.facets))

    def _measure(self, text: Marked, number: int = 0) -> Measure:
        """Return how long ``text`` would be as that part; files go with the first."""
        return measure(
            meanings(text, self.network),
            self.limits,
            warning=self.warning,
            with_media=number == 0 and bool(self.media),
        )


def _with_alt(media: Media, limits: Limits) -> Media:
    """Return ``media`` with an alt text that the network takes."""
    if media.alt is None:
        return media
    alt = tidy(Marked(text=media.alt))
    shorter = shorten(alt, lambda text: limits.alt_text is None or len(text.text) <= limits.alt_text)
    return replace(media, alt=shorter.text if shorter else None)


def _distinct(tags: Iterable[str]) -> tuple[str, ...]:
    """Return each tag once, in its first spelling."""
    spellings: dict[str, str] = {}
    for tag in tags:
        spellings.setdefault(tag.casefold(), tag)
    return tuple(tag for tag in spellings.values() if tag)
