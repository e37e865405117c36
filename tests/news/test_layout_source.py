from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.layouts.blocks import Form, blocks
from bot.news.layouts.nodes import arguments, call_name, rows
from bot.news.layouts.scan import Kind, Node, scan, tangled
from bot.news.layouts.source import Source
from tests.news.pages import markup


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("a<noinclude>b</noinclude>c", "ac"),
        ("a<noinclude>b", "a"),
        ("a<includeonly>b</includeonly>c", "abc"),
        ("a<onlyinclude>b</onlyinclude>c<onlyinclude>d</onlyinclude>", "bd"),
        ("a<onlyinclude></onlyinclude>c", ""),
        ("a<onlyinclude>b<noinclude>c</noinclude></onlyinclude>", "b"),
        ("<noinclude><onlyinclude>a</onlyinclude></noinclude>b", "b"),
        ("a</noinclude >b", "ab"),
        ("a<NOINCLUDE >b</NoInclude>c", "ac"),
        ("<!-- <noinclude> -->a", "<!-- <noinclude> -->a"),
        ("<!-- <onlyinclude>", "<!-- <onlyinclude>"),
        ("<nowiki><noinclude></nowiki>a", "<nowiki><noinclude></nowiki>a"),
        ("<nowiki>a<noinclude>b", "<nowiki>a"),
        ("<pre><nowiki></pre>a<noinclude>b</noinclude></nowiki>", "<pre><nowiki></pre>a</nowiki>"),
        ("<languages/>\n<translate>\na\n</translate>\nb", "a\nb"),
        ("<translate nowrap>a</translate>", "a"),
        ("<tvar|x>a</> <tvar name='y'>b</tvar>", "a b"),
        ("<!--T:1-->\na", "<!--T:1-->a"),
        ("* '''<!--T:1--> a'''", "* '''<!--T:1-->a'''"),
        ("* <!--T:1-->\na", "* <!--T:1-->a"),
        ("== a == <!--T:1-->\nb", "== a == <!--T:1-->\nb"),
        ("* a <!--T:1-->\n* b", "* a <!--T:1-->\n* b"),
    ],
)
def test_the_source_is_what_another_page_would_show(page: str, shown: str) -> None:
    assert Source(page).text == shown


def test_each_character_knows_its_line_on_the_page() -> None:
    source = Source("a<noinclude>\n\n</noinclude>b\n<translate>\n<!--T:1-->\nc</translate>\nd")

    lines = {character: source.line(source.text.index(character)) for character in "abcd"}
    assert lines == {"a": 1, "b": 3, "c": 6, "d": 7}
    assert Source("").line(0) == 1


@given(
    st.lists(st.sampled_from(["a", "b\n", "\n", "<noinclude>", "</noinclude>", "<translate>", "<!--T:1-->"]))
)
def test_what_is_kept_stands_on_the_line_that_it_came_from(parts: list[str]) -> None:
    page = "".join(parts)
    source = Source(page)
    lines = [source.line(offset) for offset in range(len(source.text))]

    assert all(before <= after for before, after in pairwise(lines))
    page_lines = page.split("\n")
    assert all(
        character == "\n" or character in page_lines[line - 1]
        for character, line in zip(source.text, lines, strict=True)
    )


def outline(text: str, nodes: list[Node] | None = None) -> list[object]:
    """The nodes as nested lists: what each is and its text, or what stands in it."""
    found = scan(text) if nodes is None else nodes
    return [
        [node.kind.value, *outline(text, node.children)] if node.children else text[node.start : node.end]
        for node in found
    ]


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("a {{b|[[c|d]]}} e", [["template", "[[c|d]]"]]),
        ("{{{a|{{b}}}}}", [["parameter", "{{b}}"]]),
        ("{{a|{{{b}}}}}", [["template", "{{{b}}}"]]),
        ("{{a}} {{b", ["{{a}}"]),
        ("{{a|[[b}} {{c}}", ["{{a|[[b}}", "{{c}}"]),
        ("[[a\nb]] [[c]]", ["[[c]]"]),
        ("[[a|b\nc]]", ["[[a|b\nc]]"]),
        ("{{a|<nowiki>}}</nowiki>}}", [["template", "<nowiki>}}</nowiki>"]]),
        ("{{a|<!-- }} -->}}", [["template", "<!-- }} -->"]]),
        ("<ref>{{</ref> {{a}}", ["<ref>{{</ref>", "{{a}}"]),
        ("<ref name=x /> {{a}}", ["<ref name=x />", "{{a}}"]),
        ("<ref>{{a}}", ["{{a}}"]),
        ("{|\n| [[a]]\n|}", [["table", "[[a]]"]]),
        ("{{a|\n{|\n| b\n}} {{c}}", ["{{a|\n{|\n| b\n}}", "{{c}}"]),
        ("a {| b", []),
        ("}} ]] |}", []),
        ("<!-- a", ["<!-- a"]),
    ],
)
def test_brackets_are_paired(text: str, nodes: list[object]) -> None:
    assert outline(text) == nodes


