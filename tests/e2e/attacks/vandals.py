"""Attacks on what an item says: spam, links, blanking, hiding and showing, disguised characters."""

from __future__ import annotations

from tests.e2e.attacks.steps import (
    EVIL,
    GONE,
    NEWS,
    PAGES,
    SAID,
    SETTLING,
    SPAM,
    SPAMMED,
    attack,
    links,
    look,
    look_for_characters,
    rolled_back,
    saved,
    undone,
)
from tests.e2e.scene import OLD

CRYPTIC = "* {today}: [https://{host} News] from somewhere else"
DOMAINS = 'allowed_domains = ["wikipedia.org"]'
RELINKED = "its main link was changed by Mallory: settling"

TEXTS = (
    attack(
        "a new user adds spam, and a patroller takes it away before it has settled",
        saved("Mallory", SPAM, OLD),
        look(held=SETTLING),
        undone("Ann"),
        look(after=40, held=GONE),
    ),
    attack(
        "somebody without an account adds spam, and it is rolled back between two looks",
        saved("", SPAM, OLD),
        saved("", SPAM, SPAM.replace("pills", "watches"), OLD),
        look(held=(SETTLING, SETTLING)),
        rolled_back("Sue", "127.0.0.1"),
        look(after=40, held=(GONE, GONE)),
    ),
    attack(
        "a vandal blanks the page",
        saved("Mallory", ""),
        look(refused="no item was found where there were 1"),
        undone("Ann"),
        look(),
    ),
    attack(
        "a vandal blanks the page and another one brings everything back, between two looks",
        saved("Sue", NEWS, OLD),
        look(SAID),
        saved("Mallory", ""),
        undone("Oscar"),
        look(),
        look(after=60),
    ),
    attack(
        "two people revert each other, and nobody who is trusted has a word",
        saved("Mallory", SPAM, OLD),
        undone("Ann"),
        undone("Mallory"),
        look(held="it was reverted by Ann and put back by Mallory"),
        undone("Ann"),
        undone("Mallory"),
        look(after=60, held="it was reverted by Ann and put back by Mallory"),
    ),
    attack(
        "two people revert each other, and a sysop puts the item back",
        saved("Ann", NEWS, OLD),
        undone("Mallory"),
        undone("Sue"),
        look(held=SETTLING),
        look(SAID, after=31),
    ),
    attack(
        "a stranger's item goes out, and is then reverted",
        saved("Mallory", SPAM, OLD),
        look(SPAMMED, after=31),
        rolled_back("Sue", "Mallory"),
        look(public=()),
        look(after=60),
    ),
    attack(
        "what went out is reverted by another stranger, which has to settle as well",
        saved("Mallory", SPAM, OLD),
        look(SPAMMED, after=31),
        undone("Ann"),
        look(skipped="reverted by Ann; deleted at"),
        look(after=31, public=()),
    ),
    attack(
        "five hundred items come at once, by somebody who is trusted",
        saved("Sue", *(f"* {{today}}: [[Release {n}]] is out." for n in range(500)), OLD),
        look(refused="500 new items would go out at once, more than gate.max_new_items = 5"),
        undone("Sue"),
        look(),
    ),
    attack(
        "five hundred items come at once, by a stranger, and stand there for an hour",
        saved("Mallory", *(f"* {{today}}: [[Release {n}]] is out." for n in range(500)), OLD),
        look(refused="500 new items would go out at once", after=60),
        undone("Ann"),
        look(),
    ),
    attack(
        "a stranger and a sysop add an item in the same second, and neither speaks for the other",
        saved("Mallory", SPAM, OLD),
        saved("Sue", NEWS, SPAM, OLD),
        look(SAID, held=SETTLING),
    ),
    attack(
        "a sysop sorts the lines that a vandal has touched",
        saved("Sue", NEWS, OLD),
        saved("Mallory", EVIL, OLD),
        saved("Sue", OLD, EVIL),
        look(held=RELINKED),
        saved("Ann", OLD, NEWS),
        look(held="its main link was changed by Ann"),
        look(SAID, after=31),
        links("{wiki}/MediaWiki_1.46"),
    ),
)

LINKS = (
    attack(
        "a vandal changes the link of a sysop's item before it went out, and it is mended",
        saved("Sue", NEWS, OLD),
        saved("Mallory", EVIL, OLD),
        look(held=RELINKED),
        undone("Sue"),
        look(held="its main link was changed by Sue"),
        look(SAID, after=31),
        links("{wiki}/MediaWiki_1.46"),
    ),
    attack(
        "a vandal changes the link of a sysop's item after it went out, and it is mended",
        saved("Sue", NEWS, OLD),
        look(SAID),
        saved("Mallory", EVIL, OLD),
        look(skipped="already sent; its edit: its main link was changed by Mallory"),
        undone("Ann"),
        look(after=60),
        links("{wiki}/MediaWiki_1.46"),
    ),
    attack(
        "a sysop mends a typing error in an item without seeing the vandal's link",
        saved("Sue", NEWS, OLD),
        saved("Mallory", EVIL, OLD),
        saved("Sue", EVIL.replace("out.", "out!"), OLD),
        look(held=RELINKED),
    ),
    attack(
        "links lead to hosts that only look like one of allowed_domains",
        saved(
            "Sue",
            *(
                CRYPTIC.replace("{host}", host)
                for host in (
                    "wikipedia.org.evil.example/",
                    "wikipedi\u0430.org/",  # a Cyrillic letter
                    "evilwikipedia.org/",
                    "wikipedia.org@evil.example/",
                )
            ),
            OLD,
        ),
        # A link with a name in front of its host is none at all.
        look(
            "News from somewhere else",
            held=(
                "it links to wikipedia.org.evil.example",
                "it links to xn--wikipedi-86g.org",
                "it links to evilwikipedia.org",
            ),
        ),
        links(""),
        gate=DOMAINS,
    ),
    attack(
        "a link to an allowed domain, its subdomain, and the wiki itself",
        saved(
            "Sue",
            "* {today}: [[Here]], [https://en.wikipedia.org/ there], [https://wikipedia.org/ and].",
            OLD,
        ),
        look("Here, there, and."),
        gate=DOMAINS,
    ),
)

