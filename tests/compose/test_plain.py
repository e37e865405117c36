from __future__ import annotations

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.compose.marked import Marked
from bot.compose.plain import in_bytes, to_footnotes, to_little_text
from bot.model import Facet, FacetKind

ONE, TWO = "https://one.example/a_(b)", "https://two.example/"


def facet(kind: str, start: int, end: int, url: str | None = None) -> Facet:
    return Facet(start=start, end=end, kind=FacetKind(kind), url=url)


class TestLittleText:
    @pytest.mark.parametrize(
        ("text", "written"),
        [
            (Marked(text="plain: it's 5% & more!"), "plain: it's 5% & more!"),
            (Marked(text=r"\|{}@[]()<>#*_~"), r"\\\|\{\}\@\[\]\(\)\<\>\#\*\_\~"),
            (Marked(text=ONE, facets=(facet("link", 0, 25, ONE),)), r"https://one.example/a\_\(b\)"),
            (Marked(text="a #Tag_1.", facets=(facet("tag", 2, 8),)), r"a {hashtag|\#|Tag\_1}."),
            (
                Marked(text="by A (b)!", facets=(facet("mention", 3, 8, "urn:li:organization:12"),)),
                r"by @[A \(b\)](urn:li:organization:12)!",
            ),
            (Marked(text="by @ann", facets=(facet("mention", 3, 7),)), r"by \@ann"),
        ],
    )
    def test_what_linkedin_would_read_is_escaped_and_what_is_meant_is_written(
        self, text: Marked, written: str
    ) -> None:
        assert to_little_text(text) == written

    @settings(deadline=None)
    @given(st.text() | st.text(r"a\|{}@[]()<>#*_~ "))
    def test_a_reader_sees_the_very_text(self, text: str) -> None:
        written = to_little_text(Marked(text=text))
        assert regex.sub(r"\\(.)", r"\1", written, flags=regex.DOTALL) == text
        assert not regex.search(r"[|{}@\[\]()<>#*_~]", regex.sub(r"\\.", "", written, flags=regex.DOTALL))


class TestFootnotes:
    def test_linked_words_have_a_number_and_a_bare_url_has_none(self) -> None:
        text = Marked(
            text=f"One, two and one again, see {TWO}",
            facets=(
                facet("link", 0, 3, ONE), facet("bold", 0, 8), facet("link", 5, 8, TWO),
                facet("link", 13, 16, ONE), facet("link", 28, 48, TWO),
            ),
        )  # fmt: skip
        assert to_footnotes(text) == f"One [1], two [2] and one [1] again, see {TWO}\n\n[1] {ONE}\n[2] {TWO}"

    def test_a_text_without_links_has_no_footnotes(self) -> None:
        assert to_footnotes(Marked(text="a\n\nb")) == "a\n\nb"
        assert to_footnotes(Marked(text="a", facets=(facet("link", 0, 1, "javascript:x()"),))) == "a"

    @settings(deadline=None)
    @given(st.lists(st.tuples(st.text("ab [1]", min_size=1), st.sampled_from([None, ONE, TWO])), max_size=6))
    def test_every_link_can_be_found_by_its_number(self, runs: list[tuple[str, str | None]]) -> None:
        text, facets = "", []
        for words, url in runs:
            if url:
                facets.append(facet("link", len(text), len(text) + len(words), url))
            text += words
        written = to_footnotes(Marked(text=text, facets=tuple(facets)))
        body, _, below = written.partition("\n\n")
        notes = dict(line.split(" ") for line in below.splitlines())
        assert list(notes) == [f"[{number}]" for number in range(1, len(notes) + 1)]
        assert sorted(notes.values()) == sorted({url for _, url in runs if url})
        expected = "".join(
            words + (f" {next(n for n in notes if notes[n] == url)}" if url else "") for words, url in runs
        )
        assert body == expected


@settings(deadline=None)
@given(st.text(), st.data())
def test_ranges_in_bytes_cover_the_same_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    (found,) = in_bytes(Marked(text=text, facets=(facet("link", start, end, ONE),)))
    assert text.encode()[found.start : found.end].decode() == text[start:end]
    assert (found.kind, found.url) == (FacetKind.LINK, ONE)