def test_arguments_have_names_or_numbers() -> None:
    text = "{{ a_b <!-- x -->| one | two = 2 |{{c|=}}| four = [[d|=]] {{e}} |<!-- n -->five=5}}"
    (node,) = scan(text)

    assert call_name(text, node) == "A b"
    assert [(each.name, text[each.start : each.end].strip()) for each in arguments(text, node)] == [
        ("1", "one"),
        ("two", "2"),
        ("2", "{{c|=}}"),
        ("four", "[[d|=]] {{e}}"),
        ("five", "5"),
    ]
    assert list(arguments("{{a}}", scan("{{a}}")[0])) == []


def test_cells_are_found_in_rows() -> None:
    text = "{| x\n|+ caption || b\n! a !! b\n|-\n| c=d | e || [[f|g]] {{h||i}}\nj\n|-\n|k\n|}"
    (node,) = scan(text)

    found = [[(text[cell.start : cell.end].strip(), cell.header) for cell in row] for row in rows(text, node)]
    assert found == [
        [("a", True), ("b", True)],
        [("e", False), ("[[f|g]] {{h||i}}\nj", False)],
        [("k", False)],
    ]


def test_lines_are_logical_ones() -> None:
    text = (
        "a {{b\n|c}} d\n<!-- e -->\n<div>\n<!-- f -->* g\n== h == <!-- i -->\n----\n'''j'''\n{|\n|}\n</div>"
    )
    (block, argument) = blocks(text, scan(text))

    assert [(line.form.value, line.marker, line.level, line.code) for line in block.lines] == [
        ("text", "", 0, "a {{b\n|c}} d"),
        ("blank", "", 0, ""),
        ("list", "*", 0, "<!-- f --> g"),
        ("heading", "", 2, "h<!-- i -->"),
        ("rule", "", 0, ""),
        ("heading", "", 7, "j"),
        ("table", "", 0, "{|\n|}"),
        ("blank", "", 0, ""),
    ]
    assert argument.place == ("B|1",)
    assert [text[line.start] for line in block.lines if line.form in {Form.TEXT, Form.LIST}] == ["a", "*"]


@given(markup)
def test_no_markup_raises_and_nodes_are_nested(text: str) -> None:
    def check(nodes: list[Node], start: int, end: int) -> None:
        for node in nodes:
            assert start <= node.start < node.end <= end
            assert all(node.start < pipe < node.end for pipe in node.pipes)
            start = node.end
            check(node.children, node.start, node.end)

    nodes = scan(text)
    check(nodes, 0, len(text))
    for block in blocks(text, nodes):
        for line in block.lines:
            assert 0 <= line.start <= line.end <= len(text)
    Source(text)


@pytest.mark.parametrize("kind", [Kind.TEMPLATE, Kind.LINK])
def test_what_would_take_long_to_read_is_tangled(kind: Kind) -> None:
    opening, closing = ("{{a|", "}}") if kind is Kind.TEMPLATE else ("[[a|", "]]")

    assert not tangled(f"{opening}{closing} " * 500)
    assert not tangled(opening * 5 + closing * 5)
    assert tangled(opening * 50)
    assert tangled(opening * 50 + closing * 50)
    assert tangled("a" * 20_000)
    assert tangled("<a b='" * 50)
