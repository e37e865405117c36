"""The pages, and the block, by which a wiki stops the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.wiki.child import child

if TYPE_CHECKING:
    from tests.servers.mediawiki import MediaWiki
    from tests.servers.pywikibot import PywikibotDir
    from tests.wiki.child import Child

ALL, BIRDS = "User:NewsBot/stop/all", "User:NewsBot/stop/birds"


def test_where_there_is_nothing_to_ask_nothing_is_asked(reader: Child, mediawiki: MediaWiki) -> None:
    with mediawiki.watched() as asked:
        assert reader.tell("why_stop", None, {"birds": BIRDS}, "wall") is None
    assert asked == []


@pytest.mark.parametrize("text", ["run", " run\n"])
def test_the_word_run_lets_the_bot_go_on(reader: Child, mediawiki: MediaWiki, text: str) -> None:
    mediawiki.edit(ALL, text)
    mediawiki.edit(BIRDS, "run")
    with mediawiki.watched() as asked:
        assert reader.tell("why_stop", ALL, {"birds": BIRDS}, "birds") is None
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stop", "stopped from the wiki: User:NewsBot/other must read 'run' and says something else."),
        ("Run", "must read 'run' and says something else."),
        ("run, please", "must read 'run' and says something else."),
        ("#REDIRECT [[User:NewsBot/stop/all]]", "must read 'run' and says something else."),
        (None, "must read 'run' and does not exist, or cannot be read."),
    ],
)
def test_anything_else_stops_it(reader: Child, mediawiki: MediaWiki, text: str | None, said: str) -> None:
    mediawiki.edit(ALL, "run")
    title = "User:NewsBot/other" if text is not None else "User:NewsBot/never written"
    if text is not None:
        mediawiki.edit(title, text)
    assert reader.tell("why_stop", title, {}, None).endswith(said)


def test_a_channel_has_a_page_of_its_own(reader: Child, mediawiki: MediaWiki) -> None:
    mediawiki.edit(ALL, "run")
    mediawiki.edit(BIRDS, "not now")
    channels = {"birds": BIRDS}
    assert BIRDS in reader.tell("why_stop", ALL, channels, "birds")
    assert reader.tell("why_stop", ALL, channels, "wall") is None
    assert reader.tell("why_stop", ALL, channels, None) is None
    mediawiki.edit(ALL, "stop")
    assert ALL in reader.tell("why_stop", ALL, channels, "wall")


def test_a_title_may_be_written_otherwise(reader: Child, mediawiki: MediaWiki) -> None:
    mediawiki.edit("User:NewsBot/caf\u00e9", "run")
    assert reader.tell("why_stop", "user:NewsBot/cafe\u0301", {}, None) is None


def test_what_cannot_be_asked_means_stop(reader: Child, mediawiki: MediaWiki) -> None:
    with mediawiki.broken():
        said = reader.tell("why_stop", ALL, {}, None)
    assert said.startswith(f"{ALL} cannot be looked at, which means stop:")


def test_a_block_of_the_account_stops_it_without_any_page(
    mediawiki: MediaWiki, pywikibot_account: PywikibotDir
) -> None:
    with child(pywikibot_account.environment) as bot:
        bot.open()
        with mediawiki.watched() as asked:
            assert bot.tell("why_stop", None, {}, None) is None
        assert len(asked) == 1
        mediawiki.block("NewsBot", {"reason": "It shouts", "autoblock": 0})
        try:
            said = bot.tell("why_stop", None, {}, "birds")
        finally:
            mediawiki.unblock("NewsBot")
        assert bot.tell("why_stop", None, {}, None) is None
    assert said == "stopped from the wiki: the account NewsBot is blocked by Admin (It shouts)."
