"""Networks that charge: what is spent, what is left, and that the month's budget is never exceeded."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.ledger import open_ledger
from bot.model import Capabilities, Gate, Limits, Long, Pace, Prices, Status, Style
from bot.sync.explain import explain
from bot.sync.preview import preview_all
from bot.sync.rebuild import rebuild
from tests.fakes.faults import PUBLISHING, Fault
from tests.sync.conftest import OLD
from tests.sync.test_faults import LONG, Died, die_at
from tests.sync.world import World

if TYPE_CHECKING:
    from bot.model import Delivery, RunReport

NEW = "'''2026-11-18''': [[MediaWiki 1.46]] is out. <!-- herald: id=new -->"
PLAIN = "'''2026-11-18''': The servers are up again. <!-- herald: id=plain -->"
PICTURED = NEW.replace(" <!--", " [[File:Logo.png|alt=The logo]] <!--")
ABLE = Capabilities(read_back=True, delete=True, threads=True, media=True)
PRICES = Prices(
    post=Decimal("0.015"),
    post_with_link=Decimal("0.20"),
    reading=Decimal("0.001"),
    picture=Decimal("0.005"),
    deleting=Decimal("0.01"),
    budget=Decimal(5),
    most_read=100,
)
NOTHING = Decimal(0)


def priced(world: World, *, budget: str = "5", style: Style | None = None, prices: Prices = PRICES) -> World:
    """Replace the world's only channel by one that charges, an hour after its first run."""
    world.channels.clear()
    world.add_channel(
        "x",
        capabilities=ABLE,
        keeps_keys=False,
        prices=prices,
        limits=Limits(text=200, url_weight=23),
        settings={
            "prices": prices,
            "budget": Decimal(budget),
            "style": style or Style(template="{{ text }} {{ link }}"),
        },
    )
    world.page(OLD)
    world.run()
    world.pass_time(hours=1)
    return world


@pytest.fixture
def charged(world: World) -> World:
    return priced(world)


def set_budget(world: World, budget: str) -> None:
    world.channel_settings["x"]["budget"] = Decimal(budget)


def spent(world: World) -> Decimal:
    with open_ledger(world.config().ledger_url) as ledger:
        return ledger.spent("x")


def billed(world: World) -> Decimal:
    return sum((amount for _, amount in world.channel.bill), NOTHING)


def row_of(world: World, item: str) -> Delivery:
    return next(row for row in world.deliveries() if row.item == item)


def events(world: World) -> int:
    with open_ledger(world.config().ledger_url) as ledger:
        return sum(len(ledger.events(row.id)) for row in ledger.deliveries())


def waits(report: RunReport) -> dict[str, str]:
    return {refusal.item: refusal.reason for refusal in report.held}


def test_a_run_tells_what_it_cost_and_what_is_left(charged: World) -> None:
    charged.page(PLAIN, NEW, OLD)
    report = charged.run()
    assert {outcome.item: outcome.cost for outcome in report.posts} == {
        "new": PRICES.post_with_link,
        "plain": PRICES.post,
    }
    (cost,) = report.costs
    assert (cost.channel, cost.run, cost.month, cost.left) == (
        "x",
        Decimal("0.215"),
        Decimal("0.215"),
        Decimal("4.785"),
    )
    (cost,) = charged.run().costs
    assert (cost.run, cost.month) == (NOTHING, Decimal("0.215"))
    assert spent(charged) == billed(charged)


def test_a_network_that_charges_nothing_is_not_in_the_costs(followed: World) -> None:
    followed.page(NEW, OLD)
    report = followed.run()
    assert report.costs == ()
    assert [outcome.cost for outcome in report.posts] == [None]


def test_a_preview_has_the_price_of_each_post(charged: World) -> None:
    charged.page(PLAIN, NEW, OLD)
    with open_ledger(charged.config().ledger_url) as ledger:
        previews, _ = preview_all(charged.herald(ledger))
    prices = {preview.item.key: preview.cost for preview in previews}
    assert (prices["plain"], prices["new"]) == (PRICES.post, PRICES.post_with_link)


