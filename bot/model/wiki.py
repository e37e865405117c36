"""A wiki, a page of it, and what is known of who wrote it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """What it takes to turn a wiki's links into absolute URLs.

    ``namespaces`` maps each lower-case namespace name or alias (``"file"``, ``"datei"``) to its number;
    ``interwiki`` maps each lower-case prefix to a URL with ``$1`` for the title; ``languages`` holds the
    prefixes of ``interwiki`` that make interlanguage links. ``article_path`` without a host means that nobody
    said where the page lives: its internal links are then relative and cannot be posted. ``bot`` is the
    account that reads there, ``None`` without one; ``reviewed`` says that revisions are reviewed before
    readers see them (FlaggedRevs).
    """

    name: str
    language: str = "en"
    article_path: str = "/wiki/$1"
    namespaces: Mapping[str, int] = field(default_factory=dict)
    interwiki: Mapping[str, str] = field(default_factory=dict)
    languages: frozenset[str] = frozenset()
    bot: str | None = None
    reviewed: bool = False


# https://www.mediawiki.org/wiki/Manual:Reverts
_REVERTING = frozenset({"mw-undo", "mw-rollback", "mw-manual-revert"})
_REVERTED = "mw-reverted"


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What the bot may do on a wiki, as the wiki tells.

    ``account`` is ``None`` where nobody is logged in; ``name`` is the account's, or the address that the wiki
    sees. ``rights`` are those of this very session: a bot password and OAuth grant a part of the account's.
    ``entitled`` are all that its groups have, ``common`` those that everybody has who is logged in there.
    ``blocked`` is who blocked it and why, ``None`` where it is not; ``partially``: from some pages only.
    """

    site: str
    account: str | None
    groups: frozenset[str]
    rights: frozenset[str]
    entitled: frozenset[str]
    common: frozenset[str]
    blocked: str | None = None
    partially: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Revision:
    """One saved version of a page. ``sha1`` is of its text; an ``editor`` that is hidden is ``""``.

    ``hidden`` says that an administrator has hidden something of it from readers.
    """

    id: int
    editor: str
    saved_at: datetime
    comment: str = ""
    tags: tuple[str, ...] = ()
    sha1: str = ""
    hidden: bool = False

    @property
    def reverts(self) -> bool:
        """Whether the wiki says that it takes back earlier ones."""
        return not _REVERTING.isdisjoint(self.tags)

    @property
    def was_reverted(self) -> bool:
        """Whether the wiki says that a later one took it back; it says so some time after that."""
        return _REVERTED in self.tags


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody who edits the wiki, as the wiki knows them now.

    Who has no account (an IP address, or a name that nobody has) is in no group, has no edits, and was never
    ``registered_at`` any time; nor was, by what the wiki tells, who came before it wrote that down.
    ``blocked`` is of the page at hand: a block of other pages only does not count.
    """

    name: str
    groups: frozenset[str] = frozenset()
    edits: int = 0
    registered_at: datetime | None = None
    blocked: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A page as it stood at one revision.

    ``history`` holds the revisions since the one last seen, oldest first, the present one included; it is
    just the present one where nothing is known of the past. ``trusted`` marks a page that is a file on disk:
    whoever may write the file may speak. ``expansions`` maps a template call, as written, to what the wiki
    makes of it. ``id`` is the wiki's number for the page, whatever it is called. ``via`` are the present
    revisions of the pages that show this one and nothing else, where it was reached through these.
    ``members`` are the pages that one is made of which stands for many.

    ``texts`` are the wikitexts of revisions in ``history``, by their ids, as far as they were told.
    ``continuous`` says that the revision last seen is in the history of this very page. ``protection`` are
    the groups or rights one of which it takes to edit the page, ``None`` where the wiki does not tell;
    ``reviewed`` says whether this revision was reviewed (FlaggedRevs), ``None`` where nobody reviews.
    """

    site: Site
    title: str
    wikitext: str
    revision: Revision
    history: tuple[Revision, ...] = ()
    trusted: bool = False
    expansions: Mapping[str, str] = field(default_factory=dict)
    via: tuple[Revision, ...] = ()
    id: int | None = None
    members: tuple[Page, ...] = ()
    texts: Mapping[int, str] = field(default_factory=dict)
    continuous: bool = True
    protection: frozenset[str] | None = None
    reviewed: bool | None = None

    @property
    def editors(self) -> tuple[str, ...]:
        """Everyone who may have written what stands there now and did not when the page was last seen."""
        revisions = (*self.via, *(self.history or (self.revision,)))
        return tuple(dict.fromkeys(revision.editor for revision in revisions))

    @property
    def since(self) -> datetime:
        """When what stands there was last changed."""
        return max(revision.saved_at for revision in (*self.via, self.revision))
