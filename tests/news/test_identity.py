from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Directives, Item, Media, Page, PageMemory, Revision, RichText, Run, Rung
from bot.news.identity import fingerprint, recognise, remember, with_keys
from bot.news.richtext import render
from bot.news.sites import offline
from tests.builders import edited

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

SITE = offline("mediawiki", article_path="https://www.mediawiki.org/wiki/$1")
TITLE = "Template:MediaWiki News"
MONDAY = datetime(2026, 11, 16, 12, tzinfo=UTC)


def news(wikitext: str, day: str | None = None, *, unit: str | None = None, **asked: Any) -> Item:
    """One item, its main link the bold one or the first; ``day`` is ``"11-18"`` (of 2026) or a whole date."""
    body = render(wikitext, SITE).body
    main = next((link for link in body.links if link.bold), next(iter(body.links), None))
    when = date.fromisoformat(day if day.count("-") == 2 else f"2026-{day}") if day else None
    return Item(
        key="", line=1, body=body, date=when, main_link=main, unit=unit, directives=Directives(**asked)
    )


def a_page(revision: int, *editors: str) -> Page:
    history = tuple(
        Revision(id=revision - place, editor=editor, saved_at=MONDAY + timedelta(hours=revision))
        for place, editor in enumerate(reversed(editors or ("Ann",)))
    )[::-1]
    return Page(site=SITE, title=TITLE, wikitext="", revision=history[-1], history=history)


def memory(items: Sequence[Item], *, gone: Sequence[Item] = ()) -> PageMemory:
    """What is known after a look at ``items`` when ``gone`` had left before."""
    known = [*remember(items), *(replace(item, present=False) for item in remember(gone))]
    return PageMemory(site=SITE.name, title=TITLE, revision=1, sha1="", items=tuple(known))


def look(items: Sequence[Item]) -> tuple[Item, ...]:
    """The first look at a page."""
    return recognise(items, None, a_page(1))


def becomes(before: Sequence[Item], after: Sequence[Item]) -> list[int | None]:
    """Which of the items before, by their places, those after are; ``None`` is new."""
    known = look(before)
    places = {item.key: place for place, item in enumerate(known)}
    return [places.get(item.key) for item in recognise(after, memory(known), a_page(2))]


def returns(gone: Item, now: Item) -> bool:
    """Whether an item that had left the page is taken for the one put there now."""
    (known,) = look([gone])
    (found,) = recognise([now], memory([], gone=[known]), a_page(2))
    return found.key == known.key


R146 = news("'''[[MediaWiki 1.46]]''' is out.", "11-18")
CONF = news("The [[EMWCon 2026]] takes place in [[Dallas]].", "11-10")
JOBS = news("The foundation [https://x.org/jobs is hiring] engineers.", "11-03")
SECURITY = news("Security releases: [[Release notes/1.45.1|MediaWiki 1.45.1]] and 1.44.3.", "10-20")
PAGE = [R146, CONF, JOBS, SECURITY]
UNDATED = [replace(item, date=None) for item in PAGE]

EDITS = {
    "nothing": ("'''[[MediaWiki 1.46]]''' is out.", "11-18"),
    "white space": ("  '''[[MediaWiki 1.46]]'''   is\nout.", "11-18"),
    "a corrected slip": ("'''[[MediaWiki 1.46]]''' is uot.", "11-18"),
    "an added clause": ("'''[[MediaWiki 1.46]]''' is out, with new [[skins]] and a faster parser.", "11-18"),
    "another wording": ("The stable release '''[[MediaWiki 1.46]]''' can be downloaded.", "11-18"),
    "the bold gone": ("[[MediaWiki 1.46]] is out.", "11-18"),
    "the bold moved": ("[[MediaWiki 1.46]] is out '''[[today]]'''.", "11-18"),
    "the page renamed": ("'''[[Release notes/1.46|MediaWiki 1.46]]''' is out.", "11-18"),
    "the link made translatable": (
        "'''[[Special:MyLanguage/MediaWiki 1.46|MediaWiki 1.46]]''' is out.",
        "11-18",
    ),
    "the link made secure": (
        "'''[https://www.mediawiki.org/wiki/MediaWiki_1.46 MediaWiki 1.46]''' is out.",
        "11-18",
    ),
    "the link gone": ("'''MediaWiki 1.46''' is out.", "11-18"),
    "the day corrected": ("'''[[MediaWiki 1.46]]''' is out.", "11-19"),
    "the month corrected": ("'''[[MediaWiki 1.46]]''' is out.", "10-18"),
    "the year corrected": ("'''[[MediaWiki 1.46]]''' is out.", "2025-11-18"),
    "the day and the text": ("'''[[MediaWiki 1.46]]''' is out, at last.", "11-19"),
    "the year and the text": ("'''[[MediaWiki 1.46]]''' is out, at last.", "2025-11-18"),
    "the date gone": ("'''[[MediaWiki 1.46]]''' is out.", None),
}


