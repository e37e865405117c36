"""Orders, the configuration on the wiki, the pasts of items, and what went out in a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.errors import LedgerError
from bot.model import Change, ChangeKind, Order, Provenance, Revision, Status, Verb
from tests.ledger.making import (
    CHANNEL,
    MINUTE,
    NOW,
    PAGE,
    RECEIPT,
    SITE,
    claim,
    known,
    memory,
    new,
    pending,
    sent,
)

if TYPE_CHECKING:
    from bot.ledger import Ledger

DAY = timedelta(days=1)


def order(key: str = "k1", **fields: Any) -> Order:
    made: dict[str, Any] = {
        "verb": Verb.RETRY,
        "item": "mw146",
        "revision": 7,
        "editor": "Zoë",
        "at": NOW,
        "channel": CHANNEL,
        "obeyed": True,
        "answer": "done: it is tried again",
    }
    return Order(key=key, **{**made, **fields})


def failed(ledger: Ledger) -> Any:
    return ledger.settle(claim(ledger, pending(ledger)), Status.FAILED, now=NOW, error="422")


def test_an_order_comes_back_as_it_was_answered(ledger: Ledger) -> None:
    first, second = order(), order("k2", channel=None, obeyed=False, at=NOW - MINUTE, verb=Verb.HOLD)
    other = order("k3", item="other", at=NOW + MINUTE)
    for one in (first, second, other):
        ledger.obey(one, (), Status.PENDING, now=NOW, detail="")
    assert ledger.orders(["mw146"]) == (second, first)
    assert ledger.orders(["mw146", "other"]) == (second, first, other)
    assert ledger.orders([]) == ()
    assert ledger.latest_orders(2) == (other, first)
    assert ledger.answered(["k1", "k3", "k4"]) == {"k1", "k3"}


def test_an_answer_is_given_once(ledger: Ledger) -> None:
    ledger.obey(order(), (), Status.PENDING, now=NOW, detail="")
    ledger.obey(order(answer="another"), (), Status.PENDING, now=NOW, detail="")
    assert ledger.orders(["mw146"]) == (order(),)


def test_an_order_and_what_it_moves_are_written_together(ledger: Ledger) -> None:
    row = failed(ledger)
    ledger.obey(order(), [row], Status.PENDING, now=NOW + MINUTE, detail="Zoë ordered it")
    (moved,) = ledger.deliveries()
    assert (moved.status, moved.error, moved.retry_at) == (Status.PENDING, None, None)
    assert ledger.events(row.id)[-1].detail == "Zoë ordered it"
    assert ledger.answered(["k1"]) == {"k1"}


def test_what_is_to_be_left_alone_says_why_and_new_rows_come_with_it(ledger: Ledger) -> None:
    row = failed(ledger)
    other = new(channel="feed", status=Status.ADOPTED, reason="Zoë ordered it")
    ledger.obey(order(verb=Verb.SKIP), [row], Status.ADOPTED, now=NOW, detail="Zoë ordered it", new=[other])
    assert {(one.channel, one.status, one.error) for one in ledger.deliveries()} == {
        (CHANNEL, Status.ADOPTED, "Zoë ordered it"),
        ("feed", Status.ADOPTED, "Zoë ordered it"),
    }


@pytest.mark.parametrize("status", [Status.PENDING, Status.ADOPTED])
def test_an_order_that_cannot_be_carried_out_is_not_written_down(ledger: Ledger, status: Status) -> None:
    stale, fine = failed(ledger), pending(ledger, "other")
    ledger.settle(stale, Status.PENDING, now=NOW)
    more = new(channel="feed", status=Status.ADOPTED)
    before = ledger.deliveries()
    with pytest.raises(LedgerError):
        ledger.obey(order(), [fine, stale], status, now=NOW, detail="x", new=[more])
    assert ledger.answered(["k1"]) == frozenset()
    assert ledger.deliveries() == before


def test_what_was_sent_is_moved_by_no_order(ledger: Ledger) -> None:
    row = sent(ledger)
    with pytest.raises(LedgerError):
        ledger.obey(order(), [row], Status.PENDING, now=NOW, detail="x")
    assert ledger.deliveries() == (row,)


def test_the_last_good_configuration_takes_the_place_of_the_one_before(ledger: Ledger) -> None:
    assert ledger.overlay(SITE, PAGE) is None
    ledger.remember_overlay(SITE, PAGE, 7, '{"x": "日本語"}', now=NOW)
    ledger.remember_overlay(SITE, PAGE, 8, "y" * 70_000, now=NOW + MINUTE)
    ledger.remember_overlay(SITE, "Another", 9, "{}", now=NOW)
    assert ledger.overlay(SITE, PAGE) == (8, "y" * 70_000)
    assert ledger.overlay(SITE, "Another") == (9, "{}")
    assert ledger.overlay("meta:meta", PAGE) is None


REVISION = Revision(
    id=4711,
    editor="Zoë",
    saved_at=NOW,
    comment="Neu: 日本語",
    tags=("mw-undo", "visualeditor"),
    sha1="abc",
    hidden=True,
)


@pytest.mark.parametrize(
    "changes",
    [
        (),
        (Change(kind=ChangeKind.ADDED, revision=Revision(id=1, editor="", saved_at=NOW)),),
        tuple(Change(kind=kind, revision=REVISION, form="1:a", detail="approve") for kind in ChangeKind),
        (Change(kind=ChangeKind.CHANGED, revision=REVISION, relinked=True, reverting=True),),
    ],
)
def test_all_that_is_known_of_an_items_past_is_kept(ledger: Ledger, changes: tuple[Change, ...]) -> None:
    origin = Provenance(revision=4711, editors=("Zoë",), since=NOW, changes=changes)
    one = known("mw146", provenance=origin)
    ledger.remember_page(memory(one), now=NOW)
    assert ledger.page(SITE, PAGE) == memory(one)
    again = replace(one, provenance=replace(origin, changes=(*changes, *changes)))
    ledger.remember_page(memory(again), now=NOW)
    assert ledger.page(SITE, PAGE) == memory(again)


def test_items_that_went_out_in_a_day_count_once_on_all_channels(ledger: Ledger) -> None:
    sent(ledger)
    sent(ledger, channel="feed")
    failed_one = claim(ledger, pending(ledger, "refused"))
    ledger.settle(failed_one, Status.FAILED, now=NOW, error="422")
    claim(ledger, pending(ledger, "under way"))
    pending(ledger, "waiting")
    out = {(SITE, PAGE, "mw146"), (SITE, PAGE, "under way")}
    assert ledger.items_since(NOW - DAY, now=NOW + MINUTE) == out
    assert ledger.items_since(NOW + MINUTE, now=NOW + DAY) == frozenset()
    assert ledger.items_since(NOW - DAY, now=NOW - MINUTE) == frozenset()


def test_what_began_to_go_out_before_that_day_does_not_count(ledger: Ledger) -> None:
    sent(ledger)
    later = claim(ledger, pending(ledger, channel="feed"), now=NOW + 2 * DAY)
    ledger.settle(later, Status.SENT, now=NOW + 2 * DAY, receipt=RECEIPT)
    assert ledger.items_since(NOW + DAY, now=NOW + 3 * DAY) == frozenset()
