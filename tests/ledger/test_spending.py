"""What networks charge, chosen ids and digests, as the ledger keeps them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.errors import LedgerError
from bot.ledger import open_ledger
from bot.model import Status
from tests.ledger.making import CHANNEL, MINUTE, NOW, RECEIPT, WORDING, claim, pending

if TYPE_CHECKING:
    from bot.ledger import Ledger

PRICE = Decimal("0.015")
NOTHING = Decimal(0)


def spent(ledger: Ledger) -> Decimal:
    return ledger.spent(CHANNEL)


def test_a_claim_and_what_it_may_cost_are_one(ledger: Ledger, url: str) -> None:
    row = pending(ledger)
    claim(ledger, row, cost=PRICE)
    with open_ledger(url) as another:
        assert spent(another) == PRICE
    with pytest.raises(LedgerError):
        claim(ledger, row, cost=PRICE)  # it is no longer as it was seen
    assert spent(ledger) == PRICE


def test_what_was_surely_refused_cost_nothing_and_earlier_claims_what_they_did(ledger: Ledger) -> None:
    first = claim(ledger, pending(ledger), cost=PRICE)
    again = ledger.settle(first, Status.PENDING, now=NOW + MINUTE, error="lost, and not there")
    second = claim(ledger, again, cost=PRICE, now=NOW + 2 * MINUTE)
    assert spent(ledger) == 2 * PRICE
    third = ledger.settle(second, Status.PENDING, now=NOW + 3 * MINUTE, error="429", free=True)
    assert spent(ledger) == PRICE
    unpaid = claim(ledger, third, now=NOW + 4 * MINUTE)
    ledger.settle(unpaid, Status.PENDING, now=NOW + 5 * MINUTE, error="429", free=True)
    assert spent(ledger) == PRICE


def test_reading_is_corrected_to_what_it_did_cost(ledger: Ledger) -> None:
    entry = ledger.spend_on_reading(CHANNEL, Decimal("0.1"), now=NOW)
    other = ledger.spend_on_reading(CHANNEL, Decimal("0.1"), now=NOW)
    ledger.correct(entry, Decimal("0.003"))
    assert spent(ledger) == Decimal("0.103")
    ledger.correct(other, NOTHING)
    assert spent(ledger) == Decimal("0.003")


def test_a_span_of_time_has_its_beginning_and_not_its_end(ledger: Ledger) -> None:
    for minutes in range(3):
        ledger.spend_on_reading(CHANNEL, PRICE, now=NOW + minutes * MINUTE)
    ledger.spend_on_reading("another", PRICE, now=NOW + MINUTE)
    assert ledger.spent(CHANNEL, NOW, NOW + 2 * MINUTE) == 2 * PRICE
    assert ledger.spent(CHANNEL, NOW + 3 * MINUTE) == NOTHING
    assert spent(ledger) == 3 * PRICE


def test_amounts_are_exact_and_what_cannot_be_is_refused(ledger: Ledger) -> None:
    for _ in range(10):
        ledger.spend_on_reading(CHANNEL, Decimal("0.000001"), now=NOW)
    assert spent(ledger) == Decimal("0.00001")
    with pytest.raises(LedgerError, match="millionths"):
        ledger.spend_on_reading(CHANNEL, Decimal("0.0000001"), now=NOW)


def test_an_id_that_was_chosen_stays(ledger: Ledger) -> None:
    first = claim(ledger, pending(ledger), chosen_id="one")
    assert (first.chosen_id, first.remote_id) == ("one", None)
    again = ledger.settle(first, Status.PENDING, now=NOW, error="not there")
    second = claim(ledger, again, chosen_id="two")
    assert second.chosen_id == "one"
    assert ledger.remote_ids(CHANNEL) == {"one"}
    third = ledger.settle(second, Status.PENDING, now=NOW, error="not there")
    assert claim(ledger, third).chosen_id == "one"


def test_the_id_of_what_was_deleted_is_used_no_more(ledger: Ledger) -> None:
    sent = ledger.settle(
        claim(ledger, pending(ledger), chosen_id="one"), Status.SENT, now=NOW, receipt=RECEIPT
    )
    assert ledger.remote_ids(CHANNEL) == {"one", RECEIPT.remote_id}
    deleted = ledger.settle(sent, Status.RETRACTED, now=NOW)
    wanted = ledger.settle(deleted, Status.PENDING, now=NOW)
    assert claim(ledger, wanted, chosen_id="two").chosen_id == "two"


def test_what_a_claim_shares_is_kept_until_the_next_claim(ledger: Ledger) -> None:
    sharing = replace(WORDING, text="", shares="https://wikis.world/@wikitech/1130")
    first = ledger.claim(pending(ledger), wording=sharing, now=NOW)
    assert (first.text, first.shares) == ("", sharing.shares)
    again = ledger.settle(first, Status.PENDING, now=NOW)
    assert again.shares == sharing.shares
    assert claim(ledger, again).shares is None


def test_a_digest_is_claimed_as_a_whole_or_not_at_all(ledger: Ledger) -> None:
    one, two = pending(ledger, "one"), pending(ledger, "two")
    claim(ledger, two)
    with pytest.raises(LedgerError):
        ledger.claim_digest([(one, WORDING), (two, WORDING)], digest="both", cost=PRICE, now=NOW)
    assert [row.status for row in ledger.deliveries(items={"one"})] == [Status.PENDING]
    assert spent(ledger) == NOTHING


def test_a_digest_is_settled_as_a_whole_and_counts_once(ledger: Ledger) -> None:
    rows = [pending(ledger, item) for item in ("one", "two", "three")]
    claimed = ledger.claim_digest([(row, WORDING) for row in rows[:2]], digest="both", cost=PRICE, now=NOW)
    assert {row.digest for row in claimed} == {"both"}
    claim(ledger, rows[2])
    assert ledger.sent_since(CHANNEL, NOW - MINUTE, now=NOW + MINUTE) == 2
    with pytest.raises(LedgerError):
        ledger.settle_all([*claimed, rows[2]], Status.SENT, now=NOW, receipt=RECEIPT)
    assert {row.status for row in ledger.deliveries(items={"one", "two"})} == {Status.SENDING}
    settled = ledger.settle_all(claimed, Status.SENT, now=NOW + timedelta(seconds=1), receipt=RECEIPT)
    assert {row.remote_id for row in settled} == {RECEIPT.remote_id}
    assert spent(ledger) == PRICE


def test_an_item_that_goes_out_alone_afterwards_is_of_no_digest(ledger: Ledger) -> None:
    (row,) = ledger.claim_digest([(pending(ledger), WORDING)], digest="alone", now=NOW)
    again = ledger.settle(row, Status.PENDING, now=NOW, error="429", free=True)
    assert claim(ledger, again).digest is None
