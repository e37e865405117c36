from __future__ import annotations

import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.compose.marked import Marked, from_marks
from bot.model import Facet, FacetKind


def bold(text: str) -> Marked:
    """Return ``text`` with what stands between [ and ] in bold."""
    plain, facets = "", []
    for piece in regex.split(r"(\[[^]]*\])", text):
        start = len(plain)
        plain += piece.strip("[]")
        if piece.startswith("["):
            facets.append(Facet(start=start, end=len(plain), kind=FacetKind.BOLD))
    return Marked(text=plain, facets=tuple(facets))


def shown(marked: Marked) -> str:
    """Write ``marked`` as ``bold`` reads it."""
    text = marked.text
    for facet in sorted(marked.facets, key=lambda facet: -facet.start):
        text = f"{text[: facet.start]}[{text[facet.start : facet.end]}]{text[facet.end :]}"
    return text


def test_a_slice_keeps_what_it_has_of_each_facet() -> None:
    assert shown(bold("ab[cd]ef").slice(1, 3)) == "b[c]"
    assert shown(bold("ab[cd]ef").slice(3)) == "[d]ef"
    assert shown(bold("ab[cd]ef").slice(4)) == "ef"


def test_facets_move_with_what_is_replaced_around_them() -> None:
    assert shown(bold("--a [b] --c [d]").sub(regex.compile("--"), "")) == "a [b] c [d]"
    assert shown(bold("a [b] c").sub(regex.compile(" "), "   ")) == "a   [b]   c"


def test_a_facet_covers_what_replaces_something_inside_it() -> None:
    assert shown(bold("a [@b c] d").sub(regex.compile("@b"), "@wide")) == "a [@wide c] d"
    assert shown(bold("[@b]").sub(regex.compile("@b"), "@wide")) == "[@wide]"


def test_a_facet_that_begins_or_ends_inside_a_match_loses_it() -> None:
    assert shown(bold("ab[cd]ef").sub(regex.compile("bc"), "x")) == "ax[d]ef"
    assert shown(bold("ab[cd]ef").sub(regex.compile("de"), "x")) == "ab[c]xf"
    assert shown(bold("ab[cd]ef").sub(regex.compile("bcde"), "x")) == "axf"


def test_an_insertion_beside_a_facet_stays_outside() -> None:
    assert shown(bold("a[b]c").sub(regex.compile(r"(?=b)|(?=c)"), "-")) == "a-[b]-c"


def test_marks_come_through_a_change_of_the_text_around_and_inside() -> None:
    marked = bold("one [two] three")
    text = marked.with_marks()
    assert shown(from_marks(f"({text.upper()})", marked.facets)) == "(ONE [TWO] THREE)"
    assert shown(from_marks(text + text, marked.facets)) == "one [two] threeone [two] three"
    assert shown(from_marks(text[:6], marked.facets)) == "one t"


@settings(deadline=None)
@given(st.text("ab [", max_size=8).map(lambda text: bold(text.replace("[", "[x]"))))
def test_marks_are_undone_exactly(marked: Marked) -> None:
    assert from_marks(marked.with_marks(), marked.facets) == marked


@settings(deadline=None)
@given(
    st.text("abc", max_size=12),
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=4),
    st.sampled_from(["a", "b+", "c?", "ab|bc", r"\b"]),
    st.sampled_from(["", "x", "xyz"]),
)
def test_facets_stay_within_the_text_whatever_is_replaced(
    text: str, ranges: list[tuple[int, int]], pattern: str, new: str
) -> None:
    spans = [(min(pair), min(max(pair), len(text))) for pair in ranges]
    facets = tuple(Facet(start=a, end=b, kind=FacetKind.ITALIC) for a, b in spans if a < b)
    result = Marked(text=text, facets=facets).sub(regex.compile(pattern), new)
    assert result.text == regex.sub(pattern, new, text)
    assert all(0 <= facet.start < facet.end <= len(result.text) for facet in result.facets)
