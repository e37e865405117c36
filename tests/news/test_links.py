from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Site
from bot.news import links
from bot.news.links import Kind
from bot.news.sites import offline

MEDIAWIKI = offline("mediawiki", article_path="https://www.mediawiki.org/wiki/$1")
GERMAN = offline("dewiki", language="de", article_path="https://de.wikipedia.org/wiki/$1")
WIKI = "https://www.mediawiki.org/wiki/"


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("MediaWiki 1.46", WIKI + "MediaWiki_1.46"),
        ("  MediaWiki__1.46 ", WIKI + "MediaWiki_1.46"),
        ("mediaWiki", WIKI + "MediaWiki"),
        ("élan", WIKI + "%C3%89lan"),
        ("ßa", WIKI + "%C3%9Fa"),
        ("Zürich/Événement", WIKI + "Z%C3%BCrich/%C3%89v%C3%A9nement"),
        ("C++ & Q&A = 100%?", WIKI + "C%2B%2B_%26_Q%26A_%3D_100%25%3F"),
        ("A;@$!*(),/~:-._'\"", WIKI + "A;@$!*(),/~:-._%27%22"),
        ("Caf%C3%A9", WIKI + "Caf%C3%A9"),
        ("A\u200e\u202eB", WIKI + "AB"),
        ("A\u00a0\u3000B", WIKI + "A_B"),
        ("Special:MyLanguage/Release notes/1.46", WIKI + "Special:MyLanguage/Release_notes/1.46"),
        ("help:contents", WIKI + "Help:Contents"),
        ("User talk: jane", WIKI + "User_talk:Jane"),
        ("user_talk:jane", WIKI + "User_talk:Jane"),
        ("Portal: news", WIKI + "Portal:News"),
        ("What: a title", WIKI + "What:_a_title"),
        (":Category:news", WIKI + "Category:News"),
        (":file:logo.svg", WIKI + "File:Logo.svg"),
        ("Media:logo.svg", WIKI + "Special:Redirect/file/Logo.svg"),
        ("{}".format("a" * 255), WIKI + "A" + "a" * 254),
        (":main page", WIKI + "Main_page"),
    ],
)
def test_a_title_becomes_the_url_that_mediawiki_gives_it(written: str, url: str) -> None:
    assert links.internal(written, MEDIAWIKI).url == url


@pytest.mark.parametrize(
    ("written", "anchor"),
    [
        ("A#Meetings", "#Meetings"),
        ("A #Two words ", "#Two_words"),
        ("A#Été", "#%C3%89t%C3%A9"),
        ("A#50% & more?", "#50%25_&_more?"),
        ('A#say "hi"', "#say_%22hi%22"),
        ("A#.C3.89t.C3.A9", "#.C3.89t.C3.A9"),
        ("A#", ""),
    ],
)
def test_a_section_becomes_the_id_of_its_heading(written: str, anchor: str) -> None:
    assert links.internal(written, MEDIAWIKI).url == f"{WIKI}A{anchor}"


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("mw:Help:Links", "https://www.mediawiki.org/wiki/Help:Links"),
        ("MW: help:links", "https://www.mediawiki.org/wiki/help:links"),
        ("w:de:Zürich#Geschichte", "https://en.wikipedia.org/wiki/de:Z%C3%BCrich#Geschichte"),
        ("phab:T123", "https://phabricator.wikimedia.org/T123"),
        ("m:Special:MyLanguage/A b", "https://meta.wikimedia.org/wiki/Special:MyLanguage/A_b"),
        (":de:Zürich", "https://de.wikipedia.org/wiki/Z%C3%BCrich"),
        ("wikt:", "https://en.wiktionary.org/wiki/"),
        ("rfc:2119", "https://tools.ietf.org/html/rfc2119"),
    ],
)
def test_an_interwiki_prefix_leads_to_its_wiki_and_leaves_the_title_as_it_is(written: str, url: str) -> None:
    assert links.internal(written, MEDIAWIKI).url == url


@pytest.mark.parametrize(
    ("written", "url", "label"),
    [
        ("/sub", WIKI + "A/B/sub", "/sub"),
        ("/sub/", WIKI + "A/B/sub", "sub"),
        ("/sub#x", WIKI + "A/B/sub#x", "/sub#x"),
        ("../", WIKI + "A", "A"),
        ("../sister", WIKI + "A/sister", "A/sister"),
        ("../../x", None, "../../x"),
        ("../sister/", WIKI + "A/sister", "sister"),
        ("#Two words", WIKI + "A/B#Two_words", "#Two words"),
    ],
)
def test_a_relative_link_starts_from_the_page_it_stands_on(written: str, url: str | None, label: str) -> None:
    target = links.internal(written, MEDIAWIKI, title="A/B")

    assert (target.url, target.label) == (url, label)


def test_a_link_to_a_section_of_a_page_without_a_title_leads_nowhere() -> None:
    assert links.internal("#Section", MEDIAWIKI).url is None


@pytest.mark.parametrize(
    "written", ["", ":", "::A", "#", "A<b", "A[b", "a}b", "A%7Cb", "a" * 256, "A\ufffdb", "File:\x00"]
)
def test_what_is_no_title_has_no_url(written: str) -> None:
    assert links.internal(written, MEDIAWIKI).url is None


