from __future__ import annotations

from datetime import timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from bot.errors import LedgerError
from bot.ledger import open_scratch_copy
from bot.model import Receipt, Status, Wording
from tests.ledger.making import CHANNEL, MINUTE, NOW, PAGE, RECEIPT, SITE, claim, memory, new, pending, sent

if TYPE_CHECKING:
    from bot.ledger import Ledger


def test_a_new_delivery_is_returned_as_it_is_kept(ledger: Ledger) -> None:
    wanted = new(
        part=2, revision=4711, editor="Zoë", text="Hallo 🎉", link="https://x.example/", fingerprint="f"
    )
    [made] = ledger.create([wanted], now=NOW)
    assert ledger.deliveries() == (made,)
    for field in ("site", "page", "item", "channel", "part", "status", "key", "text", "link", "fingerprint"):
        assert getattr(made, field) == getattr(wanted, field)
    assert (made.created_at, made.updated_at) == (NOW, NOW)
    assert (made.attempts, made.claimed_at, made.error) == (0, None, None)


def test_a_delivery_that_was_adopted_keeps_reason_and_receipt(ledger: Ledger) -> None:
    made = pending(
        ledger, status=Status.ADOPTED, reason="posted by hand", remote_id="7", url="https://x.example/7"
    )
    assert (made.error, made.remote_id, made.url) == ("posted by hand", "7", "https://x.example/7")
    [event] = ledger.events(made.id)
    assert (event.before, event.after, event.detail) == (None, Status.ADOPTED, "posted by hand")


def test_what_is_there_already_is_returned_as_it_stands_and_never_doubled(ledger: Ledger) -> None:
    first = sent(ledger)
    again = ledger.create([new("other"), new(), new("other"), new(part=1)], now=NOW + MINUTE)
    assert again[1] == first
    assert again[0] == again[2]
    assert [row.item for row in again] == ["other", "mw146", "other", "mw146"]
    assert len(ledger.deliveries()) == 3
    assert len(ledger.events(first.id)) == 3


def test_many_deliveries_on_many_pages_come_back_in_the_order_given(ledger: Ledger) -> None:
    wanted = [new(f"item {n}", page=f"Page {n % 3}", channel=f"c{n % 2}") for n in range(1200)]
    made = ledger.create(wanted, now=NOW)
    assert [(row.item, row.page, row.channel) for row in made] == [
        (n.item, n.page, n.channel) for n in wanted
    ]
    assert {len(ledger.events(row.id)) for row in made} == {1}


def test_names_are_told_apart_by_case_accent_and_space(ledger: Ledger) -> None:
    names = ["news", "News", "néws", "news ", "ne\N{COMBINING ACUTE ACCENT}ws"]
    made = ledger.create([new(name) for name in names], now=NOW)
    assert len({row.id for row in made}) == len(names)


def test_one_delivery_that_cannot_be_made_leaves_none(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="longer than 255 characters"):
        ledger.create([new("good"), new("x" * 256)], now=NOW)
    with pytest.raises(LedgerError, match="cannot go from nothing to sent"):
        ledger.create([new("good"), new("sent", status=Status.SENT)], now=NOW)
    assert ledger.deliveries() == ()
    assert ledger.page(SITE, PAGE) is None


def test_a_claim_is_kept_before_it_is_returned(ledger: Ledger, url: str) -> None:
    claimed = claim(ledger, pending(ledger), now=NOW + MINUTE)
    assert (claimed.status, claimed.attempts, claimed.claimed_at) == (Status.SENDING, 1, NOW + MINUTE)
    assert claimed.text.startswith("MediaWiki 1.46")
    assert (claimed.fingerprint, claimed.revision, claimed.editor) == ("1:abc", 4711, "Zoë")
    with open_scratch_copy(url) as copy:
        assert copy.deliveries(statuses={Status.SENDING}) == (claimed,)


def test_a_delivery_is_claimed_once(ledger: Ledger) -> None:
    seen = pending(ledger)
    claimed = claim(ledger, seen)
    with pytest.raises(LedgerError, match=r"no longer pending.*another run"):
        claim(ledger, seen)
    with pytest.raises(LedgerError, match="cannot be claimed"):
        claim(ledger, claimed)
    assert ledger.deliveries() == (claimed,)
    assert len(ledger.events(seen.id)) == 2


@pytest.mark.parametrize("late", [Status.SENT, Status.PENDING, Status.FAILED, Status.IN_DOUBT])
def test_what_was_settled_is_not_settled_again_by_a_run_that_saw_it_before(
    ledger: Ledger, late: Status
) -> None:
    claimed = claim(ledger, pending(ledger))
    done = ledger.settle(claimed, Status.SENT, now=NOW, receipt=RECEIPT)
    with pytest.raises(LedgerError, match="no longer sending, at attempt 1, but sent"):
        ledger.settle(claimed, late, now=NOW, receipt=Receipt(remote_id="other"))
    assert ledger.deliveries() == (done,)


