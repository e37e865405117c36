# ruff: noqa: RUF001 - dates stand here as people write them, with their dashes
from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.news import dates

TODAY = date(2021, 3, 4)
LANGUAGES = (
    "ar",
    "bs",
    "de",
    "en",
    "es",
    "fi",
    "fr",
    "he",
    "hu",
    "ja",
    "ko",
    "no",
    "pt-br",
    "th",
    "zh-hant",
    "xx",
)


def read(text: str, language: str = "en", year: int | None = None) -> date | None:
    return dates.read(text, language=language, today=TODAY, year=year)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2021-03-04", "2021-03-04"),
        ("2021-3-4", "2021-03-04"),
        ("2021/03/04", "2021-03-04"),
        ("2021-03-04T14:00Z", "2021-03-04"),
        ("Mar 18", "2021-03-18"),
        ("mar. 18", "2021-03-18"),
        ("18 March", "2021-03-18"),
        ("18th of March 2020", "2020-03-18"),
        ("March 30th, 2011", "2011-03-30"),
        ("Monday, July 23, 2012", "2012-07-23"),
        ("Wednesday, 2014-08-07", "2014-08-07"),
        ("Friday August 8, 1997", "1997-08-08"),
        ("Jan 5, 2021 14:00 UTC", "2021-01-05"),
        ("(4 March)", "2021-03-04"),
        ("4 March 2021:", "2021-03-04"),
        ("3/4/2021", "2021-03-04"),
    ],
)
def test_a_date_is_read_in_the_forms_that_editors_use(text: str, day: str) -> None:
    assert read(text) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("de", "3. März 2021", "2021-03-03"),
        ("de", "03.03.", "2021-03-03"),
        ("de", "3.2.2021", "2021-02-03"),
        ("en-gb", "4 March 2021", "2021-03-04"),
        ("fi", "28.2", "2021-02-28"),
        ("fi", "28. helmikuuta", "2021-02-28"),
        ("fr", "1er mars 2021", "2021-03-01"),
        ("fr", "3/2/2021", "2021-02-03"),
        ("bs", "15. januar", "2021-01-15"),
        ("no", "4. mars", "2021-03-04"),
        ("ko", "2월 15일", "2021-02-15"),
        ("ko", "2021년 2월 15일", "2021-02-15"),
        ("ja", "2021年3月4日(木)", "2021-03-04"),
        ("zh-hant", "3月4日", "2021-03-04"),
        ("pl", "3 marca", "2021-03-03"),
        ("he", "4 במרץ 2021", "2021-03-04"),
        ("ru", "4 марта 2021", "2021-03-04"),
        ("uk", "4 березня 2021", "2021-03-04"),
        ("el", "4 Μαρτίου 2021", "2021-03-04"),
        ("ar", "٤ مارس ٢٠٢١", "2021-03-04"),
        ("pt", "2 de março de 2021", "2021-03-02"),
        ("ca", "2 d'abril de 2020", "2020-04-02"),
        ("hu", "2021. március 4.", "2021-03-04"),
        ("vi", "4 tháng 3 năm 2021", "2021-03-04"),
        ("sr", "4. март 2021.", "2021-03-04"),
        ("sr", "4. mart 2021.", "2021-03-04"),
        ("be-tarask", "4 сакавіка", "2021-03-04"),
        ("xx", "4 March", "2021-03-04"),
        ("vi", "Feb 27", "2021-02-27"),
    ],
)
def test_a_date_is_read_in_the_language_of_the_page_and_in_english(
    language: str, text: str, day: str
) -> None:
    assert read(text, language) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "text",
    [
        "may",
        "May",
        "March",
        "mon",
        "Now",
        "1",
        "12",
        "2021",
        "1.46",
        "4.2",
        "10:30",
        "3 days",
        "13th",
        "",
        " ",
        "yesterday",
        "3 people",
        "March 2000 people",
        "last March",
        "4 March 2021 and later",
        "T:12",
        "99999999999",
        "4 March 1066",
        "4 March 2564",
        "0000-00-00",
    ],
)
def test_what_is_not_surely_a_date_is_none(text: str) -> None:
    assert read(text) is None
    assert read(text, "de") is None or text == "4.2"


