"""What stands on a page: items, their rich text, and what an editor asked for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from bot.model.wiki import Revision


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A link in an item: its text as read, its absolute URL, and whether it stands in bold."""

    text: str
    url: str
    bold: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A stretch of text of one look. ``url`` makes it (a piece of) a link."""

    text: str
    bold: bool = False
    italic: bool = False
    url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RichText:
    """Text as runs, white space folded, without markup."""

    runs: tuple[Run, ...] = ()

    @property
    def plain(self) -> str:
        """The text alone."""
        return "".join(run.text for run in self.runs)

    @property
    def links(self) -> tuple[Link, ...]:
        """The links in reading order; neighbouring runs of one URL are one link, bold if any of them is."""
        links: list[Link] = []
        previous: str | None = None
        for run in self.runs:
            if run.url is not None:
                if run.url == previous:
                    last = links.pop()
                    links.append(Link(text=last.text + run.text, url=run.url, bold=last.bold or run.bold))
                else:
                    links.append(Link(text=run.text, url=run.url, bold=run.bold))
            previous = run.url
        return tuple(links)


@dataclass(frozen=True, kw_only=True, slots=True)
class Media:
    """A file of the wiki that goes with an item: its title without the namespace, and its alt text.

    What the wiki says of the file is no part of the item: its ``caption``, which describes it where the item
    does not, the ``credit`` that its licence asks for, ``"Jane Doe, CC BY-SA 4.0"``, and the ``sha1`` of the
    version of which it says so.
    """

    file: str
    alt: str | None = None
    caption: str | None = None
    credit: str | None = None
    sha1: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Directives:
    """What an editor asked for one item. ``None`` and empty mean: nothing was asked.

    ``hold`` and ``skip`` are the reason (which may be empty) or ``None``. ``approve`` and ``retry`` are what
    was written with them (which may be empty) or ``None``: what counts is who wrote them, see ``Change``.
    ``texts`` maps a channel's or a network's name to the text to use there. ``share`` is the URL of
    somebody's post: it is shared on its network, by that network's own function, and nothing else is said of
    the item anywhere.
    """

    id: str | None = None
    channels: tuple[str, ...] | None = None
    content_warning: str | None = None
    language: str | None = None
    image: str | None = None
    alt: str | None = None
    not_before: datetime | None = None
    until: datetime | None = None
    hold: str | None = None
    skip: str | None = None
    approve: str | None = None
    retry: str | None = None
    share: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict)


class ChangeKind(StrEnum):
    """What a revision did to an item."""

    ADDED = "added"
    CHANGED = "changed"  # what it says, or when and where it is to go out
    REMOVED = "removed"
    RESTORED = "restored"  # after it had left the page
    SHOWN = "shown"  # the page that shows the news page, or a template that the item uses, was saved
    APPROVED = "approved"  # the directive ``approve`` came, or says something else
    RETRIED = "retried"  # likewise ``retry``
    WITHDRAWN = "withdrawn"  # one of these two went; ``detail`` says which


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What one revision did to an item.

    ``form`` tells forms of the item apart: the same again means that it was changed back. ``relinked`` says
    that its main link leads elsewhere since, ``reverting`` that the revision took back earlier ones;
    ``detail`` is what was written with a directive.
    """

    kind: ChangeKind
    revision: Revision
    form: str = ""
    relinked: bool = False
    reverting: bool = False
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Provenance:
    """Where an item's present form comes from.

    It is known to stand on the page since ``since``, when ``revision`` was saved; ``editors`` are all who may
    have written it (more than one where nobody knows which of several revisions did). ``changes`` are what
    is known of its past, oldest first; empty where only the present form is known.
    """

    revision: int
    editors: tuple[str, ...]
    since: datetime
    changes: tuple[Change, ...] = ()


class Rung(StrEnum):
    """By what an item found on a page was recognised, the surest first; see news/identity.py."""

    ID = "its id"
    UNCHANGED = "being unchanged"
    UNIT = "its translation unit"
    DATE_AND_LINK = "its date and main link"
    LIKENESS = "the likeness of its text"
    NEW = "nothing: it is new"


@dataclass(frozen=True, kw_only=True, slots=True)
class Recognition:
    """How an item got its key when it was last new or edited.

    ``score`` says how alike its text was to the known one's, from 0 to 1 (0 for what is new). ``doubt`` is
    the key of a known item that it may be, which only a person can tell; it then has a key of its own.
    """

    by: Rung
    score: float = 0.0
    doubt: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One piece of news.

    ``key`` is its identity across edits, unique on its page; ``units`` are the ids of its units under the
    Translate extension, in order, and ``unit`` is the first; ``line`` is where it begins on the page, from 1;
    ``unresolved`` are the template calls in it that only the wiki can expand and that nobody has expanded:
    such an item is never published; ``expanded`` are those that the wiki did expand. ``misleading`` says what
    each character was that made its text read other than it is written and was taken out. ``language`` is
    the one that it is written in, ``None`` where nobody has said; ``translated`` marks an item that is
    another one's translation. ``provenance`` and ``recognition`` are ``None`` until it is compared with what
    is known.
    """

    key: str
    line: int
    body: RichText
    date: date | None = None
    main_link: Link | None = None
    media: tuple[Media, ...] = ()
    directives: Directives = field(default_factory=Directives)
    unit: str | None = None
    units: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()
    expanded: tuple[str, ...] = ()
    misleading: tuple[str, ...] = ()
    language: str | None = None
    translated: bool = False
    provenance: Provenance | None = None
    recognition: Recognition | None = None

    @property
    def text(self) -> str:
        """The body without its looks."""
        return self.body.plain


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Something that an editor should mend; ``line`` counts from 1, ``None`` is the page as a whole."""

    message: str
    line: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """What was understood of a page: the items in page order and what was not understood.

    ``reasons`` are sentences that say what the choice of the layout was between, the best first.
    """

    layout: str
    items: tuple[Item, ...] = ()
    problems: tuple[Problem, ...] = ()
    reasons: tuple[str, ...] = ()
