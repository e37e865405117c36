"""The community's half of the configuration, on a page of the wiki."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.cli.check_overlay import check_overlay
from bot.ledger.opening import open_ledger, open_scratch_copy
from tests.sync.conftest import OLD

if TYPE_CHECKING:
    from bot.model import RunReport
    from tests.sync.world import World

NEW = "'''2026-11-18''': [[MediaWiki 1.46]] is out. <!-- herald: id=new -->"
PAGE = "Project:News.json"
OWN = "User:Ops/news.json"
OFF = {"channels": {"mastodon": {"enabled": False}}}
GREETING = {"channels": {"mastodon": {"template": "News: {{ text }}"}}}


@pytest.fixture
def configured(followed: World) -> World:
    """A page that is followed, and a configuration page that nobody has written yet."""
    followed.config_page = PAGE
    followed.channel_settings["mastodon"]["network"] = "mastodon"
    followed.page(NEW, OLD)
    return followed


def write(world: World, values: Any, *, user: str = "Sue", title: str = PAGE) -> int:
    text = values if isinstance(values, str) else json.dumps(values)
    return world.wiki.edit(text, title=title, user=user).id


def failing(report: RunReport) -> list[str]:
    return [trouble.message for trouble in report.problems if trouble.failure]


def kept(world: World) -> int | None:
    with open_ledger(world.config().ledger_url) as ledger:
        found = ledger.overlay("test:test", world.config_page or "")
    return found[0] if found else None


def test_what_it_says_holds(configured: World) -> None:
    write(configured, GREETING)
    assert failing(configured.run()) == []
    assert configured.texts == ["News: MediaWiki 1.46 is out."]


def test_a_channel_can_be_switched_off_and_on_again(configured: World) -> None:
    write(configured, OFF)
    (held,) = configured.run().held
    assert held.reason == f"switched off in {PAGE}"
    write(configured, {})
    configured.run()
    assert len(configured.texts) == 1


def test_the_gate_can_be_stricter(configured: World) -> None:
    write(configured, {"gate": {"hold_words": ["MediaWiki"]}})
    (held,) = configured.run().held
    assert held.reason.startswith("it says “mediawiki”")


@pytest.mark.parametrize(
    ("values", "user", "said"),
    [
        ({}, "Vic", "does not count: Vic is not trusted"),
        ({}, "", "does not count: somebody is not trusted"),
        ("{", "Sue", "by Sue does not count: this is not JSON"),
        ({"gate": {"settle": "1s"}}, "Sue", "gate: settle: would be looser"),
        ({"channels": {"mastodn": {}}}, "Sue", "channels: mastodn: unknown key"),
        ({"channels": {"mastodon": {"token_env": "X"}}}, "Sue", "token_env: unknown key"),
    ],
)
def test_the_last_good_revision_goes_on_to_count(
    configured: World, values: Any, user: str, said: str
) -> None:
    good = write(configured, OFF)
    configured.run()
    bad = write(configured, values, user=user)
    report = configured.run()
    (told,) = failing(report)
    assert told.startswith(f"revision {bad} ")
    assert said in told
    assert f"its revision {good} goes on to count" in [one.message for one in report.problems]
    assert [held.reason for held in report.held] == [f"switched off in {PAGE}"]
    assert kept(configured) == good


def test_a_good_revision_below_a_bad_one_counts(configured: World) -> None:
    write(configured, {})
    configured.run()
    good = write(configured, OFF)
    write(configured, {}, user="Vic")
    assert len(failing(configured.run())) == 1
    assert kept(configured) == good


def test_so_it_is_at_first_sight(configured: World) -> None:
    good = write(configured, OFF)
    write(configured, {}, user="Vic")
    (held,) = configured.run().held
    assert held.reason == f"switched off in {PAGE}"
    assert kept(configured) == good


def test_where_nothing_was_ever_good_the_file_holds(configured: World) -> None:
    write(configured, OFF, user="Vic")
    assert len(failing(configured.run())) == 1
    assert len(configured.texts) == 1
    assert kept(configured) is None


@pytest.mark.parametrize("gone", [False, True])
def test_a_page_that_cannot_be_read_changes_nothing(configured: World, *, gone: bool) -> None:
    good = write(configured, OFF)
    configured.run()
    if gone:
        del configured.wiki.histories[PAGE]
    else:
        configured.wiki.down = "read"
    report = configured.run()
    assert failing(report)
    assert f"its revision {good} goes on to count" in [one.message for one in report.problems]
    assert configured.texts == []


def test_what_no_longer_fits_the_file_counts_no_more_and_is_told(configured: World) -> None:
    good = write(configured, {"gate": {"settle": "40m"}})
    configured.run()
    configured.gate = replace(configured.gate, settle=configured.gate.settle * 4)
    (told,) = failing(configured.run())
    assert told.startswith(
        f"revision {good}, the last good one, no longer fits: gate: settle: would be looser"
    )


def test_a_page_that_was_moved_there_has_nobodys_past(configured: World) -> None:
    good = write(configured, OFF)
    configured.run()
    moved = write(configured, {}, title="Draft")
    configured.wiki.histories[PAGE] = configured.wiki.histories.pop("Draft")
    (told,) = failing(configured.run())
    assert told == f"revision {moved} does not count: somebody is not trusted"
    assert kept(configured) == good


def test_a_blocked_account_configures_nothing(configured: World) -> None:
    configured.wiki.people_known["Sue"] = {"blocked": True}
    write(configured, OFF)
    assert len(failing(configured.run())) == 1
    assert kept(configured) is None


@pytest.mark.parametrize(
    ("user", "counts"), [("Ops", True), ("Ian", True), ("Sue", True), ("Vic", False), ("Out", False)]
)
def test_a_users_own_json_page_has_its_caretakers(configured: World, user: str, *, counts: bool) -> None:
    configured.config_page = OWN
    configured.wiki.user_groups["Ian"] = frozenset({"interface-admin"})
    configured.wiki.user_groups["Out"] = frozenset({"interface-admin"})
    configured.wiki.people_known["Out"] = {"blocked": True}
    number = write(configured, OFF, user=user, title=OWN)
    configured.run()
    assert kept(configured) == (number if counts else None)


def test_an_unchanged_page_costs_nothing_but_being_read(configured: World) -> None:
    write(configured, GREETING)
    configured.run()
    configured.wiki.asked.clear()
    configured.run()
    assert configured.wiki.asked == ["read"]


def checked(world: World) -> list[tuple[str, str]]:
    with open_scratch_copy(world.config().ledger_url) as ledger:
        return [(one.verdict.value, one.message) for one in check_overlay(world.herald(ledger))]


def test_check_says_which_revision_counts_and_who_may_change_it(configured: World) -> None:
    good = write(configured, OFF)
    bad = write(configured, {}, user="Vic")
    last, protection, stranger = checked(configured)
    assert last == ("good", f"{PAGE}: last changed by Vic in revision {bad}; revision {good} counts")
    assert protection[0] == "warning"
    assert protection[1].startswith(f"{PAGE} is not protected")
    assert stranger == ("warning", f"{PAGE}: revision {bad} does not count: Vic is not trusted")
    configured.wiki.protection = frozenset({"sysop"})
    assert checked(configured)[1] == ("good", "it is protected (sysop)")
    assert kept(configured) is None  # nothing is written down


def test_check_knows_the_page_of_a_user(configured: World) -> None:
    configured.config_page = OWN
    number = write(configured, OFF, user="Vic", title=OWN)
    said = f"{OWN}: last changed by Vic in revision {number}; no revision of it counts"
    first, second, _ = checked(configured)
    assert first[1].startswith(said)
    assert second == ("good", "only Ops and interface administrators can edit it")


def test_check_says_that_there_is_no_page(configured: World) -> None:
    assert checked(configured) == [("warning", f"{PAGE}: {PAGE}: there is no such page")]
    configured.config_page = None
    assert checked(configured) == []
