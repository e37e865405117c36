from __future__ import annotations

import pytest

from bot.news.parse import LAYOUTS
from tests.news.pages import news, shown, texts, told

A = (1, "2021-03-04", "A is out.")
B = (2, "2021-03-03", "B is in.")


@pytest.mark.parametrize(
    "page",
    [
        "* 2021-03-04: [[A]] is out.\n* 2021-03-03: [[B]] is in.",
        "*2021-03-04 \N{EN DASH} [[A]] is out.\n*3 March - [[B]] is in.",
        "* '''4 March 2021''': [[A]] is out.\n* '''3 March''' [[B]] is in.",
        "* '''4 March:''' [[A]] is out.\n* '''Wednesday, March 3rd, 2021''': [[B]] is in.",
        "* [[4 March]], [[A]] is out.\n* [[2021]]-[[03-03]]: [[B]] is in.",
        "* <small>(4 March)</small> [[A]] is out.\n* <small>3 March</small>: [[B]] is in.",
        "* <!-- Mar 4 -->[[A]] is out.\n* [[B]] is in. <!-- 2021-03-03 -->",
        "* [[A]] is out. <small>(4 March)</small>\n* [[B]] is in. ([[March 2021#3|3 March]])",
        "* [[A]] is out. ({{date|4|March|2021}})\n* [[B]] is in. {{small|(3 March)}}",
        "* {{Date|4 March 2021-}}: [[A]] is out.\n* {{dts|2021|3|3}} [[B]] is in.",
        "* <!--4 March--> <!-- a note -->\t[[A]] is out.\n* '''[[3 March|March 3]]:''' [[B]] is in.",
        "# 2021-03-04: [[A]] is out.\n# 2021-03-03: [[B]] is in.",
        ":* 2021-03-04: [[A]] is out.\n:* 2021-03-03: [[B]] is in.",
        "<ul><li>2021-03-04: [[A]] is out.</li>\n<li class='x'>2021-03-03: [[B]] is in.</li></ul>",
        "<div>* 2021-03-04: [[A]] is out.\n* 2021-03-03: [[B]] is in.</div>",
        "{{Box|color=red|content=* 2021-03-04: [[A]] is out.\n* 2021-03-03: [[B]] is in.}}",
        ";2021-03-04: [[A]] is out.\n;2021-03-03: [[B]] is in.",
        "; March 4 : [[A]] is out.\n; Wednesday, March 3 : [[B]] is in.",
        "{{News item|date=2021-03-04|text=[[A]] is out.}}\n{{News item|text=[[B]] is in.|date=3 March}}",
        "* {{Item|4 March|[[A]] is out.}}\n* {{Item|3 March|[[B]] is in.}}",
        "{{Feed|2021-3-4||[[A]] is out.\n|2021-3-3||[[B]] is in.}}",
    ],
)  # fmt: skip
def test_two_items_are_found_however_they_stand_there(page: str) -> None:
    assert shown(page) == [A, B]


def test_bullets_without_dates_are_items_too() -> None:
    assert shown("* [[A]] has come out.\n* [[B]] has gone in.") == [
        (1, "", "A has come out."),
        (2, "", "B has gone in."),
    ]


def test_what_stands_below_a_bullet_belongs_to_it() -> None:
    page = """
        * 4 March: [[A]] is out.
        ** With [[wonders]].
        *: And more.
        : And still more.
        * 3 March: [[B]] is in.
    """
    assert shown(page) == [
        (1, "2021-03-04", "A is out. With wonders. And more. And still more."),
        (5, "2021-03-03", "B is in."),
    ]


@pytest.mark.parametrize(
    "page",
    [
        "* 4 March\n** [[A]] is out.\n** [[B]] is in.\n*** As ever.",
        "; 4 March\n* [[A]] is out.\n* [[B]] is in.\n** As ever.",
        "== 4 March ==\n* [[A]] is out.\n* [[B]] is in.\n*: As ever.",
        "'''4 March'''\n* [[A]] is out.\n* [[B]] is in.\n*: As ever.",
    ],
)
def test_bullets_below_a_date_are_items_of_that_day(page: str) -> None:
    assert shown(page) == [(2, "2021-03-04", "A is out."), (3, "2021-03-04", "B is in. As ever.")]


def test_the_heading_tells_the_year_and_the_month() -> None:
    page = """
        == 2016 ==
        * 4 May: [[A]] is out.
        === October ===
        * [[B]] is in.
        == 2015 ==
        * 6 June 2014: [[C]] is on.
    """
    assert shown(page) == [
        (2, "2016-05-04", "A is out."),
        (4, "2016-10-01", "B is in."),
        (6, "2014-06-06", "C is on."),
    ]


