"""The status page as readers of a real wiki see it, written by the bot as a maintainer runs it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.conftest import FEED, MASTODON, Bot
from tests.fakes.faults import Fault

if TYPE_CHECKING:
    from tests.fakes.mastodon import MastodonServer
    from tests.servers.mediawiki import MediaWiki
    from tests.servers.pywikibot import PywikibotDir

TODAY = datetime.now(UTC).date().isoformat()
OLD = "* '''2026-01-10''': [[Old news]], on the page before the bot. <!-- herald: id=old -->"
NEW = f"* '''{TODAY}''': '''[[MediaWiki 1.46]]''' is out! <!-- herald: id=mw146 -->"

_numbers = itertools.count(1)


@dataclass(kw_only=True)
class Newsroom:
    """A news page with one old item that the bot has seen once, and the pages of the bot's own."""

    wiki: MediaWiki
    bot: Bot
    mastodon: MastodonServer
    news: str
    status: str
    stop: str

    def edit(self, *lines: str) -> None:
        self.wiki.edit(self.news, "\n".join(lines))

    def page(self) -> str:
        """The status page as HTML, with plain signs."""
        told: str = self.wiki.api(action="parse", page=self.status, prop="text")["parse"]["text"]
        return unescape(told)

    def revisions(self) -> list[Any]:
        answer = self.wiki.api(
            action="query", prop="revisions", rvprop="ids|user|comment", rvlimit=20, titles=self.status
        )
        found: list[Any] = answer["query"]["pages"][0].get("revisions", [])
        return found


@pytest.fixture
def newsroom(
    mediawiki: MediaWiki, pywikibot_account: PywikibotDir, bot: Bot, mastodon: MastodonServer
) -> Newsroom:
    number = next(_numbers)
    room = Newsroom(
        wiki=mediawiki,
        bot=bot,
        mastodon=mastodon,
        news=f"Template:Status news {number}",
        status=f"User:NewsBot/status {number}",
        stop=f"User:NewsBot/run {number}",
    )
    bot.environment = {**pywikibot_account.environment, "MASTODON_TOKEN": mastodon.token}
    bot.configure(
        f"""
        [wiki]
        family = "{pywikibot_account.family}"
        code = "{pywikibot_account.code}"
        contact = "https://wiki.example/User:NewsBot"

        [[pages]]
        title = "{room.news}"

        [gate]
        stop_page = "{room.stop}"

        [status]
        page = "{room.status}"
        every = "1h"
        """
        + MASTODON.format(server=mastodon.url)
        + FEED
    )
    mediawiki.edit(room.stop, "run")
    room.edit(OLD)
    first = bot.run()
    assert first.code == 0, first.err
    return room


def test_the_page_is_written_once_for_what_a_run_has_done(newsroom: Newsroom) -> None:
    (first,) = newsroom.revisions()
    assert first["user"] == "NewsBot"
    newsroom.edit(NEW, OLD)
    done = newsroom.bot.run()
    assert done.code == 0, done.err
    assert newsroom.status in done.out
    newest, *_ = newsroom.revisions()
    assert newest["comment"] == f"2 posted ([[{newsroom.stop}|stop]])"
    (post,) = newsroom.mastodon.api.statuses
    assert (
        f'href="{newsroom.mastodon.api.base_url}/@{newsroom.mastodon.api.user}/{post.id}"' in newsroom.page()
    )
    assert "MediaWiki 1.46 is out!" in newsroom.page()
    assert newsroom.stop in newsroom.page()

    with newsroom.wiki.watched() as requests:
        again = newsroom.bot.run()
    assert again.code == 0
    assert len(newsroom.revisions()) == 2
    assert {request.parameters.get("action") for request in requests} == {"query"}


def test_a_simulation_shows_what_would_be_written_and_writes_nothing(newsroom: Newsroom) -> None:
    newsroom.edit(NEW, OLD)
    with newsroom.wiki.watched() as requests:
        done = newsroom.bot.run("--simulate", "--json")
    assert {request.parameters.get("action") for request in requests} == {"query"}
    (edit,) = done.json["edits"]
    assert (edit["page"], edit["summary"], edit["revision"]) == (newsroom.status, "2 posted", None)
    assert "MediaWiki 1.46 is out" in edit["text"]
    assert len(newsroom.revisions()) == 1
    shown = newsroom.bot.run("--simulate")
    assert f"{newsroom.status} would be written: 2 posted" in shown.out


def test_a_bot_that_is_stopped_does_not_edit(newsroom: Newsroom) -> None:
    newsroom.edit(NEW, OLD)
    newsroom.wiki.edit(newsroom.stop, "stop")
    with newsroom.wiki.watched() as requests:
        assert newsroom.bot.run().code == 3
    assert {request.parameters.get("action") for request in requests} == {"query"}
    assert len(newsroom.revisions()) == 1


def test_a_failure_says_what_to_do(newsroom: Newsroom) -> None:
    newsroom.edit(NEW, OLD)
    newsroom.mastodon.fail(Fault.REJECTED, on="POST /api/v1/statuses")
    assert newsroom.bot.run().code == 1
    assert "One delivery needs a person" in newsroom.page()
    assert "wikiherald resolve mw146 wikis-world --retry" in newsroom.page()


def test_a_page_that_cannot_be_written_is_a_warning_and_the_news_go_out(newsroom: Newsroom) -> None:
    assert f"{newsroom.status}: NewsBot may write it" in newsroom.bot.run("check").out
    newsroom.edit(NEW, OLD)
    newsroom.wiki.protect(newsroom.status)
    checked = newsroom.bot.run("check")
    assert (checked.code, "is protected" in checked.out) == (1, True)
    done = newsroom.bot.run()
    assert done.code == 0
    assert len(newsroom.mastodon.api.statuses) == 1
    assert f"the status page {newsroom.status}: was not written: it is protected" in done.out + done.err