def test_a_claim_that_was_settled_and_claimed_again_cannot_be_settled_by_the_first_to_see_it(
    ledger: Ledger,
) -> None:
    first = claim(ledger, pending(ledger))
    second = claim(ledger, ledger.settle(first, Status.PENDING, now=NOW, error="503"))
    with pytest.raises(LedgerError, match="at attempt 1, but sending, at attempt 2"):
        ledger.settle(first, Status.SENT, now=NOW, receipt=RECEIPT)
    assert ledger.deliveries() == (second,)


def test_a_sent_delivery_has_its_receipt_and_no_error_left(ledger: Ledger) -> None:
    failed_once = ledger.settle(
        claim(ledger, pending(ledger)), Status.PENDING, now=NOW, error="refused", retry_at=NOW + MINUTE
    )
    assert (failed_once.error, failed_once.retry_at) == ("refused", NOW + MINUTE)
    done = ledger.settle(claim(ledger, failed_once), Status.SENT, now=NOW + MINUTE, receipt=RECEIPT)
    assert (done.remote_id, done.url) == (RECEIPT.remote_id, RECEIPT.url)
    assert (done.error, done.retry_at, done.attempts, done.updated_at) == (None, None, 2, NOW + MINUTE)
    assert [(event.before, event.after) for event in ledger.events(done.id)] == [
        (None, Status.PENDING),
        (Status.PENDING, Status.SENDING),
        (Status.SENDING, Status.PENDING),
        (Status.PENDING, Status.SENDING),
        (Status.SENDING, Status.SENT),
    ]


def test_nothing_is_called_sent_without_a_receipt(ledger: Ledger) -> None:
    claimed = claim(ledger, pending(ledger))
    with pytest.raises(LedgerError, match="without a receipt"):
        ledger.settle(claimed, Status.SENT, now=NOW)
    assert ledger.deliveries() == (claimed,)


def test_nothing_is_brought_to_sending_but_by_a_claim(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="claimed, not settled"):
        ledger.settle(pending(ledger), Status.SENDING, now=NOW)


def test_a_person_can_say_where_a_delivery_in_doubt_is(ledger: Ledger) -> None:
    doubtful = ledger.settle(
        claim(ledger, pending(ledger)), Status.IN_DOUBT, now=NOW, error="the reply was lost"
    )
    done = ledger.settle(doubtful, Status.SENT, now=NOW, receipt=RECEIPT, detail="resolved by a person")
    assert (done.status, done.url, done.error) == (Status.SENT, RECEIPT.url, None)
    assert ledger.events(done.id)[-1].detail == "resolved by a person"


def test_an_edit_changes_the_form_and_leaves_it_sent(ledger: Ledger) -> None:
    first = sent(ledger)
    edited = ledger.edited(
        first,
        wording=Wording(
            text="Corrected.",
            link=None,
            fingerprint="1:def",
            revision=4712,
            editor="Ada",
        ),
        receipt=Receipt(remote_id="117"),
        now=NOW + 2 * MINUTE,
    )
    assert (edited.status, edited.text, edited.link, edited.fingerprint) == (
        Status.SENT,
        "Corrected.",
        None,
        "1:def",
    )
    assert (edited.revision, edited.editor, edited.remote_id, edited.url) == (4712, "Ada", "117", None)
    assert (edited.attempts, edited.claimed_at) == (first.attempts, first.claimed_at)
    last = ledger.events(edited.id)[-1]
    assert (last.before, last.after, last.detail) == (Status.SENT, Status.SENT, "edited")


@pytest.mark.parametrize("status", [Status.PENDING, Status.SENDING, Status.SENT])
def test_an_error_is_noted_and_the_status_stays(ledger: Ledger, status: Status) -> None:
    row = {
        Status.PENDING: pending,
        Status.SENDING: lambda ledger: claim(ledger, pending(ledger)),
        Status.SENT: sent,
    }[status](ledger)
    noted = ledger.note_error(row, error="503 Service Unavailable", retry_at=NOW + MINUTE, now=NOW)
    assert (noted.status, noted.error, noted.retry_at) == (status, "503 Service Unavailable", NOW + MINUTE)
    assert (noted.remote_id, noted.text, noted.attempts) == (row.remote_id, row.text, row.attempts)
    last = ledger.events(row.id)[-1]
    assert (last.before, last.after, last.detail) == (status, status, "503 Service Unavailable")


def test_a_retracted_delivery_remembers_where_it_was(ledger: Ledger) -> None:
    gone = ledger.settle(sent(ledger), Status.RETRACTED, now=NOW, detail="the item was reverted")
    assert (gone.status, gone.url) == (Status.RETRACTED, RECEIPT.url)


def test_deliveries_are_found_by_all_that_is_given(ledger: Ledger) -> None:
    done = sent(ledger)
    other_page = pending(ledger, page="Template:Other")
    other_site = pending(ledger, site="meta:meta")
    held = pending(ledger, status=Status.HELD, channel="feed")
    assert ledger.deliveries() == (done, other_page, other_site, held)
    assert ledger.deliveries(site=SITE) == (done, other_page, held)
    assert ledger.deliveries(site=SITE, page=PAGE) == (done, held)
    assert ledger.deliveries(page=PAGE, channel=CHANNEL) == (done, other_site)
    assert ledger.deliveries(statuses=[Status.HELD, Status.SENT]) == (done, held)
    assert ledger.deliveries(statuses=()) == ()
    assert ledger.deliveries(site="nowhere") == ()