def test_a_month_alone_in_a_note_is_no_date() -> None:
    assert shown("== 2016 ==\n* <!-- May --> [[A]] is out for all.") == [(2, "", "A is out for all.")]


def test_a_definition_goes_on_to_its_last_line_and_not_beyond() -> None:
    page = """
        ==2016==
        ;October: [[A]] is out,

        :and in <pre>some code</pre>
        <pre>more code</pre>
        :it is in.

        A free paragraph.

        ;Monday, July 4
        :[[B]] is in.
        ;2016-01-02: see [https://x.example/a:b the site: here] {{x|a:b|c}}
    """
    assert shown(page) == [
        (2, "2016-10-01", "A is out, and in some code more code it is in."),
        (10, "2016-07-04", "B is in."),
        (12, "2016-01-02", "see the site: here"),
    ]


def test_a_term_that_is_no_date_is_a_title() -> None:
    assert texts("; [[A]] is out! (4 March)\n: Get it now.\n; B\n: It is in now.") == [
        "A is out! Get it now.",
        "B: It is in now.",
    ]


def test_the_rows_of_a_table_are_items() -> None:
    page = """
        {| class="wikitable"
        |+ News
        ! Date !! What
        |-
        | 2021-03-04 || [[A]] is out.
        |- style="color: red"
        ! rowspan="2" | [[3 March]]
        | [[File:B.png|20px|alt=A B]]
        | style="x" | '''[[B]]''' is in
        | at [[Home|home]].
        |-
        |
        | [[C]] is
        on.
        | today.
        |}
    """
    found = news(page)

    assert shown(page) == [
        (5, "2021-03-04", "A is out."),
        (7, "2021-03-03", "B is in – at home."),  # noqa: RUF001 - what parts two cells
        (13, "2021-03-03", "C is on. – today."),  # noqa: RUF001
    ]
    assert found.layout == "table"
    assert [[(media.file, media.alt) for media in item.media] for item in found.items] == [
        [],
        [("B.png", "A B")],
        [],
    ]


def test_lists_in_one_column_are_items_and_those_in_the_other_are_not() -> None:
    page = """
        {|
        | valign="top" |
        == News ==
        * 4 March: [[A]] is out.
        * 3 March: [[B]] is in.
        |
        == Links ==
        * [[Foo]]
        * [[Bar]] and so on
        |}
    """
    assert shown(page) == [(4, *A[1:]), (5, *B[1:])]


def test_template_calls_that_make_the_rows_of_a_table_are_items() -> None:
    page = "{|\n{{Row|date=4 March|text=[[A]] is out.}}\n{{Row|date=3 March|text=[[B]] is in.}}\n|}"

    assert shown(page) == [(2, *A[1:]), (3, *B[1:])]


def test_a_template_is_seen_to_be_an_item_by_what_it_holds() -> None:
    page = """
        {{Header|style=big}}
        {{Nachricht
         | Überschrift = A
         | am = 4 March
         | was = [[A]] is out and all are glad.
        }}
        {{Nachricht | am = 3 March | was = [[B]] is in. }}
        {{Footer|see=[[C]]}}
    """
    assert shown(page) == [
        (2, "2021-03-04", "A is out and all are glad."),
        (7, "2021-03-03", "B is in."),
    ]


def test_one_call_with_a_date_and_a_text_is_an_item_and_without_a_date_is_none() -> None:
    assert texts("{{News|Title=All new|Start display date=2021-03-01|News text=[[A]] is out.}}") == [
        "All new: A is out."
    ]
    assert texts("{{Picture|file=A.jpg|text=[[A]] is out and about.}}") == []


@pytest.mark.parametrize("template", ["News item", "news_item", "Template:News item"])
def test_a_named_template_is_found_wherever_it_is_called(template: str) -> None:
    page = """
        * 5 March: [[C]] is not asked for.
        {{Box|{{News item|w=4 March|t=[[A]] is out.|x=No}}, {{News item|w=3 March|t=[[B]] is in.|x=yes}}}}
    """
    fields = {"text": "t", "date": "w", "hold": "x"}
    found = news(page, template=template, fields=fields)

    assert [item.text for item in found.items] == ["A is out.", "B is in."]
    assert [item.directives.hold for item in found.items] == [None, ""]
    assert found.layout == "templates"


def test_a_parameter_may_name_the_post_to_share() -> None:
    page = "{{News item|t=Said by [[others]].|boost=https://x.com/wikipedia/status/12?s=20}}"
    found = news(page, template="News item", fields={"text": "t", "share": "boost"})

    assert [item.directives.share for item in found.items] == ["https://x.com/wikipedia/status/12?s=20"]


def test_a_named_template_needs_no_fields_and_no_date() -> None:
    assert texts("{{N|[[A]] is out.}}", template="N") == ["A is out."]
    assert texts("{{N|4 March|[[A]] is out.|3 March|[[B]] is in.}}", template="N") == [
        "A is out.",
        "B is in.",
    ]
    assert texts("* 4 March: [[A]] is out.", template="N") == []


