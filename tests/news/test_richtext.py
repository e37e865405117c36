from __future__ import annotations

from itertools import pairwise

import mwparserfromhell
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Link, Media, Run
from bot.news.richtext import Rendered, render
from bot.news.sites import offline

SITE = offline("mediawiki", article_path="https://www.mediawiki.org/wiki/$1")
GERMAN = offline("dewiki", language="de", article_path="https://de.wikipedia.org/wiki/$1")
WIKI = "https://www.mediawiki.org/wiki/"


def text(wikitext: str, **options: object) -> str:
    return render(wikitext, SITE, **options).body.plain  # type: ignore[arg-type]


def links(wikitext: str) -> list[tuple[str, str]]:
    return [(link.text, link.url) for link in render(wikitext, SITE).body.links]


def looks(wikitext: str) -> list[tuple[str, str]]:
    """The runs, each with b and i for its looks."""
    return [(run.text, "b" * run.bold + "i" * run.italic) for run in render(wikitext, SITE).body.runs]


def test_an_item_becomes_runs_of_text_links_and_emphasis() -> None:
    rendered = render("'''[[MediaWiki 1.46]]''' is ''out'': see the [https://x.org/notes notes].", SITE)

    assert rendered.body.runs == (
        Run(text="MediaWiki 1.46", bold=True, url=WIKI + "MediaWiki_1.46"),
        Run(text=" is "),
        Run(text="out", italic=True),
        Run(text=": see the "),
        Run(text="notes", url="https://x.org/notes"),
        Run(text="."),
    )
    assert rendered.body.links[0] == Link(text="MediaWiki 1.46", url=WIKI + "MediaWiki_1.46", bold=True)
    assert (rendered.media, rendered.comments, rendered.unresolved) == ((), (), ())


def test_parsed_wikitext_is_understood_like_its_source() -> None:
    source = "'''[[A|b]]'''s {{x}} <!-- c -->"

    assert render(mwparserfromhell.parse(source), SITE) == render(source, SITE)


@pytest.mark.parametrize(
    ("wikitext", "found"),
    [
        ("[[A|b]]", [("b", WIKI + "A")]),
        ("[[A|b]]c d", [("bc", WIKI + "A")]),
        ("[[A]]s", [("As", WIKI + "A")]),
        ("[[A]]1", [("A", WIKI + "A")]),
        ("'''[[A]]'''s", [("A", WIKI + "A")]),
        ("[[A]]<nowiki/>s", [("A", WIKI + "A")]),
        ("[[A#b c]]", [("A#b c", WIKI + "A#b_c")]),
        ("[[:File:X.png]]", [("File:X.png", WIKI + "File:X.png")]),
        ("[[:Category:X]]", [("Category:X", WIKI + "Category:X")]),
        ("[[mw:Help:X|help]]", [("help", WIKI + "Help:X")]),
        ("[[w:de:X]]", [("w:de:X", "https://en.wikipedia.org/wiki/de:X")]),
        ("[[Special:MyLanguage/X|y]]", [("y", WIKI + "Special:MyLanguage/X")]),
        ("[[A&amp;B]]", [("A&B", WIKI + "A%26B")]),
        ("[[A{{!}}b]]", [("b", WIKI + "A")]),
        ("[[A|]]", [("A", WIKI + "A")]),
        ("[[A|'''b''' ''c'']]", [("b c", WIKI + "A")]),
        ("[[A|b<!-- c -->]]", [("b", WIKI + "A")]),
        ("[https://x.org label]", [("label", "https://x.org")]),
        ("[https://x.org ''label'']", [("label", "https://x.org")]),
        ("[https://www.x.org/a/b]", [("x.org", "https://www.x.org/a/b")]),
        ("[//x.org label]", [("label", "https://x.org")]),
        ("(see https://x.org/a_(b), c)", [("https://x.org/a_(b)", "https://x.org/a_(b)")]),
        ("https://x.org/?a=1&amp;b=__C__", [("https://x.org/?a=1&b=__C__", "https://x.org/?a=1&b=__C__")]),
        ("''https://x.org/a''", [("https://x.org/a", "https://x.org/a")]),
        ("[https://bücher.example/ä b]", [("b", "https://xn--bcher-kva.example/%C3%A4")]),
        ("[[A]][[A|b]]", [("Ab", WIKI + "A")]),
    ],
)
def test_a_link_keeps_its_text_and_gets_an_absolute_url(wikitext: str, found: list[tuple[str, str]]) -> None:
    assert links(wikitext) == found


