"""A box of the main page, across New Year: dates in comments, no years, much rewording, many vandals."""

from __future__ import annotations

from tests.e2e.replay import History, add, change, move, remove, whole

PAGE = History(title="Template:Replayed headlines", templates={"Template:Boxed picture": "[[File:{{{1}}}]]"})
edit, restore = PAGE.edit, PAGE.restore

# 1: what stands there when the bot comes is old news.
edit(
    "2025-12-20 10:00",
    "Ann",
    whole(
        """<!-- Add the newest item at the top. * This is no item: [[Help:Headlines]]. -->
{{Boxed picture|Ballot.jpg}}
*<!--Dec 19-->Voters in [[Ruritania]] '''[[2025 Ruritanian referendum|reject]]''' a new constitution.
*<!--Dec 18-->The '''[[Zenda Dam]]''' (pictured) is opened after nine years of work.
*<!--Dec 15-->In chess, Rudolf Rassendyll wins the '''[[2025 Strelsau Open]]'''.
<!-- *<!- -Dec 12- ->The [[Elphberg Prize]] is awarded. -->
{{Headlines footer
|ongoing=
* [[Ruritanian drought]]
* [[Strelsau strikes|Strikes]]
|recent deaths=
* [[Antonia Strofzin]]
* [[Fritz von Tarlenheim]]
}}"""
    ),
)
# 2-6: a storm; the count of the dead rises, the link moves, the bold moves.
edit(
    "2025-12-22 06:10",
    "Ann",
    add(
        "*<!--Dec 22-->At least 7 people die as '''[[Storm Hentzau]]''' hits Kravonia.", above="<!--Dec 19-->"
    ),
)
edit("2025-12-22 06:40", "Bert", change("At least 7 people", "At least 12 people"))
edit(
    "2025-12-22 19:00",
    "Ann",
    change(
        "'''[[Storm Hentzau]]''' hits", "[[Storm Hentzau|a storm]] '''[[2025 Kravonian floods|floods]]'''"
    ),
)
edit("2025-12-23 08:00", "Bert", change("At least 12 people", "At least 23 people"))
edit("2025-12-24 09:00", "Bert", change("At least 23 people die", "At least 31 people are killed"))
# 7-8: the box is blanked, and brought back.
edit("2025-12-24 22:00", "203.0.113.4", whole(""))
edit("2025-12-24 22:09", "Ann", restore(6))
# 9-10: a false death, six minutes long; only the footer: that is no news in any case.
edit(
    "2025-12-25 12:00",
    "203.0.113.5",
    change("* [[Antonia Strofzin]]", "* [[Rupert of Hentzau]]\n* [[Antonia Strofzin]]"),
)
edit("2025-12-25 12:06", "Bert", restore(8))
# 11-12: a hoax in the list.
edit(
    "2025-12-26 01:00",
    "203.0.113.6",
    add("*<!--Dec 26-->'''[[Michael Elphberg]]''' is crowned in secret.", above="<!--Dec 22-->"),
)
edit("2025-12-26 01:20", "Bert", restore(10))
# 13-16: an election; winner corrected, item moved below, and up again.
edit(
    "2025-12-29 20:00",
    "Bert",
    add("*<!--Dec 29-->The Blue Party wins the '''[[2025 Kravonian election]]'''.", above="<!--Dec 22-->"),
)
edit("2025-12-29 21:00", "Bert", change("The Blue Party wins", "The Blue Party wins most seats in"))
edit("2025-12-30 07:00", "Ann", move("<!--Dec 29-->", above="<!--Dec 19-->"))
edit("2025-12-30 07:30", "Bert", move("<!--Dec 29-->", above="<!--Dec 22-->"))
# 17: the oldest ages off, the picture changes and with it the words.
edit(
    "2025-12-30 18:00",
    "Ann",
    remove("<!--Dec 15-->"),
    change("(pictured) ", ""),
    change("Ballot.jpg", "Flood.jpg"),
)
# 18-22: New Year: dates have no year, and January comes above December.
edit(
    "2025-12-31 23:50",
    "Ann",
    add("*<!--Dec 31-->'''[[2026]]''' is greeted with fireworks in Strelsau.", above="<!--Dec 29-->"),
)
edit(
    "2026-01-01 00:30",
    "Bert",
    add("*<!--Jan 1-->Ruritania '''[[Ruritania and the euro|adopts the euro]]'''.", above="<!--Dec 31-->"),
)
edit("2026-01-01 10:00", "Ann", change("<!--Dec 31-->", "<!--Jan 1-->"))
edit("2026-01-02 09:00", "Ann", change("adopts the euro", "joins the eurozone"))
edit("2026-01-02 09:30", "Ann", remove("<!--Dec 18-->"))
# 23-26: two items that are alike but for one word are two.
edit(
    "2026-01-05 15:00",
    "Bert",
    add(
        "*<!--Jan 5-->In skiing, [[Flavia Elphberg]] wins the '''[[2026 Zenda Cup (women)|Zenda Cup]]'''.",
        above="joins the eurozone",
    ),
)
edit(
    "2026-01-05 18:00",
    "Bert",
    add(
        "*<!--Jan 5-->In skiing, [[Karl Sapt]] wins the '''[[2026 Zenda Cup (men)|Zenda Cup]]'''.",
        above="Flavia",
    ),
)
edit("2026-01-05 18:20", "Ann", move("Flavia", above="Karl Sapt"))
edit(
    "2026-01-05 19:00",
    "Bert",
    change("<!--Jan 5-->In skiing, [[Karl Sapt]]", "<!--Jan 4-->In skiing, [[Karl Sapt]]"),
)
# 27-30: both are merged, quarrelled about, and stay merged.
edit(
    "2026-01-06 08:00",
    "Ann",
    remove("Karl Sapt"),
    change(
        "(women)|Zenda Cup]]'''.",
        "(women)|Zenda Cup]]''', and [[Karl Sapt]] the '''[[2026 Zenda Cup (men)|men's]]'''.",
    ),
)
edit("2026-01-06 08:30", "Bert", restore(26))
edit("2026-01-06 08:45", "Ann", restore(27))
edit("2026-01-06 11:00", "Ann", remove("<!--Dec 19-->"), remove("[[2026]]"))
# 31-33: a newcomer's item settles while it is edited by others; the date is corrected.
edit(
    "2026-01-09 16:00",
    "Newcomer",
    add("*<!--Jan 8-->A fire destroys the '''[[Old Opera House]]''' of Strelsau.", above="<!--Jan 5-->"),
)
edit("2026-01-09 16:10", "Bert", change("A fire destroys", "Fire destroys"))
edit("2026-01-09 17:00", "Bert", change("<!--Jan 8-->", "<!--Jan 9-->"))
# 34-36: an edit war over an item that was published; it ends where it began.
edit("2026-01-10 09:00", "Newcomer", remove("<!--Jan 9-->"))
edit("2026-01-10 09:10", "Bert", restore(33))
edit(
    "2026-01-10 12:00",
    "Bert",
    change(
        "'''[[Old Opera House]]''' of Strelsau",
        "'''[[Strelsau Opera House fire|Old Opera House]]''' of Strelsau",
    ),
)
# 37-38: "reads as old news", "no": an item that had aged off is put back under its own date, then goes.
edit(
    "2026-01-11 10:00",
    "Newcomer",
    add(
        "*<!--Dec 19-->Voters in [[Ruritania]] '''[[2025 Ruritanian referendum|reject]]''' a new "
        "constitution.",
        above="{{Headlines footer",
    ),
)
edit("2026-01-11 12:00", "Ann", restore(36))
# 39-42: the box is laid out anew, white space and all, and its picture is gone.
edit("2026-01-13 09:00", "Ann", change("{{Boxed picture|Flood.jpg}}\n", ""))
edit(
    "2026-01-13 09:20",
    "Ann",
    change("*<!--Jan 9-->Fire", "* <!-- Jan 9 --> Fire"),
    change("*<!--Dec 22-->", "* <!-- Dec 22 --> "),
)
edit(
    "2026-01-13 09:40",
    "Bert",
    add("<!-- Items below are in the order of their dates -->", above="<!-- Jan 9 -->"),
)
edit("2026-01-13 10:00", "Ann", remove("<!-- Dec 22 -->"))
# 43-46: a treaty is signed; the sentence is turned round within two hours.
edit(
    "2026-01-16 13:00",
    "Bert",
    add(
        "*<!--Jan 16-->[[Ruritania]] and Kravonia sign the '''[[Treaty of Zenda]]''' on their border.",
        above="<!-- Jan 9 -->",
    ),
)
edit(
    "2026-01-16 14:00",
    "Ann",
    change(
        "[[Ruritania]] and Kravonia sign the '''[[Treaty of Zenda]]''' on their border.",
        "The '''[[Treaty of Zenda]]''' on the border between [[Ruritania]] and Kravonia is signed.",
    ),
)
edit(
    "2026-01-16 15:00",
    "Bert",
    change(
        "[[Ruritania]] and Kravonia is signed",
        "[[Ruritania]] and [[Kravonia]] is signed (negotiators ''pictured'')",
    ),
)
edit("2026-01-16 16:00", "Bert", change(" (negotiators ''pictured'')", ""))
# 47-50: of a race, a stage is too little to be news, the end is not: two items with one link.
edit(
    "2026-01-18 18:00",
    "Bert",
    add(
        "*<!--Jan 18-->In cycling, [[Lauengram]] wins stage 1 of the '''[[2026 Tour of Kravonia]]'''.",
        above="<!--Jan 16-->",
    ),
)
edit("2026-01-18 19:00", "Ann", remove("Lauengram"))
edit(
    "2026-01-25 18:00",
    "Bert",
    add(
        "*<!--Jan 25-->In cycling, [[Krafstein]] wins the '''[[2026 Tour of Kravonia]]'''.",
        above="<!--Jan 16-->",
    ),
)
edit("2026-01-25 18:40", "Bert", change("In cycling, [[Krafstein]] wins", "[[Krafstein]] wins"))
# 51-52: the last of the old year goes; a bot tidies up.
edit("2026-01-26 07:00", "Ann", remove("<!--Dec 29-->"), remove("joins the eurozone"))
edit("2026-01-26 08:00", "Bert", change("<!-- Items below are in the order of their dates -->\n", ""))

PAGE.posted += [
    "At least 31 people are killed as a storm floods Kravonia. /wiki/2025_Kravonian_floods",
    "The Blue Party wins most seats in the 2025 Kravonian election. /wiki/2025_Kravonian_election",
    "2026 is greeted with fireworks in Strelsau. /wiki/2026",
    "Ruritania joins the eurozone. /wiki/Ruritania_and_the_euro",
    "In skiing, Flavia Elphberg wins the Zenda Cup, and Karl Sapt the men's. /wiki/2026_Zenda_Cup_(women)",
    "Fire destroys the Old Opera House of Strelsau. /wiki/Strelsau_Opera_House_fire",
    "The Treaty of Zenda on the border between Ruritania and Kravonia is signed. /wiki/Treaty_of_Zenda",
    "Krafstein wins the 2026 Tour of Kravonia. /wiki/2026_Tour_of_Kravonia",
]
PAGE.retracted += [
    "In skiing, Karl Sapt wins the Zenda Cup.",  # the merged one was brought back in the place of the two
    "In cycling, Lauengram wins stage 1 of the 2026 Tour of Kravonia.",  # taken back by Ann
]
PAGE.held += [(12, "no longer on the page")]
PAGE.refused += [7]