def test_preview_and_explain_say_what_there_is_no_money_for(charged: World) -> None:
    set_budget(charged, "0.10")
    charged.page(PLAIN, NEW, OLD)
    with open_ledger(charged.config().ledger_url) as ledger:
        herald = charged.herald(ledger)
        notes = {preview.item.key: preview.note for preview in preview_all(herald)[0]}
        ((dear,), _), ((cheap,), _) = explain(herald, "new"), explain(herald, "plain")
    assert notes["plain"] == ""
    assert notes["new"].startswith("wait: it costs $0.20, and $0.10 are left")
    assert (dear.decision, dear.until) == ("wait", None)  # more than a whole month's
    assert cheap.decision == "publish"


def test_what_costs_money_to_read_is_not_read_for_what_people_post_by_hand(charged: World) -> None:
    charged.page(NEW, OLD)
    charged.run()
    assert "recent" not in charged.channel.calls
    assert charged.texts == ["MediaWiki 1.46 is out."]


def test_a_doubt_is_worth_reading_and_costs_what_was_read(charged: World) -> None:
    charged.channel.post_by_hand("Something of this morning")
    charged.page(NEW, OLD)
    charged.channel.fail(Fault.ACCEPTED_LOST)
    charged.run()
    charged.pass_time(minutes=10)
    (cost,) = charged.run().costs
    assert row_of(charged, "new").status is Status.SENT
    assert cost.run == 2 * PRICES.reading
    assert spent(charged) == billed(charged) == PRICES.post_with_link + 2 * PRICES.reading


def test_a_doubt_that_there_is_no_money_for_is_a_persons(charged: World) -> None:
    set_budget(charged, "0.25")
    charged.page(NEW, OLD)
    charged.channel.fail(Fault.ACCEPTED_LOST)
    charged.run()
    charged.pass_time(minutes=10)
    charged.run()
    assert "recent" not in charged.channel.calls
    row = row_of(charged, "new")
    assert row.status is Status.IN_DOUBT
    assert "resolve" in (row.error or "")
    assert "$0.05 are left of the month's budget of $0.25" in (row.error or "")


def test_reading_in_vain_may_have_cost_all_it_could_and_is_not_repeated_in_each_run(charged: World) -> None:
    charged.page(NEW, OLD)
    charged.channel.fail(Fault.ACCEPTED_LOST)
    charged.run()
    charged.channel.fail(Fault.BROKEN, on="recent")
    for _ in range(3):
        charged.pass_time(hours=1)
        charged.run()
    assert charged.channel.calls.count("recent") == 1
    assert spent(charged) == PRICES.post_with_link + PRICES.reading * PRICES.most_read
    charged.pass_time(hours=4)
    charged.run()
    assert row_of(charged, "new").status is Status.SENT


@pytest.mark.parametrize("fault", [Fault.RATE_LIMITED, Fault.UNAUTHORISED])
def test_reading_that_was_refused_costs_nothing(charged: World, fault: Fault) -> None:
    charged.page(NEW, OLD)
    charged.channel.fail(Fault.ACCEPTED_LOST)
    charged.run()
    charged.channel.fail(fault, on="recent")
    charged.pass_time(hours=1)
    charged.run()
    assert spent(charged) == PRICES.post_with_link


@pytest.mark.parametrize("fault", list(Fault))
def test_only_what_was_surely_refused_is_given_back(charged: World, fault: Fault) -> None:
    charged.page(NEW, OLD)
    charged.channel.fail(fault)
    (cost,) = charged.run().costs
    ambiguous = row_of(charged, "new").status is Status.SENDING
    assert cost.run == spent(charged) == (PRICES.post_with_link if ambiguous else NOTHING)
    assert ambiguous or PUBLISHING[fault][1] == 0