HIDING = (
    attack(
        "a vandal shows an item that a sysop had hidden in a comment",
        saved("Sue", f"<!--\n{NEWS}\n-->", OLD),
        look(),
        saved("Mallory", NEWS, OLD),
        look(held=SETTLING),
        undone("Ann"),
        look(after=40, held=GONE),
    ),
    attack(
        "a vandal takes away a sysop's hold",
        saved("Sue", f"{NEWS} <!-- herald: hold=the press comes first -->", OLD),
        look(held="held on the page: the press comes first"),
        saved("Mallory", NEWS, OLD),
        look(held=SETTLING),
        undone("Ann"),
        look(after=60, held="held on the page: the press comes first"),
    ),
    attack(
        "a vandal takes away a sysop's not-before, or puts one that is past",
        saved("Sue", f"{NEWS} <!-- herald: not-before=2099-01-01 -->", OLD),
        look(held="not before 2099-01-01 00:00 UTC"),
        saved("Mallory", f"{NEWS} <!-- herald: not-before=2020-01-01 -->", OLD),
        look(held=SETTLING),
    ),
    attack(
        "a vandal opens an item to a channel that it was not meant for",
        saved("Sue", f"{NEWS} <!-- herald: channels=elsewhere -->", OLD),
        look(),
        saved("Mallory", f"{NEWS} <!-- herald: channels=elsewhere, feed -->", OLD),
        look(held=SETTLING),
        channels='[[channels]]\nname = "elsewhere"\nnetwork = "feed"\npath = "elsewhere"\n',
    ),
    attack(
        "a vandal takes away the template that keeps bots off the page",
        saved("Sue", "{{nobots}}", NEWS, OLD),
        look(),
        saved("Mallory", NEWS, OLD),
        look(held=SETTLING),
        undone("Ann"),
        look(after=60),
    ),
    attack(
        "a vandal gives a sysop's old item, which was passed over, the date of today",
        saved("Sue", "* 2026-01-09: [[MediaWiki 1.46]] is out.", OLD),
        look(skipped="older than max_age"),
        saved("Mallory", NEWS, OLD),
        look(held=SETTLING),
        undone("Ann"),
        look(after=60, held="older than max_age"),
    ),
    attack(
        "a vandal moves the mark before which nothing is news, so that a sysop's draft is",
        saved("Sue", NEWS, "<!-- NEWS -->", OLD),
        look(),
        saved("Mallory", "<!-- NEWS -->", NEWS, OLD),
        look(held=SETTLING),
        pages=f'{PAGES}\nbegin = "<!-- NEWS -->"',
        before=(saved("Sue", "<!-- NEWS -->", OLD),),
    ),
    attack(
        "a vandal lets a sysop's item be over, or skipped",
        saved("Sue", NEWS, OLD),
        saved("Mallory", f"{NEWS} <!-- herald: until=2020-01-01 -->", OLD),
        look(skipped="its time was over"),
        saved("Mallory", f"{NEWS} <!-- herald: skip -->", OLD),
        look(skipped="skipped on the page"),
        saved("Sue", NEWS, OLD),
        look(SAID),
    ),
    attack(
        "a vandal writes the alt text of a sysop's picture anew",
        saved("Sue", f"{NEWS} [[File:Attacked logo.png|thumb|alt=The logo]] <!-- herald: hold -->", OLD),
        look(held="held on the page"),
        saved("Mallory", f"{NEWS} [[File:Attacked logo.png|thumb|alt=Pills]]", OLD),
        look(held=SETTLING),
        pages=f"{PAGES}\n\n[pictures]\nlicences = ['any']",
    ),
    attack(
        "a vandal takes the alt text of a sysop's picture away",
        saved("Sue", f"{NEWS} [[File:Attacked logo.png|thumb|alt=The logo]]", OLD),
        saved("Mallory", f"{NEWS} [[File:Attacked logo.png|thumb]]", OLD),
        look(held="its picture Attacked logo.png has no alt text", after=60),
        pages=f"{PAGES}\n\n[pictures]\nlicences = ['any']",
    ),
)

DISGUISES = (
    attack(
        "a text turns the direction of writing around",
        saved("Sue", "* {today}: [[MediaWiki 1.46]] is \u202etuo\u202c.", OLD),
        look(held="there are invisible characters in it"),
    ),
    attack(
        "a text has such characters only in what is written for one network, or as entities",
        saved(
            "Sue", "* {today}: One <!-- herald: feed=\u2066One\u2069 -->", "* {today}: Two &#x202E;is", OLD
        ),
        look(held=("there are invisible characters in it", "there are invisible characters in it")),
    ),
    attack(
        "a link leads to a domain in letters of another script, where all domains are allowed",
        saved("Sue", "* {today}: [https://\u0430\u0440\u0440\u04cf\u0435.com Apple] is out.", OLD),
        look(held="which looks like"),
    ),
    attack(
        "a text tries to be more than text",
        saved("Sue", "* {today}: [[MediaWiki 1.46]] is out.<script>alert(1)</script>\x1b[2J", OLD),
        look_for_characters("\x1b"),
    ),
)

VANDALS = (*TEXTS, *LINKS, *HIDING, *DISGUISES)
