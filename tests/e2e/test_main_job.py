"""The main job, end to end: a real wiki, a server that speaks Mastodon's API, a feed; each run a process."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import FEED, MASTODON, Bot
from tests.pictures import ALIKE, differences, encoded, opened, photo, with_place
from tests.servers.mediawiki import picture

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.fakes.mastodon import MastodonServer
    from tests.servers.mediawiki import MediaWiki, Request
    from tests.servers.pywikibot import PywikibotDir

TODAY = datetime.now(UTC).date().isoformat()
ALT = "The new logo: a sunflower"
PHOTO = encoded(photo(2400, 1600), "JPEG", exif=with_place())
OLD = "* '''2026-01-10''': [[Old news]], on the page before the bot."
NEW = (
    f"* '''{TODAY}''': '''[[MediaWiki 1.46]]''' is out & [[Download|ready]]! "
    f"[[File:E2e logo.png|thumb|alt={ALT}]] <!-- herald: lang=en -->"
)

_numbers = itertools.count(1)


@dataclass(kw_only=True)
class Newsroom:
    """A news page on the real wiki, its bot, and the server it posts to."""

    wiki: MediaWiki
    bot: Bot
    mastodon: MastodonServer
    title: str

    def edit(self, *lines: str, user: str = "Admin") -> int:
        return self.wiki.edit(self.title, "\n".join(lines), user=user)

    @property
    def texts(self) -> list[str]:
        return [status.text for status in self.mastodon.api.statuses]

    @property
    def feed(self) -> list[str]:
        feed = json.loads((self.bot.folder / "public" / "feed.json").read_text(encoding="utf-8"))
        return [item["content_text"] for item in feed["items"]]


@pytest.fixture(scope="module")
def wiki(mediawiki: MediaWiki) -> Iterator[MediaWiki]:
    """The wiki, with a picture on it that may be used, and one whose author is to be named."""
    mediawiki.upload("E2e logo.png", picture(40, 30))
    mediawiki.upload("E2e photo.jpg", PHOTO)
    with mediawiki.describing() as describe:
        describe(
            {
                "E2e logo.png": {"fields": {"License": "cc0", "LicenseShortName": "CC0"}},
                "E2e photo.jpg": {
                    "fields": {
                        "License": "cc-by-sa-4.0",
                        "LicenseShortName": "CC BY-SA 4.0",
                        "LicenseUrl": "https://creativecommons.org/licenses/by-sa/4.0",
                        "Artist": '<a href="//wiki.example/User:Jane">Jane Doe</a>',
                    },
                    "labels": {"en": "Colours, and no end of them"},
                },
            }
        )
        yield mediawiki


@pytest.fixture
def newsroom(wiki: MediaWiki, pywikibot_dir: PywikibotDir, bot: Bot, mastodon: MastodonServer) -> Newsroom:
    """The bot has seen the page once, with one old item on it."""
    title = f"Template:News {next(_numbers)}"
    bot.environment = {**pywikibot_dir.environment, "MASTODON_TOKEN": mastodon.token}
    bot.configure(
        f"""
        [wiki]
        family = "{pywikibot_dir.family}"
        code = "{pywikibot_dir.code}"
        contact = "https://wiki.example/User:NewsBot"

        [[pages]]
        title = "{title}"
        """
        + MASTODON.format(server=mastodon.url)
        + FEED
    )
    newsroom = Newsroom(wiki=wiki, bot=bot, mastodon=mastodon, title=title)
    newsroom.edit(OLD)
    first = bot.run()
    assert (first.code, newsroom.texts) == (0, []), first.err
    return newsroom


def api_actions(requests: Iterable[Request]) -> set[str]:
    """What the wiki's API was asked to do; fetching a picture is no business of the API."""
    return {request.parameters["action"] for request in requests if request.path.endswith("api.php")}


