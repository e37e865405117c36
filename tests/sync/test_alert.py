"""Runs in a row, and what the operator is told after them: once, and once when it is over."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.errors import STOP_PAGE, PageError
from bot.ledger.opening import open_ledger
from bot.model import AlertPolicy, Capabilities, ConcernKind, Status
from bot.sync import run as engine
from bot.sync.alert import AlertDesk, alert_after_break, alert_after_run
from bot.sync.resolve import Resolution, resolve
from tests.alerts.messenger import Hanging, MemoryMessenger
from tests.fakes.faults import Fault
from tests.sync.conftest import OLD
from tests.sync.world import TITLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bot.ledger import Ledger
    from bot.model import RunReport, Trouble
    from tests.sync.world import World

NEW = "'''2026-11-18''': [[MediaWiki 1.46]] is out. <!-- herald: id=new -->"
FAILED, IN_DOUBT = (f"{status}:test:test:{TITLE}:new:mastodon" for status in ("failed", "in_doubt"))
HOUR = timedelta(hours=1)


class Watch:
    """An operator's messengers around the runs of a world."""

    def __init__(self, world: World, *messengers: MemoryMessenger) -> None:
        self.world = world
        self.messengers: Sequence[MemoryMessenger] = messengers or (MemoryMessenger(),)
        self.kinds = frozenset(ConcernKind)
        self.patience = 20.0
        self.stopping = threading.Event()

    @property
    def one(self) -> MemoryMessenger:
        (messenger,) = self.messengers
        return messenger

    def desk(self, ledger: Ledger) -> AlertDesk:
        return AlertDesk(
            messengers=self.messengers,
            policy=AlertPolicy(kinds=self.kinds, after=HOUR),
            ledger=ledger,
            clock=lambda: self.world.now,
            about=TITLE,
            stopping=self.stopping.is_set,
            patience=self.patience,
        )

    def run(self, *, only: str | None = None, **options: Any) -> RunReport:
        with open_ledger(self.world.config().ledger_url) as ledger:
            channels = {only: self.world.channels[only]} if only else dict(self.world.channels)
            herald = self.world.herald(ledger, channels=channels)
            report = engine.run(herald, **options)
            return alert_after_run(self.desk(ledger), report, herald)

    def breaks(self, error: Exception) -> Sequence[Trouble]:
        with open_ledger(self.world.config().ledger_url) as ledger:
            return alert_after_break(self.desk(ledger), error)

    def runs(self, times: int, *, minutes: float = 10) -> list[RunReport]:
        reports = []
        for _ in range(times):
            reports.append(self.run())
            self.world.pass_time(minutes=minutes)
        return reports

    def settle(self, resolution: Resolution) -> None:
        with open_ledger(self.world.config().ledger_url) as ledger:
            resolve(ledger, "new", "mastodon", resolution, now=self.world.now, url="https://social.example/1")


@pytest.fixture
def ledger_url(tmp_path: Path) -> str:
    """A file: what is kept there is tried on both kinds of database in tests/ledger."""
    return f"sqlite:///{tmp_path / 'herald.sqlite'}"


@pytest.fixture
def watch(followed: World) -> Watch:
    return Watch(followed)


def test_a_run_in_which_all_is_well_tells_nothing_and_writes_nothing(watch: Watch) -> None:
    watch.world.page(NEW, OLD)
    for report in watch.runs(2):
        assert report.alerts.told == report.alerts.over == ()
    assert watch.one.notices == []


def test_what_has_failed_is_told_once_and_once_when_a_person_has_settled_it(watch: Watch) -> None:
    watch.world.page(NEW, OLD)
    watch.world.channel.fail(Fault.REJECTED)
    first, *others = watch.runs(3)
    assert watch.one.begun == [[FAILED]]
    assert [alert.messengers for alert in first.alerts.told] == [("memory",)]
    assert all(report.alerts.told == () for report in others)
    watch.settle(Resolution.SKIP)
    watch.runs(3)
    assert watch.one.over == [[], [FAILED]]


def test_what_is_in_doubt_is_told_with_the_very_command(watch: Watch) -> None:
    world = watch.world
    world.channels.clear()
    world.add_channel("mastodon", capabilities=Capabilities(), keeps_keys=False)
    world.run()
    world.page(NEW, OLD)
    world.channel.fail(Fault.ACCEPTED_LOST)
    watch.runs(3)
    assert watch.one.begun == [[IN_DOUBT]]
    (notice,) = watch.one.notices
    assert notice.title == "Wikiherald: new on mastodon: in doubt"
    assert "wikiherald resolve new mastodon --sent URL" in notice.text
    watch.settle(Resolution.SENT)
    watch.runs(2)
    assert watch.one.over == [[], [IN_DOUBT]]


