"""Pages that are files on disk. No wiki is asked, and Pywikibot is not imported."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.errors import PageError, PictureError
from bot.model import Page, Person, Picture, Revision
from bot.news.sites import offline
from bot.wiki.media import MOST, attach, type_by_name, verified

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from bot.config import PageConfig
    from bot.model import Attachment, Limits, Media, PageSet, Site
    from bot.wiki.base import Wanted

NAME = "file"
NOT_THERE = "does not lie in the folder of the page's file: put it there"


class FileSource:
    """The ``Source`` that is a number of files, each trusted as its owner is."""

    def __init__(self, pages: Iterable[PageConfig]) -> None:
        self._pages = {page.title: page for page in pages if page.file is not None}

    @property
    def name(self) -> str:
        """The site of every file."""
        return NAME

    def read(self, wanted: Sequence[Wanted]) -> Mapping[str, Page | PageError]:
        """Read the files; the title of a page is the one it is configured with."""
        found: dict[str, Page | PageError] = {}
        for title in (page.title for page in wanted):
            try:
                found[title] = self._read(title)
            except PageError as error:
                found[title] = error
        return found

    @property
    def site(self) -> Site:
        """A site of which nothing is known."""
        return offline(NAME)

    def members(self, collection: PageSet, *, seen: int | None) -> Sequence[Page]:  # noqa: ARG002 - the port's signature
        """Refuse: files are in no category."""
        raise PageError(f"{collection.category or collection.prefix}: needs a wiki")

    def history(self, page: Page) -> Sequence[Revision]:
        """Return the file as it is: it has no other revisions."""
        return page.history

    def translation(self, page: Page, language: str) -> None:
        """Return nothing: a file is in one language."""

    def expand(self, page: Page, calls: Sequence[str]) -> Mapping[str, str]:  # noqa: ARG002 - the port's signature
        """Expand nothing: there is no wiki."""
        return {}

    def with_past(self, page: Page) -> Page:
        """Return the file as it is."""
        return page

    def people(self, names: Iterable[str], page: Page) -> Mapping[str, Person]:  # noqa: ARG002 - the port's signature
        """Return people of whom nothing is known."""
        return {name: Person(name=name) for name in names}

    def revisions(self, ids: Iterable[int]) -> Mapping[int, Revision]:  # noqa: ARG002 - the port's signature
        """Return nothing: a file has no revisions but what it is now."""
        return {}

    def patrolled(self, page: Page) -> frozenset[int]:  # noqa: ARG002 - the port's signature
        """Return nothing: nobody patrols files."""
        return frozenset()

    def templates(self, page: Page, calls: Sequence[str]) -> Sequence[Revision]:  # noqa: ARG002 - the port's signature
        """Return nothing: no template is expanded."""
        return ()

    def pictures(self, files: Iterable[str], languages: Sequence[str]) -> Mapping[str, Picture]:  # noqa: ARG002 - the port's signature
        """Look at each file; who put it there knows whether it may be used, and nobody says what it shows."""
        return {file: self._picture(file) for file in files}

    def fetch(self, media: Media, limits: Limits) -> Attachment:
        """Read a picture that lies in the folder of a page's file, and nowhere else."""
        found = self._find(media.file)
        if found is None:
            raise PictureError(NOT_THERE)
        path, url = found
        content, _ = _content(path)
        attachment = attach(media, content, limits, mime_type=type_by_name(media.file))
        unchanged = attachment.content == content
        return replace(attachment, url=url if unchanged else None)

    def _find(self, file: str) -> tuple[Path, str | None] | None:
        """Return where the picture lies, and where anybody can fetch it."""
        for folder, url in self._folders().items():
            for name in (file, file.replace(" ", "_"), file.replace("_", " ")):
                if path := _inside(folder, name):
                    return path, url + quote(name) if url else None
        return None

    def _picture(self, file: str) -> Picture:
        try:
            place = self._find(file)
            if place is None:
                return Picture(file=file, lack=NOT_THERE)
            content, status = _content(place[0])
            found, (width, height) = verified(content, type_by_name(file))
        except PictureError as error:
            return Picture(file=file, lack=str(error))
        except PageError as error:
            return Picture(file=file, lack=f"cannot be used: {error}")
        return Picture(
            file=file,
            mime_type=found,
            size=status.st_size,
            width=width,
            height=height,
            sha1=hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        )

    def _folders(self) -> Mapping[Path, str | None]:
        """Return the folders of the pages' files, each with where its pictures can be fetched."""
        found: dict[Path, str | None] = {}
        for page in self._pages.values():
            if page.file is not None:
                found[page.file.parent] = found.get(page.file.parent) or page.pictures_url
        return found

    def _read(self, title: str) -> Page:
        config = self._pages.get(title)
        if config is None or config.file is None:
            raise PageError(f"{title}: no file is configured for this page")
        content, status = _content(config.file)
        revision = Revision(
            id=status.st_mtime_ns // 1_000_000,
            editor=_owner(config.file),
            saved_at=datetime.fromtimestamp(status.st_mtime, UTC),
            sha1=hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        )
        site = offline(NAME, language=config.language or "en", article_path=config.article_path)
        return Page(
            site=site,
            title=title,
            wikitext=_text(config.file, content),
            revision=revision,
            history=(revision,),
            trusted=True,
        )


def _content(path: Path) -> tuple[bytes, os.stat_result]:
    try:
        # Asked before it is opened: opening a pipe would wait for somebody to write.
        if not stat.S_ISREG(path.stat().st_mode):
            raise PageError(f"{path}: is not a file; name a file of wikitext")
        with path.open("rb") as file:
            content, status = file.read(MOST + 1), os.fstat(file.fileno())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise PageError(f"{path}: cannot be read: {reason}") from error
    if len(content) > MOST:
        raise PageError(f"{path}: is larger than {MOST // 2**20} MB")
    return content, status


def _text(path: Path, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PageError(f"{path}: line {line} is not UTF-8; save the file in that encoding") from error
    return text.replace("\r\n", "\n")


def _owner(path: Path) -> str:
    try:
        return path.owner()
    except (KeyError, OSError, NotImplementedError):
        return ""


def _inside(folder: Path, name: str) -> Path | None:
    """Return the file of that name if it really lies in the folder, links followed."""
    try:
        path = (folder / name).resolve(strict=True)
    except (OSError, ValueError):
        return None
    return path if path.parent == folder.resolve() and path.is_file() else None