@pytest.mark.parametrize(("wikitext", "day"), EDITS.values(), ids=EDITS)
def test_an_edited_item_stays_itself(wikitext: str, day: str | None) -> None:
    assert becomes(PAGE, [news(wikitext, day), CONF, JOBS, SECURITY]) == [0, 1, 2, 3]


# Without a date, an item that is worded anew leaves too little to go by.
@pytest.mark.parametrize("name", sorted(EDITS.keys() - {"another wording"}))
def test_an_edited_item_without_a_date_stays_itself(name: str) -> None:
    assert becomes(UNDATED, [news(EDITS[name][0]), *UNDATED[1:]]) == [0, 1, 2, 3]


NEXT = {
    "the next release": ("'''[[MediaWiki 1.47]]''' is out.", "12-18"),
    "a release of the same day": ("'''[[MediaWiki 1.45.2]]''' is out.", "11-18"),
    "the next release without a link": ("MediaWiki 1.47 is out.", "12-18"),
    "the same words on another day about another page": ("'''[[Extension:X]]''' is out.", "11-30"),
    "the same link months later": ("'''[[MediaWiki 1.46]]''' reached the end of its life.", "12-30"),
    "something else": ("A [[hackathon]] takes place in [[Vienna]].", "11-18"),
}


@pytest.mark.parametrize(("wikitext", "day"), NEXT.values(), ids=NEXT)
def test_the_next_of_a_series_is_new_even_if_it_takes_the_others_place(wikitext: str, day: str) -> None:
    assert becomes(PAGE, [news(wikitext, day), CONF, JOBS, SECURITY]) == [None, 1, 2, 3]
    assert becomes(PAGE, [news(wikitext, day), *PAGE]) == [None, 0, 1, 2, 3]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("'''[[MediaWiki 1.45.1]]''' is released.", "'''[[MediaWiki 1.45.2]]''' is released."),
        ("'''[[Tech/News/2026/46|Tech News]]''' is out.", "'''[[Tech/News/2026/47|Tech News]]''' is out."),
        ("'''[[Ann]]''' wins the cup.", "'''[[Bob]]''' is elected to the board."),
        ("'''[[Ann Onymous]]''' dies at the age of 76.", "'''[[Bob Example]]''' dies at the age of 81."),
    ],
)
def test_news_without_a_date_is_told_apart_by_its_link(before: str, after: str) -> None:
    assert becomes([news(before)], [news(after)]) == [None]
    assert becomes([news(before)], [news(after), news(before)]) == [None, 0]


def test_numbers_change_in_one_item_for_days() -> None:
    before = news("At least 12 people die in an '''[[2026 earthquake|earthquake]]''' in [[Chile]].", "11-18")
    after = news(
        "More than 140 people die in an '''[[2026 Chile earthquake|earthquake]]''' in [[Chile]].", "11-18"
    )

    assert becomes([before], [after]) == [0]
    assert becomes([replace(before, date=None)], [replace(after, date=None, main_link=before.main_link)]) == [
        0
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "'''[[2026 election|The election]]''' gives [[Ann]] 51 seats.",
            "[[2026 election|The election]] gives '''[[Ann]]''' 53 seats.",
        ),
        (
            "An '''[[earthquake in Chile|earthquake]]''' hits [[Chile]].",
            "An '''[[2026 earthquake in Chile|earthquake]]''' hits [[Chile]].",
        ),
    ],
)
def test_a_main_link_changes_in_one_item(before: str, after: str) -> None:
    assert becomes([news(before, "11-18")], [news(after, "11-18")]) == [0]
    assert becomes([news(before, "11-18")], [news(after, "11-17")]) == [0]


