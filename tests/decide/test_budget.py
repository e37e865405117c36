from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bot.decide.budget import costs, dollars, month, most_for_reading, objection
from bot.model import Facet, FacetKind, Part, Post, Prices, Unit

URL = "https://wiki.example/wiki/News"
PRICES = Prices(
    post=Decimal("0.015"),
    post_with_link=Decimal("0.20"),
    reading=Decimal("0.001"),
    budget=Decimal(5),
    most_read=40,
)
NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


def part(text: str, *kinds: FacetKind, url: str | None = None) -> Part:
    facets = tuple(Facet(start=0, end=4, kind=kind, url=url) for kind in kinds)
    return Part(text=text, length=len(text), limit=280, unit=Unit.WEIGHTED, facets=facets)


LINKED = part(f"News {URL}", FacetKind.LINK, url=URL)


@pytest.mark.parametrize(
    ("post", "expected"),
    [
        (Post(parts=(part("News"),)), ["0.015"]),
        (Post(parts=(part("News", FacetKind.TAG, FacetKind.MENTION),)), ["0.015"]),
        (Post(parts=(LINKED,), link=URL), ["0.20"]),
        (Post(parts=(LINKED, part("more")), link=URL), ["0.20", "0.015"]),
        (Post(parts=(part("News"), LINKED), link=URL), ["0.015", "0.20"]),
        (Post(parts=(part("News"), part("more")), link=URL), ["0.20", "0.015"]),
    ],
    ids=["no link", "a hashtag", "a link", "a thread", "in the reply", "attached"],
)
def test_a_link_makes_the_part_it_goes_with_dear(post: Post, expected: list[str]) -> None:
    assert costs(post, PRICES) == tuple(map(Decimal, expected))


def test_reading_costs_as_much_as_all_that_may_be_read() -> None:
    assert most_for_reading(PRICES) == Decimal("0.04")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (NOW, [(2026, 11), (2026, 12)]),
        (datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), [(2026, 12), (2027, 1)]),
        (datetime(2027, 1, 1, tzinfo=UTC), [(2027, 1), (2027, 2)]),
    ],
)
def test_a_month_is_one_of_the_calendar(now: datetime, expected: list[tuple[int, int]]) -> None:
    assert month(now) == tuple(datetime(year, number, 1, tzinfo=UTC) for year, number in expected)


def test_the_last_cent_may_be_spent() -> None:
    assert objection(Decimal("0.20"), spent=Decimal("4.80"), budget=Decimal(5), now=NOW) is None


def test_a_millionth_more_waits_for_the_next_month_and_is_told_why() -> None:
    refused = objection(Decimal("0.200001"), spent=Decimal("4.80"), budget=Decimal(5), now=NOW)
    assert refused is not None
    assert refused.until == datetime(2026, 12, 1, tzinfo=UTC)
    assert refused.reason == (
        "it costs $0.200001, and $0.20 are left of the month's budget of $5.00 ($4.80 are spent); the next "
        "month begins at 2026-12-01 00:00 UTC"
    )


def test_time_does_not_mend_what_costs_more_than_a_whole_month() -> None:
    refused = objection(Decimal(6), spent=Decimal(0), budget=Decimal(5), now=NOW)
    assert refused is not None
    assert refused.until is None


@pytest.mark.parametrize(
    ("amount", "expected"),
    [("5", "$5.00"), ("0.2", "$0.20"), ("0.015", "$0.015"), ("1E+2", "$100.00"), ("0", "$0.00")],
)
def test_amounts_have_cents_and_all_digits_that_matter(amount: str, expected: str) -> None:
    assert dollars(Decimal(amount)) == expected
