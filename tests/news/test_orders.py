"""What is an order on the command page, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.model import Verb
from bot.news.orders import Written, read_orders

SIGNED = "[[User:Sue|Sue]] ([[User talk:Sue|talk]]) 12:00, 18 November 2026 (UTC)"


def orders(wikitext: str) -> list[tuple[str, str, str | None]]:
    found, problems = read_orders(wikitext)
    assert problems == ()
    return [(order.verb.value, order.item, order.channel) for order in found]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("* hold mw146", ("hold", "mw146", None)),
        ("* retry mw146 mastodon", ("retry", "mw146", "mastodon")),
        ("*skip 20261118-94d8d481", ("skip", "20261118-94d8d481", None)),
        ("# approve mw146", ("approve", "mw146", None)),
        (": approve mw146", ("approve", "mw146", None)),
        ("*: Approve  mw146", ("approve", "mw146", None)),
        ("** RETRY mw146", ("retry", "mw146", None)),
        ("  * hold mw146  ", ("hold", "mw146", None)),
        (f"* retry mw146 {SIGNED}", ("retry", "mw146", None)),
        (f"* retry mw146 mastodon {SIGNED}", ("retry", "mw146", "mastodon")),
        (f"* retry mw146 mastodon -- {SIGNED}", ("retry", "mw146", "mastodon")),
        (f"* retry mw146 -- {SIGNED}", ("retry", "mw146", None)),
        (f"* retry mw146 - {SIGNED}", ("retry", "mw146", None)),
        ("* retry mw146 --~~~~", ("retry", "mw146", None)),
        ("* hold mw146 <!-- until Monday -->", ("hold", "mw146", None)),
        ("* <!-- x -->hold<!-- y --> mw146", ("hold", "mw146", None)),
        ("* hold mw146 our-birds (they shout)", ("hold", "mw146", "our-birds")),
        ("* hold\u00a0mw146", ("hold", "mw146", None)),
    ],
)
def test_an_order_is_a_list_item(line: str, found: tuple[str, str, str | None]) -> None:
    assert orders(line) == [found]


@pytest.mark.parametrize(
    "wikitext",
    [
        "",
        "hold mw146",
        "Please hold mw146.",
        "* hold",
        "* hold ",
        "* hold [[mw146]]",
        "* hold {{mw146}}",
        "* hold <b>mw146</b>",
        "* '''hold''' mw146",
        "* [[hold]] mw146",
        "* {{hold}} mw146",
        "<!-- * hold mw146 -->",
        "<!--\n* hold mw146\n-->",
        "<!-- not closed\n* hold mw146",
        "<nowiki>* hold mw146</nowiki>",
        "<nowiki>\n* hold mw146\n</nowiki>",
        "<NOWIKI>\n* hold mw146\n</nowiki >",
        "<pre>\n* hold mw146\n</pre>",
        '<pre lang="x">\n* hold mw146',
        "== hold mw146 ==",
        "; hold mw146",
        "| hold mw146",
        "* Thank you",
    ],
)
def test_anything_else_is_none(wikitext: str) -> None:
    assert orders(wikitext) == []


@pytest.mark.parametrize(
    ("word", "meant"), [("aprove", "approve"), ("Holds", "hold"), ("retri", "retry"), ("skipp", "skip")]
)
def test_what_nearly_is_an_order_is_a_problem(word: str, meant: str) -> None:
    found, problems = read_orders(f"Orders:\n\n* {word} mw146")
    assert found == ()
    assert [(problem.line, f"did you mean {meant}?" in problem.message) for problem in problems] == [
        (3, True)
    ]


def test_each_has_its_line_and_number_among_those_that_are_alike() -> None:
    found, _ = read_orders("Orders\n* hold a\n<!-- x\ny -->\n* hold  a\n* hold a b")
    assert found == (
        Written(verb=Verb.HOLD, item="a", channel=None, line=2, text="* hold a", number=0),
        Written(verb=Verb.HOLD, item="a", channel=None, line=5, text="* hold a", number=1),
        Written(verb=Verb.HOLD, item="a", channel="b", line=6, text="* hold a b", number=0),
    )


def test_a_signature_tells_two_orders_apart() -> None:
    found, _ = read_orders(f"* retry a {SIGNED}\n* retry a {SIGNED.replace('12:00', '13:00')}")
    assert [order.number for order in found] == [0, 0]
    assert found[0].text != found[1].text


@given(st.text(alphabet=st.sampled_from(list("*#: \n<>!-[]{}|~aholdrety/prnwki_.\u2028\x00")), max_size=80))
@example("* hold " + "a" * 10_000 + " " + "b" * 10_000)
@example("<!--" * 1000)
@example("<nowiki>" * 1000)
def test_no_wikitext_raises_and_each_order_is_on_its_line(wikitext: str) -> None:
    found, problems = read_orders(wikitext)
    for order in found:
        assert order.item
        assert order.item not in {"<", ">"}
    assert all(problem.line is not None for problem in problems)


@given(st.text())
def test_no_text_raises(text: str) -> None:
    read_orders(text)
    read_orders(f"* hold {text}")
    read_orders(f"* {text} mw146")
