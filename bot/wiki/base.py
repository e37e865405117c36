"""What a source of pages is: a wiki, or a folder on disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bot.errors import PageError
    from bot.model import (
        Attachment,
        Limits,
        Media,
        Page,
        PageEdit,
        PageSet,
        Person,
        Picture,
        Revision,
        Site,
        TranslatedUnits,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A page to read, and the revision it had when it was last seen (``None``: never)."""

    title: str
    seen: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewText:
    """What a page is to say, and in a few words what has changed."""

    text: str
    summary: str


class Pen(Protocol):
    """What writes the bot's own pages on a wiki. A method raises ``PageError`` where it did not."""

    @property
    def site(self) -> Site:
        """The wiki; its ``bot`` is the account that edits."""
        ...

    def revise(
        self, title: str, change: Callable[[str | None], NewText | None], *, mark: str
    ) -> PageEdit | None:
        """Save a page as ``change`` makes it of its text, ``None`` where there is no such page.

        ``change`` returns ``None`` where no edit is needed, and then so does this; after an edit conflict it
        is asked again. A page that is neither empty nor begins with ``mark`` is left alone.
        """
        ...

    def examine(self, title: str, *, mark: str) -> None:
        """Make sure that a page could be written now; ``PageError`` says why not."""
        ...

    def add_section(self, title: str, heading: str, text: str, *, summary: str) -> PageEdit | None:
        """Add a section at the end of a page, which is signed there; ``None`` where it says so already."""
        ...


class Source(Protocol):
    """Where pages come from. A method raises ``PageError`` where the source as a whole cannot be reached."""

    @property
    def name(self) -> str:
        """The name of its site, which the ledger knows its pages by."""
        ...

    def read(self, wanted: Sequence[Wanted]) -> Mapping[str, Page | PageError]:
        """Read pages in as few requests as the wiki allows; a page that cannot be read is its error.

        The keys are the titles as wanted. A page's ``history`` reaches back to the revision last seen, with
        the ``texts`` of the last fifty; it costs a request only for a page that has changed, or two for one
        that has changed more often.
        """
        ...

    def with_past(self, page: Page) -> Page:
        """Return the page with its last fifty revisions and their ``texts``, whatever was seen of it.

        Where it has more, the first of these has no editor: who wrote what stood there nobody has told.
        """
        ...

    @property
    def site(self) -> Site:
        """The site, as its links need it."""
        ...

    def members(self, collection: PageSet, *, seen: int | None) -> Sequence[Page]:
        """Return the pages of a collection, the newest first, with their histories since revision ``seen``.

        One request or two for fifty, and one more for each that has changed; raises ``PageError`` where they
        cannot be told.
        """
        ...

    def history(self, page: Page) -> Sequence[Revision]:
        """Return the page's latest revisions, oldest first, the present one included; some hundreds."""
        ...

    def translation(self, page: Page, language: str) -> TranslatedUnits | Page | None:
        """Return what there is of a page in a language: its units, where it is under Translate, else a page.

        That is the one called as this one with ``/language`` behind; ``None`` where there is none. Two
        requests for fifty units, one for a page; raises ``PageError`` where it cannot be told.
        """
        ...

    def expand(self, page: Page, calls: Sequence[str]) -> Mapping[str, str]:
        """Return what the wiki makes of each template call; those it cannot expand are left out."""
        ...

    def people(self, names: Iterable[str], page: Page) -> Mapping[str, Person]:
        """Return who these editors are, by name, and whether they may edit the page; fifty cost a request.

        Also those who have no account. Raises ``PageError`` where the wiki does not tell.
        """
        ...

    def revisions(self, ids: Iterable[int]) -> Mapping[int, Revision]:
        """Return revisions of whatever page as they are now, by id; those that are gone are left out.

        Fifty cost a request; raises ``PageError`` where the wiki does not tell.
        """
        ...

    def patrolled(self, page: Page) -> frozenset[int]:
        """Return the ids of the page's latest edits that are marked as patrolled; one request.

        Raises ``PageError`` where the wiki does not tell, or not us.
        """
        ...

    def templates(self, page: Page, calls: Sequence[str]) -> Sequence[Revision]:
        """Return the newest revision of each template that the calls use, directly or not.

        Two requests for fifty templates; raises ``PageError`` where the wiki does not tell.
        """
        ...

    def pictures(self, files: Iterable[str], languages: Sequence[str]) -> Mapping[str, Picture]:
        """Return what is known of each file, without fetching it; its captions in any of the languages.

        One request for fifty, and one or two more for captions; raises ``PageError`` where it cannot be told.
        """
        ...

    def fetch(self, media: Media, limits: Limits) -> Attachment:
        """Fetch a file as a network of these limits takes it.

        Raises ``PictureError`` where the file is missing or not a picture, which somebody has to mend: the
        message is the end of a sentence that begins with the file. Otherwise ``PageError`` where it cannot be
        had.
        """
        ...
