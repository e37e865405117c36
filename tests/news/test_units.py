from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.units import (
    foreign_marked,
    in_words_of,
    is_translatable,
    same_language,
    same_meaning,
    units,
)

PAGE = """<languages/>
<translate>
== News == <!--T:1-->

<!--T:2-->
* One
* Two

<!--T:3--> Three, <tvar name="n">3</tvar>

not marked
</translate>
* <translate><!--T:4-->
Four, <tvar|n>4</></translate>"""


def test_units_are_what_the_extension_takes_for_them() -> None:
    assert [(unit.id, unit.text) for unit in units(PAGE)] == [
        ("1", "== News =="),
        ("2", "* One\n* Two"),
        ("3", 'Three, <tvar name="n">3</tvar>'),
        ("4", "Four, <tvar|n>4</>"),
    ]


def test_a_unit_stands_where_it_says() -> None:
    assert [PAGE[unit.start : unit.end].replace("\n", " ")[:12] for unit in units(PAGE)] == [
        "== News == <",
        "<!--T:2--> *",
        "<!--T:3--> T",
        "<!--T:4--> F",
    ]


def test_a_page_is_said_in_other_words_with_its_variables_filled_in() -> None:
    said = in_words_of(
        PAGE, {"1": "== Neues ==", "2": "* Eins\n* Zwei", "3": "$n: Drei", "4": "Vier: $n, $nn"}
    )
    assert (
        said
        == """<languages/>
<translate>
== Neues == <!--T:1-->

<!--T:2-->*<!--T:2--> Eins
*<!--T:2--> Zwei

<!--T:3-->3: Drei

not marked
</translate>
* <translate><!--T:4-->Vier: 4, 4n</translate>"""
    )


def test_what_is_not_translated_stays_what_it_was() -> None:
    assert '<!--T:3-->Three, <tvar name="n">3</tvar>' in in_words_of(PAGE, {"2": "* Eins"})


def test_the_longest_name_of_a_variable_counts() -> None:
    page = "<translate><!--T:1--> <tvar name=a>x</tvar> <tvar name='ab'>y</tvar></translate>"
    assert "y x" in in_words_of(page, {"1": "$ab $a"})


@pytest.mark.parametrize(
    ("wikitext", "is_one"),
    [
        ("<translate>a</translate>", True),
        ("<translate nowrap>a</translate>", True),
        ("<nowiki><translate></nowiki>a</translate>", False),
        ("a", False),
        ("<translate>", False),
    ],
)
def test_a_page_says_whether_it_is_to_be_translated(wikitext: str, is_one: bool) -> None:
    assert is_translatable(wikitext) is is_one


@pytest.mark.parametrize(
    ("unit", "definition"),
    [
        ("a <tvar|x>1</> b", "a $x b"),
        ('a <tvar name="x">1</tvar> b', "a $x b"),
        ("a <tvar name='x'>1</tvar> b", "a <tvar name=x>2</tvar> b"),
        ("a\nb", "a b"),
    ],
)
def test_a_units_text_is_its_definition_however_variables_are_written(unit: str, definition: str) -> None:
    assert same_meaning(unit, definition)


def test_other_words_are_another_definition() -> None:
    assert not same_meaning("Version 1.45", "Version 1.46")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("en", "en-GB", True),
        ("PT-br", "pt_BR", True),
        ("zh-hans", "zh", True),
        ("zh-hans", "zh-hant", False),
        ("de", "den", False),
    ],
)
def test_a_variety_of_a_language_is_that_language(one: str, other: str, same: bool) -> None:
    assert same_language(one, other) is same
    assert same_language(other, one) is same


@pytest.mark.parametrize(
    ("wikitext", "marked"),
    [
        (
            '* <span lang="en" dir="ltr" class="mw-content-ltr">A</span> b',
            '* <span lang="en" dir="ltr" class="mw-content-ltr"><!--T:!untranslated-->A</span> b',
        ),
        (
            "<div class=mw-content-ltr lang=en>\n* a <div>x</div>\n* b\n</div>\n* c",
            (
                "<div class=mw-content-ltr lang=en><!--T:!untranslated-->\n*<!--T:!untranslated--> a"
                " <div>x</div>\n*<!--T:!untranslated--> b\n</div>\n* c"
            ),
        ),
        (
            '* <span class="mw-translate-fuzzy">A</span>',
            '* <span class="mw-translate-fuzzy"><!--T:!outdated-->A</span>',
        ),
        (
            '<span lang="de" class="mw-content-ltr">a</span>',
            '<span lang="de" class="mw-content-ltr">a</span>',
        ),
        ('<span lang="fr">bon mot</span>', '<span lang="fr">bon mot</span>'),
    ],
)
def test_what_is_said_in_another_language_is_marked(wikitext: str, marked: str) -> None:
    assert foreign_marked(wikitext, "de") == marked


@given(
    st.lists(
        st.sampled_from(
            [
                "<translate>",
                "</translate>",
                "<!--T:1-->",
                "<!--T:2-->",
                "\n\n",
                "\n",
                "* a",
                "== b ==",
                "<tvar|x>1</>",
                "<tvar name=y>2</tvar>",
                "$x",
                "<nowiki>",
                "</nowiki>",
                '<span lang="en" class="mw-content-ltr">',
                "</span>",
            ]
        )
    )
)
def test_no_markup_raises_and_units_are_in_order(pieces: list[str]) -> None:
    page = "".join(pieces)
    end = 0
    for unit in units(page):
        assert end <= unit.start <= unit.end <= len(page)
        assert f"<!--T:{unit.id}-->" in page[unit.start : unit.end]
        end = unit.end
    in_words_of(page, {"1": "$x $y", "2": "* b\n* c"})
    foreign_marked(page, "de")


@pytest.mark.parametrize(
    "piece",
    [
        "<translate>",
        "<nowiki>",
        "<translate>\n\n<!--T:1--> ",
        "<!---->",
        "<translate><tvar|a>",
        "<tvar name=a>",
        " ",
        "\n ",
        '<span class="mw-translate-fuzzy">',
        '<span class="mw-translate-fuzzy"></span>',
        "\n\n* <!-- a",
    ],
)
def test_what_is_not_closed_does_not_take_for_ever(piece: str) -> None:
    page = f"<translate>{piece * (200_000 // len(piece))}<!--T:1-->x</translate>"
    assert in_words_of(page, {"1": "$a"})
    assert foreign_marked(page, "de")
