"""A translatable list of bullets with a bold date, edited for every release: three months of it."""

from __future__ import annotations

from functools import partial

from tests.e2e import replay
from tests.e2e.replay import History, change, change_all, marked, whole

add = partial(replay.add, between="\n\n")
remove = partial(replay.remove, between="\n\n")
move = partial(replay.move, between="\n\n")

PAGE = History(title="Template:Replayed software news")
edit, restore = PAGE.edit, PAGE.restore

# 1: what stands there when the bot comes is old news.
edit(
    "2026-01-05 10:00",
    "Ann",
    whole(
        """<noinclude><languages /></noinclude><translate>

<!--T:1-->
* '''2025-12-18''': [[<tvar|1>Special:MyLanguage/MediaWiki 1.45</>|MediaWiki 1.45.1]] is out.

<!--T:2-->
* '''2025-12-01''': The [[<tvar|1>Special:MyLanguage/Wishlist 2025</>|wishlist]] is closed.

<!--T:3-->
* '''2025-11-12''': Support of [[<tvar|1>MediaWiki 1.42</>|MediaWiki 1.42]] has ended.

</translate><noinclude>
* This list is at [[Template:Replayed software news]]; newest first.
[[Category:News templates]]</noinclude>"""
    ),
)
# 2-5: a release, mended for some days.
edit(
    "2026-01-12 14:00",
    "Ann",
    add("* '''2026-01-12''': [[MediaWiki 1.45.2]] fixes 3 security faults.", above="<!--T:1-->"),
)
edit("2026-01-12 14:20", "Ann", change("fixes 3 security", "fixes 4 security"))
edit("2026-01-12 16:00", "Bert", change("[[MediaWiki 1.45.2]]", "'''[[MediaWiki 1.45.2]]'''"))
edit(
    "2026-01-13 09:00",
    "Bert",
    change(
        "fixes 4 security faults.", "fixes 4 security faults ([https://lists.example/1452 announcement])."
    ),
)
# 6-7: marked for translation, and the link is made a variable.
edit("2026-01-13 09:30", "FuzzyBot", marked)
edit(
    "2026-01-13 09:40",
    "FuzzyBot",
    change(
        "[[MediaWiki 1.45.2]]",
        "[[<tvar|1>Special:MyLanguage/MediaWiki 1.45.2</>|MediaWiki 1.45.2]]",
    ),
)
# 8-9: blanked by a stranger and brought back.
edit("2026-01-14 03:00", "198.51.100.7", whole(""))
edit("2026-01-14 03:45", "Bert", restore(7))
# 10-11: an advertisement that stood for eight minutes.
edit(
    "2026-01-15 11:00",
    "198.51.100.9",
    add("* '''2026-01-15''': [https://pills.example Cheap pills] for every wiki.", above="<!--T:4-->"),
)
edit("2026-01-15 11:08", "Ann", restore(9))
# 12-15: an event; its number, its link, its bold, and a word before it change.
edit(
    "2026-01-19 08:00",
    "Bert",
    add("* '''2026-01-19''': 120 people have registered for the [[Winter Hackathon]].", above="<!--T:4-->"),
)
edit("2026-01-19 18:00", "Bert", change("120 people", "150 people"))
edit(
    "2026-01-20 07:30", "Ann", change("[[Winter Hackathon]]", "'''[[Hackathons/Winter|Winter Hackathon]]'''")
)
edit("2026-01-20 07:50", "Ann", change("150 people", "More than 150 people"))
# 16-17: marked; the oldest item ages off.
edit("2026-01-20 08:00", "FuzzyBot", marked)
edit("2026-01-20 08:20", "Ann", remove("<!--T:3-->"))
# 18-20: two items alike are two: releases of one day.
edit(
    "2026-01-26 12:00",
    "Ann",
    add("* '''2026-01-26''': [[MediaWiki 1.44.4]] is out, a security release.", above="<!--T:5-->"),
)
edit(
    "2026-01-26 12:10",
    "Ann",
    add("* '''2026-01-26''': [[MediaWiki 1.43.7]] is out, a security release.", above="1.44.4"),
)
edit("2026-01-26 13:00", "FuzzyBot", marked)
# 21-22: the whole list in another order, and back.
edit(
    "2026-01-27 10:00", "Bert", move("<!--T:1-->", above="<!--T:7-->"), move("<!--T:4-->", above="<!--T:6-->")
)
edit("2026-01-27 10:30", "Ann", restore(20))
# 23-24: what had aged off is put back, and taken off again.
edit(
    "2026-01-28 09:00",
    "Bert",
    add(
        "<!--T:3-->\n* '''2025-11-12''': Support of [[<tvar|1>MediaWiki 1.42</>|MediaWiki 1.42]] has ended.",
        above="</translate>",
    ),
)
edit("2026-01-28 12:00", "Ann", remove("<!--T:3-->"))
# 25-26: variables in the new syntax, everywhere at once; white space.
edit("2026-01-30 15:00", "FuzzyBot", change_all("<tvar|1>", '<tvar name="1">'), change_all("</>", "</tvar>"))
edit("2026-01-30 15:05", "FuzzyBot", change_all("\n* '''", "\n*  '''"))
# 27-30: news by a stranger settles; a slip in its date is corrected, then its link is moved.
edit(
    "2026-02-03 09:00",
    "Newcomer",
    add(
        "*  '''2026-02-30''': The [[Extension:Chart|Chart extension]] runs on all wikis.", above="<!--T:6-->"
    ),
)
edit("2026-02-03 09:15", "Newcomer", change("'''2026-02-30'''", "'''2026-02-03'''"))
edit("2026-02-03 12:00", "Bert", change("[[Extension:Chart|Chart extension]]", "[[Charts|Chart extension]]"))
edit("2026-02-03 12:30", "FuzzyBot", marked)
# 31-34: one item is split in two; the second half is held until somebody says that it is news of its own.
edit(
    "2026-02-09 10:00",
    "Ann",
    add(
        "*  '''2026-02-09''': The [[Skins survey]] is open until March, and the [[Accessibility report]] of "
        "last year can be read.",
        above="<!--T:8-->",
    ),
)
edit(
    "2026-02-09 11:00",
    "Bert",
    change(
        "until March, and the [[Accessibility report]] of last year can be read.",
        "until March.",
    ),
    add(
        "*  '''2026-02-09''': The [[Accessibility report]] of last year can be read.",
        above="[[Skins survey]]",
    ),
)
edit(
    "2026-02-09 12:00",
    "Bert",
    change("of last year can be read.", "of last year can be read. <!-- herald: id=report-2025 -->"),
)
edit("2026-02-09 13:00", "FuzzyBot", marked)
# 35-37: two items are merged into one.
edit(
    "2026-02-16 09:00",
    "Ann",
    add("*  '''2026-02-16''': [[MediaWiki 1.46.0-rc.0]] can be tested.", above="<!--T:9-->"),
)
edit(
    "2026-02-16 09:10",
    "Ann",
    add("*  '''2026-02-16''': The [[Test day]] of the release is on Friday.", above="1.46.0-rc.0"),
)
edit(
    "2026-02-16 14:00",
    "Bert",
    remove("[[Test day]]"),
    change(
        "[[MediaWiki 1.46.0-rc.0]] can be tested.",
        "[[MediaWiki 1.46.0-rc.0]] can be tested; the [[Test day]] is on Friday.",
    ),
)
# 38-40: marked, years above the items, and an old item gone.
edit("2026-02-16 15:00", "FuzzyBot", marked)
edit(
    "2026-02-17 10:00",
    "Bert",
    add("== 2026 ==", above="1.46.0-rc.0"),
    add("== 2025 ==", above="<!--T:1-->"),
)
edit("2026-02-17 10:20", "Bert", remove("<!--T:2-->"))
# 41-43: the next of a series is news: nearly the same words, another number.
edit(
    "2026-02-23 12:00",
    "Ann",
    add("*  '''2026-02-23''': [[MediaWiki 1.46.0-rc.1]] can be tested.", above="1.46.0-rc.0"),
)
edit("2026-02-23 12:30", "FuzzyBot", marked)
edit("2026-03-02 12:00", "Ann", add("*  '''2026-03-02''': [[MediaWiki 1.46.0]] is out!", above="1.46.0-rc.1"))
# 44-47: rewritten within the hour, link moved, bold on and off.
edit("2026-03-02 12:15", "Bert", change("is out!", "is out, with dark mode for all skins!"))
edit("2026-03-02 12:30", "Ann", change("[[MediaWiki 1.46.0]]", "'''[[MediaWiki 1.46|MediaWiki 1.46.0]]'''"))
edit(
    "2026-03-02 13:30",
    "Bert",
    change("'''[[MediaWiki 1.46|MediaWiki 1.46.0]]'''", "[[MediaWiki 1.46|MediaWiki 1.46.0]]"),
)
edit("2026-03-02 14:00", "FuzzyBot", marked)
# 48-49: all but one line lost by a mistake, mended at once.
edit(
    "2026-03-03 08:00", "Newcomer", whole("*  '''2026-03-02''': [[MediaWiki 1.46|MediaWiki 1.46.0]] is out!")
)
edit("2026-03-03 08:02", "Newcomer", restore(47))
# 50-51: taken back by who had added it: what was published is deleted.
edit(
    "2026-03-09 09:00",
    "Ann",
    add("*  '''2026-03-09''': [[Phabricator]] will be down tonight.", above="<!--T:15-->"),
)
edit("2026-03-09 09:20", "Ann", restore(49))
# 52-54: what came instead; its date is corrected, its link follows the page that was renamed.
edit(
    "2026-03-10 09:00",
    "Ann",
    add("*  '''2026-03-10''': [[Phabricator]] was away for an hour, and is back.", above="<!--T:15-->"),
)
edit("2026-03-10 10:00", "Bert", change("'''2026-03-10'''", "'''2026-03-09'''"))
edit("2026-03-10 11:00", "Bert", change("[[Phabricator]]", "[[Phabricator (service)|Phabricator]]"))
# 55: one more marking, weeks later.
edit("2026-03-28 10:00", "FuzzyBot", marked)