def test_a_number_with_a_dot_is_a_date_only_where_the_language_writes_dates_so() -> None:
    assert read("4.2", "de") == date(2021, 2, 4)
    assert read("1.46", "de") is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("April 15th - 16th, 2011", "2011-04-16"),
        ("13–15 January", "2021-01-15"),
        ("28 February – 2 March 2021", "2021-03-02"),
        ("April 28 – May 2, 2020", "2020-05-02"),
    ],
)
def test_a_range_counts_as_its_last_day(text: str, day: str) -> None:
    assert read(text) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("today", "text", "day"),
    [
        ("2021-01-04", "28 December", "2020-12-28"),
        ("2020-12-28", "3 January", "2021-01-03"),
        ("2021-01-17", "30 May", "2020-05-30"),
        ("2021-03-04", "4 May", "2021-05-04"),
        ("2021-03-04", "8 May", "2020-05-08"),
        ("2021-03-04", "29 February", "2020-02-29"),
        ("1904-02-01", "29 February", "1904-02-29"),
        ("1903-03-01", "29 February", "1896-02-29"),
    ],
)
def test_without_a_year_it_is_the_nearest_and_not_more_than_two_months_ahead(
    today: str, text: str, day: str
) -> None:
    found = dates.read(text, language="en", today=date.fromisoformat(today))

    assert found == date.fromisoformat(day)


def test_the_year_of_a_heading_rules_unless_the_date_has_its_own() -> None:
    assert read("4 May", year=2016) == date(2016, 5, 4)
    assert read("4 May 2015", year=2016) == date(2015, 5, 4)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ar", "\u0661\u0662 مارس \u0662\u0660\u0662\u0661"),
        ("fa", "\u06f1\u06f2 مارس \u06f2\u06f0\u06f2\u06f1"),
        ("hi", "\u0967\u0968 मार्च \u0968\u0966\u0968\u0967"),
    ],
)
def test_a_day_is_read_in_the_digits_of_the_language(language: str, text: str) -> None:
    assert read(text, language) == date(2021, 3, 12)


def test_a_month_is_its_first_day_and_needs_a_year() -> None:
    assert read("October 2016") == date(2016, 10, 1)
    assert read("October, 2016") == date(2016, 10, 1)
    assert read("2016-10") == date(2016, 10, 1)
    assert read("October", year=2016) == date(2016, 10, 1)
    assert read("October") is None


@pytest.mark.parametrize("text", ["30 February", "Feb 30, 2021", "2021-02-30", "31 April 2021", "2021-13-45"])
def test_what_is_no_day_of_the_calendar_is_told_from_what_is_no_date(text: str) -> None:
    label = dates.whole(text, language="en", today=TODAY)

    assert label is not None
    assert label.day is None
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("2021-03-04: it is out", "it is out"),
        ("4 March – it is out", "it is out"),
        ("4 March - it is out", "it is out"),
        ("4 March : it is out", "it is out"),
        ("4 March, it is out", "it is out"),
        ("4 March. It is out", "It is out"),
        ("(4 March) it is out", "it is out"),
        ("[2021-03-04] it is out", "it is out"),
        ("2021-03-04 it is out", "it is out"),
        ("2021-03-04 12:30 UTC: it is out", "it is out"),
        ("2021-03-04 (Thu): it is out", "it is out"),
        ("2021-03-02 - 2021-03-04: it is out", "it is out"),
        ("Thursday, March 4, 2021: it is out", "it is out"),
        ("2–4 March: it is out", "it is out"),
        ("4 March", ""),
    ],
)
def test_a_date_at_the_start_is_a_label_when_something_parts_it_from_the_text(text: str, rest: str) -> None:
    label = dates.leading(text, language="en", today=TODAY)

    assert label is not None
    assert (label.day, label.start, text[label.end :]) == (TODAY, 0, rest)


@pytest.mark.parametrize(
    "text",
    [
        "4 March was a good day",
        "On 4 March, it came out",
        "May we begin: yes",
        "1.46 is out",
        "46: a number",
        "March 4, 5 and 6 are holidays",
        "(4 March it is out",
        "4 Marching bands",
        "Now: a thing",
        "4-March-like",
    ],
)
def test_a_date_that_is_part_of_the_sentence_stays(text: str) -> None:
    assert dates.leading(text, language="en", today=TODAY) is None