def test_a_link_that_was_made_translatable_leads_to_the_same_page() -> None:
    before = news("'''[[Release notes/1.46]]''' can be read.", "11-18")
    after = news("All about it: '''[[Special:MyLanguage/Release notes/1.46|the new version]]'''!", "11-18")

    assert becomes([before], [after]) == [0]


@pytest.mark.parametrize("items", [PAGE, UNDATED])
def test_order_means_nothing(items: list[Item]) -> None:
    assert becomes(items, items[::-1]) == [3, 2, 1, 0]


@pytest.mark.parametrize("items", [PAGE, UNDATED])
def test_marking_for_translation_makes_no_new_items(items: list[Item]) -> None:
    marked = [replace(item, unit=str(place)) for place, item in enumerate(items)]

    assert becomes(items, marked) == [0, 1, 2, 3]
    assert becomes(marked, items) == [0, 1, 2, 3]


def test_a_unit_tells_an_item_whose_words_have_all_changed() -> None:
    before = [news("Come to the party!", unit="3"), news("MediaWiki turned 25.", unit="4")]
    after = [news("MediaWiki turns 25 years old.", unit="4"), news("Come to the big party!", unit="3")]

    assert becomes(before, after) == [1, 0]
    assert becomes(
        [news("Old words on [[X]].", "11-18", unit="3")], [news("New [[Y]]!", "11-18", unit="3")]
    ) == [0]


def test_a_unit_that_was_filled_with_other_news_is_new() -> None:
    dated = news("'''[[MediaWiki 1.47]]''' is out.", "12-18", unit="3")

    assert becomes([replace(R146, unit="3")], [dated]) == [None]
    assert becomes([replace(R146, unit="3", date=None)], [replace(dated, date=None)]) == [None]
    assert becomes([replace(R146, unit="3")], [dated, replace(R146, unit="4")]) == [None, 0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Come to the party!", "Servers move next week."),
        ("'''[[Ann]]''' is elected to the board.", "'''[[Bob]]''' is thanked by the board."),
    ],
)
def test_a_unit_is_not_enough_where_the_words_have_little_in_common(before: str, after: str) -> None:
    assert becomes([news(before, unit="3")], [news(after, unit="3")]) == [None]


def test_a_new_first_item_may_take_over_the_unit_of_the_list() -> None:
    new = news("A [[hackathon]] takes place.", "11-20", unit="7")

    assert becomes([replace(R146, unit="7"), CONF], [new, R146, CONF]) == [None, 0, 1]

    alike = news("'''[[MediaWiki 1.46]]''' is out in Debian.", "11-18", unit="7")

    assert becomes([replace(R146, unit="7"), CONF], [alike, R146, CONF]) == [None, 0, 1]


def test_two_items_alike_on_one_day_neither_swap_nor_merge() -> None:
    one = news("The wikis in '''[[Dallas]]''' are read-only for an hour.", "11-18")
    two = news("The wikis in '''[[Ashburn]]''' are read-only for an hour.", "11-18")
    one_edited = news("The wikis in '''[[Dallas]]''' are read-only for two hours.", "11-18")
    two_edited = news("The wikis in '''[[Ashburn]]''' are read-only for two hours.", "11-18")

    assert becomes([one, two], [two, one]) == [1, 0]
    assert becomes([one, two], [two_edited, one]) == [1, 0]
    assert becomes([one, two], [two_edited, one_edited]) == [1, 0]
    assert becomes([one], [two, one_edited]) == [None, 0]
    assert becomes([two], [two_edited, one]) == [0, None]


