"""Attacks by who somebody is, or claims to be: presets, groups, blocks, approvals, hidden and odd names."""

from __future__ import annotations

from tests.e2e.attacks.steps import (
    EVIL,
    GONE,
    NEWS,
    SAID,
    SETTLING,
    SPAM,
    SPAMMED,
    attack,
    blocked,
    hid,
    look,
    patrolled,
    protected,
    saved,
    sysop,
    undone,
    wait,
)
from tests.e2e.scene import OLD

FOUR_EYES = 'preset = "four-eyes"'
APPROVED = f"{NEWS} <!-- herald: approve -->"
NOBODY = "nobody has approved what {} wrote in revision"
UNKNOWN = "nobody has approved what Mallory wrote in revision"

PRESETS = (
    attack(
        "open: what a stranger writes goes out at once",
        saved("Mallory", SPAM, OLD),
        look(SPAMMED),
        gate='preset = "open"',
    ),
    attack(
        "careful: what a stranger writes waits, what a sysop writes does not",
        saved("Mallory", SPAM, OLD),
        look(held=SETTLING),
        saved("Sue", NEWS, SPAM, OLD),
        look(SAID, held=SETTLING),
        look(SPAMMED, after=31),
    ),
    attack(
        "four eyes: a sysop alone is not enough, nor is time",
        sysop("Tom"),
        saved("Sue", NEWS, OLD),
        look(held=NOBODY.format("Sue"), after=60),
        saved("Sue", APPROVED, OLD),
        look(held=NOBODY.format("Sue")),
        saved("Sue", NEWS, OLD),
        saved("Tom", APPROVED, OLD),
        look(SAID),
        gate=FOUR_EYES,
    ),
    attack(
        "a sleeper account, made long ago, wakes up",
        saved("Sleeper {n}", "Hello", page="User:Sleeper {n}"),
        wait(hours=30),
        saved("Sleeper {n}", SPAM, OLD),
        look(held="fewer than min_edits = 5", after=60),
        gate='min_edits = 5\nmin_age = "1d"',
    ),
    attack(
        "a new account makes its edits in an hour",
        *(saved("Busy {n}", f"Hello {number}", page="User:Busy {n}") for number in range(5)),
        saved("Busy {n}", SPAM, OLD),
        look(held="has no account that is as old as min_age asks", after=60),
        saved("", SPAM, NEWS, OLD),
        look(held=("as old as min_age asks", "fewer than min_edits = 5"), after=60),
        gate='min_edits = 5\nmin_age = "1d"',
    ),
)