def test_arguments_that_repeat_are_items_with_the_picture_beside_them() -> None:
    page = """
        {{Feed
        |2021-3-4||'''[[A]]''' is out.
        |2021-03-01|[[File:B.gif|130px|right|A B]]|[[B]] is in.
        |
        }}
        <hr />
        {{Sports|24.02.2021|07.03.2021|[[Ski]]|25.02.2021|01.03.2021|[[Golf]]|27.02.2021|07.03.2021|[[Cup]]}}
    """
    found = news(page)

    assert shown(page) == [(2, "2021-03-04", "A is out."), (3, "2021-03-01", "B is in.")]
    assert [[media.alt for media in item.media] for item in found.items] == [[], ["A B"]]
    assert found.layout == "arguments"


def test_a_page_of_sections_is_an_item_per_section() -> None:
    page = """
        == [[A]] is out ==
        ''4 March 2021''

        All are [[glad]].
        * One thing.
        * Another thing.

        === Why ===
        It was time.

        == What about [[B]]? (3 March) ==
        It is in.
    """
    assert shown(page) == [
        (1, "2021-03-04", "A is out: All are glad. One thing. Another thing. Why It was time."),
        (11, "2021-03-03", "What about B? It is in."),
    ]


def test_a_section_of_nothing_but_a_list_is_an_item_only_where_the_layout_says_so() -> None:
    page = "== 4 March ==\n* [[A]] is out.\n* [[B]] is in.\n"

    assert texts(page) == ["A is out.", "B is in."]
    assert shown(page, layout="headings") == [(1, "2021-03-04", "A is out. B is in.")]


def test_paragraphs_with_a_date_are_items() -> None:
    page = """
        == 2017 ==
        [[A]] is out, Mar 4 <ref>[http://a.example A]</ref>

        All are glad! February 3<ref name="x">{{Cite|b}}</ref>
        [[C]] is in by 2020, <ref>c</ref> January 2

        '''2016'''

        [[D]] is on, December 31
    """
    assert shown(page) == [
        (2, "2017-03-04", "A is out"),
        (4, "2017-01-02", "All are glad! February 3 C is in by 2020"),
        (9, "2016-12-31", "D is on"),
    ]


def test_a_date_at_the_end_is_a_label_only_where_it_is_usual() -> None:
    sentences = ["[[A]] is out", "[[B]] is in", "Hackathon in [[Berlin]]"]
    usual = "".join(f"* {sentence}, {day} March\n" for day, sentence in enumerate(sentences, start=1))
    unusual = "* [[A]] is out for all.\n* [[B]] is in for all.\n* Hackathon in [[Berlin]], 4 May\n"

    assert texts(usual) == ["A is out", "B is in", "Hackathon in Berlin"]
    assert shown(unusual)[2] == (3, "", "Hackathon in Berlin, 4 May")
    assert (
        texts("* [[A]] is out for all.\n* Hackathon in [[Berlin]] (4 May)")[1]
        == "Hackathon in Berlin (4 May)"
    )
    assert texts("* Hackathon in [[Berlin]], 4 May") == ["Hackathon in Berlin, 4 May"]
    assert shown("* 1 March: Hackathon in [[Berlin]] (4 May)") == [
        (1, "2021-03-01", "Hackathon in Berlin (4 May)")
    ]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_can_be_named_and_finds_nothing_on_an_empty_page(layout: str) -> None:
    found = news("", layout=layout)

    assert found.items == ()
    assert len(found.problems) == 1


def test_a_named_layout_rules() -> None:
    page = (
        "* 4 March: [[A]] is out.\n* 3 March: [[B]] is in.\n\nSome words about [[C]] here.\n\n;D: It is on.\n"
    )

    assert news(page).layout == "bullets"
    assert texts(page, layout="paragraphs") == ["Some words about C here."]
    assert texts(page, layout="definitions") == ["D: It is on."]
    assert texts(page, layout="table") == []


def test_the_year_of_a_date_without_one_is_worked_out_across_new_year() -> None:
    page = "* 2 January: [[B]] is in.\n* 30 December: [[A]] is out."

    assert [item.date.isoformat() for item in news(page, saved="2021-01-04").items if item.date] == [
        "2021-01-02",
        "2020-12-30",
    ]
    assert told(page, saved="2021-01-04") == []


def test_dates_are_read_in_the_language_that_is_asked_for() -> None:
    page = "* 4. märz: [[A]] ist da."

    assert shown(page) == [(1, "", "4. märz: A ist da.")]
    assert news(page, language="en").items[0].date is None
    assert shown(page, language="de") == [(1, "2021-03-04", "A ist da.")]