def test_two_items_on_one_day_with_one_link_are_told_apart_by_their_words() -> None:
    vote = news("The vote for '''[[the board]]''' begins.", "11-18")
    result = news("The members of '''[[the board]]''' are known.", "11-18")
    vote_edited = news("The vote for '''[[the board]]''' began at noon.", "11-18")
    result_edited = news("The new members of '''[[the board]]''' are known.", "11-18")

    assert becomes([vote, result], [result_edited, vote_edited]) == [1, 0]
    assert becomes([vote], [result, vote]) == [None, 0]


def test_identical_items_are_counted_from_the_bottom() -> None:
    twin = news("Office hour today.", "11-18")

    first, second = look([twin, twin])
    assert first.key == f"{second.key}-2"
    assert becomes([twin, twin], [twin, twin]) == [0, 1]
    assert becomes([twin, twin], [twin]) == [1]
    assert becomes([twin], [twin, twin]) == [None, 0]


def test_an_item_that_comes_every_week_is_new_every_week() -> None:
    first, second = (news("The '''[[office hour]]''' is today.", day) for day in ("11-11", "11-18"))

    assert becomes([first], [second, first]) == [None, 0]
    assert not returns(first, second)
    assert not returns(
        news("Happy birthday, [[MediaWiki]]!", "2025-01-25"), news("Happy birthday, [[MediaWiki]]!", "01-25")
    )


@pytest.mark.parametrize(
    ("gone", "now"),
    [
        (R146, R146),
        (R146, news("'''[[MediaWiki 1.46]]''' is out!", "11-18")),
        (R146, news("'''[[MediaWiki 1.46]]''' is out, with new skins.", "11-18")),
        (R146, news("'''[[MediaWiki 1.46]]''' is out.", "11-19")),
        (replace(R146, date=None), replace(R146, date=None)),
        (replace(R146, date=None), news("'''[[MediaWiki 1.46]]''' is now out.")),
        (replace(R146, unit="3"), news("'''[[MediaWiki 1.46]]''' can be downloaded.", "11-18", unit="3")),
    ],
)
def test_an_item_that_had_left_is_recognised_when_it_is_put_back(gone: Item, now: Item) -> None:
    assert returns(gone, now)


@pytest.mark.parametrize(
    ("gone", "now"),
    [
        (R146, news("'''[[MediaWiki 1.47]]''' is out.", "12-18")),
        (replace(R146, date=None), news("'''[[MediaWiki 1.47]]''' is out.")),
        (replace(R146, date=None), news("'''[[MediaWiki 1.46|MediaWiki 1.46.1]]''' is out.")),
        (news("Version 1.2 is out."), news("Version 1.3 is out.")),
        (news("The [[office hour]] is at noon."), news("The [[office hour]] is in the evening this week.")),
        (
            news("The conference in Dallas elects '''[[Ann]]''' as its new chair.", "11-18"),
            news("The conference in Dallas elects '''[[Bob]]''' as its new chair.", "11-18"),
        ),
    ],
)
def test_what_merely_looks_like_an_item_that_had_left_is_new(gone: Item, now: Item) -> None:
    assert not returns(gone, now)