def test_a_hiccup_wakes_nobody(watch: Watch) -> None:
    watch.world.page(NEW, OLD)
    watch.world.channel.fail(Fault.REFUSED, Fault.RATE_LIMITED, Fault.REFUSED)
    watch.runs(6)
    assert watch.world.texts == ["MediaWiki 1.46 is out."]
    assert watch.one.notices == []


def test_a_hiccup_now_and_then_wakes_nobody_either(watch: Watch) -> None:
    for hour in range(4):
        watch.world.page(f"'''2026-11-18''': [[Release {hour}]] is out. <!-- herald: id=n{hour} -->", OLD)
        watch.world.channel.fail(Fault.REFUSED)
        watch.runs(3)
        watch.world.pass_time(hours=1)
    assert len(watch.world.texts) == 4
    assert watch.one.notices == []


def test_a_channel_that_is_down_for_an_hour_is_told_once_and_once_when_it_works(watch: Watch) -> None:
    watch.world.page(NEW, OLD)
    watch.world.channel.fail(*[Fault.REFUSED] * 7)
    watch.runs(6)
    assert watch.one.notices == []  # fifty minutes
    watch.runs(20)
    assert watch.one.begun == [["channel:mastodon"], []]
    assert watch.one.over == [[], ["channel:mastodon"]]
    assert watch.world.texts == ["MediaWiki 1.46 is out."]


def test_dead_credentials_are_told_at_once_and_not_over_before_they_work(watch: Watch) -> None:
    world = watch.world
    world.page(NEW, OLD)
    world.channel.fail(*[Fault.UNAUTHORISED] * 3)
    watch.runs(3)
    assert watch.one.begun == [["credentials:mastodon"]]
    watch.runs(2)
    assert watch.one.over == [[], ["credentials:mastodon"]]
    assert world.texts == ["MediaWiki 1.46 is out."]


@pytest.mark.parametrize("left_open", [False, True])
def test_they_are_told_of_too_where_only_reading_needs_them(watch: Watch, *, left_open: bool) -> None:
    world = watch.world
    world.page(NEW, OLD)
    if left_open:
        world.channel.fail(Fault.ACCEPTED_LOST)
        watch.runs(1)
    world.channel.fail(*[Fault.UNAUTHORISED] * 2, on="recent")
    watch.runs(2)
    assert watch.one.begun == [["credentials:mastodon"]]
    watch.runs(2)
    assert watch.one.over == [[], ["credentials:mastodon"]]
    assert world.texts == ["MediaWiki 1.46 is out."]


def test_and_where_something_must_be_deleted(watch: Watch) -> None:
    world = watch.world
    world.page(NEW, OLD)
    watch.runs(1)
    world.page(OLD)
    world.channel.fail(*[Fault.UNAUTHORISED] * 3, on="delete")
    watch.runs(3)
    assert watch.one.begun == [["credentials:mastodon"]]
    watch.runs(2)
    assert watch.one.over == [[], ["credentials:mastodon"]]
    assert world.texts == []


def test_an_edit_that_does_not_arrive_is_not_told(watch: Watch) -> None:
    world = watch.world
    world.page(NEW, OLD)
    watch.runs(1)
    world.page(NEW.replace("is out", "is really out"), OLD)
    world.channel.fail(*[Fault.BROKEN] * 40, on="edit")
    assert any("did not reach" in problem.message for report in watch.runs(20) for problem in report.problems)
    assert watch.one.notices == []


def test_a_dying_token_is_told_once_and_once_when_it_is_renewed(watch: Watch) -> None:
    watch.world.channel_settings["mastodon"]["expires"] = date(2026, 11, 25)
    watch.runs(5, minutes=24 * 60)
    assert watch.one.begun == [["expiry:mastodon"]]
    watch.world.channel_settings["mastodon"]["expires"] = date(2027, 11, 25)
    watch.runs(2)
    assert watch.one.over == [[], ["expiry:mastodon"]]


