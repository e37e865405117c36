from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.compose.marked import Marked
from bot.compose.mrkdwn import APART, to_mrkdwn
from bot.model import Facet, FacetKind
from tests.fakes.slack_mrkdwn import read_mrkdwn

ONE = "https://one.example/?a=1&b=2|3"
SAFE = "https://one.example/?a=1&amp;b=2%7C3"


def facet(kind: str, start: int, end: int, url: str | None = None) -> Facet:
    return Facet(start=start, end=end, kind=FacetKind(kind), url=url)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (Marked(text="5% & <more>!"), "5% &amp; &lt;more&gt;!"),
        (Marked(text="snake_case, 2*3*4, a~b"), "snake_case, 2*3*4, a~b"),
        (Marked(text="*no*"), f"{APART}*{APART}no{APART}*{APART}"),
        (Marked(text="> no"), f"{APART}&gt;{APART} no"),
        (Marked(text="a one b", facets=(facet("link", 2, 5, ONE),)), f"a <{SAFE}|one> b"),
        (
            Marked(text="https://two.example/", facets=(facet("link", 0, 20, "https://two.example/"),)),
            "<https://two.example/>",
        ),
        (
            Marked(text="a|b", facets=(facet("link", 0, 3, "https://two.example/"),)),
            "<https://two.example/|a¦b>",
        ),
        (Marked(text="it is new.", facets=(facet("bold", 6, 9),)), f"it is *new*{APART}."),
        (Marked(text="renewed", facets=(facet("italic", 2, 5),)), f"re{APART}_new_{APART}ed"),
        (Marked(text="a new b", facets=(facet("bold", 1, 6),)), "a *new* b"),
        (Marked(text="a\nb", facets=(facet("bold", 0, 3),)), "a\nb"),
        (Marked(text="*x", facets=(facet("bold", 0, 2),)), f"{APART}*{APART}x"),
        (
            Marked(text="both", facets=(facet("bold", 0, 4), facet("italic", 0, 4))),
            "_*both*_",
        ),
        (
            Marked(
                text="the news", facets=(facet("bold", 0, 8), facet("link", 4, 8, "https://two.example/"))
            ),
            "*the* *<https://two.example/|news>*",
        ),
        (Marked(text="by <@U012AB3CD>", facets=(facet("mention", 3, 15),)), "by <@U012AB3CD>"),
        (Marked(text="by <@U012AB3CD>"), "by &lt;@U012AB3CD&gt;"),
        (Marked(text="by @ann", facets=(facet("mention", 3, 7),)), "by @ann"),
        (Marked(text="x", facets=(facet("link", 0, 1, "javascript:alert"),)), "x"),
    ],
)
def test_links_and_emphasis_are_written_and_all_else_is_kept_apart(text: Marked, written: str) -> None:
    assert to_mrkdwn(text) == written


SIGNS = st.text("ab *_~<>&|\n@!")


@settings(deadline=None)
@given(SIGNS)
def test_nothing_in_a_text_means_anything(text: str) -> None:
    shown = read_mrkdwn(to_mrkdwn(Marked(text=text)))
    assert (shown.text, shown.links, shown.styles, shown.mentions) == (text, (), (), ())


@settings(deadline=None)
@given(SIGNS, st.text("ab c", min_size=1).filter(str.strip), SIGNS)
def test_a_link_stays_where_it_is(before: str, words: str, behind: str) -> None:
    link = facet("link", len(before), len(before + words), "https://two.example/")
    shown = read_mrkdwn(to_mrkdwn(Marked(text=before + words + behind, facets=(link,))))
    assert shown.links == (("https://two.example/", " ".join(words.split())),)
    assert shown.mentions == ()