class TestExplicitIds:
    def test_an_id_is_the_key_whatever_else_changes(self) -> None:
        before = news("'''[[MediaWiki 1.46]]''' is out.", "11-18", id="release")
        after = news("Get [[Download|it]] now.", "12-24", id="release")

        assert look([before])[0].key == "release"
        assert becomes([before], [after]) == [0]
        assert returns(before, after)

    def test_two_ids_are_two_items_whatever_else_agrees(self) -> None:
        before, after = (news("'''[[MediaWiki 1.46]]''' is out.", "11-18", id=id_) for id_ in ("a", "b"))

        assert becomes([before], [after]) == [None]

    def test_an_id_that_is_added_changes_no_key_and_stays_without_effect_later(self) -> None:
        known = look([R146])
        named = replace(R146, directives=Directives(id="release"))
        found = recognise([named], memory(known), a_page(2))
        again = recognise([named], memory(found), a_page(3))

        assert known[0].key == found[0].key == again[0].key

    def test_an_id_that_is_taken_away_changes_no_key(self) -> None:
        assert becomes([replace(R146, directives=Directives(id="release"))], [R146]) == [0]

    def test_an_id_goes_before_likeness(self) -> None:
        before = replace(R146, directives=Directives(id="release"))
        named = replace(CONF, directives=Directives(id="release"))

        assert becomes([before], [edited(R146, "MediaWiki 1.46 is here."), named]) == [None, 0]

    @pytest.mark.parametrize("id_", ["release", None])
    @pytest.mark.parametrize("below", [True, False])
    def test_nobody_takes_the_id_of_what_stands_there_unchanged(
        self, id_: str | None, *, below: bool
    ) -> None:
        known = look([replace(R146, directives=Directives(id=id_))])
        thief = replace(CONF, directives=Directives(id=known[0].key))
        page = [R146, thief] if below else [thief, R146]
        for standing in (R146, replace(R146, directives=Directives(id=known[0].key))):
            found = recognise([standing if item is R146 else item for item in page], memory(known), a_page(2))
            again = recognise([standing if item is R146 else item for item in page], memory(found), a_page(3))
            for items in (found, again):
                owner, other = items if below else reversed(items)
                assert (owner.key, doubt_of(owner)) == (known[0].key, None)
                assert (other.key, doubt_of(other)) == (f"{known[0].key}-2", known[0].key)

    def test_of_two_that_write_one_id_and_are_both_new_in_words_the_likelier_has_it(self) -> None:
        named, thief = (replace(item, directives=Directives(id="x")) for item in (R146, CONF))
        reworded = edited(named, "MediaWiki 1.46 can be had.")

        assert becomes([named], [reworded, thief]) == [0, None]
        assert becomes([named], [thief, reworded]) == [None, 0]

    def test_the_same_id_and_the_same_words_twice_are_one_item(self) -> None:
        named = replace(R146, directives=Directives(id="x"))
        upper, lower = recognise([named, named], memory(look([CONF])), a_page(2))

        assert (lower.key, doubt_of(lower)) == ("x", None)
        assert (upper.key, doubt_of(upper)) == ("x-2", "x")

    def test_an_id_used_twice_makes_two_items_that_stay_apart(self) -> None:
        one, two = (replace(item, directives=Directives(id="x")) for item in (R146, CONF))

        assert [item.key for item in look([one, two])] == ["x-2", "x"]
        assert becomes([one, two], [one, two]) == [0, 1]
        assert becomes([one, two], [two, one]) == [1, 0]
        assert becomes([one, two], [one]) == [0]
        assert becomes([two], [one, two]) == [None, 0]


class TestProvenance:
    def test_a_new_item_begins_with_this_revision_and_all_who_may_have_written_it(self) -> None:
        (item,) = recognise([R146], None, a_page(5, "Ann", "Bob"))

        assert item.provenance is not None
        assert (item.provenance.revision, item.provenance.editors) == (5, ("Ann", "Bob"))
        assert item.provenance.since == MONDAY + timedelta(hours=5)

    @pytest.mark.parametrize(
        "later",
        [
            R146,
            news("[[MediaWiki 1.46]]  is out.", "11-18"),
            news("'''[[MediaWiki 1.46]]''' ''is out''.", "2025-11-18"),
            replace(R146, line=9, unit="4", date=date(2025, 11, 19)),
        ],
    )
    def test_it_lasts_while_the_item_says_the_same(self, later: Item) -> None:
        known = look([R146])
        (found,) = recognise([later], memory(known), a_page(7, "Mallory"))

        assert found.provenance == known[0].provenance

    @pytest.mark.parametrize(("day", "anew"), [("11-17", False), ("11-18", False), ("11-19", True)])
    def test_it_begins_anew_when_the_item_is_said_to_be_of_a_later_day(self, day: str, *, anew: bool) -> None:
        known = look([R146])
        (found,) = recognise(
            [replace(R146, date=date.fromisoformat(f"2026-{day}"))], memory(known), a_page(7)
        )

        assert found.key == known[0].key
        assert (found.provenance != known[0].provenance) == anew

    @pytest.mark.parametrize(
        "bound",
        [
            Directives(hold=""),
            Directives(hold="wait for the blog"),
            Directives(channels=("feed",)),
            Directives(not_before=MONDAY),
        ],
    )
    def test_it_begins_anew_when_a_bound_is_set_or_lifted(self, bound: Directives) -> None:
        known = look([replace(R146, directives=bound)])
        (found,) = recognise([R146], memory(known), a_page(7, "Mallory"))

        assert found.key == known[0].key
        assert found.provenance is not None
        assert found.provenance.editors == ("Mallory",)
        assert fingerprint(found) == fingerprint(known[0])

    def test_it_begins_anew_when_the_item_is_edited(self) -> None:
        known = look([R146])
        (found,) = recognise(
            [news("'''[[MediaWiki 1.46]]''' is bad.", "11-18")], memory(known), a_page(7, "Mallory")
        )

        assert found.key == known[0].key
        assert found.provenance is not None
        assert (found.provenance.revision, found.provenance.editors) == (7, ("Mallory",))

    def test_it_begins_anew_when_the_item_is_put_back(self) -> None:
        known = look([R146])
        (found,) = recognise([R146], memory([], gone=known), a_page(7, "Mallory"))

        assert found.key == known[0].key
        assert found.provenance is not None
        assert found.provenance.editors == ("Mallory",)


