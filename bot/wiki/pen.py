"""The only place that edits a wiki: it writes the bot's own pages, and never one with news.

It needs no right but ``edit``. Which pages it may write is said when it is made; any other is refused, and so
is a page that turns out to be another one: a redirect, or one that somebody else has written. Nothing is
forced: where the page was changed in between it is read again, and the change is decided anew.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.errors import PageError
from bot.model import PageEdit
from bot.news.nobots import keeps_away
from bot.wiki.refusal import RefusedError
from bot.wiki.refused_edit import CONFLICTS, in_words
from bot.wiki.titles import page_key

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from bot.model import Site
    from bot.wiki.api import Api
    from bot.wiki.base import NewText

log = logging.getLogger(__name__)

TRIES = 3
SUMMARY = 400  # characters of an edit summary, of 500 that MediaWiki keeps


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """A page as it was read at ``asked_at``, the wiki's own time; ``text`` is ``None`` if it is missing."""

    title: str
    text: str | None
    asked_at: str
    revision: int = 0
    saved_at: str = ""


class WikiPen:
    """Edits the pages ``own`` of a wiki, none of which is one of the ``sources`` of news.

    Every edit summary links to the ``stop_page``, where there is one.
    """

    def __init__(
        self,
        api: Api,
        site: Site,
        *,
        own: Collection[str],
        sources: Collection[str],
        stop_page: str | None,
    ) -> None:
        self._api = api
        self.site = site
        self._own = {page_key(site, title) for title in own}
        self._sources = {page_key(site, title) for title in sources}
        self._stop_page = stop_page

    def look(self, title: str, *, mark: str | None = None) -> str | None:
        """Return the text of a page that may be written, ``None`` where it does not exist.

        Raises:
            PageError: it may not be written, or cannot be read.
        """
        return self._find(title, mark).text

    def examine(self, title: str, *, mark: str) -> None:
        """Make sure that a page could be written now, without doing so.

        Raises:
            PageError: it could not; the message says why, and what to do.
        """
        self._need_account(title)
        found = self._find(title, mark)
        action = "create" if found.text is None else "edit"
        answer = self._ask(
            title, titles=found.title, prop="info", intestactions=action, intestactionsdetail="full"
        )
        for error in answer["query"]["pages"][0].get("actions", {}).get(action, ()):
            raise _refused(title, error.get("code", "?"), error.get("info", ""))

    def revise(
        self, title: str, change: Callable[[str | None], NewText | None], *, mark: str
    ) -> PageEdit | None:
        """Save a page as ``change`` makes it of its present text, ``None`` where it does not exist.

        ``change`` may return ``None`` for no edit, and is called again after an edit conflict. The page's
        text begins with ``mark`` if it is ours; anything else that is not empty is never overwritten.

        Raises:
            PageError: it was not saved; the message says why, and what to do.
        """
        self._need_account(title)
        for _ in range(TRIES):
            found = self._find(title, mark)
            new = change(found.text)
            if new is None:
                return None
            try:
                return self._save(found, new)
            except RefusedError as refusal:
                if refusal.code not in CONFLICTS:
                    raise
                log.debug("%s: %s; it is read again", title, refusal)
        raise PageError(
            f"{title}: was not written: {TRIES} times somebody else edited it first; the next run tries again"
        )

    def add_section(self, title: str, heading: str, text: str, *, summary: str) -> PageEdit | None:
        """Add a section, signed, at the end of a page, which is made where it does not exist.

        Where these very words stand there already nothing is done, so that a request whose answer was lost
        can be repeated.

        Raises:
            PageError: it was not saved, or nobody knows whether; the message says why, and what to do.
        """
        self._need_account(title)
        found = self._find(title, None)
        if text.strip() in (found.text or ""):
            return None
        signed = f"{text.strip()} ~~~~"
        answer = self._send(
            found.title, {"section": "new", "sectiontitle": heading, "text": signed}, summary=summary
        )
        return PageEdit(page=found.title, summary=summary, text=signed, revision=answer.get("newrevid"))

    def _need_account(self, title: str) -> None:
        if self.site.bot is None:
            raise PageError(
                f"{title}: cannot be written without an account: name one in usernames in user-config.py"
            )

    def _find(self, title: str, mark: str | None) -> _Found:
        """Read a page and make sure that it may be written."""
        self._refuse_others(title)
        answer = self._ask(
            title,
            titles=title,
            prop="revisions|info",
            rvprop="ids|timestamp|content",
            rvslots="main",
            meta="siteinfo",
            siprop="general",
            curtimestamp=1,
        )
        general = answer["query"]["general"]
        if general.get("readonly"):
            raise _refused(title, "readonly", general.get("readonlyreason", ""))
        told: dict[str, Any] = next(iter(answer["query"].get("pages", ())), {"invalid": True})
        if told.get("invalid") or told.get("special") or "interwiki" in answer["query"]:
            raise PageError(f"{title}: is not a page of this wiki; name another one")
        self._refuse_others(told["title"])
        found = _Found(title=told["title"], text=None, asked_at=answer["curtimestamp"])
        if told.get("missing"):
            self._refuse_deleted(found.title)
            return found
        revision = told["revisions"][0]
        text = revision["slots"]["main"].get("content")
        if told.get("redirect"):
            raise PageError(f"{title}: is a redirect, and was left alone; name the page itself")
        if text is None or told.get("contentmodel", "wikitext") != "wikitext":
            raise PageError(f"{title}: is no page of wikitext that can be read; name another one")
        if mark is not None and text.strip() and not text.startswith(mark):
            raise PageError(
                f"{title}: holds what the bot has not written, and was left alone; move that elsewhere, or "
                "empty the page"
            )
        if call := keeps_away(text, self.site.bot):
            raise PageError(f"{title}: says {call}, and was left alone; take that away, or name another page")
        return _Found(
            title=found.title,
            text=text,
            asked_at=found.asked_at,
            revision=revision["revid"],
            saved_at=revision["timestamp"],
        )

    def _refuse_others(self, title: str) -> None:
        key = page_key(self.site, title)
        if key in self._sources:
            raise PageError(f"{title}: is a page with news, which the bot never edits; name another page")
        if key not in self._own:
            raise PageError(f"{title}: is none of the bot's own pages; please report this fault")

    def _refuse_deleted(self, title: str) -> None:
        """Refuse to bring back what somebody has deleted: that was no accident."""
        answer = self._ask(title, list="logevents", letype="delete", letitle=title, lelimit=1)
        for entry in answer["query"]["logevents"]:
            if entry.get("action") == "delete":
                who = entry.get("user") or "somebody"
                raise PageError(f"{title}: was deleted by {who}; have it restored, or name another page")

    def _ask(self, title: str, **parameters: str | int) -> dict[str, Any]:
        try:
            return self._api.ask(action="query", **parameters)
        except PageError as error:
            raise PageError(f"{title}: was not written: {error}") from error

    def _save(self, found: _Found, new: NewText) -> PageEdit:
        base: dict[str, str | int] = {"text": new.text, "starttimestamp": found.asked_at}
        if found.text is None:
            base |= {"createonly": 1}
        else:
            base |= {"nocreate": 1, "baserevid": found.revision, "basetimestamp": found.saved_at}
        answer = self._send(found.title, base, summary=new.summary)
        revision = answer.get("newrevid", found.revision)  # none where the wiki sees no difference
        return PageEdit(page=found.title, summary=new.summary, text=new.text, revision=revision)

    def _send(self, title: str, parameters: Mapping[str, str | int], *, summary: str) -> dict[str, Any]:
        try:
            answer = self._api.send(
                action="edit",
                title=title,
                summary=self._with_stop_link(summary),
                watchlist="nochange",
                **parameters,
            )
        except RefusedError as refusal:
            raise _refused(title, refusal.code, refusal.info) from refusal
        except PageError as error:
            raise PageError(f"{title}: may not have been written: {error}") from error
        told: dict[str, Any] = answer["edit"]
        if told.get("result") != "Success":
            code = next(
                (sign for sign in ("captcha", "spamblacklist") if sign in told), told.get("code", "?")
            )
            raise _refused(title, code, str(told.get("info") or told.get("spamblacklist") or code))
        return told

    def _with_stop_link(self, summary: str) -> str:
        link = f" ([[{self._stop_page}|stop]])" if self._stop_page else ""
        return f"{summary[:SUMMARY]}{link}"


def _refused(title: str, code: str, info: str) -> RefusedError:
    return RefusedError(f"{title}: was not written: {in_words(code, info)}", code=code, info=info)