@pytest.mark.parametrize(
    ("site", "written", "kind"),
    [
        (MEDIAWIKI, "Category:News", Kind.HIDDEN),
        (MEDIAWIKI, "category: news", Kind.HIDDEN),
        (GERMAN, "Kategorie:News", Kind.HIDDEN),
        (MEDIAWIKI, "Kategorie:News", Kind.LINK),
        (MEDIAWIKI, "de:Nachrichten", Kind.HIDDEN),
        (MEDIAWIKI, "zh-min-nan:X", Kind.HIDDEN),
        (MEDIAWIKI, ":de:Nachrichten", Kind.LINK),
        (MEDIAWIKI, "File:X.png", Kind.FILE),
        (MEDIAWIKI, "Image:X.png", Kind.FILE),
        (GERMAN, "Datei:X.png", Kind.FILE),
        (GERMAN, "BILD:X.png", Kind.FILE),
        (GERMAN, "File:X.png", Kind.FILE),
        (GERMAN, ":Datei:X.png", Kind.LINK),
    ],
)
def test_categories_and_interlanguage_links_are_hidden_and_files_are_images(
    site: object, written: str, kind: Kind
) -> None:
    assert links.internal(written, site).kind is kind  # type: ignore[arg-type]


def test_an_image_has_its_name_without_namespace_and_underscores() -> None:
    assert links.internal("file:new_logo  2.svg", MEDIAWIKI).name == "New logo 2.svg"


@pytest.mark.parametrize(
    ("language", "url"),
    [
        ("tr", "https://x.org/%C4%B0stanbul"),
        ("az", "https://x.org/%C4%B0stanbul"),
        ("en", "https://x.org/Istanbul"),
    ],
)
def test_a_dotted_letter_keeps_its_dot_where_the_language_has_both(language: str, url: str) -> None:
    assert (
        links.internal("istanbul", offline("x", language=language, article_path="https://x.org/$1")).url
        == url
    )


@pytest.mark.parametrize(
    ("article_path", "url"),
    [
        ("//x.org/wiki/$1", "https://x.org/wiki/A_b"),
        ("https://x.org/index.php?title=$1", "https://x.org/index.php?title=A_b"),
        ("/wiki/$1", "/wiki/A_b"),
    ],
)
def test_the_article_path_says_where_a_page_is(article_path: str, url: str) -> None:
    assert links.internal("a b", offline("x", article_path=article_path)).url == url


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://x.org", "https://x.org"),
        ("HTTP://X.ORG/A", "http://x.org/A"),
        ("//x.org/a", "https://x.org/a"),
        ("https://x.org:8080/a?b=c&d#e", "https://x.org:8080/a?b=c&d#e"),
        ("https://x.org/é ü?q=ö#ä", "https://x.org/%C3%A9%20%C3%BC?q=%C3%B6#%C3%A4"),
        ("https://x.org/%C3%A9%2F100%", "https://x.org/%C3%A9%2F100%25"),
        ('https://x.org/[a]{b}|\\^`<>"', "https://x.org/%5Ba%5D%7Bb%7D%7C%5C%5E%60%3C%3E%22"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://日本語.jp/", "https://xn--wgv71a119e.jp/"),
        ("http://[2001:db8::1]/a", "http://[2001:db8::1]/a"),
        ("https://under_score.x.org/", "https://under_score.x.org/"),
    ],
)
def test_an_external_url_is_made_fit_to_post(written: str, url: str) -> None:
    assert links.external(written) == url


@pytest.mark.parametrize(
    "written",
    [
        "mailto:jane@x.org",
        "javascript:alert(1)",
        "ftp://x.org/a",
        "irc://irc.x.org/a",
        "data:text/html,x",
        "https://",
        "https:///path",
        "https://[::1",
        "https://x.org:port/",
        "https://www.mediawiki.org@evil.example/",
        "https://user:password@x.org/",
        "https://x.org\\@evil.example/",
        "https://\u2028/",
        "https://a..\u00fc/",
        "/wiki/A",
        "",
    ],
)
def test_a_url_that_may_not_be_posted_is_none(written: str) -> None:
    assert links.external(written) is None


def test_an_external_link_without_a_text_is_read_as_its_site() -> None:
    assert links.host_label("https://www.x.org/a/b") == "x.org"


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("https://wiki.example/wiki/$1", "https://wiki.example/wiki/Special:PermanentLink/47"),
        ("https://wiki.example/w/?title=$1", "https://wiki.example/w/?title=Special:PermanentLink/47"),
        ("//wiki.example/$1", "https://wiki.example/Special:PermanentLink/47"),
        ("/wiki/$1", None),
    ],
)
def test_a_revision_has_an_address_where_its_wiki_has_one(path: str, url: str | None) -> None:
    assert links.permanent(Site(name="x", article_path=path), 47) == url


@settings(deadline=None)
@given(st.text())
def test_no_target_raises_and_every_url_is_ascii_without_spaces(text: str) -> None:
    for url in (
        links.internal(text, MEDIAWIKI, title="A/B").url,
        links.external(text),
        links.external("//" + text),
    ):
        if url is not None:
            assert url.isascii()
            assert url.startswith(("https://", "http://"))
            assert not set(url) & set(' "<>\\^`{|}')


@settings(deadline=None)
@given(st.from_regex(r"https://[a-zß-ü0-9]{1,9}\.org/[^\s\x00-\x1f]{0,20}", fullmatch=True))
def test_a_url_that_is_fit_to_post_stays_as_it_is(text: str) -> None:
    once = links.external(text)
    if once is not None:
        assert links.external(once) == once