def test_a_date_alone_in_bold_is_a_label() -> None:
    assert dates.leading("4 March It is out", language="en", today=TODAY, bold_to=7) is not None
    assert dates.leading("4 March: It is out", language="en", today=TODAY, bold_to=8) is not None
    assert dates.leading("4 March It is out", language="en", today=TODAY, bold_to=10) is None


@pytest.mark.parametrize(
    ("text", "rest", "enclosed"),
    [
        ("It is out (4 March)", "It is out", True),
        ("It is out. (4 March 2021).", "It is out.", True),
        ("It is out [2021-03-04]", "It is out", True),
        ("It is out, March 4", "It is out", False),
        ("It is out — 4 March 2021", "It is out", False),
        ("It is out! March 4", "It is out!", False),
        ("On Thursday, March 4", "On Thursday", False),
        ("All by 2020, March 4", "All by 2020", False),
    ],
)
def test_a_date_at_the_end_may_be_a_label(text: str, rest: str, *, enclosed: bool) -> None:
    label = dates.trailing(text, language="en", today=TODAY)

    assert label is not None
    assert (label.day, text[: label.start], label.end) == (TODAY, rest, len(text))
    assert label.enclosed is enclosed


@pytest.mark.parametrize(
    "text",
    [
        "It ends on 4 March",
        "It ends on 4 March.",
        "From 2 – 4 March",
        "From 28 February – 4 March",
        "It is 1.46",
        "It is out (1.46)",
        "It is out, Marhc 4",
        "It is out, soon",
        "(4 March]",
        "x4 March",
    ],
)
def test_a_date_that_ends_the_sentence_is_none(text: str) -> None:
    assert dates.trailing(text, language="en", today=TODAY) is None


@pytest.mark.parametrize(
    ("heading", "year"),
    [
        ("2016", 2016),
        ("News of 2016", 2016),
        ("March 2016", 2016),
        ("2015–2016", None),
        ("News", None),
        ("Version 2016.1", None),
        ("2089", None),
    ],
)
def test_a_heading_names_its_year(heading: str, year: int | None) -> None:
    assert dates.year_in(heading, today=TODAY) == year


@settings(deadline=None)  # whichever comes first compiles a language's patterns
@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2021, 12, 31)), st.sampled_from(LANGUAGES))
def test_an_iso_date_is_read_as_what_it_is_in_every_language(day: date, language: str) -> None:
    assert dates.read(day.isoformat(), language=language, today=TODAY) == day


@settings(deadline=None)  # as above
@given(
    st.dates(min_value=date(1899, 1, 1), max_value=date(2023, 12, 31)).map(date.isoformat)
    | st.from_regex(r"(19|20)[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}", fullmatch=True),
    st.sampled_from(["", " ", " 12:30 ", "2021-03-04 ", "4 May ", " - "]),
    st.text(max_size=20),
    st.integers(0, 30),
)
def test_the_quick_way_for_a_plain_iso_label_and_the_long_one_agree(
    written: str, gap: str, rest: str, bold_to: int
) -> None:
    def labelled(separator: str) -> dates.Label | None:
        text = f"{written}{separator} {gap}{rest}"
        return dates.leading(text, language="de", today=TODAY, bold_to=min(bold_to, len(text)))

    assert labelled(":") == labelled(".")


@settings(deadline=None)  # as above
@given(st.dates(min_value=TODAY - timedelta(days=300), max_value=TODAY + timedelta(days=60)))
def test_a_date_near_the_day_of_saving_needs_no_year(day: date) -> None:
    assert dates.read(f"{day:%B} {day.day}", language="en", today=TODAY) == day


@settings(deadline=None)  # as above
@given(st.text(max_size=100), st.sampled_from(LANGUAGES), st.integers(0, 100))
def test_no_text_raises_and_no_label_reaches_outside_it(text: str, language: str, bold_to: int) -> None:
    dates.read(text, language=language, today=TODAY)
    start = dates.leading(text, language=language, today=TODAY, bold_to=min(bold_to, len(text)))
    end = dates.trailing(text, language=language, today=TODAY)

    assert start is None or 0 == start.start < start.end <= len(text)
    assert end is None or 0 <= end.start < end.end == len(text)