@pytest.mark.parametrize(
    ("wikitext", "plain"),
    [
        ("[mailto:jane@x.org Jane]", "Jane"),
        ("[ftp://x.org files] and irc://irc.x.org", "files and irc://irc.x.org"),
        ("[javascript:alert(1) x]", "[javascript:alert(1) x]"),
        ("[https://www.mediawiki.org@evil.example/ MediaWiki]", "MediaWiki"),
        ("[[A\ufffdb|c]]", "c"),
        ("[[#here|c]]", "c"),
        ("[[]] [[ ]]", ""),
    ],
)
def test_a_link_that_leads_nowhere_it_may_is_text_only(wikitext: str, plain: str) -> None:
    assert text(wikitext) == plain
    assert links(wikitext) == []


def test_a_link_within_the_page_needs_the_page() -> None:
    assert render("[[/sub/]] [[#a]]", SITE, title="News").body.links == (
        Link(text="sub", url=WIKI + "News/sub"),
        Link(text="#a", url=WIKI + "News#a"),
    )


@pytest.mark.parametrize(
    ("wikitext", "expected"),
    [
        ("'''a''' b", [("a", "b"), (" b", "")]),
        ("''a'' b", [("a", "i"), (" b", "")]),
        ("'''''a''''' b", [("a", "bi"), (" b", "")]),
        ("'''''a'' b''' c", [("a", "bi"), (" b", "b"), (" c", "")]),
        ("'''''a''' b'' c", [("a", "bi"), (" b", "i"), (" c", "")]),
        ("'''a ''b''' c''", [("a ", "b"), ("b", "bi"), (" c", "i")]),
        ("'''a", [("a", "b")]),
        ("'''a\nb", [("a", "b"), (" b", "")]),
        ("a [[b|c''d]] ''e''", [("a ", ""), ("c", ""), ("d", "i"), (" ", ""), ("e", "i")]),
        ("l'''''amour''' x''", [("l", ""), ("amour", "bi"), (" x", "i")]),
        ("l''''homme'''", [("l'", ""), ("homme", "b")]),
        ("d'''avant'' x", [("d'", ""), ("avant", "i"), (" x", "")]),
        ("''''''''a", [("'''", ""), ("a", "bi")]),
        ("rock 'n' roll", [("rock 'n' roll", "")]),
        ("&#39;&#39;a&#39;&#39;", [("''a''", "")]),
        ("<nowiki>''a''</nowiki>", [("''a''", "")]),
        ("<b>a</b> <strong>b</strong>", [("a", "b"), (" ", ""), ("b", "b")]),
        ("<i>a</i><em>b</em>", [("ab", "i")]),
        ("<b>''a''</b>", [("a", "bi")]),
        ("'''<small>a</small>'''", [("a", "b")]),
        ("'''[https://x.org a ''b'']'''", [("a ", "b"), ("b", "bi")]),
    ],
)
def test_emphasis_is_paired_as_mediawiki_pairs_it(wikitext: str, expected: list[tuple[str, str]]) -> None:
    assert looks(wikitext) == expected


