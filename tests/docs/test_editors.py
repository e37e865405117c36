"""The examples for editors, read as the bot would read them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.model import Item, Page, Revision, Verb
from bot.news.directives import NAMES
from bot.news.orders import read_orders
from bot.news.parse import parse
from bot.news.sites import offline

GUIDE = (Path(__file__).parents[2] / "docs" / "editors.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```wikitext\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
ROWS = re.findall(r"^\| (`.+?`(?: or `.+?`)*) \| (.+) \|$", GUIDE, re.MULTILINE)
DIRECTIVES = [directive for cell, _ in ROWS for directive in re.findall(r"`(.+?)`", cell)]


def item(wikitext: str) -> Item:
    page = Page(
        site=offline("file", article_path="https://www.mediawiki.org/wiki/$1"),
        title="Template:News",
        wikitext=wikitext,
        revision=Revision(id=1, editor="Ann", saved_at=datetime(2026, 11, 18, tzinfo=UTC)),
    )
    news = parse(page, names={"mastodon", "feed"})
    assert news.problems == ()
    (found,) = news.items
    return found


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_one_item_without_a_problem(example: str) -> None:
    found = item(example)
    assert found.date == date(2026, 11, 18)
    assert found.text.startswith("MediaWiki 1.46 is out!")
    assert found.main_link is not None
    assert found.main_link.url == "https://www.mediawiki.org/wiki/MediaWiki_1.46"


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 3
    assert len(DIRECTIVES) >= 9


@pytest.mark.parametrize("directive", DIRECTIVES)
def test_every_directive_in_the_table_is_understood(directive: str) -> None:
    extra = "; alt=A logo" if directive.startswith("image=") else ""
    extra = "; image=File:Logo.png" if directive.startswith("alt=") else extra
    found = item(f"* '''2026-11-18''': '''[[MediaWiki 1.46]]''' is out! <!-- herald: {directive}{extra} -->")
    plain = item("* '''2026-11-18''': '''[[MediaWiki 1.46]]''' is out!")
    assert found.directives != plain.directives


def test_every_directive_there_is_stands_in_the_table() -> None:
    told = {directive.partition("=")[0] for directive in DIRECTIVES}
    assert set(NAMES) <= told


def test_every_order_shown_is_understood() -> None:
    (block,) = re.findall(r"^```text\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
    found, problems = read_orders(block)
    assert problems == ()
    assert len(found) == len(block.splitlines())
    assert {order.verb for order in found} == set(Verb)
    assert [order.channel for order in found] == [None, None, "mastodon", "mastodon"]


def test_a_quoted_value_may_hold_a_semicolon() -> None:
    (quoted,) = re.findall(r'`(alt=".+?")`', GUIDE)
    found = item(f"* '''2026-11-18''': [[X]] is out! <!-- herald: image=File:X.png; {quoted} -->")
    assert found.directives.alt == "A sunflower; behind it the sea"


def test_a_picture_in_the_item_is_one() -> None:
    (link,) = re.findall(r"`(\[\[File:.+?\]\])`", GUIDE)
    (media,) = item(f"* '''2026-11-18''': [[X]] is out! {link}").media
    assert (media.file, media.alt) == ("Logo.png", "The new logo, a sunflower")
