"""What a run shows on the wiki of how things stand, and when it writes that."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.config import StatusConfig
from bot.errors import PageError
from bot.ledger.opening import open_ledger
from bot.model import Capabilities, Ending, Gate
from bot.report.wiki import written
from tests.fakes.faults import Fault
from tests.sync.conftest import OLD
from tests.sync.world import START, MemoryPen

if TYPE_CHECKING:
    from bot.model import RunMemory
    from tests.sync.world import World

PAGE = "User:NewsBot/status"
NEW = "'''2026-11-18''': [[MediaWiki 1.46]] is out. <!-- herald: id=new -->"


@pytest.fixture
def shown(world: World) -> World:
    """A world whose wiki has a status page, an hour after the first run."""
    world.status = StatusConfig(page=PAGE, every=timedelta(hours=1))
    world.pen = MemoryPen()
    world.page(OLD)
    world.run()
    world.pass_time(hours=1)
    return world


def pen(world: World) -> MemoryPen:
    assert world.pen is not None
    return world.pen


def text(world: World) -> str:
    """The newest text of the page, with the signs that are written as references."""
    newest = pen(world).pages[PAGE][-1]
    return re.sub(r"&#(\d+);", lambda match: chr(int(match[1])), newest)


def last_run(world: World) -> RunMemory:
    with open_ledger(world.config().ledger_url) as ledger:
        found = ledger.last_run("sync")
    assert found is not None
    return found


def test_the_first_run_makes_the_page(shown: World) -> None:
    (edit,) = pen(shown).edits
    assert edit.summary == "the first status page"
    assert "Old news, on the page before the bot." in text(shown)
    assert "Last run: <bdi" in text(shown)
    assert "2026-11-18 13:00 UTC" in text(shown)  # the next run
    assert "All is well." in text(shown)


def test_a_run_that_changes_nothing_does_not_write(shown: World) -> None:
    report = shown.run()
    assert report.edits == ()
    assert len(pen(shown).edits) == 1


def test_a_post_is_shown_with_a_link_in_one_edit(shown: World) -> None:
    shown.page(NEW, OLD)
    report = shown.run()
    (edit,) = report.edits
    assert edit.summary == "1 posted"
    assert "[https://memory.example/1 posted]" in text(shown)
    assert text(shown).index("MediaWiki 1.46 is out.") < text(shown).index("Old news")
    assert len(pen(shown).edits) == 2


def test_what_waits_is_shown_with_the_time_and_the_reason(shown: World) -> None:
    shown.page(NEW, OLD, user="Eve")
    shown.run()
    assert "Waits or is held" in text(shown)
    assert "2026-11-18 13:30 UTC" in text(shown)
    assert pen(shown).edits[-1].summary == "1 held"


def test_a_doubt_says_what_to_do(shown: World) -> None:
    shown.channel.capabilities = Capabilities()
    shown.page(NEW, OLD)
    shown.channel.fail(Fault.ACCEPTED_LOST)
    shown.run()
    shown.pass_time(hours=1)
    shown.run()
    assert shown.statuses()["new"] == "in_doubt"
    assert "One delivery needs a person" in text(shown)
    assert "wikiherald resolve new mastodon --sent URL" in text(shown)
    assert pen(shown).edits[-1].summary == "1 in doubt"
    assert last_run(shown).ending is Ending.TROUBLE


def test_a_brake_is_shown(shown: World) -> None:
    shown.wiki.edit("", user="Vandal")
    report = shown.run()
    assert report.refusal is not None
    assert "The last run published nothing" in text(shown)
    assert "no item was found" in text(shown)
    assert pen(shown).edits[-1].summary == "the run was refused"
    assert (last_run(shown).ending, last_run(shown).detail) == (Ending.REFUSED, report.refusal)


def test_problems_are_shown(shown: World) -> None:
    shown.page(NEW.replace("id=new", "id=new; chanels=x"), OLD)
    shown.run()
    assert "Problems of the last run" in text(shown)
    assert "chanels" in text(shown)


def test_a_bot_that_is_stopped_writes_nothing(shown: World) -> None:
    shown.page(NEW, OLD)
    shown.stop_reason = "stopped from the wiki"
    report = shown.run()
    assert (report.refusal, report.edits, report.problems) == ("stopped from the wiki", (), ())
    assert len(pen(shown).edits) == 1


def test_after_a_day_without_changes_it_is_seen_that_the_bot_lives(shown: World) -> None:
    shown.pass_time(hours=22)
    shown.run()
    assert len(pen(shown).edits) == 1
    shown.pass_time(hours=1)
    shown.run()
    assert pen(shown).edits[-1].summary == "nothing has changed, and the bot is alive"
    mark = written(pen(shown).pages[PAGE][-1])
    assert mark is not None
    assert (mark.changed, mark.run) == (START, START + timedelta(days=1))


def test_without_a_heartbeat_it_is_not(shown: World) -> None:
    shown.status = StatusConfig(page=PAGE, every=timedelta(hours=1), heartbeat=timedelta(0))
    shown.run()  # the page says another thing of when it is written
    shown.pass_time(days=30)
    shown.run()
    assert len(pen(shown).edits) == 2


def test_what_others_have_changed_on_it_is_mended(shown: World) -> None:
    pen(shown).pages[PAGE].append(pen(shown).pages[PAGE][-1] + "\nI was here.")
    shown.run()
    assert pen(shown).edits[-1].summary == "as it was before others changed it"
    assert "I was here" not in text(shown)


def test_that_it_cannot_be_written_is_a_warning_and_keeps_nothing_from_going_out(shown: World) -> None:
    shown.page(NEW, OLD)
    pen(shown).broken = PageError(f"{PAGE}: was not written: the wiki is read-only")
    report = shown.run()
    assert shown.texts == ["MediaWiki 1.46 is out."]
    (problem,) = report.problems
    assert (problem.message, problem.failure) == (f"the status page {pen(shown).broken}", False)
    assert not report.needs_a_look


def test_that_it_cannot_be_written_for_a_day_is_a_failure(shown: World) -> None:
    pen(shown).broken = PageError(f"{PAGE}: was not written")
    shown.page(NEW, OLD)
    shown.run()
    began = last_run(shown).unwritten_since
    shown.pass_time(hours=23)
    assert not shown.run().needs_a_look
    shown.pass_time(hours=1)
    assert shown.run().needs_a_look
    assert last_run(shown).unwritten_since == began
    pen(shown).broken = None
    assert not shown.run().needs_a_look
    assert last_run(shown).unwritten_since is None


def test_a_fault_of_ours_there_is_told_and_stops_nothing(shown: World) -> None:
    shown.page(NEW, OLD)
    pen(shown).broken = ValueError("a fault")
    (problem,) = shown.run().problems
    assert "unexpected ValueError: please report it" in problem.message


def test_the_language_is_the_configured_one(shown: World) -> None:
    shown.status = StatusConfig(page=PAGE, language="he")
    shown.run()
    assert '<div lang="he" dir="rtl"' in text(shown)
    assert "הכול תקין." in text(shown)


def test_channels_that_are_no_more_are_not_shown(shown: World) -> None:
    shown.add_channel("forum", keeps_keys=False)
    shown.run()
    shown.page(NEW, OLD)
    shown.run()
    assert "<bdi>forum</bdi>" in text(shown)
    del shown.channels["forum"]
    shown.run()
    assert "forum" not in text(shown)


def test_many_items_make_no_endless_page(shown: World) -> None:
    shown.gate = Gate(max_new_items=1000)
    items = (f"'''2026-11-18''': Item {n} of them. <!-- herald: id=n{n} -->" for n in range(200))
    shown.page(*items, user="Eve")
    shown.run()
    assert len(re.findall(r'^\|- id="item-', text(shown), re.MULTILINE)) == 150
    assert "50 more are not shown here." in text(shown)
    assert len(text(shown)) < 200_000


def test_the_last_run_is_remembered(shown: World) -> None:
    found = last_run(shown)
    assert (found.began_at, found.ended_at, found.ending) == (START, START, Ending.WELL)
