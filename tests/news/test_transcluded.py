from __future__ import annotations

from dataclasses import replace

import pytest

from bot.news.transcluded import transcluded
from tests.news.pages import a_page


@pytest.mark.parametrize(
    ("wikitext", "title"),
    [
        ("{{News box}}", "Template:News box"),
        ("{{ News_box }}\n[[Category:Main page]]\n[[de:Nachrichten]]\n__NOTOC__", "Template:News box"),
        ("{{:Portal:News/2021}}", "Portal:News/2021"),
        ("{{Portal:News/2021}}", "Portal:News/2021"),
        ("{{/Items}}", "Template:News/Items"),
        ("<noinclude>About it: [[Help]].</noinclude>{{News box}}<!-- do not edit -->", "Template:News box"),
        ("{{News box}} and a word", None),
        ("{{News box|days=3}}", None),
        ("{{#invoke:News|main}}", None),
        ("{{Unknown:News}}", None),
        ("{{One}}{{Two}}", None),
        ("* 4 March: [[A]] is out.", None),
        ("", None),
        ("{{:}}", None),
    ],
)
def test_the_page_that_is_shown_is_named(wikitext: str, title: str | None) -> None:
    page = a_page(wikitext)
    page = replace(page, site=replace(page.site, namespaces={"portal": 100, "template": 10}))
    assert transcluded(page) == title