def test_a_brake_is_told_once_and_once_when_a_run_was_let_through(watch: Watch) -> None:
    watch.world.page("No item at all")
    watch.world.wiki.edit("")
    watch.runs(3)
    assert watch.one.begun == [[f"refused:blanked:{TITLE}"]]
    watch.world.page(OLD)
    watch.runs(2)
    assert watch.one.over == [[], [f"refused:blanked:{TITLE}"]]


def test_the_stop_page_is_told_if_it_lasts_and_hides_what_else_is_the_matter(watch: Watch) -> None:
    world = watch.world
    world.channel_settings["mastodon"]["expires"] = date(2026, 11, 25)
    watch.run()
    world.stop_reason = "stopped from the wiki"
    watch.runs(6)
    assert watch.one.begun == [["expiry:mastodon"]]
    watch.runs(6)
    assert watch.one.begun[1:] == [["stop:"]]
    world.stop_reason = None
    watch.runs(2)
    assert watch.one.over == [[], [], ["stop:"]]


def test_a_stop_in_the_middle_of_a_run_is_one_too(watch: Watch) -> None:
    world = watch.world
    world.page(NEW, "'''2026-11-18''': The [[Hackathon]] begins. <!-- herald: id=newer -->", OLD)

    def stop(_: str) -> None:
        world.stop_reason = "stopped from the wiki"

    world.channel.at = stop
    assert watch.run().refused_by == STOP_PAGE
    world.pass_time(hours=1)
    watch.run()
    assert len(world.texts) == 1
    assert watch.one.begun == [["stop:"]]


def test_a_wiki_that_is_away_is_told_if_it_lasts(watch: Watch) -> None:
    watch.world.wiki.down = "all"
    watch.runs(5)
    watch.world.wiki.down = None
    watch.runs(2)
    assert watch.one.notices == []
    watch.world.wiki.down = "all"
    watch.runs(12)
    watch.world.wiki.down = None
    watch.runs(2)
    assert watch.one.begun == [[f"wiki:{TITLE}"], []]
    assert watch.one.over == [[], [f"wiki:{TITLE}"]]


def test_a_run_that_breaks_off_is_told_if_it_happens_for_an_hour(watch: Watch) -> None:
    for _ in range(12):
        assert watch.breaks(PageError("the wiki cannot be reached")) == []
        watch.world.pass_time(minutes=10)
    assert watch.one.begun == [["run:"]]
    watch.runs(2)
    assert watch.one.over == [[], ["run:"]]


def test_a_run_of_one_channel_says_nothing_of_the_others(watch: Watch) -> None:
    world = watch.world
    world.add_channel("x", settings={"expires": date(2026, 11, 25)})
    watch.run()
    world.channel_settings["x"].clear()
    watch.run(only="mastodon")
    assert watch.one.over == [[]]
    watch.run(only="x")
    assert watch.one.over == [[], ["expiry:x"]]


def test_what_happens_in_one_run_is_one_message(watch: Watch) -> None:
    world = watch.world
    world.page(NEW, "'''2026-11-18''': The [[Hackathon]] begins. <!-- herald: id=newer -->", OLD)
    world.channel_settings["mastodon"]["expires"] = date(2026, 11, 25)
    world.channel.fail(Fault.REJECTED, Fault.REJECTED)
    watch.runs(2)
    (notice,) = watch.one.notices
    assert len(notice.begun) == 3
    assert notice.title == "Wikiherald: 3 things need a look"
    watch.settle(Resolution.SKIP)
    world.channel_settings["mastodon"]["expires"] = date(2026, 11, 20)
    watch.run()
    assert watch.one.notices[1].title == "Wikiherald: over: new on mastodon: failed"


def test_kinds_that_nobody_asked_for_are_not_told(watch: Watch) -> None:
    watch.kinds = frozenset({ConcernKind.DOUBT})
    watch.world.page(NEW, OLD)
    watch.world.channel.fail(Fault.REJECTED)
    watch.runs(2)
    assert watch.one.notices == []


# What may go wrong with the telling itself


def warnings(report: RunReport) -> list[str]:
    assert not any(problem.failure for problem in report.problems)
    return [problem.message for problem in report.problems]


