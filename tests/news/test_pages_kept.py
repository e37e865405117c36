"""A page that is re-ordered, marked for translation and laid out anew says what it said: no item is new."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Page, PageMemory, Profile, Revision, Rung
from bot.news.identity import recognise, remember
from bot.news.parse import parse
from bot.news.sites import offline

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.model import Item

SITE = offline("test:test", article_path="https://wiki.example/wiki/$1")
TITLE = "Template:News"
SAVED = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
NEWS = (  # day, page, what is said; two are alike, two are of one day, one links nowhere
    ("2026-11-17", "MediaWiki 1.46.1", "is out, a security release."),
    ("2026-11-17", "MediaWiki 1.45.4", "is out, a security release."),
    ("2026-11-12", "Hackathon", "begins with 120 people."),
    ("2026-11-03", "", "The office is closed today."),
    ("2026-10-28", "Survey", "is open for two weeks."),
)


def bullet(day: str, page: str, said: str) -> str:
    return f"* '''{day}''': {linked(page)}{said}"


def definition(day: str, page: str, said: str) -> str:
    return f";{day}: {linked(page)}{said}"


def call(day: str, page: str, said: str) -> str:
    return f"{{{{Item\n|date={day}\n|text={linked(page)}{said}\n}}}}"


def linked(page: str) -> str:
    return f"[[{page}]] " if page else ""


LAYOUTS = {"bullets": bullet, "definitions": definition, "templates": call}


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(deadline=None, max_examples=40)
@given(
    order=st.permutations(NEWS), blanks=st.lists(st.integers(1, 3), min_size=5, max_size=5), data=st.data()
)
def test_no_item_is_new_on_a_page_that_says_the_same(
    layout: str, order: Sequence[tuple[str, str, str]], blanks: list[int], data: st.DataObject
) -> None:
    write = LAYOUTS[layout]
    before = understood("\n".join(write(*news) for news in NEWS), 1, layout, None)
    memory = PageMemory(site=SITE.name, title=TITLE, revision=1, sha1="1", items=remember(before))

    pieces = [
        dressed(write(*news), number, data.draw) + "\n" * blank
        for number, (news, blank) in enumerate(zip(order, blanks, strict=True), start=1)
    ]
    text = f"<translate>\n{''.join(pieces)}</translate>"
    after = understood(text, 2, layout, memory)

    assert {item.text: item.key for item in after} == {item.text: item.key for item in before}
    assert {item.recognition.by for item in after if item.recognition} <= {Rung.UNCHANGED, Rung.NEW}
    assert not any(item.recognition and item.recognition.doubt for item in after)
    assert {item.key: item.provenance for item in after} == {item.key: item.provenance for item in before}


def dressed(written: str, number: int, draw: Callable[[st.SearchStrategy[bool]], bool]) -> str:
    """Write an item as people and Translate leave it: with a marker, a variable, more white space."""
    if draw(st.booleans()):
        written = f"<!--T:{number}-->\n{written}"
    if draw(st.booleans()):
        written = written.replace("[[", '[[<tvar name="1">').replace("]]", "</tvar>]]")
    if draw(st.booleans()):
        written = written.replace(" is ", "  is ").replace(": ", ":  ").replace("* ", "*   ")
    return written


def understood(text: str, number: int, layout: str, memory: PageMemory | None) -> tuple[Item, ...]:
    revision = Revision(id=number, editor="Ann", saved_at=SAVED, sha1=str(number))
    page = Page(site=SITE, title=TITLE, wikitext=text, revision=revision)
    fields = {"date": "date", "text": "text"}
    profile = Profile(template="Item", fields=fields) if layout == "templates" else Profile(layout=layout)
    items = recognise(parse(page, profile=profile).items, memory, page)
    assert len(items) == len(NEWS)
    return items
