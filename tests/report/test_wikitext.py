"""What is escaped is shown by a real MediaWiki as it was, and is nothing else."""

from __future__ import annotations

import unicodedata
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.report.safe import one_line
from bot.report.wikitext import escape, link, page_link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.servers.mediawiki import MediaWiki

PIECES = """
[[Main Page]]|[[Main Page|x]]|[[Category:News]]|[[File:Logo.png]]|[[de:Seite]]|[[nl:Pagina]]
{{Template}}|{{{1}}}|{{subst:PAGENAME}}|{{#if:x|y}}|{{PAGENAME}}|{|⏎|-⏎| a⏎|}| || | !! |⏎!|⏎| |⏎|-|⏎|}
__TOC__|__NOTOC__|-{zh}-|----|⏎----|⏎|⏎⏎| :|~~~|~~~~|~~~~~|''|'''|'''''|== x ==|⏎== x ==⏎|⏎*|⏎#|⏎:|⏎;|⏎ x
http://x.example/a|https://x.example|//x.example|mailto:a@x.example|[https://x.example y]|%5B%5B|\\|^|`
RFC 2119|PMID 1234|ISBN 978-0-306-40615-7|ISBN 0306406152|<nowiki>|</nowiki>|<nowiki/>|<!--|-->|</bdi>
</td>|</table>|<script>|<pre>|<ref>|<br>|</div>|<b>|&lt;|&amp;|&#91;|&#x5b;|&nosuch;|&nbsp;|#REDIRECT [[X]]
\x00|\x1b[31m|\u202e|\u2028|\x7f'"`UNIQ--nowiki-00000000-QINU`"'\x7f|\ufffe|\ufeff| \u00ab|\u00bb |? |! |; | %
\u00a0|\u0301|<languages/>|<translate>|<section begin=x />|<onlyinclude>|<noinclude>|{{!}}|@|$|+|=|*
"""  # ⏎ is a line feed
MARKUP = [
    *(piece.replace("⏎", "\n") for line in PIECES.strip("\n").split("\n") for piece in line.split("|")),
    *("|", "||", "\n|-\n|", "{|\n|x\n|}", "[[A|b]]", "[[|x]]"),
]

texts = st.lists(st.one_of(st.sampled_from(MARKUP), st.text(max_size=6)), max_size=8).map("".join)

# Where data stands on a page of ours: %s is the data, in an element of its own.
PLACES = (
    "%s",
    "%s x",
    "* %s",
    "== %s ==",
    '{| class="wikitable"\n! %s !! x\n|}',
    '{| class="wikitable"\n| %s\n|}',
    '{| class="wikitable"\n| x || %s\n|- id="y"\n! scope="row" | %s\n|}',
)
NOTHING_BUT_TEXT = ("links", "templates", "categories", "images", "externallinks", "langlinks", "iwlinks")