class TestFingerprint:
    @pytest.mark.parametrize(
        "other",
        [
            news("[[MediaWiki 1.46]] ''is'' out.", "11-18"),
            news("'''[[MediaWiki 1.46]]''' is\nout. ", "11-18"),
            replace(R146, key="x", line=7, date=None, unit="3"),
            replace(R146, directives=Directives(id="x", channels=("feed",), hold="", not_before=MONDAY)),
            replace(R146, directives=Directives(content_warning="", alt="", texts={})),
            replace(
                R146,
                body=RichText(runs=(*R146.body.runs[:1], Run(text=" is"), Run(text=" out.", italic=True))),
            ),
        ],
    )
    def test_it_is_the_same_where_the_item_says_the_same(self, other: Item) -> None:
        assert fingerprint(other) == fingerprint(R146)

    @pytest.mark.parametrize(
        "other",
        [
            news("'''[[MediaWiki 1.46]]''' is out!", "11-18"),
            news("'''[[MediaWiki 1.46|MediaWiki]] 1.46''' is out.", "11-18"),
            news("'''[[MediaWiki 1.47|MediaWiki 1.46]]''' is out.", "11-18"),
            news("'''MediaWiki 1.46''' is [[MediaWiki 1.46|out]].", "11-18"),
            replace(R146, main_link=None),
            replace(R146, media=(Media(file="X.png"),)),
            replace(R146, directives=Directives(content_warning="loud")),
            replace(R146, directives=Directives(language="de")),
            replace(R146, directives=Directives(image="X.png")),
            replace(R146, directives=Directives(alt="a logo")),
            replace(R146, directives=Directives(texts={"mastodon": "x"})),
            replace(R146, directives=Directives(share="https://wikis.world/@wikitech/1130")),
        ],
    )
    def test_it_is_another_where_a_post_would_be(self, other: Item) -> None:
        assert fingerprint(other) != fingerprint(R146)

    def test_it_stays_the_same_from_one_version_of_the_software_to_the_next(self) -> None:
        full = replace(
            R146,
            media=(Media(file="X.png", alt="a logo"),),
            directives=Directives(content_warning="loud", texts={"b": "x", "a": "y"}),
        )

        assert fingerprint(R146) == "1:627c8ac3de7142642442db2040fc2833"
        assert fingerprint(full) == "1:da00a3911ba720bbbf3ae3f10e7bfdbe"


def test_keys_say_the_day_and_stay_the_same_from_one_version_of_the_software_to_the_next() -> None:
    items = [
        R146,
        replace(R146, unit="7"),
        news("Welcome!", "11-18"),
        news("Hello [[x]]"),
        news("Hi", id="my.id"),
    ]

    assert [item.key for item in with_keys(items, TITLE)] == [
        "20261118-4cddafa6",
        "20261118-38de3553",
        "20261118-a7cf801d",
        "undated-f9a1eaf0",
        "my.id",
    ]


