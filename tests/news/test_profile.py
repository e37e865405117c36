"""What a maintainer says about a page goes before what is seen by looking."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.config.profile import named_profile
from bot.model import DateOrder, MainLink
from bot.news.parse import LAYOUTS, parse
from tests.news.pages import WIKI, a_page, news, shown, texts, told

TWO_LISTS = """
    {{Box
    |today=
    * 4 March: [[A]] is out.
    * 3 March: [[B]] is in.
    |tomorrow=
    * 4 March: [[C]] is here.
    * 3 March: [[D]] is there.
    }}
    """


def test_the_argument_with_the_items_can_be_named() -> None:
    assert texts(TWO_LISTS) == ["A is out.", "B is in."]
    assert texts(TWO_LISTS, argument="tomorrow") == ["C is here.", "D is there."]
    assert texts(TWO_LISTS, argument="Box|tomorrow") == ["C is here.", "D is there."]
    assert texts(TWO_LISTS, argument="Other|tomorrow") == []


def test_what_is_as_likely_to_be_the_news_is_told() -> None:
    ((line, message),) = told(TWO_LISTS)
    assert line == 6
    assert "in the argument tomorrow of {{Box}}" in message
    assert told(TWO_LISTS, argument="today") == []


def test_an_archive_of_older_items_is_no_rival() -> None:
    assert (
        told(
            TWO_LISTS.replace("4 March: [[C]]", "4 January: [[C]]").replace("3 March: [[D]]", "1 January: D")
        )
        == []
    )


def test_the_heading_above_the_items_can_be_named() -> None:
    page = "== News ==\n* 4 March: [[A]] is out.\n== Jobs ==\n* 3 March: [[B]] is hiring.\n"
    assert texts(page) == ["A is out.", "B is hiring."]
    assert texts(page, heading="jobs") == ["B is hiring."]
    assert texts(page, heading="Nothing") == []


def test_items_are_read_between_two_texts_and_keep_their_lines() -> None:
    page = "* 5 March: [[X]] is none.\n<!-- begin -->\n* 4 March: [[A]] is out.\n<!-- end -->\n* 3 March: Y."
    assert shown(page, begin="<!-- begin -->", end="<!-- end -->") == [(3, "2021-03-04", "A is out.")]


@pytest.mark.parametrize("bound", ["begin", "end"])
def test_a_bound_that_is_gone_raises_the_alarm(bound: str) -> None:
    page = "* 4 March: [[A]] is out."
    assert texts(page, **{bound: "<!-- here -->"}) == []
    ((_, message),) = told(page, **{bound: "<!-- here -->"})
    assert bound in message
    assert "<!-- here -->" in message


@pytest.mark.parametrize(
    ("rule", "url"),
    [
        (MainLink.BOLD, f"{WIKI}B"),
        (MainLink.FIRST, f"{WIKI}A"),
        (MainLink.LAST, f"{WIKI}C"),
        (MainLink.EXTERNAL, "https://source.example/"),
    ],
)
def test_the_main_link_can_be_another(rule: MainLink, url: str) -> None:
    (item,) = news(
        "* 4 March: [[A]], '''[[B]]''' [https://source.example/ source] [[C]]", main_link=rule
    ).items
    assert item.main_link is not None
    assert item.main_link.url == url


def test_without_an_external_link_there_is_no_main_link() -> None:
    (item,) = news("* 4 March: [[A]] is out.", main_link=MainLink.EXTERNAL).items
    assert item.main_link is None


def test_what_is_no_part_of_an_item_is_stripped() -> None:
    page = "* 4 March: [[A]] is out. (discuss)\n* 3 March: (discuss) [[B]] is in."
    assert texts(page, strip=("(discuss)",)) == ["A is out.", "B is in."]
    (first, _) = news(page, strip=("(discuss)",)).items
    assert [link.text for link in first.body.links] == ["A"]


@pytest.mark.parametrize(
    ("order", "day"), [(DateOrder.DMY, "2021-02-03"), (DateOrder.MDY, "2021-03-02"), (None, "2021-03-02")]
)
def test_the_order_of_a_date_in_figures_can_be_said(order: DateOrder | None, day: str) -> None:
    ((_, found, _),) = shown("* 3/2/2021: [[A]] is out.", date_order=order)
    assert found == day


def test_the_reasons_say_what_there_was_to_choose_from() -> None:
    page = "* 4 March: [[A]] is out.\n* 3 March: [[B]] is in.\n----\n* [[C]] has more.\n\n[[Others]] too."
    reasons = news(page).reasons
    assert reasons[0] == (
        'taken: layout "bullets" on the page itself: 2 found, 2 with a date, 2 with a link, '
        "2 with a sentence; score 0.67"
    )
    assert all(reason.startswith("not taken: ") for reason in reasons[1:])


def test_a_page_without_items_says_what_was_looked_at() -> None:
    found = news("* [[A]]\n* [[B]]\n* [[C]]")
    assert found.items == ()
    assert [reason.partition(":")[0] for reason in found.reasons] == ["not taken"]


def test_a_template_may_say_from_when_to_when_an_item_is_shown_and_whether_it_is() -> None:
    profile = named_profile("semantic-mediawiki", LAYOUTS)
    page = a_page(
        """{{News
        |Title=SMWCon 2021
        |Start display date=March 3, 2021
        |End display date=2021/04/01
        |Is hidden=No
        |News text=The [[conference]] is in [[Vienna]].
        }}"""
    )
    (item,) = parse(page, profile=profile).items
    assert item.text == "SMWCon 2021: The conference is in Vienna."
    assert item.date == date(2021, 3, 3)
    assert item.directives.not_before == datetime(2021, 3, 3, tzinfo=UTC)
    assert item.directives.until == datetime(2021, 4, 1, tzinfo=UTC)
    assert item.directives.hold is None
    hidden = replace(page, wikitext=page.wikitext.replace("hidden=No", "hidden=Yes"))
    (item,) = parse(hidden, profile=profile).items
    assert item.directives.hold == ""