@pytest.mark.parametrize(
    ("wikitext", "plain"),
    [
        ("<small>a</small> <abbr title='x'>b</abbr> <span class='c'>d</span> H<sub>2</sub>O", "a b d H2O"),
        ("a<br>b<br/>c", "a b c"),
        ("<div>a</div><p>b</p>", "a b"),
        ("a<ref>b</ref><ref name='c' /> d<references/>", "a d"),
        ("a<gallery>\nX.png\n</gallery><math>x^{{2}}</math>b", "ab"),
        ("<languages/><templatestyles src='a.css'/><section begin='x'/>a", "a"),
        ("<style>.a{{b}}</style><script>c</script>d", "d"),
        ("a <s>no longer</s> <del>said</del> b", "a b"),
        ("a <span style='color:red; display : none'>hidden</span> b", "a b"),
        ("a<noinclude> b [[Category:X]]</noinclude>", "a"),
        ("<includeonly>a</includeonly><onlyinclude>b</onlyinclude>", "ab"),
        ("<nowiki>[[a]] {{b}} &amp; <ref></nowiki>", "[[a]] {{b}} & <ref>"),
        (
            "<code>git <b>pull</b></code> <syntaxhighlight lang='py' inline>''x''</syntaxhighlight>",
            "git pull ''x''",
        ),
        ("a&nbsp;b &ndash; c &amp;lt; &#x41;&#66;", "a b \N{EN DASH} c &lt; AB"),
        ("&nosuch; &#x110000; &", "&nosuch; &#x110000; &"),
        ("a [[Category:B]] [[de:C]] d", "a d"),
        ("__NOTOC__a__NOEDITSECTION__ __INDEX__", "a"),
        ("snake__case __init__", "snake__case __init__"),
        ("{{{date|today}}}: {{{1}}}a", "today: a"),
        ("{| class='x'\n| a\n|}\nb", "b"),
        ("  a \n\n b\t ''' c ''' ", "a b c"),
        ("a <!-- b --> c", "a c"),
        ("[[A| b ]] c", "b c"),
        ("* a\n** b", "a b"),
        ("== a ==\nb", "a b"),
        ("a\n----\nb", "a b"),
    ],
)
def test_what_is_no_text_leaves_no_trace(wikitext: str, plain: str) -> None:
    rendered = render(wikitext, SITE)

    assert rendered.body.plain == plain
    assert rendered.unresolved == ()


@pytest.mark.parametrize(
    "wikitext",
    [
        "<translate><!--T:1--> See <tvar|link>[[A|b]]</> now</translate>",
        '<translate><!--T:1-->\nSee <tvar name="link">[[A|b]]</tvar> now</translate>',
        "<translate> See [[A|b]] now",
        "See [[A|<tvar name=1>b</tvar>]] now</translate>",
        "See [[<tvar name=page>A</tvar>|b]] now <!--T:2-->",
    ],
)
def test_marks_of_translation_change_nothing(wikitext: str) -> None:
    rendered = render(wikitext, SITE)

    assert rendered.body.plain == "See b now"
    assert rendered.body.links == (Link(text="b", url=WIKI + "A"),)
    assert rendered.unresolved == ()


def test_an_example_of_translation_markup_stays() -> None:
    assert text("<nowiki><tvar|x>y</></nowiki>") == "<tvar|x>y</>"


@pytest.mark.parametrize(
    ("wikitext", "media"),
    [
        (
            "[[File:New logo.svg|thumb|120px|right|alt=A sunflower|The '''new''' [[logo|one]]]]",
            ("New logo.svg", "A sunflower"),
        ),
        ("[[file:new_logo.svg]]", ("New logo.svg", None)),
        ("[[Image:X.png|thumb]]", ("X.png", None)),
        ("[[File:X.png|130px|høyre|Ole Einar Bjørndalen]]", ("X.png", "Ole Einar Bjørndalen")),
        ("[[File:X.png|x100px|upright=1.2|link=|class=a|lang=de|page=2|A [[b|c]], d]]", ("X.png", "A c, d")),
        ("[[File:X.png|alt=|caption]]", ("X.png", None)),
        ("[[File:X.png|ALT = A &amp; B]]", ("X.png", "A & B")),
        ("[[File:X.png|hochkant 1.5|zentriert|Mann, 50 px]]", ("X.png", "Mann, 50 px")),
        ("[[File:X.png|100x200 px|слева|мини]]", ("X.png", None)),
    ],
)
def test_an_image_is_media_with_its_alt_text_or_caption_and_never_text(
    wikitext: str, media: tuple[str, str | None]
) -> None:
    rendered = render(f"a {wikitext} b", SITE)

    assert rendered.body.plain == "a b"
    assert rendered.media == (Media(file=media[0], alt=media[1]),)


def test_an_image_is_known_by_the_names_of_the_wikis_language() -> None:
    rendered = render("[[Datei:A.png|mini|alternativtext=B]][[Bild:A.png|mini|alternativtext=B]]", GERMAN)

    assert rendered.media == (Media(file="A.png", alt="B"),)


def test_a_link_to_a_file_itself_keeps_its_text() -> None:
    assert links("hear the [[Media:speech.ogg|speech]]") == [
        ("speech", WIKI + "Special:Redirect/file/Speech.ogg")
    ]