def test_an_editor_adds_an_item_and_it_is_published_once_with_text_link_and_picture(
    newsroom: Newsroom,
) -> None:
    revision = newsroom.edit(NEW, OLD)
    done = newsroom.bot.run("--json")
    assert done.code == 0, done.err
    (status,) = newsroom.mastodon.api.statuses
    link = f"{newsroom.wiki.url}/wiki/MediaWiki_1.46"
    assert status.text == f"MediaWiki 1.46 is out & ready! {link} #MediaWiki"
    assert (status.language, status.visibility) == ("en", "public")
    (media_id,) = status.media_ids
    upload = newsroom.mastodon.api.media[media_id]
    assert (upload.description, upload.content) == (ALT, picture(40, 30))
    assert newsroom.feed == ["MediaWiki 1.46 is out & ready!"]

    posts = {post["channel"]: post for post in done.json["posts"]}
    assert posts["wikis-world"]["status"] == "sent"
    assert posts["wikis-world"]["parts"] == [
        {"text": status.text, "length": 31 + 23 + 11, "limit": 500, "unit": "characters"}
    ]
    (row,) = [
        row
        for row in newsroom.bot.run("status", "--json").json["deliveries"]
        if row["channel"] == "wikis-world" and row["status"] == "sent"
    ]
    assert (row["revision"], row["editor"], row["remote_id"]) == (revision, "Admin", status.id)


def test_a_picture_whose_author_is_to_be_named_waits_until_that_is_accepted_and_then_names_her(
    newsroom: Newsroom,
) -> None:
    newsroom.edit(NEW.replace("E2e logo.png", "E2e photo.jpg").replace(f"|alt={ALT}", ""), OLD)
    held = newsroom.bot.run("--json")
    assert (held.code, newsroom.texts) == (0, [])
    reason = "is under CC BY-SA 4.0; published here is what is under CC0, public domain: choose another"
    assert {one["reason"] for one in held.json["held"]} == {f"its picture E2e photo.jpg {reason}"}
    settings = newsroom.bot.folder / "news.toml"
    accepted = '[pictures]\nlicences = ["CC0", "CC BY-SA"]\n'
    settings.write_text(f"{settings.read_text(encoding='utf-8')}\n{accepted}", encoding="utf-8")
    before = newsroom.bot.run("preview", "--json")
    done = newsroom.bot.run()
    assert done.code == 0, done.err
    (status,) = newsroom.mastodon.api.statuses
    assert status.text.endswith("#MediaWiki\nImage: Jane Doe, CC BY-SA 4.0")
    assert newsroom.feed == ["MediaWiki 1.46 is out & ready!\nImage: Jane Doe, CC BY-SA 4.0"]
    shown = {part["text"] for post in before.json["previews"] for part in post["parts"]}
    assert status.text in shown
    (media_id,) = status.media_ids
    upload = newsroom.mastodon.api.media[media_id]
    assert upload.description == "Colours, and no end of them"
    assert opened(upload.content).size == (1920, 1280)
    assert not opened(upload.content).getexif()
    assert differences(upload.content, PHOTO) <= ALIKE


def test_the_second_run_only_reads(newsroom: Newsroom) -> None:
    newsroom.edit(NEW, OLD)
    newsroom.bot.run()
    newsroom.mastodon.requests.clear()
    newsroom.mastodon.writes_forbidden = True
    with newsroom.wiki.watched() as requests:
        done = newsroom.bot.run()
    assert done.code == 0, done.err
    assert newsroom.mastodon.forbidden == []
    assert api_actions(requests) <= {"query", "wbgetentities"}
    assert len(newsroom.texts) == 1
    assert "Nothing to do" in done.out


def test_a_mended_typo_is_carried_over_and_makes_no_new_post(newsroom: Newsroom) -> None:
    newsroom.edit(NEW.replace("is out", "is uot"), OLD)
    newsroom.bot.run()
    newsroom.edit(NEW, OLD)
    done = newsroom.bot.run("--json")
    assert [post["action"] for post in done.json["posts"]] == ["edit", "edit"]
    assert len(newsroom.texts) == 1
    assert newsroom.texts[0].startswith("MediaWiki 1.46 is out & ready!")
    assert newsroom.feed == ["MediaWiki 1.46 is out & ready!"]


