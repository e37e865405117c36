"""Pages as they are edited for months: each piece of news is posted once, whatever becomes of its item."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.histories import facility_news, in_the_news, mediawiki_news
from tests.e2e.replay import replay

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.replay import History
    from tests.servers.mediawiki import MediaWiki

LEAST = 50  # revisions: fewer would be no life


@pytest.mark.parametrize(
    "history",
    [
        pytest.param(mediawiki_news.PAGE, id="a translatable list of releases"),
        pytest.param(in_the_news.PAGE, id="a box of headlines"),
        pytest.param(facility_news.PAGE, id="a definition list"),
    ],
)
def test_each_piece_of_news_is_posted_once(history: History, mediawiki: MediaWiki, tmp_path: Path) -> None:
    assert len(history.saved) >= LEAST

    replayed = replay(history, mediawiki, tmp_path)

    assert replayed.failures == []
    assert replayed.texts == history.posted
    assert replayed.published == len(history.posted) + len(history.retracted)
    assert replayed.refused == history.refused
    assert [number for number, _ in replayed.held] == [number for number, _ in history.held], replayed.held
    for (_, reason), (_, expected) in zip(replayed.held, history.held, strict=True):
        assert expected in reason
    assert replayed.statuses["sent"] == len(history.posted)
    assert replayed.statuses["retracted"] == len(history.retracted)
    assert replayed.statuses["held"] == len(replayed.gone)
    assert set(replayed.statuses) <= {"sent", "adopted", "retracted", "held"}
