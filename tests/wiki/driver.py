"""Reads a wiki in a process of its own, as told on standard input: Pywikibot is one per process.

Each line in is a JSON list, a command and its arguments; each line out is what came of it:
``{"done": ...}`` or ``{"raised": "PageError", "message": "...", "seconds": 1.5}``.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import sys
import time
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import requests

from bot.config import WikiConfig
from bot.errors import HeraldError, PageError, PictureError
from bot.model import Limits, Media, Page, PageSet
from bot.wiki.base import NewText, Wanted
from bot.wiki.page import open_wiki

if TYPE_CHECKING:
    from bot.wiki.page import WikiSource
    from bot.wiki.pen import WikiPen


class Driver:
    wiki: WikiSource
    the_pen: WikiPen
    seen: list[str | None]

    def open(self, family: str | None, code: str | None, contact: str, arguments: list[str]) -> Any:
        config = WikiConfig(family=family, code=code, contact=contact)
        self.wiki = open_wiki(config, arguments=arguments)
        return dataclasses.asdict(self.wiki.site)

    def read(self, *wanted: tuple[str, int | None]) -> Any:
        found = self.wiki.read([Wanted(title=title, seen=seen) for title, seen in wanted])
        return {title: _plain(page) for title, page in found.items()}

    def members(self, category: str | None, prefix: str | None, most: int, seen: int | None) -> Any:
        pages = self.wiki.members(PageSet(category=category, prefix=prefix, most=most), seen=seen)
        return [_plain(page) for page in pages]

    def with_past(self, title: str) -> Any:
        return _plain(self.wiki.with_past(self._page(title)))

    def why_stop(self, title: str | None, channels: dict[str, str], channel: str | None) -> Any:
        return self.wiki.stop_pages(title, channels).why_stop(channel)

    def revisions(self, *ids: int) -> Any:
        return self.wiki.revisions(ids)

    def patrolled(self, title: str) -> Any:
        return self.wiki.patrolled(self._page(title))

    def templates(self, title: str, *calls: str) -> Any:
        return self.wiki.templates(self._page(title), calls)

    def expand(self, title: str, *calls: str) -> Any:
        return self.wiki.expand(self._page(title), calls)

    def translation(self, title: str, language: str) -> Any:
        told = self.wiki.translation(self._page(title), language)
        return _plain(told) if isinstance(told, Page) else told

    def standing(self) -> Any:
        return dataclasses.asdict(self.wiki.standing())

    def people(self, title: str, *names: str) -> Any:
        return self.wiki.people(names, self._page(title))

    def _page(self, title: str) -> Page:
        page = self.wiki.read([Wanted(title=title)])[title]
        assert isinstance(page, Page)
        return page

    def pictures(self, *files: str) -> Any:
        return dict(self.wiki.pictures(files, ("de", "en")))

    def fetch(self, file: str, limits: dict[str, Any] | None = None, sha1: str | None = None) -> Any:
        media = Media(file=file, alt="What is seen", sha1=sha1)
        attachment = self.wiki.fetch(media, Limits(**(limits or {})))
        told = dataclasses.asdict(attachment)
        return told | {"content": base64.b64encode(attachment.content).decode()}

    def pen(self, own: list[str], sources: list[str], stop_page: str | None) -> Any:
        self.the_pen = self.wiki.pen(own=own, sources=sources, stop_page=stop_page)
        return self.the_pen.site.bot

    def revise(self, title: str, text: str | None, mark: str, meddling: list[str], api: str) -> Any:
        """Save a page; each time it has been read somebody saves one of the texts ``meddling`` first."""
        self.seen = []
        texts = iter(meddling)

        def change(found: str | None) -> NewText | None:
            self.seen.append(found)
            if (other := next(texts, None)) is not None:
                data = {"action": "edit", "title": title, "text": other, "token": "+\\", "format": "json"}
                assert "error" not in requests.post(api, data=data, timeout=60).json()
            return None if text is None else NewText(text=text, summary="what has changed")

        return self.the_pen.revise(title, change, mark=mark)

    def texts_seen(self) -> Any:
        return self.seen

    def add_section(self, title: str, heading: str, text: str) -> Any:
        return self.the_pen.add_section(title, heading, text, summary=heading)

    def forget_token(self) -> Any:
        """Let Pywikibot hold a token of a session that is over."""
        import pywikibot  # noqa: PLC0415 - as below

        pywikibot.Site().tokens._tokens["csrf"] = "0" * 40 + "+\\"

    def save(self, title: str, text: str) -> Any:
        """Save a page as a Pywikibot script would: ``-simulate`` is Pywikibot's own."""
        import pywikibot  # noqa: PLC0415 - it must not be imported before the wiki is opened

        page = pywikibot.Page(pywikibot.Site(), title)
        page.text = text
        page.save(summary="test", quiet=True)


def _plain(page: Any) -> Any:
    if isinstance(page, HeraldError):
        return {"raised": type(page).__name__, "message": str(page)}
    return {
        field.name: getattr(page, field.name) for field in dataclasses.fields(page) if field.name != "site"
    }


def _json(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return sorted(value)


def main() -> None:
    driver = Driver()
    for line in sys.stdin:
        command, *arguments = json.loads(line)
        start = time.monotonic()
        try:
            answer = {"done": getattr(driver, command)(*arguments)}
        except HeraldError as error:
            named = isinstance(error, PictureError) or not isinstance(error, PageError)
            kind = type(error).__name__ if named else "PageError"
            answer = {"raised": kind, "message": str(error)}
        answer["seconds"] = time.monotonic() - start
        print(json.dumps(answer, default=_json), flush=True)


if __name__ == "__main__":
    main()
