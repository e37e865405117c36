"""A definition list under headings that carry the year, with a paragraph of explanation below an item."""

from __future__ import annotations

from tests.e2e.replay import History, add, change, change_all, move, remove, whole

PAGE = History(title="Template:Replayed facility news")
edit, restore = PAGE.edit, PAGE.restore

# 1: what stands there when the bot comes is old news.
edit(
    "2025-11-03 09:00",
    "Ann",
    whole(
        """This page says what is new at the [[Facility]].
==2025==
;October 20: The [[Autumn call]] for proposals is closed.
:There were 214 proposals.
;September 1: [[Beamline 3]] takes its first users.
;July: The [[Annual report 2024]] can be read.
==2024==
;December 2: The [[Advisory board]] has met.
----
Older news are in the [[Archive]].
* [[Archive/2023]]
* [[Archive/2022]]"""
    ),
)
# 2-6: a report, reworded over three days.
edit(
    "2025-11-05 10:00",
    "Ann",
    add(";November 5: Version 3.1 of the [[Data format]] is released.", above=";October 20"),
)
edit(
    "2025-11-05 10:15",
    "Ann",
    change(
        "Version 3.1 of the [[Data format]] is released.",
        "Version 3.1 of the '''[[Data format]]''' is released.",
    ),
)
edit("2025-11-05 15:00", "Bert", change("is released.", "is released.\n:It has 3 new base classes."))
edit("2025-11-06 09:00", "Bert", change("It has 3 new base classes.", "It has 5 new base classes."))
edit("2025-11-07 09:00", "Ann", change("'''[[Data format]]'''", "'''[[Data format/3.1|Data format]]'''"))
# 7-8: blanked and brought back.
edit("2025-11-08 02:00", "192.0.2.10", whole(""))
edit("2025-11-08 07:00", "Bert", restore(6))
# 9-11: the next version of the same format is news.
edit(
    "2025-11-12 10:00",
    "Ann",
    add(";November 12: Version 3.2 of the [[Data format/3.2|Data format]] is released.", above=";November 5"),
)
edit(
    "2025-11-12 10:30",
    "Ann",
    change(
        "Version 3.2 of the [[Data format/3.2|Data format]] is released.",
        "Version 3.2 of the [[Data format/3.2|Data format]] is released and mends version 3.1.",
    ),
)
edit("2025-11-12 11:00", "Bert", change("and mends version 3.1", "; it mends version 3.1"))
# 12-14: a workshop: the day is corrected, then its weekday and year are written out.
edit(
    "2025-11-17 08:00",
    "Bert",
    add(";November 18: The [[Winter workshop]] can be booked.", above=";November 12"),
)
edit("2025-11-17 09:00", "Bert", change(";November 18:", ";November 17:"))
edit("2025-11-17 12:00", "Ann", change(";November 17:", ";Monday, November 17, 2025:"))
# 15-16: an insult that nobody sees, the bot included.
edit(
    "2025-11-18 13:00",
    "192.0.2.11",
    add(";November 18: The [[Director]] is a fool.", above=";Monday, November 17"),
)
edit("2025-11-18 13:05", "Ann", restore(14))
# 17-20: the years go into another order and back; so do the items.
edit("2025-11-20 10:00", "Newcomer", move(";July", above=";October 20"))
edit("2025-11-20 10:20", "Ann", restore(16))
edit(
    "2025-11-21 10:00",
    "Bert",
    move(";September 1", above=";October 20"),
    move(":There were 214", above=";July"),
)
edit("2025-11-21 10:30", "Ann", restore(18))
# 21-22: 2024 is archived, and put back because the archive is not ready.
edit("2025-11-24 10:00", "Ann", remove("==2024=="), remove(";December 2"))
edit("2025-11-24 11:00", "Bert", restore(20))
# 23-26: an item with a link outside, which moves; a marker that the bot is told by.
edit(
    "2025-11-26 09:00",
    "Ann",
    add(
        ";November 26: The [https://tender.example/77 tender] for the new hall is open.",
        above=";Monday, November 17",
    ),
)
edit("2025-11-26 09:30", "Ann", change("https://tender.example/77", "https://tender.example/77/en"))
edit(
    "2025-11-26 14:00",
    "Bert",
    change("for the new hall is open.", "for the new hall is open until 9 January."),
)
edit("2025-11-27 09:00", "Bert", change("9 January", "16 January"))
# 27-29: held by its author until the press release is out.
edit(
    "2025-12-01 09:00",
    "Ann",
    add(";December 1: [[Beamline 4]] takes its first users. <!-- herald: hold -->", above=";November 26"),
)
edit(
    "2025-12-01 09:30",
    "Ann",
    change("takes its first users. <!-- herald: hold -->", "has seen first light. <!-- herald: hold -->"),
)
edit(
    "2025-12-01 15:00", "Ann", change("has seen first light. <!-- herald: hold -->", "has seen first light.")
)
# 30-33: two alike of one day: a copy by mistake is held, and taken away.
edit(
    "2025-12-03 10:00",
    "Bert",
    add(";December 3: The [[Spring call]] for proposals is open.", above=";December 1"),
)
edit(
    "2025-12-03 10:10",
    "Bert",
    add(";December 3: The [[Spring call]] for proposals is open.", above=";December 1"),
)
edit("2025-12-03 11:00", "Bert", restore(30))
edit(
    "2025-12-03 12:00",
    "Bert",
    change(
        "The [[Spring call]] for proposals is open.",
        "The [[Calls/Spring 2026|Spring call]] for proposals is open.",
    ),
)
# 34-37: split: who is meant is said with an id.
edit(
    "2025-12-08 09:00",
    "Ann",
    add(
        ";December 8: The [[Users' meeting]] has a programme, "
        "and the [[Young scientist prize]] can be applied for.",
        above=";December 3",
    ),
)
edit(
    "2025-12-08 10:00",
    "Ann",
    change("has a programme, and the [[Young scientist prize]] can be applied for.", "has a programme."),
    add(";December 8: The [[Young scientist prize]] can be applied for.", above=";December 8"),
)
edit(
    "2025-12-08 11:00",
    "Bert",
    change("prize]] can be applied for.", "prize]] can be applied for. <!-- herald: id=prize-2026 -->"),
)
edit(
    "2025-12-09 11:00", "Bert", change("prize]] can be applied for.", "prize]] can be applied for until May.")
)
# 38-39: white space and case of the list, everywhere.
edit("2025-12-10 10:00", "Newcomer", change_all("\n;", "\n; "))
edit(
    "2025-12-10 10:30", "Newcomer", change_all("==2025==", "== 2025 =="), change_all("==2024==", "== 2024 ==")
)
# 40-43: a new year gets its heading; the old items stay what they are.
edit("2026-01-02 09:00", "Ann", add("== 2026 ==", above="== 2025 =="))
edit(
    "2026-01-02 09:20",
    "Ann",
    add("; January 2: The facility is [[Shutdown 2026|shut down]] until February.", above="== 2025 =="),
)
edit("2026-01-07 10:00", "Bert", change("until February", "until 9 February"))
edit("2026-01-07 11:00", "Ann", remove("== 2024 =="), remove("; December 2"))
# 44-46: what is only about a month.
edit("2026-01-12 10:00", "Bert", add("; January: [[Newsletter 41]] can be read.", above="; January 2:"))
edit(
    "2026-01-12 10:20",
    "Bert",
    change("[[Newsletter 41]] can be read.", "[[Newsletter 41]] can be read and has 12 pages."),
)
edit("2026-01-12 10:50", "Bert", change("12 pages", "14 pages"))
# 47-49: a stranger mends an item; it is brought back, and mended by who may.
edit(
    "2026-01-14 10:00", "192.0.2.12", change("shut down]] until 9 February", "shut down]] until 19 February")
)
edit("2026-01-14 10:10", "Bert", restore(46))
edit("2026-01-14 11:00", "Ann", change("shut down]] until 9 February", "shut down]] until 19 February"))
# 50-52: the old year's items go to the archive in one go; one is put back.
edit(
    "2026-01-19 10:00",
    "Ann",
    remove("; October 20"),
    remove(":There were 214"),
    remove("; September 1"),
    remove("; July"),
)
edit("2026-01-19 11:00", "Bert", add("; July: The [[Annual report 2024]] can be read.", above="----"))
edit("2026-01-19 12:00", "Ann", restore(50))

PAGE.posted += [
    "Version 3.1 of the Data format is released. It has 5 new base classes. /wiki/Data_format/3.1",
    "Version 3.2 of the Data format is released ; it mends version 3.1. /wiki/Data_format/3.2",
    "The Winter workshop can be booked. /wiki/Winter_workshop",
    "The tender for the new hall is open until 16 January. https://tender.example/77/en",
    "Beamline 4 has seen first light. /wiki/Beamline_4",
    "The Spring call for proposals is open. /wiki/Calls/Spring_2026",
    "The Users' meeting has a programme. /wiki/Users%27_meeting",
    "The Young scientist prize can be applied for until May. /wiki/Young_scientist_prize",
    "The facility is shut down until 19 February. /wiki/Shutdown_2026",
    "Newsletter 41 can be read and has 14 pages. /wiki/Newsletter_41",
]
PAGE.held += [
    (27, "held on the page"),
    (31, "it may be the item"),
    (32, "no longer on the page"),
    (35, "it may be the item"),
]
PAGE.refused += [7]