def test_blanking_is_refused_and_reverting_posts_nothing(newsroom: Newsroom) -> None:
    newsroom.edit(NEW, OLD)
    newsroom.bot.run()
    blanked = newsroom.edit("", user="Vandal")
    refused = newsroom.bot.run()
    assert refused.code == 3
    assert "--force" in refused.out + refused.err
    newsroom.wiki.undo(newsroom.title, blanked)
    done = newsroom.bot.run("--json")
    assert (done.code, done.json["posts"]) == (0, [])
    assert len(newsroom.texts) == 1


def test_another_order_posts_nothing(newsroom: Newsroom) -> None:
    second = f"* '''{TODAY}''': The [[Hackathon]] begins."
    newsroom.edit(second, NEW, OLD)
    newsroom.bot.run()
    assert len(newsroom.texts) == 2
    newsroom.edit(OLD, NEW, second)
    done = newsroom.bot.run("--json")
    assert (done.code, done.json["posts"]) == (0, [])
    assert len(newsroom.texts) == 2


def test_what_a_stranger_writes_settles_first(newsroom: Newsroom) -> None:
    newsroom.edit(NEW, OLD, user="Somebody new")
    done = newsroom.bot.run("--json")
    assert done.code == 0
    assert {held["channel"] for held in done.json["held"]} == {"wikis-world", "feed"}
    assert newsroom.texts == []


def test_a_template_in_an_item_is_expanded_by_the_wiki(newsroom: Newsroom) -> None:
    newsroom.wiki.edit("Template:Latest version", "{{#if:x|1.46.2}}<noinclude>doc</noinclude>")
    newsroom.edit(f"* '''{TODAY}''': [[MediaWiki]] {{{{Latest version}}}} is out.", OLD)
    done = newsroom.bot.run()
    assert done.code == 0, done.err
    assert newsroom.texts[0].startswith("MediaWiki 1.46.2 is out.")


@pytest.mark.parametrize("option", ["--simulate", "-simulate"])
def test_a_simulation_writes_nothing_and_shows_exactly_what_will_be_sent(
    newsroom: Newsroom, option: str
) -> None:
    newsroom.edit(NEW, OLD)
    newsroom.mastodon.writes_forbidden = True
    before = newsroom.bot.everything()
    with newsroom.wiki.watched() as requests:
        simulated = newsroom.bot.run(option, "--json")
    assert simulated.code == 0, simulated.err
    assert newsroom.mastodon.forbidden == []
    assert newsroom.bot.everything() == before
    assert api_actions(requests) <= {"query", "wbgetentities"}
    assert simulated.json["simulate"] is True

    newsroom.mastodon.writes_forbidden = False
    real = newsroom.bot.run("--json")
    wanted = ("item", "channel", "network", "action", "parts", "media", "content_warning", "language")
    assert [[post[key] for key in wanted] for post in simulated.json["posts"]] == [
        [post[key] for key in wanted] for post in real.json["posts"]
    ]
    assert newsroom.texts == [
        part["text"]
        for post in simulated.json["posts"]
        if post["channel"] == "wikis-world"
        for part in post["parts"]
    ]


def test_check_tells_what_works(newsroom: Newsroom) -> None:
    done = newsroom.bot.run("check")
    assert done.code == 0, done.err
    for fact in (newsroom.title, "1 item", "@news@mastodon.example", "500 characters"):
        assert fact in done.out


def test_the_stop_page_stops_the_bot(newsroom: Newsroom) -> None:
    stop_page = "User:NewsBot/main job"  # the wiki is shared with other tests
    config = newsroom.bot.folder / "news.toml"
    config.write_text(
        config.read_text(encoding="utf-8") + f'\n[gate]\nstop_page = "{stop_page}"\n', encoding="utf-8"
    )
    newsroom.edit(NEW, OLD)
    missing = newsroom.bot.run()
    assert (missing.code, newsroom.texts) == (3, [])
    assert stop_page in missing.out + missing.err
    newsroom.wiki.edit(stop_page, "stop, please")
    assert newsroom.bot.run().code == 3
    newsroom.wiki.edit(stop_page, "run")
    assert newsroom.bot.run().code == 0
    assert len(newsroom.texts) == 1