@pytest.mark.parametrize("fault", [None, Fault.REJECTED, Fault.RATE_LIMITED])
def test_pictures_are_paid_for_even_where_the_post_is_refused(charged: World, fault: Fault | None) -> None:
    charged.wiki.files["Logo.png"] = b"\x89PNG"
    charged.page(PICTURED, OLD)
    charged.channel.fail(fault)
    charged.run()
    post = NOTHING if fault else PRICES.post_with_link
    assert spent(charged) == billed(charged) == post + PRICES.picture


def test_a_picture_may_be_what_there_is_no_money_for(charged: World) -> None:
    set_budget(charged, "0.204")
    charged.wiki.files["Logo.png"] = b"\x89PNG"
    charged.page(PICTURED, OLD)
    assert "$0.205" in waits(charged.run())["new"]
    assert spent(charged) == NOTHING


def test_what_was_reverted_is_deleted_though_nothing_is_left_and_counts(charged: World) -> None:
    set_budget(charged, "0.20")
    charged.page(NEW, OLD)
    charged.run()
    charged.page(OLD)
    (cost,) = charged.run().costs
    assert charged.channel.posts == []
    assert (cost.run, cost.left) == (PRICES.deleting, NOTHING)
    assert spent(charged) == billed(charged)


def test_a_lost_ledger_is_made_anew_without_reading_for_money(charged: World) -> None:
    charged.page(NEW, OLD)
    charged.lose_ledger()
    with open_ledger(charged.config().ledger_url) as ledger:
        report = rebuild(charged.herald(ledger))
    assert {outcome.error for outcome in report.posts} == {
        "rebuilt: reading this channel costs money, so it was not read"
    }
    assert charged.channel.bill == []


@pytest.mark.parametrize("step", ["publish", "accepted"])
def test_a_claim_that_died_counts(charged: World, step: str) -> None:
    charged.page(NEW, OLD)
    die_at(charged, step)
    with pytest.raises(Died):
        charged.run()
    assert spent(charged) == PRICES.post_with_link
    set_budget(charged, "0.35")  # neither for the same again nor for another of its kind
    charged.channel.at = lambda _: None
    for _ in range(3):
        charged.pass_time(minutes=10)
        charged.run()
    assert len(charged.channel.posts) == (step == "accepted")
    assert spent(charged) >= billed(charged)


def test_what_the_budget_has_no_room_for_waits_and_says_why(charged: World) -> None:
    set_budget(charged, "0.19")
    charged.page(NEW, OLD)
    report = charged.run()
    assert charged.texts == []
    assert waits(report) == {
        "new": (
            "it costs $0.20, and $0.19 are left of the month's budget of $0.19 ($0.00 are spent); the next "
            "month begins at 2026-12-01 00:00 UTC"
        )
    }
    row = row_of(charged, "new")
    assert (row.status, row.error) == (Status.PENDING, waits(report)["new"])
    assert not any(problem.failure for problem in report.problems)


def test_waiting_for_money_writes_nothing_and_asks_nobody(charged: World) -> None:
    set_budget(charged, "0.19")
    charged.page(NEW, OLD)
    charged.run()
    before = events(charged)
    charged.channel.calls.clear()
    for _ in range(3):
        charged.pass_time(hours=1)
        charged.run()
    assert events(charged) == before
    assert set(charged.channel.calls) <= {"limits"}


@pytest.mark.parametrize("how", ["a new month", "more money"])
def test_it_goes_out_when_there_is_money(charged: World, how: str) -> None:
    set_budget(charged, "0.25")
    charged.page("'''2026-11-18''': [[A]] first. <!-- herald: id=first -->", OLD)
    charged.run()
    charged.page(NEW, "'''2026-11-18''': [[A]] first. <!-- herald: id=first -->", OLD)
    charged.run()
    assert charged.texts == ["A first."]
    if how == "more money":
        set_budget(charged, "0.40")
    else:
        charged.now = datetime(2026, 12, 1, tzinfo=UTC)
    charged.run()
    assert charged.texts == ["A first.", "MediaWiki 1.46 is out."]


