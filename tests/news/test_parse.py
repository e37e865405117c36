from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Link, Media, Profile
from bot.news.parse import LAYOUTS, parse
from tests.news.pages import WIKI, a_page, markup, news, shown, texts, told


def test_an_item_has_all_that_stands_in_it() -> None:
    page = """
        <translate>
        * '''<!--T:7--> 4 March 2021''': <tvar name="1">[[A]]</tvar> is ''out'' for [//x.example/ '''all'''].
        </translate> <!-- herald: id=a-out; channels=mastodon; lang=de; cw=Loud; mastodon=Only there -->
    """.replace("\n        </translate> ", "</translate> ")
    (item,) = news(page, names={"mastodon", "feed"}).items

    assert item.text == "A is out for all."
    assert [(run.text, run.italic) for run in item.body.runs if run.italic] == [("out", True)]
    assert item.body.links == (
        Link(text="A", url=WIKI + "A"),
        Link(text="all", url="https://x.example/", bold=True),
    )
    assert item.main_link == Link(text="all", url="https://x.example/", bold=True)
    assert (item.key, item.line, item.date, item.unit) == ("a-out", 2, date(2021, 3, 4), "7")
    assert item.directives.channels == ("mastodon",)
    assert item.directives.content_warning == "Loud"
    assert item.directives.texts == {"mastodon": "Only there"}
    assert item.provenance is None


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("[[A]] and '''[[B]]''' and '''[[C]]'''", WIKI + "B"),
        ("[[A]] and [[B]]", WIKI + "A"),
        ("'''A''' and [[B]]", WIKI + "B"),
        ("nothing that leads elsewhere", None),
    ],
)
def test_the_main_link_is_the_bold_one_else_the_first(item: str, url: str | None) -> None:
    (found,) = news(f"* 4 March: {item}").items

    assert (found.main_link.url if found.main_link else None) == url


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://x.example/a?b=c", "https://x.example/a?b=c"),
        ("[https://x.example/ here]", "https://x.example/"),
        ("[[B]]", WIKI + "B"),
        ("Some page", WIKI + "Some_page"),
        ("", WIKI + "A"),
        ("<>", WIKI + "A"),
    ],
)
def test_a_parameter_may_name_the_main_link(link: str, url: str) -> None:
    (found,) = news(f"{{{{N|date=4 March|text=[[A]] is out for all.|link={link}}}}}").items

    assert found.main_link is not None
    assert found.main_link.url == url


def test_the_parameters_of_a_template_may_be_directives() -> None:
    page = """
        {{News item|date=2021-03-04|text=[[A]] is out.|image=[[File:A b.png|x]]|alt=An A|id=|cw=Loud|hold=no}}
        {{News item|date=3 March|text=[[B]] is in.|image=B.png|hold=yes|channels=nowhere}}
    """
    first, second = news(page, names={"feed"}).items

    assert first.media == (Media(file="A b.png", alt="An A"),)
    assert (first.directives.content_warning, first.directives.hold) == ("Loud", None)
    assert second.media == (Media(file="B.png"),)
    assert second.directives.hold is not None
    assert told(page, names={"feed"})[0][0] == 2


@pytest.mark.parametrize(
    ("item", "media"),
    [
        ("[[File:A.png|thumb|alt=An A]] [[A]] is out.", (Media(file="A.png", alt="An A"),)),
        ("[[A]] is out. <!-- herald: image=File:B.png; alt=A B -->", (Media(file="B.png", alt="A B"),)),
        ("[[File:A.png|alt=An A]] [[A]] is out. <!-- herald: image=B.png -->", (Media(file="B.png"),)),
        ("[[File:A.png|alt=A]] [[A]] is. <!-- herald: image=A.png -->", (Media(file="A.png", alt="A"),)),
        ("[[File:A.png|alt=A]] [[A]] <!-- herald: image=A.png; alt=B -->", (Media(file="A.png", alt="B"),)),
        ("[[File:A.png]] [[File:B.png]] [[A]] is out.", (Media(file="A.png"), Media(file="B.png"))),
        ("[[A]] is out.", ()),
    ],
)  # fmt: skip
def test_the_pictures_of_an_item_are_its_media_and_a_directive_rules(
    item: str, media: tuple[Media, ...]
) -> None:
    (found,) = news(f"* 4 March: {item}").items

    assert found.media == media