APPROVALS = (
    attack(
        "a stranger forges an approval and signs it with a sysop's name",
        saved("Mallory", f"{SPAM} <!-- herald: approve=[[User:Sue|Sue]] 12:00 -->", OLD),
        look(held=UNKNOWN),
        saved("Mallory", f"{SPAM} <!-- herald: approve=User:Sue --> ~~~~", OLD),
        look(held=UNKNOWN, after=60),
        gate=FOUR_EYES,
    ),
    attack(
        "a stranger hides an approval in a template's argument, a nowiki and a comment in a comment",
        saved("Mallory", f"{SPAM} {{{{#if: | <!-- herald: approve --> }}}}", OLD),
        saved("Mallory", f"{SPAM} <nowiki><!-- herald: approve --></nowiki>", OLD),
        saved("Mallory", f"{SPAM} <!-- x <!-- herald: approve -->", OLD),
        look(held=UNKNOWN, after=60),
        gate=FOUR_EYES,
    ),
    attack(
        "a vandal changes what was approved",
        saved("Ann", APPROVED.replace("approve", "lang=en"), OLD),
        saved("Sue", f"{NEWS} <!-- herald: lang=en; approve -->", OLD),
        saved("Mallory", f"{EVIL} <!-- herald: lang=en; approve -->", OLD),
        look(held=UNKNOWN, after=60),
        undone("Bob"),
        look(held=NOBODY.format("Bob"), after=60),
        gate=FOUR_EYES,
    ),
    attack(
        "a stranger takes an approval away and puts it back in their own name",
        saved("Ann", NEWS, OLD),
        saved("Sue", APPROVED, OLD),
        saved("Mallory", NEWS, OLD),
        look(held=NOBODY.format("Ann")),
        saved("Mallory", APPROVED, OLD),
        look(held=NOBODY.format("Ann"), after=60),
        gate=FOUR_EYES,
    ),
    attack(
        "a sysop approves of what a stranger wrote before it has settled",
        saved("Ann", NEWS, OLD),
        look(held=SETTLING),
        saved("Sue", APPROVED, OLD),
        look(SAID),
    ),
    attack(
        "the sysop who approved is blocked: the account was taken over",
        sysop("Twin {n}"),
        saved("Ann", NEWS, OLD),
        saved("Twin {n}", APPROVED, OLD),
        blocked("Twin {n}"),
        look(held=SETTLING),
    ),
    attack(
        "words, patterns and mentions that hold an item, until a sysop approves of it",
        saved("Sue", NEWS.replace("out", "OUT of order"), OLD),
        look(held="it says “out of order”"),
        saved("Sue", NEWS.replace("out", "out, @one @two"), OLD),
        look(held="it mentions 2 accounts"),
        saved("Sue", SPAM, OLD),
        look(held=("entry 1 of hold_patterns keeps it back", GONE)),
        saved("Tom", SPAM + " <!-- herald: approve -->", OLD),
        look(SPAMMED, held=GONE),
        gate='hold_words = ["Out of Order"]\nhold_patterns = ["pills[.]example"]\nmax_mentions = 1',
        before=(sysop("Tom"),),
    ),
)

NAMES = (
    attack(
        "the author of spam is blocked, and nobody takes it away",
        saved("Blocked {n}", SPAM, OLD),
        blocked("Blocked {n}"),
        look(held="who wrote on it, is blocked", after=60),
    ),
    attack(
        "a blocked author has a name that computers stumble over",
        saved('ßpam & "Sons" = {n}', SPAM, OLD),
        blocked('ßpam & "Sons" = {n}'),
        look(held="who wrote on it, is blocked", after=60),
    ),
    attack(
        "a sysop's account is taken over, and blocked after it wrote",
        sysop("Taken {n}"),
        saved("Taken {n}", SPAM, OLD),
        blocked("Taken {n}"),
        look(held="Taken", after=60),
    ),
    attack(
        "somebody's name looks like a sysop's",
        saved("\u0405ue", SPAM, OLD),  # the first letter is Cyrillic
        look(held=SETTLING),
    ),
    attack(
        "an administrator hides the author of the edit that brought an item",
        saved("Mallory", SPAM, OLD),
        saved("Ann", SPAM, OLD, "* 2026-01-09: Older news."),
        hid(1, "user"),
        look(held="an administrator has hidden something of revision", after=60),
    ),
    attack(
        "an administrator hides the text of a sysop's edit that brought an item",
        saved("Sue", NEWS, OLD),
        saved("Ann", NEWS, OLD, "* 2026-01-09: Older news."),
        hid(1, "content|comment"),
        look(held="hidden something of revision", after=60),
    ),
    attack(
        "the bot's own account writes on the news page",
        saved("NewsBot", SPAM, OLD),
        look(held=SETTLING),
    ),
)

PAGES = (
    attack(
        "the page has lost its protection",
        saved("Sue", NEWS, OLD),
        look(held="the page is not protected (required_protection: sysop)"),
        protected("sysop"),
        look(SAID),
        saved("Sue", SPAM, NEWS, OLD),
        protected("all"),
        look(held="the page is not protected"),
        gate='required_protection = ["sysop"]',
    ),
    attack(
        "nobody has patrolled a stranger's edit",
        saved("Mallory", SPAM, OLD),
        look(held="has not been patrolled", after=60),
        patrolled(),
        look(SPAMMED),
        gate='review = "patrolled"',
    ),
)

PEOPLE = (*PRESETS, *APPROVALS, *NAMES, *PAGES)