def test_a_fresh_key_does_not_depend_on_the_words_where_it_can() -> None:
    (one,), (two,) = (
        with_keys([news(f"'''[[MediaWiki 1.46]]''' {words}", "11-18")], TITLE)
        for words in ("is out", "was released")
    )

    assert one.key == two.key
    assert with_keys([one], "Another page")[0].key != one.key


def test_a_new_item_never_gets_the_key_of_an_old_one() -> None:
    old = look([news("The '''[[office hour]]''' is today.")])
    gone = [replace(old[0], date=date(2026, 1, 1))]
    new = news("The '''[[office hour]]''' is today.", "11-18")
    (item,) = recognise([replace(new, date=None, main_link=None)], memory([], gone=gone), a_page(2))

    assert item.key.removesuffix("-2") == gone[0].key


def test_an_item_that_was_never_recognised_cannot_be_remembered() -> None:
    with pytest.raises(ValueError, match="never recognised"):
        remember([R146])


LIVES = st.lists(st.sampled_from([*PAGE, news("Welcome!"), news("Hello [[world]]!"), R146]), max_size=8)


@settings(deadline=None)
@given(LIVES, st.randoms(use_true_random=False), st.sampled_from(["", " ", "\n"]))
def test_shuffling_marking_and_white_space_change_no_key(items: list[Item], random: Any, space: str) -> None:
    known = look(items)
    later = [
        replace(
            item,
            key="",
            unit=str(place),
            body=RichText(runs=(*item.body.runs, *([Run(text=space)] if space else []))),
        )
        for place, item in enumerate(known)
    ]
    random.shuffle(later)
    found = recognise(later, memory(known), a_page(2))

    assert sorted(item.key for item in found) == sorted(item.key for item in known)
    assert {item.key: item.text.strip() for item in found} == {item.key: item.text for item in known}


@settings(deadline=None)
@given(LIVES, LIVES, LIVES)
def test_keys_are_unique_and_each_known_item_is_used_once(
    before: list[Item], gone: list[Item], after: list[Item]
) -> None:
    known = look([*before, *gone])
    past = memory(known[: len(before)], gone=known[len(before) :])
    found = recognise(after, past, a_page(2))

    assert len({item.key for item in found}) == len(found)
    assert [item.body for item in found] == [item.body for item in after]
    assert recognise(after, memory(found), a_page(3)) == recognise(found, memory(found), a_page(3))


def doubts(before: Sequence[Item], after: Sequence[Item]) -> list[int | None]:
    """Which of the items before, by their places, those after may be, though nobody can tell."""
    known = look(before)
    places = {item.key: place for place, item in enumerate(known)}
    found = recognise(after, memory(known), a_page(2))
    assert all(item.key not in places for item in found if doubt_of(item))
    return [places.get(doubt_of(item) or "") for item in found]


def doubt_of(item: Item) -> str | None:
    assert item.recognition is not None
    return item.recognition.doubt