def test_deliveries_of_a_page_are_found_by_their_items(ledger: Ledger) -> None:
    rows = ledger.create([new(f"item {n}") for n in range(1200)], now=NOW)
    wanted = {f"item {n}" for n in range(0, 1200, 2)} | {"nothing of the kind"}
    assert ledger.deliveries(site=SITE, page=PAGE, items=wanted) == rows[::2]
    assert ledger.deliveries(items=()) == ()


def test_deliveries_are_found_by_when_they_were_claimed(ledger: Ledger) -> None:
    pending(ledger, "never")
    claimed = [claim(ledger, pending(ledger, f"item {n}"), now=NOW + n * MINUTE) for n in range(3)]
    assert ledger.deliveries(claimed_after=NOW) == tuple(claimed[1:])
    assert ledger.deliveries(claimed_after=NOW, items={"item 2"}) == (claimed[2],)


def test_the_posts_of_a_channel_are_known_by_their_ids(ledger: Ledger) -> None:
    sent(ledger)
    pending(ledger, "waiting")
    pending(ledger, "by hand", status=Status.ADOPTED, remote_id="117")
    pending(ledger, "elsewhere", status=Status.ADOPTED, remote_id="118", channel="feed")
    assert ledger.remote_ids(CHANNEL) == {RECEIPT.remote_id, "117"}
    assert ledger.remote_ids("nowhere") == frozenset()


def test_the_pace_counts_what_is_public_or_may_be(ledger: Ledger) -> None:
    later = NOW + 9 * MINUTE
    assert ledger.last_sent(CHANNEL, now=later) is None
    pending(ledger, "waiting")
    pending(ledger, "by hand", status=Status.ADOPTED)
    put_off = claim(ledger, pending(ledger, "put off"), now=NOW + 9 * MINUTE)
    ledger.settle(put_off, Status.PENDING, now=NOW, error="refused")
    assert (ledger.last_sent(CHANNEL, now=later), ledger.sent_since(CHANNEL, NOW, now=later)) == (None, 0)
    for minutes, item in enumerate(["sent", "doubtful", "open"]):
        claimed = claim(ledger, pending(ledger, item), now=NOW + minutes * MINUTE)
        if item == "sent":
            ledger.settle(claimed, Status.SENT, now=NOW + 9 * MINUTE, receipt=RECEIPT)
        if item == "doubtful":
            ledger.settle(claimed, Status.IN_DOUBT, now=NOW + 9 * MINUTE)
    sent(ledger, channel="feed")
    assert ledger.last_sent(CHANNEL, now=later) == NOW + 2 * MINUTE
    assert ledger.sent_since(CHANNEL, NOW, now=later) == 3
    assert ledger.sent_since(CHANNEL, NOW + MINUTE, now=later) == 2
    assert ledger.sent_since(CHANNEL, NOW + 3 * MINUTE, now=later) == 0


def test_the_pace_does_not_count_what_is_dated_later_than_now(ledger: Ledger) -> None:
    claim(ledger, pending(ledger, "before the clock was put back"), now=NOW + 2 * MINUTE)
    claim(ledger, pending(ledger, "after"), now=NOW)
    assert ledger.last_sent(CHANNEL, now=NOW + MINUTE) == NOW
    assert ledger.sent_since(CHANNEL, NOW, now=NOW + MINUTE) == 1


def test_a_time_without_a_zone_is_refused(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="has no time zone"):
        ledger.create([new()], now=NOW.replace(tzinfo=None))
    assert ledger.deliveries() == ()


def test_times_come_back_in_utc_to_the_microsecond(ledger: Ledger) -> None:
    [row] = ledger.create([new()], now=NOW.astimezone(timezone(timedelta(hours=5, minutes=45))))
    assert row.created_at == NOW
    assert row.created_at.utcoffset() == timedelta(0)


def test_an_error_with_broken_characters_is_kept_all_the_same(ledger: Ledger) -> None:
    row = ledger.note_error(pending(ledger), error="bad \udcff reply \x00", retry_at=None, now=NOW)
    assert row.error == "bad ? reply \x00"


def test_a_name_with_broken_characters_is_refused(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="surrogates not allowed"):
        ledger.create([new("bad \udcff")], now=NOW)


def test_deliveries_may_come_before_the_page_is_known(ledger: Ledger) -> None:
    row = pending(ledger)
    assert ledger.page(SITE, PAGE) is None
    ledger.remember_page(memory(), now=NOW)
    assert ledger.page(SITE, PAGE) == memory()
    assert ledger.deliveries(site=SITE, page=PAGE) == (row,)


def test_a_ledger_that_was_closed_is_closed(ledger: Ledger) -> None:
    ledger.close()
    ledger.close()
    with pytest.raises(LedgerError, match="closed already"):
        ledger.deliveries()
