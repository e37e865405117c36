"""News in two languages, from a real wiki to a server that speaks Mastodon's API."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.e2e.conftest import FEED, MASTODON, Bot

if TYPE_CHECKING:
    from tests.fakes.mastodon import MastodonServer
    from tests.servers.mediawiki import MediaWiki
    from tests.servers.pywikibot import PywikibotDir

TITLE = "Template:Translatable news"
TODAY = datetime.now(UTC).date().isoformat()
OLD = "* <translate><!--T:1-->\n2026-01-10: Old news, on the page before the bot.</translate>"
UNIT = '<tvar name="release">[[MediaWiki 1.46]]</tvar> is out!'


def test_a_channel_gets_the_translation_once_there_is_one(
    mediawiki: MediaWiki, pywikibot_dir: PywikibotDir, bot: Bot, mastodon: MastodonServer
) -> None:
    bot.environment = {**pywikibot_dir.environment, "MASTODON_TOKEN": mastodon.token}
    bot.configure(
        f"""
        [wiki]
        family = "{pywikibot_dir.family}"
        code = "{pywikibot_dir.code}"
        contact = "https://wiki.example/User:NewsBot"

        [[pages]]
        title = "{TITLE}"
        """
        + MASTODON.format(server=mastodon.url)
        + 'language = "de"\nfallback = "wait 1d"\n'
        + FEED
    )
    mediawiki.edit(TITLE, OLD)
    assert bot.run().code == 0
    mediawiki.edit(TITLE, f"* <translate><!--T:2-->\n{TODAY}: {UNIT}</translate>\n{OLD}")

    waiting = bot.run("--json")
    assert mastodon.api.statuses == []
    (held,) = waiting.json["held"]
    assert held["reason"].startswith(f"{TITLE} has never been marked for translation; it goes out as it is")
    feed = json.loads((bot.folder / "public" / "feed.json").read_text(encoding="utf-8"))
    assert [(item["content_text"], item["language"]) for item in feed["items"]] == [
        ("MediaWiki 1.46 is out!", "en")
    ]

    mediawiki.edit(f"Translations:{TITLE}/2/en", f"{TODAY}: $release is out!")
    mediawiki.edit(f"Translations:{TITLE}/2/de", f"{TODAY}: $release ist da!")
    done = bot.run()
    assert done.code == 0, done.err
    (status,) = mastodon.api.statuses
    assert status.text.startswith(f"MediaWiki 1.46 ist da! {mediawiki.url}/wiki/MediaWiki_1.46")
    assert status.language == "de"
