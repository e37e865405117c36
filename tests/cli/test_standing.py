"""What ``check`` says of the wiki's account."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.cli.standing import check_standing
from bot.model import Standing
from bot.report.values import Verdict

if TYPE_CHECKING:
    from bot.report.values import Finding

EVERYBODY = frozenset({"read", "edit", "createpage"})
NOBODY = Standing(
    site="test:test",
    account=None,
    groups=frozenset({"*"}),
    rights=EVERYBODY,
    entitled=EVERYBODY,
    common=EVERYBODY,
)
BOT = replace(NOBODY, account="NewsBot", groups=frozenset({"*", "user"}))
ADMIN = replace(
    BOT,
    groups=frozenset({"*", "user", "sysop"}),
    rights=EVERYBODY | {"delete", "block", "odd"},
    entitled=EVERYBODY | {"delete", "block", "odd"},
)


def found(standing: Standing, verdict: Verdict, *, writes: bool = False) -> list[Finding]:
    return [finding for finding in check_standing(standing, writes=writes) if finding.verdict is verdict]


def test_it_says_who_reads_and_how_much_at_once() -> None:
    assert found(NOBODY, Verdict.GOOD)[0].message == (
        "nobody is logged in on test:test: reading a public page needs no account; "
        "it may read 50 pages at once"
    )
    fast = replace(BOT, rights=EVERYBODY | {"apihighlimits"})
    assert found(fast, Verdict.GOOD)[0].message == (
        "logged in on test:test as NewsBot; it may read 500 pages at once"
    )


def test_an_account_that_may_do_what_it_has_to_and_no_more_is_well() -> None:
    for writes in (False, True):
        assert found(BOT, Verdict.BAD, writes=writes) == []
        assert found(BOT, Verdict.WARNING, writes=writes) == []


def test_writing_needs_an_account_and_reading_does_not() -> None:
    assert found(NOBODY, Verdict.BAD) == []
    (bad,) = found(NOBODY, Verdict.BAD, writes=True)
    assert "nobody is logged in" in bad.message


def test_what_it_lacks_is_told_with_what_to_grant() -> None:
    (bad,) = found(replace(BOT, rights=frozenset({"read"})), Verdict.BAD, writes=True)
    assert "lacks edit, createpage" in bad.message
    assert "'Edit existing pages'" in str(bad.remedy)
    assert found(replace(BOT, rights=frozenset({"read"})), Verdict.BAD) == []


def test_pages_that_it_may_not_make_can_be_made_for_it() -> None:
    editing = replace(BOT, rights=frozenset({"read", "edit"}))
    assert found(editing, Verdict.BAD, writes=True) == []
    (warning,) = found(editing, Verdict.WARNING, writes=True)
    assert "createpage" in warning.message
    assert "by hand" in str(warning.remedy)


def test_every_right_too_much_is_named_and_how_to_be_rid_of_it() -> None:
    (warning,) = found(ADMIN, Verdict.WARNING)
    assert warning.message == (
        "its account is an administrator's, with all that belongs to it: it may also block people (block), "
        "delete, hide and bring back pages (delete) and do what these let it: odd, and needs none of that"
    )
    assert "bot password or an OAuth consumer that is granted 'Basic rights' and nothing else" in str(
        warning.remedy
    )
    (warning,) = found(ADMIN, Verdict.WARNING, writes=True)
    assert "'Basic rights' and 'Edit existing pages'" in str(warning.remedy)


def test_an_administrator_who_is_held_short_is_well() -> None:
    held = replace(ADMIN, rights=EVERYBODY)
    assert found(held, Verdict.WARNING) == []
    assert "granted this session only a part of its rights" in found(held, Verdict.GOOD)[0].message


def test_a_part_that_is_too_much_is_told_as_a_part() -> None:
    (warning,) = found(replace(ADMIN, rights=EVERYBODY | {"delete"}), Verdict.WARNING)
    assert warning.message.startswith("it may also delete, hide and bring back pages (delete), and needs")


def test_a_blocked_account_does_not_work() -> None:
    (bad,) = found(replace(BOT, blocked="by Ann until infinity: test"), Verdict.BAD)
    assert bad.message == "NewsBot is blocked by Ann until infinity: test"
    partly = replace(BOT, blocked="by Ann until infinity: test", partially=True)
    assert found(partly, Verdict.BAD) == []
    assert "blocked from some pages by Ann" in found(partly, Verdict.WARNING)[0].message


def test_a_blocked_address_may_read() -> None:
    blocked = replace(NOBODY, blocked="by Ann until infinity: open proxy")
    assert found(blocked, Verdict.BAD) == []
    assert "the address that the bot comes from is blocked" in found(blocked, Verdict.WARNING)[0].message
    assert len(found(blocked, Verdict.BAD, writes=True)) == 2