def test_what_is_cheaper_need_not_wait_for_what_is_dear(charged: World) -> None:
    set_budget(charged, "0.10")
    charged.page(PLAIN, NEW, OLD)
    report = charged.run()
    assert charged.texts == ["The servers are up again."]
    assert list(waits(report)) == ["new"]


def test_a_thread_that_cannot_be_finished_is_not_begun(world: World) -> None:
    style = Style(template="{{ text }} {{ link }}", long=Long.THREAD)
    priced(world, budget="0.21", style=style)
    world.page(LONG, OLD)
    report = world.run()
    assert world.channel.posts == []
    assert list(waits(report)) == ["long"]
    set_budget(world, "1")
    world.run()
    assert len(world.channel.posts) > 2
    assert spent(world) == billed(world)


# --- whatever happens ---

DEAR_TO_READ = replace(PRICES, reading=Decimal("0.05"), most_read=8)

ITEMS = {
    "plain": PLAIN,
    "new": PICTURED,
    "long": LONG,
    "other": "'''2026-11-18''': The [[Hackathon]] begins. <!-- herald: id=other -->",
    "more": "'''2026-11-18''': Nothing else is known. <!-- herald: id=more -->",
}
RUNS = st.lists(
    st.tuples(
        st.lists(st.none() | st.sampled_from(Fault), max_size=3),  # of the requests to publish
        st.none() | st.sampled_from(Fault),  # of the request to read
        st.none() | st.tuples(st.sampled_from(["publish", "accepted"]), st.integers(0, 3)),  # its death
        st.sampled_from([timedelta(minutes=10), timedelta(hours=7), timedelta(days=9)]),
    ),
    min_size=1,
    max_size=8,
)


@given(
    items=st.lists(st.sampled_from(sorted(ITEMS)), min_size=1, unique=True),
    runs=RUNS,
    budget=st.integers(0, 120).map(lambda hundredths: Decimal(hundredths) / 100),
)
@settings(max_examples=40, deadline=None)
def test_no_month_ever_costs_more_than_its_budget(
    items: list[str],
    runs: list[tuple[list[Fault | None], Fault | None, tuple[str, int] | None, timedelta]],
    budget: Decimal,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        style = Style(template="{{ text }} {{ link }}", long=Long.THREAD)
        world = World(folder=Path(folder), gate=Gate(max_new_items=9))
        priced(world, budget=str(budget), style=style, prices=DEAR_TO_READ)
        world.wiki.files["Logo.png"] = b"\x89PNG"
        for number in range(4):
            world.channel.post_by_hand(f"There is much to be read, number {number}")
        world.channel_settings["x"]["delivery"] = Pace(max_age=timedelta(days=90), max_per_day=100)
        world.page(*(ITEMS[item] for item in items), OLD)
        for publishing, reading, death, pause in runs:
            world.channel._faults.clear()
            world.channel.fail(*publishing)
            world.channel.fail(reading, on="recent")
            meet(world, death)
            with suppress(Died):
                world.run()
            bills: dict[tuple[int, int], Decimal] = {}
            for at, amount in world.channel.bill:
                bills[at.year, at.month] = bills.get((at.year, at.month), NOTHING) + amount
            assert all(amount <= budget for amount in bills.values())
            assert spent(world) >= billed(world)
            world.pass_time(seconds=pause.total_seconds())


def meet(world: World, death: tuple[str, int] | None) -> None:
    """Let the process die at a step, after passing it so many times."""
    if death is None:
        world.channel.at = lambda _: None
        return
    step, passed = death
    reached: list[str] = []

    def die(here: str) -> None:
        if here == step:
            reached.append(here)
            if len(reached) > passed:
                raise Died

    world.channel.at = die