def test_problems_name_their_lines_in_page_order() -> None:
    page = """
        * 4 March: [[A]] is out.
        * 30 February: [[B]] is in. <!-- herald: colour=red -->
        * 2 March: {{fancy|[[C]]|blue}} is on.
        * 1 March: [[D is gone.
        <!-- herald: hold -->
        * 1 March: [[E]] is back.
    """
    assert [(line, message.split(":")[0].split("; there are ")[0]) for line, message in told(page)] == [
        (2, "30 February is no day of the calendar, so the item has no date; mend the date"),
        (2, "there is no directive 'colour'"),
        (3, "only the wiki can expand {{fancy|[[C]]|blue}}, and it did not"),
        (4, "a link in it is not closed"),
        (5, "this herald comment is in no item; put it into the item that it is for"),
    ]


def test_a_directive_that_nobody_heeds_is_reported_and_one_that_is_shown_as_text_is_not() -> None:
    page = """
        * 4 March: [[A]] is out.
        <!-- herald: hold -->
        *: And about.
        * 3 March: [[B]] is in. <!-- herald: hold -->
        <nowiki><!-- herald: hold --></nowiki>
    """
    assert [item.directives.hold for item in news(page).items] == [None, ""]
    ((line, message),) = told(page)
    assert line == 2
    assert "in no item" in message


def test_a_date_that_cannot_be_read_is_a_problem_and_the_item_stays() -> None:
    page = """
        {{N|date=2021-03-04|text=[[A]] is out.}}
        {{N|date=2021-03-03|text=[[B]] is in.}}
        {{N|date=soon|text=[[C]] is on.}}
    """

    assert shown(page)[2] == (3, "", "C is on.")
    ((line, message),) = told(page)
    assert line == 3
    assert "'soon' cannot be read" in message
    assert "2026-11-18" in message


def test_an_item_without_a_date_among_many_with_one_is_reported() -> None:
    dated = "".join(f"* {day} March: [[A]] is out again.\n" for day in (4, 3, 2))

    ((line, message),) = told(dated + "* 1 Mrach: [[B]] is in.\n")
    assert line == 4
    assert "has no date" in message
    assert told(dated + "* [[B]] is in.\n* [[C]] is on.\n") == []


def test_what_only_the_wiki_can_expand_is_unresolved_until_it_did() -> None:
    page = "* 4 March: [[A]] is {{how|very|out}}.\n* {{Release|1.46|b}}\n* 3 March: [[B]] is in."
    unread = news(page).items
    expansions = {
        "{{how|very|out}}": "'''out'''",
        "{{Release|1.46|b}}": "2 March: [[MediaWiki 1.46]] is out.",
    }
    read = parse(a_page(page, expansions=expansions))

    assert [item.unresolved for item in unread] == [("{{how|very|out}}",), ("{{Release|1.46|b}}",), ()]
    assert [item.text for item in read.items] == ["A is out.", "MediaWiki 1.46 is out.", "B is in."]
    assert [item.date for item in read.items] == [date(2021, 3, 4), date(2021, 3, 2), date(2021, 3, 3)]
    assert all(not item.unresolved for item in read.items)
    assert read.problems == ()


def test_a_call_that_is_all_of_an_item_is_no_date() -> None:
    (_, item) = news("* 4 March: [[A]] is out.\n* {{Birthday|4|March}}").items

    assert item.unresolved == ("{{Birthday|4|March}}",)


def test_a_date_in_a_sentence_is_left_to_the_wiki() -> None:
    (item,) = news("* {{Date|4 March 2021-}}: all that was seen {{date-|2 March|short}} is [[gone]].").items

    assert item.unresolved == ("{{date-|2 March|short}}",)