def test_comments_are_kept_in_order_wherever_they_stand() -> None:
    rendered = render("<!-- Feb 27 -->a {{x|b <!--herald: hold-->}} [[A|c<!--\nd -->]] <!-- e", SITE)

    assert rendered.comments == ("Feb 27", "herald: hold", "d", "e")


@pytest.mark.parametrize(
    ("wikitext", "plain"),
    [
        ("{{small|([[Marzec|3 marca]])}}", "(3 marca)"),
        ("{{nowrap|10 km}} {{Lang|de|'''Haus'''}} {{no_wrap|x}}", "10 km Haus x"),
        ("a{{·}}b{{!}}c{{=}}d", "a · b|c=d"),
        ("a{{clear}}{{DISPLAYTITLE:x}}{{#tag:ref|b}}{{-}}", "a"),
    ],
)
def test_plain_templates_need_no_wiki(wikitext: str, plain: str) -> None:
    rendered = render(wikitext, SITE)

    assert rendered.body.plain == plain
    assert rendered.unresolved == ()


@pytest.mark.parametrize(
    ("wikitext", "plain", "unresolved"),
    [
        ("a {{Vijest|'''b''' [[c]]}}.", "a b c.", ["{{Vijest|'''b''' [[c]]}}"]),
        ("a {{date|2 mars|x}} b", "a b", ["{{date|2 mars|x}}"]),
        ("a {{x|y=z}} b", "a b", ["{{x|y=z}}"]),
        ("a {{PAGENAME}} b", "a b", ["{{PAGENAME}}"]),
        ("a {{#if:b|c|d}} e", "a e", ["{{#if:b|c|d}}"]),
        ("a {{x|{{y}}}} {{y}} b", "a b", ["{{x|{{y}}}}", "{{y}}"]),
        ("[[{{y}}|b]] [[A {{y}}]]", "b A", ["{{y}}"]),
        ("[https://x.org/{{y}} b]", "b", ["{{y}}"]),
        ("a {{x|b", "a x|b", ["{{x|b"]),
        ("a }} b {{{ c", "a b c", ["{{{ c"]),
    ],
)
def test_a_template_that_nobody_expanded_is_named_and_leaves_no_braces(
    wikitext: str, plain: str, unresolved: list[str]
) -> None:
    rendered = render(wikitext, SITE)

    assert rendered.body.plain == plain
    assert list(rendered.unresolved) == unresolved
    assert rendered.body.links in {(), (Link(text="c", url=WIKI + "C"),)}


def test_an_expanded_template_is_read_as_what_the_wiki_made_of_it() -> None:
    rendered = render(
        "a {{iw|B|c}} [[{{page}}|d]]",
        SITE,
        expansions={"{{iw|B|c}}": "'''[[B|c]]'''<ref>x</ref> {{small|e}}", "{{page}}": "D"},
    )

    assert rendered.body.plain == "a c e d"
    assert [(link.text, link.url, link.bold) for link in rendered.body.links] == [
        ("c", WIKI + "B", True),
        ("d", WIKI + "D", False),
    ]
    assert rendered.unresolved == ()


def test_a_pipe_and_a_url_may_be_made_by_the_wiki() -> None:
    call = "{{fullurl:A|action=history}}"
    rendered = render(f"[[A{{{{!}}}}'''b''']] [{call} c]", SITE, expansions={call: f"{WIKI}A?action=history"})

    assert [(link.text, link.url, link.bold) for link in rendered.body.links] == [
        ("b", WIKI + "A", True),
        ("c", WIKI + "A?action=history", False),
    ]
    assert rendered.unresolved == ()


def test_an_expansion_that_contains_itself_comes_to_an_end() -> None:
    rendered = render("{{a}}", SITE, expansions={"{{a}}": "x {{b}} {{b}}", "{{b}}": "y {{a}} {{a}}"})

    assert rendered.body.plain == "x y y"
    assert rendered.unresolved == ("{{a}}",)


