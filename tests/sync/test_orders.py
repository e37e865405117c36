"""What trusted editors order on the wiki: on the command page, and with the directive retry."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.ledger.opening import open_ledger
from bot.ledger.store import Ledger
from bot.model import Gate, Status, Verb
from bot.sync import run as engine
from tests.fakes.faults import Fault
from tests.sync.conftest import OLD

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model import Order, PageMemory, RunReport
    from tests.sync.world import World

NEW = "'''2026-11-18''': [[MediaWiki 1.46]] is out. <!-- herald: id=new -->"
ORDERS = "User:NewsBot/orders"
SENT, HELD, FAILED, ADOPTED = "sent", "held", "failed", "adopted"


@pytest.fixture
def ordered(followed: World) -> World:
    """A page that is followed, and a command page without an order."""
    followed.gate = Gate(command_page=ORDERS)
    order(followed)
    followed.run()
    followed.pass_time(minutes=20)
    return followed


def order(world: World, *lines: str, user: str = "Sue") -> None:
    world.wiki.edit("\n".join(f"* {line}" for line in lines), title=ORDERS, user=user)


def answers(world: World) -> list[tuple[str, bool, str]]:
    return [(f"{one.verb} {one.item}", one.obeyed, one.answer) for one in latest(world)]


def latest(world: World) -> list[Order]:
    with open_ledger(world.config().ledger_url) as ledger:
        return list(reversed(ledger.latest_orders(50)))


def failing(report: RunReport) -> list[str]:
    return [trouble.message for trouble in report.problems if trouble.failure]


def test_a_hold_keeps_an_item_back_until_an_approval(ordered: World) -> None:
    order(ordered, "hold new")
    ordered.page(NEW, OLD)
    (held,) = ordered.run().held
    assert held.reason == "held by Sue, by order; 'approve' lifts that"
    ordered.pass_time(minutes=1)
    order(ordered, "hold new", "approve new")
    ordered.run()
    assert ordered.statuses()["new"] == SENT
    assert answers(ordered) == [("hold new", True, "done"), ("approve new", True, "done")]


def test_an_approval_lifts_what_is_said_of_the_author(ordered: World) -> None:
    ordered.page(NEW, OLD, user="Ann")
    assert ordered.run().held
    order(ordered, "approve new")
    ordered.run()
    assert ordered.statuses()["new"] == SENT


def test_an_approval_does_not_reach_a_later_edit(ordered: World) -> None:
    ordered.page(NEW, OLD, user="Ann")
    order(ordered, "approve new")
    ordered.pass_time(minutes=1)
    ordered.page(NEW.replace("is out", "is lost"), OLD, user="Vic")
    (held,) = ordered.run().held
    assert held.reason.startswith("settling")


def test_what_is_to_be_skipped_is_taken_as_done(ordered: World) -> None:
    ordered.page(NEW, OLD, user="Ann")
    ordered.run()
    order(ordered, "skip new mastodon")
    ordered.run()
    assert answers(ordered) == [("skip new", True, "done: it is left alone on mastodon")]
    (row,) = (row for row in ordered.deliveries() if row.item == "new")
    assert (row.status, row.error) == (Status.ADOPTED, "Sue ordered on the wiki to let it be")
    ordered.pass_time(hours=1)
    ordered.run()
    assert ordered.texts == []


def test_what_has_not_begun_can_be_skipped_too(ordered: World) -> None:
    ordered.page(NEW, OLD)
    order(ordered, "skip new")
    ordered.run()
    assert ordered.statuses()["new"] == ADOPTED
    assert ordered.texts == []


def failed(world: World) -> None:
    """Let the new item fail for good."""
    world.channel.fail(Fault.REJECTED, on="publish")
    world.page(NEW, OLD)
    world.run()
    assert world.statuses()["new"] == FAILED


def test_what_failed_is_tried_again(ordered: World) -> None:
    failed(ordered)
    order(ordered, "retry new")
    ordered.run()
    assert ordered.statuses()["new"] == SENT
    assert answers(ordered) == [("retry new", True, "done: it is tried again on mastodon")]


def test_an_order_is_carried_out_once(ordered: World) -> None:
    failed(ordered)
    order(ordered, "retry new")
    ordered.channel.fail(Fault.REJECTED, on="publish")
    ordered.run()
    assert ordered.statuses()["new"] == FAILED
    order(ordered, "retry new", "thank you")
    ordered.run()
    assert ordered.statuses()["new"] == FAILED
    order(ordered, "retry new ~ again")
    ordered.run()
    assert ordered.statuses()["new"] == SENT


def test_so_it_is_with_the_directive(ordered: World) -> None:
    failed(ordered)
    ordered.page(NEW.replace("id=new", "id=new; retry=mastodon"), OLD, user="Ann")
    ordered.run()
    assert ordered.statuses()["new"] == FAILED
    assert answers(ordered) == [("retry new", False, "not done: Ann is not among the trusted editors")]
    ordered.page(NEW.replace("id=new", "id=new; retry=please"), OLD)
    ordered.run()
    assert ordered.statuses()["new"] == SENT
    ordered.run()
    assert len(latest(ordered)) == 2


@pytest.mark.parametrize(
    ("line", "user", "answer"),
    [
        ("hold new", "Ann", "not done: Ann is not among the trusted editors"),
        ("hold new", "", "not done: somebody is not among the trusted editors"),
        ("hold nothing", "Sue", "not done: there is no item nothing"),
        ("hold new pigeons", "Sue", "not done: there is no channel pigeons; there are mastodon"),
        ("retry new", "Sue", "not done: nothing of new has failed or is in doubt there"),
        ("skip new", "Sue", "not done: nothing of new is waiting, held, failed or in doubt there"),
    ],
)
def test_what_is_not_done_is_answered_with_its_reason(
    ordered: World, line: str, user: str, answer: str
) -> None:
    ordered.page(NEW, OLD)
    ordered.run()
    assert ordered.statuses()["new"] == SENT
    order(ordered, line, user=user)
    ordered.run()
    assert [(obeyed, said) for _, obeyed, said in answers(ordered)] == [(False, answer)]
    assert ordered.statuses()["new"] == SENT


def test_who_brought_an_order_counts_and_not_who_saved_the_page_last(ordered: World) -> None:
    order(ordered, "hold old", user="Vic")
    order(ordered, "hold old", "hold new", user="Sue")
    order(ordered, "hold old", "hold new", "Thank you", user="Vic")
    ordered.page(NEW, OLD)
    ordered.run()
    assert [(one.item, one.editor, one.obeyed) for one in latest(ordered)] == [
        ("old", "Vic", False),
        ("new", "Sue", True),
    ]


def test_a_signature_in_the_text_makes_nobody_trusted(ordered: World) -> None:
    order(ordered, "hold new [[User:Sue|Sue]] 12:00, 18 November 2026 (UTC)", user="Vic")
    ordered.page(NEW, OLD)
    ordered.run()
    assert ordered.statuses()["new"] == SENT


def test_an_order_that_was_taken_back_before_the_run_is_none(ordered: World) -> None:
    order(ordered, "hold new")
    order(ordered)
    ordered.page(NEW, OLD)
    ordered.run()
    assert ordered.statuses()["new"] == SENT
    assert latest(ordered) == []


def test_a_blocked_account_gives_no_orders(ordered: World) -> None:
    ordered.wiki.people_known["Sue"] = {"blocked": True}
    order(ordered, "hold old")
    ordered.run()
    assert answers(ordered) == [("hold old", False, "not done: Sue is not among the trusted editors")]


def test_while_the_wiki_does_not_tell_who_somebody_is_orders_wait(ordered: World) -> None:
    failed(ordered)
    order(ordered, "retry new")
    ordered.wiki.down = "people"
    report = ordered.run()
    assert failing(report) == ["orders wait: the wiki cannot be reached"]
    assert (ordered.statuses()["new"], latest(ordered)) == (FAILED, [])
    ordered.wiki.down = None
    ordered.run()
    assert ordered.statuses()["new"] == SENT


def test_a_page_that_cannot_be_read_is_told(ordered: World) -> None:
    del ordered.wiki.histories[ORDERS]
    assert failing(ordered.run()) == [f"orders wait: {ORDERS}: there is no such page"]


def test_a_page_that_only_shows_another_one_gives_no_orders(ordered: World) -> None:
    ordered.wiki.edit("{{Other}}\n<noinclude>\n* hold new\n</noinclude>", title=ORDERS)
    assert failing(ordered.run()) == [
        f"orders wait: {ORDERS} shows Template:Other and nothing else: write them on the page itself"
    ]
    assert latest(ordered) == []


def test_what_nearly_is_an_order_is_told_with_its_line(ordered: World) -> None:
    order(ordered, "aprove new")
    (trouble,) = ordered.run().problems
    assert (trouble.page, trouble.line, trouble.failure) == (ORDERS, 1, False)


class DiesBeforeItRemembers(Ledger):
    """A process that ends when it is to write down that it has seen the command page."""

    def remember_page(self, memory: PageMemory, *, now: datetime) -> None:
        if memory.title == ORDERS:
            raise InterruptedError
        super().remember_page(memory, now=now)


def test_a_death_after_an_order_has_it_carried_out_no_second_time(ordered: World) -> None:
    failed(ordered)
    order(ordered, "retry new")
    with open_ledger(ordered.config().ledger_url) as ledger:
        dying = DiesBeforeItRemembers(ledger._database, lock=ledger.lock)
        with pytest.raises(InterruptedError):
            engine.run(ordered.herald(dying))
    assert [one.verb for one in latest(ordered)] == [Verb.RETRY]
    ordered.channel.fail(Fault.REJECTED, on="publish")
    ordered.run()
    ordered.run()
    assert ordered.statuses()["new"] == FAILED
    assert len(latest(ordered)) == 1


def test_an_order_at_first_sight_of_the_page_counts(followed: World) -> None:
    order(followed, "hold new")
    order(followed, "hold new", "Thank you", user="Vic")
    followed.gate = replace(followed.gate, command_page=ORDERS)
    followed.page(NEW, OLD)
    followed.run()
    assert followed.statuses()["new"] == HELD
