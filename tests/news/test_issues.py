"""Newsletters: a post per page, or per section, and not one per point."""

from __future__ import annotations

from tests.news.pages import WIKI, news, shown

ISSUE = """
    <languages/>
    Latest '''tech news''' from the [[community]]. Please tell others.

    == For editors ==
    * The [[Codex]] button is new.
    * Links can be checked<!-- a note -->.
    ** And more of it.
    * Tables are wider.
    * Nobody reads this far.

    == For developers ==
    Gadgets will ''break''.

    * One more thing.

    == Nothing yet ==
    """


def test_a_page_is_one_item_with_its_title_its_first_words_and_a_link_to_it() -> None:
    (item,) = news(ISSUE, layout="page").items
    assert item.text == "Template:News: Latest tech news from the community. Please tell others."
    assert item.main_link is not None
    assert item.main_link.url == f"{WIKI}Template:News"


def test_a_page_of_points_shows_the_first_of_them() -> None:
    assert [text for _, _, text in shown("* [[A]] is new.\n* B\n* C\n* D", layout="page")] == [
        "Template:News: A is new; B; C"
    ]


def test_each_section_is_an_item_with_a_link_to_it() -> None:
    items = news(ISSUE, layout="sections").items
    assert [(item.line, item.text) for item in items] == [
        (4, "For editors: The Codex button is new; Links can be checked; Tables are wider"),
        (11, "For developers: Gadgets will break."),
    ]
    assert [item.main_link.url for item in items if item.main_link] == [
        f"{WIKI}Template:News#For_editors",
        f"{WIKI}Template:News#For_developers",
    ]


def test_a_section_with_a_date_is_dated() -> None:
    ((_, day, text),) = shown("== 4 March 2021 ==\n[[A]] is out.", layout="sections")
    assert (day, text) == ("2021-03-04", "A is out.")


def test_a_page_without_words_is_no_item() -> None:
    assert shown("<!-- nothing yet -->\n__NOTOC__", layout="page") == []
    assert shown("", layout="sections") == []