@pytest.mark.parametrize(
    ("wikitext", "plain"),
    [
        ("a [[b", "a b"),
        ("a ]] b", "a b"),
        ("[[a|b", "a|b"),
        ("[https://x.org a", "[https://x.org a"),
        ("a <b>b", "a b"),
        ("a </b></span> b", "a b"),
        ("a <ref>b", "a b"),
        ("1 < 2 > 0", "1 < 2 > 0"),
        ("{| a", "a"),
    ],
)
def test_markup_that_is_not_closed_leaves_its_text(wikitext: str, plain: str) -> None:
    assert text(wikitext) == plain


def test_what_cannot_be_seen_is_removed_and_what_scripts_need_stays() -> None:
    assert text("a\u202eb\u2066c\x00\x1b d\ufeff\ud800") == "abc d"
    for needed in ("\u05d0\u200f!\u200e", "\u0645\u06cc\u200c\u062e", "\U0001f469\u200d\U0001f52c"):
        assert text(needed) == needed
    assert text("a&#x202E;b&#x2066;c") == "abc"


@pytest.mark.parametrize(
    ("language", "wikitext", "plain"),
    [
        ("zh-hant", "-{zh-hans:软件;zh-hant:軟體;}-更新", "軟體更新"),
        ("zh", "-{zh-hans:软件; zh-hant:軟體}-", "软件"),
        ("zh", "-{[[A|甲]]}- -{H|zh-hans:a;zh-hant:b}--{R|乙}-", "甲 乙"),
        ("sr", "-{MediaWiki}-", "MediaWiki"),
        ("en", "f-{x}-", "f-{x}-"),
    ],
)
def test_of_the_variants_of_a_language_the_pages_own_is_read(
    language: str, wikitext: str, plain: str
) -> None:
    assert render(wikitext, offline("x", language=language)).body.plain == plain


SIGNS = """
    {{ }} {{{ }}} [[ ]] [ ] | ''' '' <b> </b> <ref> </ref> <nowiki> </nowiki> <!-- --> <br> {| |} -{ }-
    : ; * = # https:// // File: Category: de: mw: &amp; &nbsp; &# ; http://x.org __NOTOC__ <tvar| </>
    <translate>
"""
MARKUP = st.sampled_from(SIGNS.split())
WIKITEXT = st.lists(MARKUP | st.text(max_size=5) | st.sampled_from(" \n"), max_size=25).map("".join)


def is_tidy(rendered: Rendered) -> bool:
    runs = rendered.body.runs
    plain = rendered.body.plain
    return (
        plain == " ".join(plain.split())
        and all(run.text for run in runs)
        and all((a.bold, a.italic, a.url) != (b.bold, b.italic, b.url) for a, b in pairwise(runs))
        and all(run.url is None or run.url.startswith(("https://", "http://")) for run in runs)
    )


@settings(deadline=None)
@given(WIKITEXT)
def test_no_wikitext_raises_and_all_that_comes_out_is_tidy(wikitext: str) -> None:
    assert is_tidy(render(wikitext, SITE, title="A/B"))


WORDS = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8)
WELL_FORMED = st.recursive(
    WORDS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(" ".join),
        inner.map("'''a {} b'''".format),
        inner.map("<small>{}</small>".format),
        inner.map("a<ref>{}</ref>".format),
        inner.map("{{{{x|{}}}}}".format),
        inner.map("{{{{x|1=a|b={}}}}}".format),
        inner.map("{{{{#if:a|{}}}}}".format),
        inner.map("{{{{{{a|{}}}}}}}".format),
        st.tuples(WORDS, WORDS).map("[[{0[0]}|{0[1]}]]".format),
        WORDS.map("[https://x.org/{}]".format),
        WORDS.map("<!-- {} -->".format),
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(WELL_FORMED)
def test_well_formed_markup_never_leaks(wikitext: str) -> None:
    plain = text(wikitext)

    assert not any(sign in plain for sign in ("{{", "}}", "[[", "]]", "''", "<ref", "<small", "<!--"))


@settings(deadline=None)
@given(WELL_FORMED)
def test_a_plain_text_is_read_as_itself(wikitext: str) -> None:
    plain = text(wikitext)

    assert text(plain) == plain


@pytest.mark.parametrize(
    "piece", ["[[", "'''", "<b>", "[https://x.org ", "{{x}}", "[[A|b]] ", "{{{", "&amp;", "]]"]
)
def test_a_long_text_is_read_in_reasonable_time(piece: str) -> None:
    render(piece * 1500, SITE)