def test_a_messenger_that_could_not_tell_is_tried_again_alone_and_fails_no_run(followed: World) -> None:
    good, bad = MemoryMessenger("good"), MemoryMessenger("bad")
    watch = Watch(followed, good, bad)
    followed.page(NEW, OLD)
    followed.channel.fail(Fault.REJECTED)
    bad.fail()
    bad.fail(ZeroDivisionError("with a secret"))
    first, second, third, fourth = watch.runs(4)
    assert good.begun == bad.begun == [[FAILED]]
    assert [alert.messengers for alert in first.alerts.told] == [("good",)]
    assert ["bad: did not take it" in said for said in warnings(first)] == [True]
    assert ["unexpected ZeroDivisionError" in said for said in warnings(second)] == [True]
    assert "secret" not in warnings(second)[0]
    assert [alert.messengers for alert in third.alerts.told] == [("bad",)]
    assert warnings(third) == warnings(fourth) == []


def test_what_passed_before_it_could_be_told_is_not_told_and_what_could_not_be_over_is(watch: Watch) -> None:
    watch.world.page(NEW, OLD)
    watch.world.channel.fail(Fault.REJECTED)
    watch.one.fail()
    watch.run()
    watch.settle(Resolution.SKIP)
    watch.runs(2)
    assert watch.one.notices == []
    watch.settle(Resolution.RETRY)
    watch.world.channel.fail(Fault.REJECTED)
    watch.run()
    watch.settle(Resolution.SKIP)
    watch.one.fail()
    watch.runs(3)
    assert (watch.one.begun, watch.one.over) == ([[FAILED], []], [[], [FAILED]])


def test_one_that_hangs_keeps_neither_the_others_nor_the_run(followed: World) -> None:
    hanging, good = Hanging(), MemoryMessenger("good")
    watch = Watch(followed, hanging, good)
    watch.patience = 0.2
    followed.page(NEW, OLD)
    followed.channel.fail(Fault.REJECTED)
    report = watch.run()
    assert good.begun == [[FAILED]]
    assert ["hanging did not answer in time" in said for said in warnings(report)] == [True]
    hanging.released.set()
    assert hanging.ended.wait(20)


def test_a_run_that_is_to_end_leaves_it_to_the_next(watch: Watch) -> None:
    watch.world.page(NEW, OLD)
    watch.world.channel.fail(Fault.REJECTED)
    watch.stopping.set()
    watch.run()
    assert watch.one.notices == []
    watch.stopping.clear()
    watch.run()
    assert watch.one.begun == [[FAILED]]


class Killed(BaseException):
    """The process dies here."""


@pytest.mark.parametrize(("moment", "times"), [("asked", 1), ("told", 2)])
def test_a_run_that_dies_while_it_tells_tells_once_more_and_loses_nothing(
    watch: Watch, moment: str, times: int
) -> None:
    def die(step: str) -> None:
        if step == moment:
            raise Killed

    watch.world.page(NEW, OLD)
    watch.world.channel.fail(Fault.REJECTED)
    watch.one.at = die
    with pytest.raises(Killed):
        watch.run()
    watch.one.at = lambda _: None
    watch.runs(3)
    assert watch.one.begun == [[FAILED]] * times


def test_while_another_run_is_at_work_it_is_that_one_which_tells(watch: Watch) -> None:
    watch.world.page(NEW, OLD)
    watch.world.channel.fail(Fault.REJECTED)
    report = watch.world.run()
    url = watch.world.config().ledger_url
    with open_ledger(url) as other, open_ledger(url) as ledger, other.lock():
        assert alert_after_run(watch.desk(ledger), report, watch.world.herald(ledger)) == report
    assert watch.one.notices == []
    watch.run()
    assert watch.one.begun == [[FAILED]]


def test_what_cannot_be_written_down_is_not_told_and_the_run_goes_on(watch: Watch) -> None:
    with open_ledger(watch.world.config().ledger_url) as ledger:
        desk = watch.desk(ledger)
    (trouble,) = alert_after_break(desk, PageError("away"))
    assert "nobody was told of anything" in trouble.message
    assert not trouble.failure
    assert watch.one.notices == []


def test_a_messenger_that_is_new_is_told_what_is_and_one_that_went_is_forgotten(watch: Watch) -> None:
    watch.world.page(NEW, OLD)
    watch.world.channel.fail(Fault.REJECTED)
    watch.run()
    later = Watch(watch.world, MemoryMessenger("later"))
    later.runs(2)
    assert later.one.begun == [[FAILED]]
    watch.runs(2)
    assert watch.one.begun == [[FAILED]] * 2
    assert watch.world.statuses()["new"] == Status.FAILED


@pytest.fixture(autouse=True)
def silent(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Nothing of this speaks by itself."""
    yield
    assert capsys.readouterr() == ("", "")
