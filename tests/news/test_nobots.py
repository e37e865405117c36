from __future__ import annotations

import pytest

from bot.news.nobots import keeps_away


@pytest.mark.parametrize(
    "wikitext",
    [
        "{{nobots}}",
        "* [[A]] is out.\n<noinclude>{{Nobots}}</noinclude>",
        "{{bots|deny=all}}",
        "{{bots|deny=OtherBot, NewsBot}}",
        "{{bots|allow=none}}",
        "{{bots|allow=OtherBot}}",
        "{{Documentation|content={{nobots}}}}",
    ],
)
def test_the_bot_is_kept_away(wikitext: str) -> None:
    call = keeps_away(wikitext, "NewsBot")
    assert call is not None
    assert call in wikitext


@pytest.mark.parametrize(
    "wikitext",
    [
        "* [[A]] is out.",
        "{{bots}}",
        "{{bots|allow=all}}",
        "{{bots|allow=OtherBot,newsbot}}",
        "{{bots|deny=none}}",
        "{{bots|deny=OtherBot}}",
        "<!-- {{nobots}} -->",
        "<nowiki>{{nobots}}</nowiki>",
        "{{nobots are fine}}",
    ],
)
def test_the_bot_is_not_kept_away(wikitext: str) -> None:
    assert keeps_away(wikitext, "NewsBot") is None


def test_who_is_not_logged_in_is_no_bot_that_is_allowed() -> None:
    assert keeps_away("{{bots|allow=OtherBot}}", None) is not None
    assert keeps_away("{{bots|deny=OtherBot}}", None) is None