class TestDoubts:
    def test_a_text_that_is_hardly_alike_enough_is_left_to_a_person(self) -> None:
        before = news("Our servers are read-only on Friday, at noon.", "11-18")
        after = news("Our wikis cannot be edited on Friday at one.", "11-18")

        assert becomes([before], [after]) == [None]
        assert doubts([before], [after]) == [0]

    def test_news_of_another_kind_is_in_no_doubt(self) -> None:
        assert (
            doubts(PAGE, [news("A [[hackathon]] takes place in [[Vienna]].", "11-20"), *PAGE]) == [None] * 5
        )

    @pytest.mark.parametrize(("wikitext", "day"), NEXT.values(), ids=NEXT)
    def test_the_next_of_a_series_is_in_no_doubt(self, wikitext: str, day: str) -> None:
        assert doubts(PAGE, [news(wikitext, day), *PAGE]) == [None] * 5

    def test_a_piece_split_off_from_an_item_is_left_to_a_person(self) -> None:
        both = news("'''[[MediaWiki 1.46]]''' is out. The developers meet in Vienna next week.", "11-18")
        first = news("'''[[MediaWiki 1.46]]''' is out.", "11-18")
        second = news("The developers meet in Vienna next week.", "11-18")

        assert becomes([both], [first, second]) == [0, None]
        assert doubts([both], [first, second]) == [None, 0]

    def test_two_items_merged_are_one_of_the_two(self) -> None:
        first = news("'''[[MediaWiki 1.46]]''' is out.", "11-18")
        second = news("The developers meet in [[Vienna]] next week.", "11-18")
        both = news("'''[[MediaWiki 1.46]]''' is out. The developers meet in [[Vienna]] next week.", "11-18")

        assert becomes([first, second], [both]) == [0]

    def test_an_item_that_stands_there_twice_is_news_once(self) -> None:
        assert becomes(PAGE, [R146, *PAGE]) == [None, 0, 1, 2, 3]
        assert doubts(PAGE, [R146, *PAGE]) == [0, None, None, None, None]

    def test_two_new_items_that_say_the_same_are_news_once(self) -> None:
        known = look([CONF])
        upper, lower, _ = recognise([R146, R146, CONF], memory(known), a_page(2))

        assert (doubt_of(upper), doubt_of(lower)) == (lower.key, None)

    def test_what_comes_every_week_is_in_no_doubt(self) -> None:
        first, second = (news("The '''[[office hour]]''' is today.", day) for day in ("11-11", "11-18"))

        assert doubts([first], [second, first]) == [None, None]

    def test_a_doubt_lasts_until_an_id_ends_it(self) -> None:
        known = look(PAGE)
        twin, *_ = found = recognise([R146, *PAGE], memory(known), a_page(2))
        again = recognise([R146, *PAGE], memory(found), a_page(3))
        assert [doubt_of(item) for item in again] == [known[0].key, None, None, None, None]

        named = replace(R146, directives=Directives(id="other-news"))
        ended = recognise([named, *PAGE], memory(again), a_page(4))
        assert doubt_of(ended[0]) is None
        assert ended[0].key == twin.key

    def test_the_id_of_the_known_item_makes_it_that_item(self) -> None:
        before = news("Our servers are read-only on Friday, at noon.", "11-18")
        after = news("Our wikis cannot be edited on Friday at one.", "11-18")
        known = look([before])
        found = recognise([after], memory(known), a_page(2))
        said = replace(after, directives=Directives(id=known[0].key))
        (settled,) = recognise([said], memory(found, gone=known), a_page(3))

        assert settled.key == known[0].key
        assert doubt_of(settled) is None


class TestRecognition:
    @pytest.mark.parametrize(
        ("after", "rung"),
        [
            (R146, Rung.UNCHANGED),
            (news("'''[[MediaWiki 1.46]]''' is out, with skins.", "11-18"), Rung.DATE_AND_LINK),
            (news("'''[[MediaWiki 1.46]]''' is out, with skins.", "11-19"), Rung.LIKENESS),
            (news("Something else.", "11-18"), Rung.NEW),
        ],
    )
    def test_it_says_by_what_an_item_was_recognised(self, after: Item, rung: Rung) -> None:
        first = replace(R146, recognition=None)
        (found,) = recognise([after], memory(look([first])), a_page(2))
        assert found.recognition is not None
        assert found.recognition.by is (Rung.NEW if rung is Rung.UNCHANGED else rung)

    def test_it_is_that_of_the_last_change(self) -> None:
        edited = news("'''[[MediaWiki 1.46]]''' is out, with skins.", "11-18")
        found = recognise([edited], memory(look([R146])), a_page(2))
        again = recognise([edited], memory(found), a_page(3))
        assert again[0].recognition == found[0].recognition
        assert found[0].recognition is not None
        assert 0.7 < found[0].recognition.score < 1

    def test_all_items_are_paired_together(self) -> None:
        """Taken one by one, the best pair first, the second item would be left without its own."""
        one = news("alpha beta gamma delta epsilon zeta eta thetas iota kappa")
        two = news("alpha beta gamma delta epsilon zeta eta omega lambda")
        one_edited = news("alpha beta gamma delta epsilon zeta eta omega kappa")
        two_edited = news("sigma tau gamma delta epsilon zeta eta omega lambda")

        assert becomes([one, two], [one_edited, two_edited]) == [0, 1]
        assert becomes([two, one], [one_edited, two_edited]) == [1, 0]
