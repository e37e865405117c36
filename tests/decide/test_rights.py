from __future__ import annotations

from dataclasses import replace

import pytest

from bot.decide.rights import is_restricted, lacking, office, surplus
from bot.model import Standing

EVERYBODY = frozenset({"read", "edit", "createpage", "move", "upload"})
SYSOP = EVERYBODY | {"delete", "undelete", "block", "protect", "editinterface", "autopatrol", "apihighlimits"}
BOT = Standing(
    site="test:test",
    account="NewsBot",
    groups=frozenset({"*", "user", "sysop"}),
    rights=frozenset({"read", "edit"}),
    entitled=SYSOP,
    common=EVERYBODY,
)


def test_reading_is_enough_where_nothing_is_written() -> None:
    assert lacking(BOT, writes=False) == ()
    assert lacking(replace(BOT, rights=frozenset()), writes=False) == ("read",)


def test_writing_takes_more() -> None:
    assert lacking(BOT, writes=True) == ("createpage",)
    assert lacking(replace(BOT, rights=frozenset({"read"})), writes=True) == ("edit", "createpage")


def test_what_everybody_has_and_what_does_no_harm_is_not_too_much() -> None:
    held = frozenset({"apihighlimits", "bot", "noratelimit", "autoconfirmed", "patrolmarks"})
    assert surplus(replace(BOT, rights=EVERYBODY | held), writes=False) == {}


def test_what_it_does_not_need_is_sorted_by_what_one_can_do_with_it() -> None:
    found = surplus(replace(BOT, rights=SYSOP | {"some-extension"}), writes=False)
    assert list(found.items()) == [
        ("change the interface and its scripts", ("editinterface",)),
        ("block people", ("block",)),
        ("delete, hide and bring back pages", ("delete", "undelete")),
        ("protect pages", ("protect",)),
        ("", ("some-extension",)),
    ]


def test_where_only_some_may_edit_that_is_needed_only_for_writing() -> None:
    closed = replace(BOT, common=frozenset({"read"}), rights=frozenset({"read", "edit", "createpage"}))
    assert surplus(closed, writes=False) == {"": ("createpage", "edit")}
    assert surplus(closed, writes=True) == {}


def test_a_session_is_restricted_where_it_may_do_less_than_its_account() -> None:
    assert is_restricted(BOT)
    assert not is_restricted(replace(BOT, rights=SYSOP))
    assert not is_restricted(replace(BOT, rights=SYSOP | {"given by a global group"}))


@pytest.mark.parametrize(
    ("groups", "said"),
    [({"sysop"}, "an administrator"), ({"interface-admin"}, "an interface administrator"), ({"bot"}, None)],
)
def test_an_account_with_power_over_the_wiki_is_told(groups: set[str], said: str | None) -> None:
    assert office(replace(BOT, groups=frozenset(groups))) == said