def test_one_broken_item_leaves_the_others_alone() -> None:
    page = """
        * 4 March: [[A]] is out.
        * 3 March: '''[[B]] is <small>in.
        * 2 March: {{x|[[C]] is on.
        * 1 March: [[D|d is gone.
        * 28 February: <nowiki>[[E]] is back.
        * 27 February: [[F]] is here.
    """
    found = shown(page)

    assert [line for line, _, _ in found] == [1, 2, 3, 4, 5, 6]
    assert found[0] == (1, "2021-03-04", "A is out.")
    assert found[1] == (2, "2021-03-03", "B is in.")
    assert found[5] == (6, "2021-02-27", "F is here.")
    assert news(page).items[2].unresolved


def test_what_is_too_long_or_too_tangled_is_reported_and_left_out() -> None:
    page = f"""
        * 4 March: [[A]] is out.
        * 3 March: {"{{a|" * 3000}
        * 2 March: {"word " * 3000}
        * 1 March: [[B]] is in.
    """

    assert texts(page) == ["A is out.", "B is in."]
    assert [line for line, message in told(page) if "left out" in message] == [2, 3]


def test_a_page_that_is_too_long_is_not_read() -> None:
    ((line, message),) = told("* 4 March: [[A]] is out.\n" * 100_000)

    assert line is None
    assert "2 MiB" in message


def test_lines_are_counted_on_the_page_as_it_is_stored() -> None:
    page = """
        <noinclude>
        Help
        </noinclude>
        <translate>

        <!--T:1-->
        * 4 March: [[A]]
        is not part of it

        <!--T:2-->
        * 3 March: [[B]] is in.</translate>
    """
    found = news(page).items

    assert [(item.line, item.unit) for item in found] == [(7, "1"), (11, "2")]


def test_the_wikis_language_is_used_unless_another_is_said() -> None:
    page = a_page("* 4 mars: [[A]] est là.", language="fr")

    assert parse(page).items[0].date == date(2021, 3, 4)
    assert parse(page, language="de").items[0].date is None


def test_like_items_have_keys_of_their_own_that_do_not_depend_on_their_neighbours() -> None:
    one = news("* 4 March: [[A]] is out.").items[0].key
    keys = [item.key for item in news("* 5 March: [[B]] is in.\n" + "* 4 March: [[A]] is out.\n" * 2).items]

    assert len(set(keys)) == 3
    assert keys[2] == one


@settings(deadline=None)
@given(markup, st.sampled_from(LAYOUTS), st.sampled_from([None, "A"]), st.sampled_from(["en", "de", "ko"]))
def test_no_wikitext_raises_and_what_is_found_is_sound(
    wikitext: str, layout: str, template: str | None, language: str
) -> None:
    page = a_page(wikitext, language=language)
    profile = Profile(layout=layout, template=template, fields={"text": "text"} if template else {})
    found = parse(page, profile=profile)

    last = page.wikitext.count("\n") + 1
    lines = [item.line for item in found.items]
    assert all(1 <= line <= last for line in lines)
    assert lines == sorted(lines)
    assert len({item.key for item in found.items}) == len(lines)
    assert all(item.text or item.unresolved for item in found.items)
    assert all(problem.line is None or 1 <= problem.line <= last for problem in found.problems)
    assert found.items or found.problems


@pytest.mark.parametrize(
    "unit",
    [
        "* 4 March: [[A]] is out.\n",
        "{{a|b}}",
        "{{",
        "[[",
        "<",
        "'''''",
        "----",
        "----\n",
        f"{'*' * 20} a\n",
        "#:*;",
        "<ref>",
        "-{",
        "<translate>",
        "<!--T:1-->\n",
        "* [[a|'''b\n",
        "{{a|",
        "[[a|",
        "<b c='",
        "{{a|b=[[c|",
        "<!--",
        "<nowiki>",
        "{|\n|\n",
        "* {{",
        "== a ==\nb c\n",
        "'''",
        ";a:b\n",
        "(",
        "|",
        "{{{a|",
        "<div>",
        "[http://a ",
        "\n",
        "4 March ",
        "* a\n** b\n",
    ],
)
def test_the_time_is_bounded_by_the_length_of_the_page(unit: str) -> None:
    begun = time.process_time()
    news(unit * (100_000 // len(unit)))

    # The slowest takes a fifth of that; mwparserfromhell alone would take minutes for some.
    assert time.process_time() - begun < 5
