"""Wrong engines, kept so that the machine must tell them from the right one.

Each is the real engine with one object at its edge that makes it do the wrong thing, as those do who write
such a bot for the first time. What they have in common: all goes well for as long as nothing goes wrong.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.errors import AmbiguousError, TransientError
from bot.ledger.schema import metadata
from bot.model import Delivery, Receipt, Status
from tests.sync.mortal import MortalLedger, Network
from tests.sync.stage import Engine, wipe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from bot.model import Outgoing


class RecordsBeforeSending(MortalLedger):
    """Calls a post sent before the request leaves; whoever dies or fails in between has lost it."""

    def claim(self, delivery: Delivery, **form: Any) -> Delivery:
        claimed = super().claim(delivery, **form)
        super().settle(claimed, Status.SENT, receipt=Receipt(remote_id="soon"), now=form["now"])
        return claimed

    def settle(self, delivery: Delivery, status: Status, **how: Any) -> Delivery:
        if delivery.status is not Status.SENDING:
            return super().settle(delivery, status, **how)
        recorded = replace(delivery, status=Status.SENT)
        return super().settle(recorded, status, **how) if status is Status.SENT else recorded

    def note_error(self, delivery: Delivery, **what: Any) -> Delivery:
        return delivery if delivery.status is Status.SENDING else super().note_error(delivery, **what)


class ClaimsAfterwards(MortalLedger):
    """Writes a claim down together with what became of it; of one that died in between nothing is known."""

    _form: dict[int, dict[str, Any]]

    def claim(self, delivery: Delivery, **form: Any) -> Delivery:
        self._form = {**getattr(self, "_form", {}), delivery.id: form}
        return replace(delivery, status=Status.SENDING, attempts=delivery.attempts + 1)

    def settle(self, delivery: Delivery, status: Status, **how: Any) -> Delivery:
        return super().settle(self._claimed(delivery), status, **how)

    def note_error(self, delivery: Delivery, **what: Any) -> Delivery:
        return super().note_error(self._claimed(delivery), **what)

    def _claimed(self, delivery: Delivery) -> Delivery:
        form = getattr(self, "_form", {}).pop(delivery.id, None)
        if form is None:
            return delivery
        return super().claim(replace(delivery, status=Status.PENDING, attempts=delivery.attempts - 1), **form)


class OneTransaction(MortalLedger):
    """Writes all of a run or nothing: whoever dies takes with him what he knew of what is public."""

    @contextmanager
    def lock(self) -> Iterator[None]:
        with super().lock():
            with self._database.reading() as connection:
                before = [
                    (table, connection.execute(table.select()).all()) for table in metadata.sorted_tables
                ]
            try:
                yield
            except BaseException:
                wipe(self)
                with self._database.writing() as connection:
                    for table, rows in before:
                        if rows:
                            connection.execute(table.insert(), [row._asdict() for row in rows])
                raise


class AssumesUnsent(MortalLedger):
    """Takes it that what was interrupted was not published."""

    @contextmanager
    def lock(self) -> Iterator[None]:
        with super().lock():
            for row in self.deliveries(statuses={Status.SENDING}):
                self.settle(row, Status.PENDING, now=row.updated_at, error="interrupted")
            yield


class TakesTimeoutsForTransient(Network):
    """Reports a request without an answer as one that was surely not carried out."""

    def publish(self, outgoing: Outgoing) -> Receipt:
        try:
            return super().publish(outgoing)
        except AmbiguousError as error:
            raise TransientError(str(error)) from error


class ForgetsTheOutcome(MortalLedger):
    """Does not write down what became of a request: the next run is to find out."""

    def claim(self, delivery: Delivery, **form: Any) -> Delivery:
        claimed = super().claim(delivery, **form)
        self._own = {*getattr(self, "_own", ()), claimed.id}
        return claimed

    def settle(self, delivery: Delivery, status: Status, **how: Any) -> Delivery:
        if delivery.status is Status.SENDING and delivery.id in getattr(self, "_own", ()):
            receipt = how.get("receipt")
            return replace(delivery, status=status, remote_id=receipt.remote_id if receipt else None)
        return super().settle(delivery, status, **how)


class LocksNothing(MortalLedger):
    """Lets two runs work at once."""

    def lock(self) -> AbstractContextManager[None]:
        return nullcontext()


MUTANTS = {
    "record before send": Engine(ledger=RecordsBeforeSending),
    "claim after": Engine(ledger=ClaimsAfterwards),
    "one transaction": Engine(ledger=OneTransaction),
    "assume unsent": Engine(ledger=AssumesUnsent),
    "timeout is transient": Engine(network=TakesTimeoutsForTransient),
    "forget outcome": Engine(ledger=ForgetsTheOutcome),
    "no lock": Engine(ledger=LocksNothing),
}
