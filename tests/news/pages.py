"""Pages for the tests of finding items, and what is found on them in a form that is short to write."""

from __future__ import annotations

from datetime import datetime
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from bot.model import News, Page, Profile, Revision
from bot.news.parse import parse
from bot.news.sites import offline

if TYPE_CHECKING:
    from collections.abc import Collection

# Wikitext that hangs together about as well as after a bad edit.
_PIECES = [
    *(
        "{{",
        "}}",
        "{{{",
        "}}}",
        "[[",
        "]]",
        "|",
        "=",
        "{|",
        "|}",
        "\n|-\n",
        "\n|",
        "\n!",
        "#if:",
        "[http://x ",
    ),
    *(
        "\n",
        "\n* ",
        "\n** ",
        "\n; ",
        "\n: ",
        "\n== ",
        " ==\n",
        "\n----\n",
        "''",
        "'''",
        ": ",
        ", ",
        " (",
        ") ",
    ),
    *("<nowiki>", "</nowiki>", "<noinclude>", "</noinclude>", "<onlyinclude>", "</onlyinclude>", "<ref>"),
    *(
        "</ref>",
        "<translate>",
        "</translate>",
        "<!--T:1-->",
        "<li>",
        "<div>",
        "</div>",
        "<small>",
        "</small>",
    ),
    *("4 March", "2021-03-04", "2021-02-30", "2021", "words about", "A", "text=", "date=", "<!--", "-->"),
    *("&lt;", "<br>", "<!-- herald: id=a; hold -->"),
]
markup = st.lists(st.sampled_from(_PIECES) | st.text(max_size=3)).map("".join)

WIKI = "https://wiki.example/wiki/"


def a_page(wikitext: str, *, language: str = "en", saved: str = "2021-03-04", **fields: Any) -> Page:
    """A page as it was saved at noon; the wikitext may be indented."""
    return Page(
        site=offline("test", language=language, article_path=f"{WIKI}$1"),
        title="Template:News",
        wikitext=dedent(wikitext).lstrip("\n"),
        revision=Revision(id=1, editor="Ann", saved_at=datetime.fromisoformat(f"{saved}T12:00+00:00")),
        **fields,
    )


def news(
    wikitext: str,
    *,
    language: str = "en",
    saved: str = "2021-03-04",
    names: Collection[str] = (),
    **profile: Any,
) -> News:
    """What is understood of a page; whatever else is named is of its profile."""
    page = a_page(wikitext, language=language, saved=saved)
    return parse(page, profile=Profile(**profile), names=names)


def texts(wikitext: str, **options: Any) -> list[str]:
    return [item.text for item in news(wikitext, **options).items]


def shown(wikitext: str, **options: Any) -> list[tuple[int, str, str]]:
    """The line, the date and the text of each item."""
    found = news(wikitext, **options).items
    return [(item.line, item.date.isoformat() if item.date else "", item.text) for item in found]


def told(wikitext: str, **options: Any) -> list[tuple[int | None, str]]:
    """The line and the message of each problem."""
    return [(problem.line, problem.message) for problem in news(wikitext, **options).problems]
