from __future__ import annotations

import pytest

from tests.news.pages import news, shown, texts, told

ITEMS = "* 4 March: [[A]] is out.\n* 3 March: [[B]] is in.\n"
FOUND = ["A is out.", "B is in."]


@pytest.mark.parametrize(
    "page",
    [
        "<noinclude>\n* 5 March: [[How]] to write news here.\n</noinclude>\n" + ITEMS,
        ITEMS + "<noinclude>\n* 1 March: [[C]] is help text.",
        "* 5 March: [[C]] is around it.\n<onlyinclude>" + ITEMS + "</onlyinclude>* 1 March: [[D]] too.",
        "<includeonly>\n" + ITEMS + "</includeonly>",
        "<!-- * 5 March: [[C]] was put away.\n* And more -->\n" + ITEMS,
        ITEMS + "<!-- put new items on top\n* like this one -->",
        "* 4 March: [[A]] is out.\n<!-- a note between items -->\n* 3 March: [[B]] is in.",
        "<!-- a note before --> * 4 March: [[A]] is out.\n<!-- x -->* 3 March: [[B]] is in.",
        ITEMS + "----\n* Please [[submit]] your own news here.\n* The [[archive]] has more.",
        ITEMS + "<hr>\n* Please [[submit]] your own news here.",
        ITEMS + "* [[News/Archive|Older news]]\n* [[News/Feed]]",
        ITEMS + "* ...\n* \n*\n* <!-- empty -->\n* [[File:X.png]]\n* \N{EN DASH} …",
        ITEMS + "[[Category:News]]\n[[de:Nachrichten]]\n{{Navigation|[[A]]|[[B]]}}\n__NOTOC__",
        "{{Picture|image=A.jpg|caption=[[A]] is shown here by some people.}}\n" + ITEMS,
        ITEMS + "{{Footer|deaths=\n* <!-- 4 March --> [[Ann]]\n* <!--3 March--> [[Bob]] (9)\n* [[Eve]]}}",
        "{{Box|links=<li><!--4 March-->[[A]]<li><!--3 March-->[[B]]</li>|news=" + ITEMS + "}}",
        "{{Box|news=" + ITEMS + "|older=* 28 February: [[C]] was.\n* 27 February: [[D]].\n* 1 February: E}}",
        "{{Box|older=* 28 February: [[C]] was there.\n* 2 February: [[D]] was.|news=" + ITEMS + "}}",
        ITEMS + ";[[Ongoing]]\n:[[C]]\n:[[D]]\n;[[Recent deaths]]\n:[[Ann]]",
        ITEMS + "== Credits ==\n* {{Credit|A|Ann|page=A}}\n* {{Credit|B|Bob|page=B}}",
        ITEMS + "== How to add news ==\n* Write in the past tense.\n* Use one [[sentence]] for each of them.",
        "News of our [[wiki]], for all who care.\n\n" + ITEMS + "\n'''More''': [[C]], [[D]] and so on.",
        "{{#if:{{{x|}}}|* 1 March: [[C]] is code.\n* 5 March: [[D]] is.\n* 5 March: [[E]] is.}}\n" + ITEMS,
        "<pre>\n* 5 March: [[C]] is an example.\n</pre><nowiki>\n* 5 March: [[D]] too\n</nowiki>\n" + ITEMS,
        "{| class='nav'\n| [[A]]\n| [[B]]\n|-\n| [[C]]\n| some words about it\n|}\n" + ITEMS,
    ],
)  # fmt: skip
def test_what_is_not_news_is_no_item(page: str) -> None:
    assert texts(page) == FOUND
    assert told(page) == []


@pytest.mark.parametrize(
    "page",
    [
        "Prose about [[bots]].\n\nMore prose about [[rights]].\n\n== See also ==\n",
        "An article has a lead.\n\n== History ==\nIt has a [[past]].\n\n== Future ==\nIt has a [[future]].",
        "<includeonly>{{#if:{{{T|}}}|* [[{{{T}}}]]}}\n{{{D|}}}</includeonly><noinclude>[[A]]</noinclude>",
        "* [[A]]\n* [[B]]\n* [[C]]",
        "* [[A]] • [[B]]\n* [[C]] (2021)",
        "{| class='wikitable'\n! Name !! What\n|-\n| [[A]] || a thing that does it\n|}",
        "<noinclude>* 4 March: [[A]] is out.</noinclude>",
        "4 March\n\n5 March",
        "{{Sports|24.02.2021|07.03.2021|[[Ski]]|25.02.2021|01.03.2021|[[Golf]]}}\n",
    ],
)  # fmt: skip
def test_a_page_without_news_has_no_item_and_one_problem_that_says_what_to_do(page: str) -> None:
    found = news(page)

    assert found.items == ()
    (problem,) = found.problems
    assert problem.line is None
    assert "layout = " in problem.message
    assert "template = " in problem.message
    assert "<!-- herald: " in problem.message