class Reader(HTMLParser):
    """Collects the visible text of every ``<bdi>`` and the targets of the links in them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.links: list[str] = []
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "bdi":
            self.texts.append("")
            self.depth += 1
        if tag == "a" and self.depth:
            self.links.append(dict(attrs)["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "bdi"

    def handle_data(self, data: str) -> None:
        if self.depth:
            self.texts[-1] += data


def parsed(wiki: MediaWiki, wikitext: str) -> tuple[Reader, Any]:
    """Parse in one request, as a page that is being saved: signatures and substitutions would be made."""
    told = wiki.api(
        action="parse",
        text=wikitext,
        title="User:NewsBot/status",
        contentmodel="wikitext",
        pst=1,
        prop="|".join(("text", "sections", "properties", *NOTHING_BUT_TEXT)),
        disablelimitreport=1,
        disabletoc=1,
        disableeditsection=1,
    )["parse"]
    reader = Reader()
    reader.feed(told["text"])
    return reader, told


def everywhere(samples: Sequence[str]) -> str:
    places = [PLACES[number % len(PLACES)] for number in range(len(samples))]
    return "\n\n".join(
        place.replace("%s", f"<bdi>{escape(sample)}</bdi>")
        for place, sample in zip(places, samples, strict=True)
    )


def shown(text: str) -> str:
    return unicodedata.normalize("NFC", one_line(text))


def assert_shown_as_it_is(wiki: MediaWiki, samples: Sequence[str]) -> None:
    reader, told = parsed(wiki, everywhere(samples))
    expected = []
    for number, sample in enumerate(samples):
        expected += [sample] * PLACES[number % len(PLACES)].count("%s")
    # What Unicode has no character for is written out; the rest is shown as it is.
    assert reader.texts == [_written(shown(sample)) for sample in expected]
    assert_nothing_but_text(told)
    assert reader.links == []


def assert_nothing_but_text(told: Any, *, but: str = "") -> None:
    assert [kind for kind in NOTHING_BUT_TEXT if told[kind] and kind != but] == []
    assert not told["properties"]


def _written(text: str) -> str:
    return "".join(
        f"\\u{ord(sign):04x}" if 0xFDD0 <= ord(sign) <= 0xFDEF or sign in "\ufffe\uffff" else sign
        for sign in text
    )


def test_every_piece_of_markup_is_shown_and_means_nothing_wherever_it_stands(mediawiki: MediaWiki) -> None:
    assert_shown_as_it_is(mediawiki, [text for text in MARKUP for _ in PLACES])


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(samples=st.lists(texts, min_size=30, max_size=60))
def test_whatever_is_escaped_is_shown_and_means_nothing(mediawiki: MediaWiki, samples: list[str]) -> None:
    assert_shown_as_it_is(mediawiki, samples)


@given(text=texts)
def test_what_is_escaped_is_on_one_line_without_signs(text: str) -> None:
    escaped = escape(text)
    assert escaped == escaped.strip()
    assert not set(escaped) & set("[]{}<>|*:=~_'\"!-/`$\n\r\t\x7f\u202e\ufeff")
    assert escape(escaped) == escape(str(escaped))  # the type changes nothing


@pytest.mark.parametrize("text", ["", "Café, 日本語 (2026).", "שלום עולם", "a b"])
def test_plain_words_stay_readable_in_the_source(text: str) -> None:
    assert escape(text) == text


ADDRESSES = [
    "https://wikis.world/@news/123456",
    "https://bsky.app/profile/did:plc:abc123/post/3k44dzxcv",
    "https://matrix.to/#/!room:matrix.org/$event-id_x?via=matrix.org",
    "https://x.com/a__b/status/1?s=20&lt;=2&amp=3",
    "https://x.example/~~~~/__TOC__/''/{{x}}/|-/%5B%5B/[a]",
    "https://x.example/é/日本?q=*&r=a+b;c=d#f",
    'https://x.example/<nowiki>"^`\\',
    "https://x.example/-{a}-/ISBN 978-0-306-40615-7".replace(" ", "%20"),
    "http://127.0.0.1:8080/(a)/a!!b",
]


def test_a_link_leads_where_it_should(mediawiki: MediaWiki) -> None:
    places = ["* %s", '{| class="wikitable"\n| a || %s\n! b !! %s\n|}', "%s"]
    wikitext = "\n\n".join(
        place.replace("%s", f"<bdi>{link(url, 'post')}</bdi>") for url in ADDRESSES for place in places
    )
    reader, told = parsed(mediawiki, wikitext)
    expected = [url for url in ADDRESSES if "[" not in url for _ in range(4)]
    assert [_same_address(found) for found in reader.links] == [_same_address(url) for url in expected]
    assert set(reader.texts) == {"post"}
    assert_nothing_but_text(told, but="externallinks")


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "//x.example", "https://x.example/a b", "https://[::1]/", "https://x.example/[",
     "simulated:1", "", "https://x.example/\u202e", "https:// x"],
)  # fmt: skip
def test_what_is_no_address_is_no_link(url: str) -> None:
    assert link(url, "a [post]") == escape("a [post]")


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(tails=st.lists(texts, min_size=20, max_size=40))
def test_whatever_stands_in_an_address_makes_no_other_markup(mediawiki: MediaWiki, tails: list[str]) -> None:
    wikitext = "\n\n".join(f"* <bdi>{link(f'https://x.example/{tail}', 'post')}</bdi>" for tail in tails)
    reader, told = parsed(mediawiki, wikitext)
    assert reader.texts == ["post"] * len(tails)
    assert all(found.startswith("https://x.example/") for found in reader.links)
    assert_nothing_but_text(told, but="externallinks")


def test_a_page_of_the_wiki_is_linked_whatever_its_namespace(mediawiki: MediaWiki) -> None:
    titles = ["User:NewsBot/run", "Category:News & more", "File:It's (a) test!.png", "Project:100% ''x''"]
    reader, told = parsed(mediawiki, " ".join(f"<bdi>{page_link(title, 'a|b')}</bdi>" for title in titles))
    expected = {title.replace("Project:", "Herald Test Wiki:") for title in titles}
    assert {entry["title"] for entry in told["links"]} == expected
    assert reader.texts == ["a|b"] * len(titles)
    assert (told["categories"], told["images"]) == ([], [])


def _same_address(url: str) -> str:
    """Write an address as MediaWiki does: it decodes and encodes some signs that mean the same either way."""
    return quote(unquote(url), safe="")
