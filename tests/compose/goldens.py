"""What each item of golden/news.wikitext becomes on every network, one file an item, to be read in review.

    ./run golden

writes the files anew; a test holds the composing to them. What nobody sees is written as its name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.channels.base import specs
from bot.compose.defuse import BREAK
from bot.compose.forms import native
from bot.compose.mrkdwn import APART
from bot.compose.plain import in_bytes
from bot.compose.post import compose
from bot.errors import RejectedError
from bot.model import Item, Limits, LinkPolicy, Long, Page, Part, Post, Revision, Style
from bot.news.parse import parse
from bot.news.sites import offline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

FOLDER = Path(__file__).parent / "golden"
PAGE = FOLDER / "news.wikitext"

HASHTAGS = ("MediaWiki", "Wikimedia")
HANDLES = {
    "bluesky": "@wikimediafoundation.org",
    "diaspora": "wikimedia@pod.example",
    "discord": "<@&1234>",
    "email": "the Wikimedia Foundation",
    "facebook": "the Wikimedia Foundation",
    "instagram": "@wikipedia",
    "irc": "wmf",
    "linkedin": "@[Wikimedia Foundation](urn:li:organization:1234)",
    "mastodon": "@wikimediafoundation@wikimedia.social",
    "matrix": "@wikimedia:matrix.org",
    "slack": "<@U012AB3CD>",
    "telegram": "@wikimedia",
    "threads": "@wikimedia",
    "x": "@Wikimedia",
}
# What the wiki says of files: what they show, and whom their licences ask to be named.
FILES = {
    "Comet.jpg": ("A comet above the sea", "Jane Doe, CC BY-SA 4.0"),
    "Map.svg": ("A map", "@carto of www.maps.example (https://maps.example/), CC BY 4.0"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Voice:
    """A channel: a network with its usual limits, in the style of its name."""

    name: str
    network: str
    limits: Limits
    style: Style


@cache
def voices() -> tuple[Voice, ...]:
    """Return every network as usual, and then those that can do otherwise."""
    known = {name: (spec.defaults, spec.rich) for name, spec in specs().items()}
    usual = {
        network: Voice(
            name=network,
            network=network,
            limits=limits,
            style=Style(
                hashtags=HASHTAGS,
                rich=rich,
                handles={"wikimedia": HANDLES[network]} if network in HANDLES else {},
            ),
        )
        for network, (limits, rich) in sorted(known.items())
    }
    others: tuple[tuple[str, str, Callable[[Style], Style]], ...] = (
        ("mastodon", "in a thread", lambda style: replace(style, long=Long.THREAD)),
        ("bluesky", "in a thread", lambda style: replace(style, long=Long.THREAD)),
        ("x", "in a thread", lambda style: replace(style, long=Long.THREAD)),
        ("x", "without links", lambda style: replace(style, link=LinkPolicy.NEVER)),
        ("x", "link in a reply", lambda style: replace(style, link=LinkPolicy.FIRST_REPLY)),
        (
            "threads",
            "with all links",
            lambda style: replace(style, template="{{ text }}\n{{ link }}\n{{ links }}\n{{ hashtags }}"),
        ),
    )
    return *usual.values(), *(
        replace(usual[network], name=f"{network} ({how})", style=change(usual[network].style))
        for network, how, change in others
    )


@cache
def items() -> Mapping[str, tuple[str, Item]]:
    """Return the items by their id, each with its wikitext."""
    wikitext = PAGE.read_text(encoding="utf-8")
    page = Page(
        site=offline("mediawiki", article_path="https://www.mediawiki.org/wiki/$1"),
        title="Template:News",
        wikitext=wikitext,
        revision=Revision(id=1, editor="Ann", saved_at=datetime(2026, 11, 18, tzinfo=UTC)),
    )
    news = parse(page, names=[voice.network for voice in voices()])
    assert news.problems == ()
    lines = wikitext.splitlines()
    return {str(item.directives.id): (lines[item.line - 1], _told(item)) for item in news.items}


def _told(item: Item) -> Item:
    """Return the item with what the wiki says of its files."""
    nothing = (None, None)
    told = {media: FILES.get(media.file, nothing) for media in item.media}
    return replace(
        item,
        media=tuple(
            replace(media, caption=caption, credit=credit) for media, (caption, credit) in told.items()
        ),
    )


@cache
def posts() -> Mapping[tuple[str, str], Post | RejectedError]:
    """Return what each voice says of each item, by the voice's name and the item's id."""
    made: dict[tuple[str, str], Post | RejectedError] = {}
    for voice in voices():
        for item_id, (_, item) in items().items():
            try:
                made[voice.name, item_id] = compose(
                    item, channel=voice.name, network=voice.network, style=voice.style, limits=voice.limits
                )
            except RejectedError as error:
                made[voice.name, item_id] = error
    return made


def golden(item_id: str) -> str:
    """Return what the item's file says: its wikitext, and each post with the channels that show it so."""
    wikitext, _ = items()[item_id]
    alike: dict[str, list[str]] = {}
    for voice in voices():
        shown, length = _shown(posts()[voice.name, item_id], voice.network)
        alike.setdefault(shown, []).append(f"=== {voice.name}{length}\n")
    groups = (f"{''.join(names)}{shown}\n" for shown, names in alike.items())
    text = "\n".join([f"{wikitext}\n", *groups])
    return text.replace(BREAK, "{word joiner}").replace(APART, "{zero-width space}")


def _shown(post: Post | RejectedError, network: str) -> tuple[str, str]:
    if isinstance(post, RejectedError):
        return f"(refused: {post})", ""
    parts = "\n---\n".join(_part(part, network) for part in post.parts)
    return "\n".join([parts, *_beside(post)]), ": " + ", ".join(map(_length, post.parts))


def _length(part: Part) -> str:
    return f"{part.length}{'' if part.limit is None else f' of {part.limit}'} {part.unit}"


def _part(part: Part, network: str) -> str:
    lines = [native(part, network)]
    if network == "bluesky":
        lines += (
            f"[{facet.start}-{facet.end} {facet.kind}{f' {facet.url}' if facet.url else ''}]"
            for facet in in_bytes(part)
        )
    return "\n".join(lines)


def _beside(post: Post) -> Iterable[str]:
    """Yield what goes with the text."""
    if post.content_warning:
        yield f"[warning: {post.content_warning}]"
    for media in post.media:
        yield f"[picture: {media.file}, {media.alt}]"
    if post.language != "en":  # the page's
        yield f"[language: {post.language}]"


def write() -> None:
    """Write all files anew, and take away those whose item is gone."""
    files = {FOLDER / f"{item_id}.txt": golden(item_id) for item_id in items()}
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