PAGE.posted += [
    "MediaWiki 1.45.2 fixes 4 security faults (announcement). /wiki/Special:MyLanguage/MediaWiki_1.45.2",
    "More than 150 people have registered for the Winter Hackathon. /wiki/Hackathons/Winter",
    "MediaWiki 1.44.4 is out, a security release. /wiki/MediaWiki_1.44.4",
    "MediaWiki 1.43.7 is out, a security release. /wiki/MediaWiki_1.43.7",
    "The Chart extension runs on all wikis. /wiki/Charts",
    "The Skins survey is open until March. /wiki/Skins_survey",
    "The Accessibility report of last year can be read. /wiki/Accessibility_report",
    "MediaWiki 1.46.0-rc.0 can be tested; the Test day is on Friday. /wiki/MediaWiki_1.46.0-rc.0",
    "The Test day of the release is on Friday. /wiki/Test_day",
    "MediaWiki 1.46.0-rc.1 can be tested. /wiki/MediaWiki_1.46.0-rc.1",
    "MediaWiki 1.46.0 is out, with dark mode for all skins! /wiki/MediaWiki_1.46",
    "Phabricator was away for an hour, and is back. /wiki/Phabricator_(service)",
]
PAGE.retracted += ["Phabricator will be down tonight."]
PAGE.held += [(11, "no longer on the page"), (32, "it may be the item 20260209-")]
PAGE.refused += [8]
