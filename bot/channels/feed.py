"""A channel without a network: an Atom feed, a JSON feed and a page, as files in a folder.

feed.json is the memory and the commit: an entry is published when it stands there, and the other files are
made from it. Each is written whole beside the old one and takes its place by a rename, feed.json last, so
that an interrupted run leaves the feed as it was, and the next one with the same key completes it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from bot.channels import feed_atom, feed_page, feed_state
from bot.channels.clock import utc_now
from bot.channels.feed_files import Folder
from bot.channels.feed_state import Enclosure, Entry, Feed, NotOurFeedError, Settings
from bot.compose.length import graphemes
from bot.compose.marked import Marked
from bot.compose.markup import to_html
from bot.compose.shorten import shorten
from bot.errors import PermanentError, RejectedError, TransientError
from bot.model import (
    FOREVER,
    Account,
    Capabilities,
    Limits,
    NetworkSpec,
    Option,
    OptionKind,
    Receipt,
    RemotePost,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.channels.base import Facilities
    from bot.config import ChannelConfig
    from bot.model import Outgoing

SPEC = NetworkSpec(
    network="feed",
    title="Atom and JSON Feed",
    capabilities=Capabilities(read_back=True, edit=True, delete=True, media=True, idempotent=FOREVER),
    defaults=Limits(media=10),
    server="",
    options=(
        Option(
            name="path", kind=OptionKind.PATH, help="the folder that the files are written to", required=True
        ),
        Option(name="url", kind=OptionKind.URL, help="the folder's public address"),
        Option(name="title", kind=OptionKind.TEXT, help="the feed's title", default="News"),
        Option(name="description", kind=OptionKind.TEXT, help="what the feed is about"),
        Option(name="entries", kind=OptionKind.NUMBER, help="how many entries it keeps", default=50),
    ),
    rich=True,
)
STATE = "feed.json"
ATOM = "atom.xml"
PAGE = "index.html"
_TITLE = 80  # graphemes
# A tag URI names a time when the host was its owner's. It is a part of ids, which never change.
_YEAR = 2026
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


def open_channel(config: ChannelConfig, facilities: Facilities) -> FeedChannel:  # noqa: ARG001 - a feed asks nobody
    """Open the channel that ``config`` describes; nothing is read or written."""
    options = config.options
    url = options.get("url")
    description = options.get("description")
    return FeedChannel(
        name=config.name,
        path=Path(str(options["path"])),
        settings=Settings(
            title=str(options.get("title") or config.name),
            description=str(description) if description else None,
            url=str(url).rstrip("/") + "/" if url else None,
            language=config.style.language,
            most=max(1, int(str(options.get("entries") or 50))),
        ),
    )


class FeedChannel:
    """A feed in the folder ``path``; ``clock`` says when entries are made and changed."""

    capabilities = SPEC.capabilities

    def __init__(
        self, *, name: str, path: Path, settings: Settings, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self.name = name
        self._folder = Folder(path)
        self._settings = settings
        self._clock = clock

    def limits(self) -> Limits:
        """A feed takes any text."""
        return SPEC.defaults

    def account(self) -> Account:
        """Say which folder it is, and whether it can be written to."""
        feed = self._load()
        relative = "url is not set: the feed's links to itself and to its pictures are relative"
        closed = f"the folder {self._folder.path} cannot be written to"
        return Account(
            name=self._settings.title,
            url=self._settings.url or self._page_uri(),
            notes=(f"{len(feed.entries)} entries in {self._folder.path}",),
            warnings=(relative,) if self._settings.url is None else (),
            obstacles=() if self._folder.is_writable() else (closed,),
        )

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Put an entry on top; a key that is there already only has its files completed."""
        if outgoing.reply_to is not None:
            raise PermanentError(f"{self.name}: a feed has no threads")
        feed = self._load()
        if outgoing.key in feed.dropped:
            return Receipt(remote_id=self._id(outgoing.key), url=self._settings.url)
        entry = next((entry for entry in feed.entries if entry.key == outgoing.key), None)
        if entry is None:
            entry = self._entry(outgoing)
            feed = feed.with_new(entry, self._settings.most)
        self._save(feed)
        return self._receipt(entry)

    def recent(self, since: datetime) -> Sequence[RemotePost]:
        """Return the entries made since then."""
        return [
            RemotePost(
                receipt=self._receipt(entry),
                text=entry.text,
                created_at=entry.made,
                links=entry.links,
                key=entry.key,
            )
            for entry in self._load().entries
            if entry.made >= since
        ]

    def edit(self, receipt: Receipt, outgoing: Outgoing) -> Receipt:
        """Rewrite an entry; its ``updated`` changes only where something else does."""
        feed = self._load()
        old = _find(feed, receipt)
        if old is None:
            raise RejectedError(f"{self.name}: the entry {receipt.remote_id} is no longer in the feed")
        new = replace(
            self._entry(outgoing),
            key=old.key,
            id=old.id,
            anchor=old.anchor,
            made=old.made,
            published=old.published,
        )
        if replace(new, updated=old.updated) != old:
            feed = feed.with_changed(new)
        self._save(feed)
        return self._receipt(old)

    def delete(self, receipt: Receipt) -> None:
        """Take an entry out of the feed."""
        feed = self._load()
        entry = _find(feed, receipt)
        if entry is not None:
            feed = feed.without(entry, self._clock())
            self._save(feed)

    def _load(self) -> Feed:
        content = self._folder.read(STATE)
        if content is None:
            self._refuse_foreign_files()
            return Feed(id=self._id(f"feed:{self.name}"), updated=self._clock())
        try:
            return feed_state.load(content)
        except NotOurFeedError as error:
            raise TransientError(
                f"{self._folder.path / STATE}: {error}; it is left as it is and nothing is published here: "
                "mend it, move it away, or choose another path for this channel"
            ) from error

    def _refuse_foreign_files(self) -> None:
        """Keep off a folder where somebody else's page or feed lies."""
        for name in (ATOM, PAGE):
            content = self._folder.read(name)
            if content is not None and feed_atom.GENERATOR.encode() not in content:
                raise TransientError(
                    f"{self._folder.path / name}: this file was not written by this program, so nothing is "
                    "published here: move it away, or choose another path for this channel"
                )

    def _save(self, feed: Feed) -> None:
        self._folder.replace(
            {
                ATOM: feed_atom.render(feed, self._settings),
                PAGE: feed_page.render(feed, self._settings),
                STATE: feed_state.dump(feed, self._settings),
            }
        )
        self._folder.forget_media({one.path for entry in feed.entries for one in entry.enclosures})

    def _entry(self, outgoing: Outgoing) -> Entry:
        """Make an entry, its files stored: nothing refers to them yet, so they may stay if the rest fails."""
        now = self._clock()
        facets = [facet.url for facet in outgoing.part.facets if facet.url is not None]
        return Entry(
            key=outgoing.key,
            id=self._id(outgoing.key),
            anchor="e" + hashlib.sha256(outgoing.key.encode()).hexdigest()[:12],
            made=now,
            updated=now,
            published=outgoing.dated.astimezone(UTC),
            title=_title(outgoing),
            text=feed_atom.allowed(outgoing.part.text),
            html=feed_atom.allowed(to_html(outgoing.part)),
            link=outgoing.link,
            links=tuple(dict.fromkeys(([outgoing.link] if outgoing.link else []) + facets)),
            content_warning=feed_atom.allowed(outgoing.content_warning or "") or None,
            language=outgoing.language,
            source=outgoing.source,
            enclosures=tuple(
                Enclosure(
                    path=self._folder.store(attachment),
                    mime_type=attachment.mime_type,
                    size=len(attachment.content),
                    alt=feed_atom.allowed(attachment.alt),
                )
                for attachment in outgoing.attachments
            ),
        )

    def _receipt(self, entry: Entry) -> Receipt:
        url = feed_state.permalink(entry, self._settings.url) or f"{self._page_uri()}#{entry.anchor}"
        return Receipt(remote_id=entry.id, url=url)

    def _page_uri(self) -> str:
        return (self._folder.path.absolute() / PAGE).as_uri()

    def _id(self, specific: str) -> str:
        """Return a tag URI (RFC 4151), which stays what it is wherever the feed moves to."""
        host = (urlsplit(self._settings.url or "").hostname or "").lower()
        owner = host if _HOST.fullmatch(host) else "wikiherald.invalid"
        return f"tag:{owner},{_YEAR}:{quote(specific, safe=':')}"


def _find(feed: Feed, receipt: Receipt) -> Entry | None:
    return next((entry for entry in feed.entries if entry.id == receipt.remote_id), None)


def _title(outgoing: Outgoing) -> str:
    """Return one line for lists of entries: the warning where there is one, so that it hides the text."""
    alts = (attachment.alt for attachment in outgoing.attachments)
    candidates = (outgoing.content_warning or "", outgoing.part.text, *alts)
    titles = (_first_line(feed_atom.allowed(text)) for text in candidates)
    return next((title for title in titles if title), f"{outgoing.dated:%Y-%m-%d}")


def _first_line(text: str) -> str:
    line = next(iter(text.strip().splitlines()), "")
    short = shorten(Marked(text=line), lambda cut: len(graphemes(cut.text)) <= _TITLE)
    return short.text if short is not None else ""
