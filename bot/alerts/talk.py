"""A messenger that leaves a signed note on a page of the wiki: a talk page that its maintainers watch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.errors import AlertError, PageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.model import Notice, PageEdit

NAME = "talk page"


class Notepad(Protocol):
    """What adds sections to pages of the wiki: the ``Pen`` of bot/wiki/base.py, as far as it matters here."""

    def add_section(self, title: str, heading: str, text: str, *, summary: str) -> PageEdit | None:
        """Add a signed section, or raise ``PageError``; ``None`` where it says so already."""
        ...


class TalkMessenger:
    """Tells on a talk page.

    ``escape`` writes a line of plain text as wikitext that shows exactly it; ``stopped`` says why nothing may
    be written on the wiki, or ``None``.
    """

    name = NAME

    def __init__(
        self, pen: Notepad, title: str, *, escape: Callable[[str], str], stopped: Callable[[], str | None]
    ) -> None:
        self._pen = pen
        self._title = title
        self._escape = escape
        self._stopped = stopped

    def tell(self, notice: Notice) -> None:
        """Add a section; one that says the same already is left as it is.

        Raises:
            AlertError: it was not written; the next run tries again.
        """
        if reason := self._stopped():
            raise AlertError(f"{NAME}: nothing is written on the wiki now: {reason}")
        paragraphs = [
            "<br>".join(self._escape(line) for line in paragraph.splitlines())
            for paragraph in notice.text.split("\n\n")
        ]
        try:
            self._pen.add_section(
                self._title, self._escape(notice.title), "\n\n".join(paragraphs), summary=notice.title
            )
        except PageError as error:
            raise AlertError(f"{NAME}: {error}") from error
