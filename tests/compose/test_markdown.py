from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.compose.markdown import to_commonmark, to_markdown
from bot.compose.marked import Marked
from bot.compose.text import absolute
from bot.model import Facet, FacetKind
from tests.compose.readers import Seen, read_commonmark, read_discord

if TYPE_CHECKING:
    from collections.abc import Callable

URL = "https://example.org/wiki/A_(b)?c=d&copy;e"
TARGET = "https://example.org/wiki/A_%28b%29?c=d&copy;e"


def marked(text: str, *facets: tuple[str, str] | tuple[str, str, str]) -> Marked:
    """Return ``text`` with a facet of each kind over each piece of it."""
    return Marked(
        text=text,
        facets=tuple(
            Facet(
                start=text.index(piece),
                end=text.index(piece) + len(piece),
                kind=FacetKind(kind),
                url=url[0] if url else (URL if kind == "link" else None),
            )
            for kind, piece, *url in facets
        ),
    )


@pytest.mark.parametrize(
    ("text", "discord", "diaspora"),
    [
        (marked("(text): 5 > 3!"), r"(text): 5 \> 3!", r"(text): 5 \> 3\!"),
        (marked("*a* _b_ ~~c~~ `d` ||e||"), *2 * (r"\*a\* \_b\_ \~\~c\~\~ \`d\` \|\|e\|\|",)),
        (marked("snake_case [x](y) a\\b"), r"snake\_case \[x\]\(y) a\\b", r"snake\_case \[x\](y) a\\b"),
        (marked("# one\n- two\n1. three"), "\\# one\n\\- two\n1\\. three", "\\# one\n\\- two\n1\\. three"),
        (marked("-# small"), r"\-# small", r"\-\# small"),
        (marked("C# at 12:30, 3.5"), r"C# at 12\:30, 3.5", r"C\# at 12:30, 3.5"),
        (marked(":smile: <@123> <#4>"), r"\:smile: \<@123\> \<#4\>", r"\:smile: \<@123\> \<\#4\>"),
        (marked("now bold", ("bold", "bold")), *2 * ("now **bold**",)),
        (marked("an it.", ("italic", "it")), *2 * ("an _it_.",)),
        (marked("a b c", ("bold", "a b"), ("italic", "b")), *2 * ("**a _b_** c",)),
        (marked("重点です", ("bold", "重点")), *2 * ("**重点**です",)),
        (marked("重点です", ("italic", "重点")), *2 * ("重点です",)),
        (marked('x"q"y', ("bold", '"q"')), *2 * ('x"q"y',)),
        (marked("one \n two", ("bold", "one \n two")), *2 * ("**one** \n **two**",)),
        (marked("the page!", ("link", "page")), f"the [page](<{TARGET}>)!",
         f"the [page](<{TARGET.replace('&', '&amp;')}>)\\!"),
        (marked("the page", ("link", "page"), ("bold", "the page")), f"**the** [**page**](<{TARGET}>)",
         f"**the** [**page**](<{TARGET.replace('&', '&amp;')}>)"),
        (marked(f"see {URL}", ("link", URL)), *2 * (f"see <{URL}>",)),
        (marked("a #Tag", ("tag", "#Tag")), "a #Tag", "a #Tag"),
        (marked("by @ann@pod.example", ("mention", "@ann@pod.example")), "by @ann@pod.example",
         "by @{ann@pod.example}"),
        (marked("by <@42>", ("mention", "<@42>")), "by <@42>", "by @{<@42>}"),
    ],
)  # fmt: skip
def test_what_would_be_markup_is_escaped_and_what_is_meant_is_written(
    text: Marked, discord: str, diaspora: str
) -> None:
    assert to_markdown(text) == discord
    assert to_commonmark(text) == diaspora


def test_a_link_that_is_the_whole_text_shows_its_preview_on_discord() -> None:
    assert to_markdown(marked(URL, ("link", URL))) == URL


@pytest.mark.parametrize("words", ["see https://else.example/", "a [b", "a] b ["])
def test_words_that_discord_takes_for_no_link_stand_before_it(words: str) -> None:
    written = to_markdown(marked(f"{words} now", ("link", words)))
    assert read_discord(written).text == f"{words} ({URL}) now"


def test_a_link_that_leads_nowhere_is_its_words() -> None:
    assert to_markdown(marked("a page", ("link", "page", "javascript:x()"))) == "a page"


PIECES = st.one_of(
    st.sampled_from(
        ["word", "two words", "# ", "- ", "+ ", "* ", "> ", ">>> ", "1. ", "1) ", "-# ", "---", "===",
         "***",          "**", "_", "__", "~~", "||", "`", "```", "\\", "[a](b)", "![c](d)", "<@1>",
         "<b>", "&amp;", "&",
         ":ok:",          "<!--", "(c)", "...", "|a|b|", "|-|-|", "日本", "e\u0301", "👍🏽", "@{a@b}",
         "#tag", "^up^", "++x++", "!", '"q"', "(", ")", "[", "]", "\u2060"]
    ),
    st.text("ab *_[]()<>\\`~|#-+=!&:.;1\n", max_size=5),
)  # fmt: skip
# As tidied text is: no white space at the ends of lines, never two blank lines.
TEXTS = st.lists(st.tuples(PIECES, st.sampled_from(["", " ", "\n", "\n\n"])), max_size=8).map(
    lambda pieces: "\n\n".join(
        paragraph.strip()
        for paragraph in "\n".join(
            line.strip() for line in "".join(piece + space for piece, space in pieces).splitlines()
        ).split("\n\n")
        if paragraph.strip()
    )
)
KINDS = st.sampled_from([FacetKind.LINK, FacetKind.BOLD, FacetKind.ITALIC])


@st.composite
def texts(draw: st.DrawFn) -> Marked:
    text = draw(TEXTS)
    facets: list[Facet] = []
    for _ in range(draw(st.integers(0, 4))):
        kind = draw(KINDS)
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, len(text)))
        free = all(end <= other.start or other.end <= start for other in facets if other.kind is kind)
        if text[start:end].strip() and free:
            url = URL if kind is FacetKind.LINK else None
            facets.append(Facet(start=start, end=end, kind=kind, url=url))
    return Marked(text=text, facets=tuple(facets))


@pytest.mark.parametrize(
    ("write", "read"),
    [(to_markdown, read_discord), (to_commonmark, read_commonmark)],
    ids=["discord", "commonmark"],
)
@settings(deadline=None)
@given(text=texts())
def test_a_reader_sees_the_very_text_and_no_markup_that_is_not_meant(
    write: Callable[[Marked], str], read: Callable[[str], Seen], text: Marked
) -> None:
    seen = read(write(text))
    assert seen.text.replace(f" ({URL})", "") == text.text
    assert seen.other == []
    links = [f for f in text.facets if f.kind is FacetKind.LINK and absolute(f.url)]
    assert {unquote(url) for _, url in seen.links if "://" in url} == ({URL} if links else set())
    for kind, found in ((FacetKind.BOLD, seen.bold), (FacetKind.ITALIC, seen.italic)):
        meant = "".join(text.text[f.start : f.end] for f in text.facets if f.kind is kind)
        assert all(set(piece) <= set(meant) for piece in found)