@pytest.mark.parametrize(
    "page", ["{{Main page/News}}", "<noinclude>Help</noinclude>{{:Other page}}\n", "{{/Content}}"]
)
def test_a_page_that_only_transcludes_another_is_named_as_such(page: str) -> None:
    ((line, message),) = told(page)

    assert line is None
    assert "nothing but {{" in message
    assert "name the page" in message


def test_many_bare_links_do_not_outweigh_a_few_sentences() -> None:
    links = "".join(f"|<!-- {day} March --> [[Event {day}]]" for day in range(1, 29))
    bullets = "".join(f"* <!-- {day} March --> [[Person {day}]]\n" for day in range(1, 29))

    assert texts(f"{{{{Ongoing{links}}}}}\n{{{{Deaths|\n{bullets}}}}}\n{{{{News|\n{ITEMS}}}}}") == FOUND


def test_a_single_word_beside_the_link_says_something_where_there_is_a_date() -> None:
    deaths = (
        "{{Deaths|\n* <!-- 4 March --> [[Ann]]\n* <!-- 4 March --> [[Bob]]\n* <!-- 3 March --> [[Eve]]\n}}"
    )

    assert texts(f"* 4 March: [[MediaWiki 1.46]] released.\n{deaths}") == ["MediaWiki 1.46 released."]


def test_what_follows_a_rule_is_apart_from_items_without_dates_too() -> None:
    page = "* [[A]] has come out.\n* [[B]] has gone in.\n----\n* Please [[send]] your own news."

    assert texts(page) == ["A has come out.", "B has gone in."]


def test_headlines_that_are_nothing_but_links_are_items_where_there_is_nothing_better() -> None:
    page = """
        * 4 March: [https://x.example/a All is out]
        * 3 March: [https://x.example/b All is in]
        * 2 March: [[C]]
    """

    assert texts(page) == ["All is out", "All is in", "C"]


def test_sections_with_dated_items_are_read_together() -> None:
    page = """
        == Software ==
        * 4 March: [[A]] is out.
        == Links ==
        * [[Foo]]
        == Community ==
        * 3 March: [[B]] is in.
        ----
        * 2 March: [[C]] was on.
    """
    assert texts(page) == ["A is out.", "B is in.", "C was on."]


def test_sections_of_years_and_months_are_read_together() -> None:
    page = """
        == 2021 ==
        * [[A]] is out for all.
        == 2020 ==
        * [[B]] is in for all.
        == 2019 ==
        * [[January 2019|January]]
        * [[February 2019|February]]
        === May ===
        * [[C]] is on for all.
    """
    assert shown(page) == [
        (2, "", "A is out for all."),
        (4, "", "B is in for all."),
        (9, "2019-05-01", "C is on for all."),
    ]


def test_a_list_like_the_items_that_was_passed_over_is_reported_and_read_on_request() -> None:
    page = """
        == Software ==
        * [[A]] is out for all.
        * [[B]] is in for all.
        == Community ==
        * [[C]] is on for all.
        == Rules ==
        * Be nice to people.
    """
    assert texts(page) == ["A is out for all.", "B is in for all."]
    ((line, message),) = told(page)
    assert line == 5
    assert 'layout = "bullets"' in message
    assert texts(page, layout="bullets") == ["A is out for all.", "B is in for all.", "C is on for all."]
    assert told(page, layout="bullets") == []


def test_of_two_like_lists_the_newer_is_the_news_and_what_is_to_come_does_not_count() -> None:
    old = "* 1 February: [[C]] was there.\n* 2 February: [[D]] was.\n* 3 February: [[E]] was.\n"
    upcoming = "* 20 March: [[F]] will be there.\n* 21 March: [[G]] will be."

    assert texts(f"{{{{Box|old={old}|news={ITEMS}}}}}") == FOUND
    assert texts(f"{{{{Box|next={upcoming}|news={ITEMS}}}}}") == FOUND


def test_a_page_of_calls_in_boxes_of_one_kind_is_read_as_a_whole() -> None:
    page = """
        {{Month|name=March|news=* 4 March: [[A]] is out.}}
        {{Month|name=February|news=* 3 February: [[B]] is in.}}
    """.replace("        ", "")

    assert shown(page) == [(1, "2021-03-04", "A is out."), (2, "2021-02-03", "B is in.")]
