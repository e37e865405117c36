"""What a real MediaWiki makes of the same wikitext: text, links and emphasis must be the same."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from bot.model import Page, Profile, Revision
from bot.news.parse import parse
from bot.news.richtext import render
from bot.news.sites import offline
from bot.news.units import in_words_of
from bot.wiki.expand import expand
from tests.servers.asking import Asking, site_of

if TYPE_CHECKING:
    from bot.model import RichText
    from tests.servers.mediawiki import MediaWiki

Run = tuple[str, str, str | None]  # text; b, i or both; URL

TITLE = "Template:News/Sub"

SENTENCES = """
'''[[Main Page]]''' is ''out''.
[[main page|b]]s, [[Main Page]]s and [[Main Page#Two words|c]]d
[[Main Page#Été & 50%25 'x' (y)?]]
[[:Category:News items|x]] [[:File:Some_name.png]] [[help:links]] [[user talk: Ann/sub page]]
[[C++ & Q&A = 100%25?]] [[A;@$!*(),~:-._'"]] [[élan vital]] [[A&amp;B]] [[Caf%C3%A9]]
[[/sub]] [[/sub/]] [[../]] [[../sister]] [[../sister/]] [[#Section]]
[[mw:Help:Links|x]] [[wikipedia:de:10.1/2(3)|y]] [[wikt:a b#c|z]]
[https://x.org/a?b=c&d=e#f label] [//x.org/ bare] https://x.org/a_(b), (https://x.org/c) https://x.org/d.
[https://x.org/%C3%A9|é "q" ''label''] [mailto:a@x.org me]
a&nbsp;b &ndash; &amp;lt; &#x41; &nosuch; <nowiki>''[[x]]''</nowiki> __NOTOC__
<small>a</small> H<sub>2</sub>O <b>b</b><br />c <!-- d -->e {{{f|g}}}
[[Special:MyLanguage/Main Page|x]] [[special:myLanguage/Main Page]]
a [[nl:Pagina]] b [[:nl:Pagina|x]] [[:nl:pagina]] [[Special:Diff/1|d]]
<abbr title="World Wide Web">WWW</abbr> <span lang="de">b</span> <kbd>c</kbd> <q>d</q> a&lrm;b&rlm;c
[[A&rlm;|d]] [[&lrm;A]] [[:Category:A&lrm;]]
[[A|b &amp; ''c'' <small>d</small>]] [[A | b ]] [[A#|b]]
<nowiki>{{x}} &amp; [[y]]</nowiki> &lt;b&gt; <nowiki/>''a'' &amp;nbsp; &#123;&#123;x&#125;&#125;
[https://x.org/?q=a&r=b(c) ''d'' e] https://x.org/a&amp;b ''https://x.org/c''
[[Media:X y.png|file]] l'''''amour''' et''' l''''homme'''
""".strip().split("\n")


TRANSLATABLE = """<languages/>
<translate>
== News == <!--T:1-->

<!--T:2-->
* 2026-11-16: <tvar name="n">4</tvar> [[A]] are out.
* 2026-11-15: two in one unit.

<!--T:3-->
* 2026-11-14: <tvar name=x>[[B|b]]</tvar> and <tvar name='y'>'c'</tvar>.
</translate>
* <translate><!--T:5--> 2026-11-13: <tvar|z>[[C]]</> is old.</translate>
* <translate nowrap><!--T:7-->
2026-11-12: <tvar|a>Alpha</> is here.</translate>"""


def test_text_links_and_emphasis_are_those_of_the_wiki(mediawiki: MediaWiki) -> None:
    expected = in_the_wiki(mediawiki, SENTENCES)

    for sentence, runs in zip(SENTENCES, expected, strict=True):
        assert here(mediawiki, sentence) == runs, sentence


TEMPLATES = {
    "Ll": "[[Special:MyLanguage/{{{1}}}|{{{2|{{{1}}}}}}]]<noinclude>\nHelp</noinclude>",
    "Task": "<small>[https://tasks.example/{{{1}}} {{{1}}}]</small>",
    "Nest": "'''{{#if:{{{1|}}}|({{{1}}})|nothing}}'''",
    "Says": "{{{text}}}{{#if:{{{link|}}}|&#32;{{Ll|{{{link}}}|more}}}}",
}
CALLS = """
{{ll|Help:Links}} and {{Ll|Main Page|the '''front''' page}} by {{task|T1234}}, {{ task | T5 }}.

{{#if:x|'''yes''' [[A]]|no}} {{#ifeq:a|b|c|d}} {{#switch:b|a=1|b=[[two]]|#default=x}} {{#if:|x}}z

{{lc:ABC}} {{ucfirst:abc}} {{urlencode:a b}} {{#expr:6*7}} {{formatnum:12345}} {{plural:2|day|days}}

{{int:mainpage}} {{SITENAME}} {{PAGENAME}} {{FULLPAGENAME}} {{NAMESPACE}} {{CONTENTLANGUAGE}} {{ns:6}}

{{#time:j F Y|2026-11-18}} {{#time:Y-m-d|1 March 2026}} {{grammar:genitive|x}} {{padleft:7|3|0}}

[[{{ns:project}}:About|about]] [{{fullurl:Main Page|action=history}} history] [{{canonicalurl:Main Page}} c]

[[A{{!}}b]] {{nest|{{nest|x{{!}}y}}}} {{nest}} {{Nest|1=a = b}} {{nest|'''[[A|b]]''' c}}

{{says|text=The [[Main Page|page]] is '''out'''|link=Help:Links}} {{Says
|text=a
|link=
}}. {{#tag:nowiki|{{nest|a}}}} {{anchorencode:a b}} {{Template:Nest|t}} {{:{{ns:10}}:Nest|u}}
""".strip().split("\n\n")


def test_what_the_wiki_expands_is_read_as_the_wiki_shows_it(mediawiki: MediaWiki) -> None:
    for name, text in TEMPLATES.items():
        mediawiki.edit(f"Template:{name}", text)
    site, api = site_of(mediawiki), Asking(mediawiki).api
    revision = Revision(id=mediawiki.edit(TITLE, "x"), editor="Ann", saved_at=datetime.now(UTC))
    page = Page(site=site, title=TITLE, wikitext="x", revision=revision)
    calls = [call for sentence in CALLS for call in render(sentence, site, title=TITLE).unresolved]
    expansions = expand(api, page, calls)

    for sentence, expected in zip(CALLS, in_the_wiki(mediawiki, CALLS), strict=True):
        rendered = render(sentence, site, title=TITLE, expansions=expansions)
        assert rendered.unresolved == (), sentence
        assert runs_of(rendered.body) == expected, sentence


def test_apostrophes_in_any_disorder_mean_what_they_mean_to_the_wiki(mediawiki: MediaWiki) -> None:
    chance = random.Random(1)  # noqa: S311 - nothing secret: the same lines in every run
    tokens = ["'", "''", "'''", "''''", "'''''", "''''''", "a", "bc", " ", " d "]
    lines = ["x" + "".join(chance.choices(tokens, k=chance.randint(3, 12))) + "z" for _ in range(400)]

    for line, expected in zip(lines, in_the_wiki(mediawiki, lines), strict=True):
        assert here(mediawiki, line) == expected, line


def test_a_page_under_translate_reads_as_the_wiki_shows_it(mediawiki: MediaWiki) -> None:
    """Its markup is imitated on the wiki, by the rules of the extension (tests/servers/translate.php)."""
    words = {"2": "* 2026-11-16: $n [[C]]\n* 2026-11-15: d", "7": "2026-11-12: '''$a''' ist da."}

    items = shown_alike(mediawiki, TRANSLATABLE)
    translated = shown_alike(mediawiki, in_words_of(TRANSLATABLE, words))

    assert len(items) == 5
    assert translated[2:4] == items[2:4]
    assert (translated[0], translated[-1]) == ("4 C", "Alpha ist da.")


def shown_alike(wiki: MediaWiki, wikitext: str) -> list[str]:
    """Return the items of a page, which the wiki shows with the same words."""
    page = Page(
        site=offline("wiki", article_path=f"{wiki.url}/wiki/$1"),
        title=TITLE,
        wikitext=wikitext,
        revision=Revision(id=1, editor="Ann", saved_at=datetime(2026, 11, 18, tzinfo=UTC)),
    )
    shown = ["".join(text for text, _, _ in runs) for runs in in_the_wiki(wiki, [wikitext], tag="li")]
    items = [item.text for item in parse(page, profile=Profile(layout="bullets")).items]
    assert items == [text.partition(": ")[2] for text in shown]
    return items


def here(wiki: MediaWiki, wikitext: str) -> list[Run]:
    return runs_of(render(wikitext, site_of(wiki), title=TITLE).body)


def runs_of(body: RichText) -> list[Run]:
    return [(run.text, "b" * run.bold + "i" * run.italic, run.url) for run in body.runs]


def in_the_wiki(wiki: MediaWiki, sentences: list[str], *, tag: str = "p") -> list[list[Run]]:
    """Ask once for all: each sentence is a paragraph, or has some of another element."""
    answer = wiki.api(
        action="parse",
        title=TITLE,
        text="\n\n".join(sentences),
        contentmodel="wikitext",
        prop="text",
        disablelimitreport=1,
        wrapoutputclass="",
    )
    reader = Paragraphs(wiki.url, tag)
    reader.feed(answer["parse"]["text"])
    return reader.paragraphs


class Paragraphs(HTMLParser):
    """Reads the wiki's HTML as runs of text, look and URL, element by element of one kind."""

    def __init__(self, root: str, tag: str) -> None:
        super().__init__()
        self.tag = tag
        self.paragraphs: list[list[Run]] = []
        self.root = root
        self.open: list[str] = []
        self.url: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == self.tag:
            self.paragraphs.append([])
        if tag == "br":
            self.handle_data(" ")
        if tag == "a":
            self.url = self.absolute(dict(attributes)["href"] or "")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == self.tag:
            self.paragraphs[-1] = tidy(self.paragraphs[-1])
        if tag == "a":
            self.url = None
        self.open.remove(tag)

    def handle_data(self, data: str) -> None:
        if self.tag in self.open:
            look = "b" * ("b" in self.open) + "i" * ("i" in self.open)
            self.paragraphs[-1].append((data, look, self.url))

    def absolute(self, url: str) -> str | None:
        """A page that does not exist is linked to its editor; the fragment's letters are not encoded."""
        if missing := re.fullmatch(r"/w/index\.php\?title=([^&]*)&action=edit&redlink=1", url):
            url = f"/wiki/{missing[1]}"
        if upload := re.fullmatch(r"/w/index\.php\?title=Special:Upload&wpDestFile=(.*)", url):
            url = f"/wiki/Special:Redirect/file/{upload[1]}"
        if url.startswith("#"):
            url = f"/wiki/{TITLE}{url}"
        if not re.match(r"(https?:)?/", url):
            return None
        page, hash_, fragment = url.partition("#")
        root = self.root if re.match(r"/(?!/)", page) else "https:" if page.startswith("//") else ""
        page = re.sub(r"[^\x00-\x7f]+", lambda letters: quote(letters[0]), page)
        return root + page + hash_ + quote(unquote(fragment), safe="!$&'()*+,;=:@/?~")


def tidy(runs: list[Run]) -> list[Run]:
    """Fold white space and join neighbours of one look."""
    folded: list[Run] = []
    for text, look, url in runs:
        clean = re.sub(r"\s+", " ", text)
        if not folded or folded[-1][0].endswith(" "):
            clean = clean.removeprefix(" ")
        if clean and folded and folded[-1][1:] == (look, url):
            folded[-1] = (folded[-1][0] + clean, look, url)
        elif clean:
            folded.append((clean, look, url))
    if folded:
        text, look, url = folded.pop()
        folded += [(text.rstrip(), look, url)] if text.rstrip() else []
    return folded
