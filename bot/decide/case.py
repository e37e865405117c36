"""One item on one channel: every question that is asked before it goes out there, in their order.

Each step is a small function that answers with an action, or with nothing, and the next one is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.decide import sharing
from bot.decide.actions import Edit, Hold, Publish, Retract, Share, Skip, Wait
from bot.decide.gate import Surroundings, moment
from bot.decide.match import noticed
from bot.decide.rules import verdict
from bot.model import OnEdit, Status
from bot.news.identity import fingerprint

if TYPE_CHECKING:
    from datetime import datetime

    from bot.decide.actions import Action, Place
    from bot.decide.gate import Verdict
    from bot.decide.versions import Version
    from bot.decide.views import Circumstances, View
    from bot.model import Follower, Item

HALF_RETRACTED = "a part of its thread has been deleted"


def half_retracted(place: Place) -> bool:
    """Tell whether the deletion of a thread was interrupted."""
    return {Status.SENT, Status.RETRACTED} <= {row.status for row in place.rows}


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One item on one channel, with all that is needed to decide it; ``said`` is the item as said there."""

    item: Item
    said: Version
    place: Place
    view: View
    follower: Follower
    around: Circumstances

    def has(self, *statuses: Status) -> bool:
        """Tell whether a part of it has one of these statuses."""
        return any(row.status in statuses for row in self.place.rows)

    def objection(self) -> Verdict | None:
        """Ask the gate, about a translation too."""
        around = surroundings(self)
        objection = verdict(self.item, around)
        if objection is None and self.said.item is not self.item:
            objection = verdict(self.said.item, around)
            if objection is not None:
                return replace(objection, reason=f"its translation: {objection.reason}")
        return objection

    def retry_at(self, status: Status) -> datetime | None:
        """Return the time before which nothing is tried again, if it is still to come.

        A row dated later than now was written before the clock was put back: its times mean nothing.
        """
        now = self.around.now
        rows = [row for row in self.place.rows if row.status is status and row.updated_at <= now]
        times = [row.retry_at for row in rows if row.retry_at and row.retry_at > now]
        return max(times, default=None)

    def skip(self, reason: str) -> Skip:
        """Return that there is nothing to do."""
        return Skip(place=self.place, item=self.said.item, reason=reason)

    def hold(self, reason: str, until: datetime | None = None) -> Hold:
        """Return that it does not go out now."""
        return Hold(place=self.place, item=self.said.item, reason=reason, until=until)

    def refuse(self, reason: str) -> Action:
        """Skip what was never queued; hold what was, so that the ledger says why it does not go out."""
        return self.hold(reason) if self.has(Status.PENDING, Status.HELD) else self.skip(reason)


def surroundings(case: Case) -> Surroundings:
    """Return what the gate judges by."""
    view, follower, key = case.view, case.follower, case.item.key
    return Surroundings(
        gate=case.around.gate,
        now=case.around.now,
        trusted_page=view.trusted,
        own_host=urlsplit(view.site.article_path).hostname,
        protection=view.protection.get(key),
        reviewed=view.reviewed.get(key),
        evidence=view.evidence,
        orders=tuple(
            order
            for order in view.orders.get(key, ())
            if order.channel is None or order.channel in {follower.name, follower.network}
        ),
        pictures=view.pictures,
    )


def _switched_off(case: Case) -> Action | None:
    return case.hold(case.follower.off) if case.follower.off else None


def _skipped(case: Case) -> Action | None:
    reason = case.item.directives.skip
    if reason is None:
        return None
    return case.refuse(f"skipped on the page: {reason}" if reason else "skipped on the page (directive skip)")


def _meant_for_others(case: Case) -> Action | None:
    wanted = case.item.directives.channels
    if wanted is None or case.follower.name in wanted or case.follower.network in wanted:
        return None
    return case.refuse("meant for other channels")


def _begun_to_retract(case: Case) -> Action | None:
    """Finish the deletion of a thread, though its item has come back."""
    return Retract(place=case.place, reason=HALF_RETRACTED) if half_retracted(case.place) else None


def _done(case: Case) -> Action | None:
    """Leave alone what is final, and what only a look at the channel can settle."""
    reasons = {
        Status.IN_DOUBT: "in doubt: it may be public; look at the channel and settle it with 'resolve'",
        Status.SENDING: "not settled yet: the channel has to be read first",
        Status.FAILED: "failed: ",
        Status.ADOPTED: "adopted: ",
        Status.RETRACTED: "retracted",
    }
    for status, reason in reasons.items():
        if case.has(status):
            said = next((row.error for row in case.place.rows if row.status is status and row.error), "")
            return case.skip(f"{reason}{said}" if reason.endswith(": ") else reason)
    return None


def _sent(case: Case) -> Action | None:
    """Finish a thread, unless it has changed in the middle; else see what follows an edit."""
    rows = case.place.rows
    published = [row for row in rows if row.status is Status.SENT]
    if not published:
        return None
    if len(published) == len(rows) and (reason := sharing.done(case.item, published)):
        return case.skip(reason)
    if case.said.lack is not None:  # it was published as a translation
        reason = case.said.lack.reason
        return case.skip("already sent") if len(published) == len(rows) else case.hold(reason)
    changed = any(row.fingerprint != fingerprint(case.said.item) for row in published)
    if len(published) == len(rows):
        return _edited(case) if changed else case.skip("already sent")
    return case.hold("edited while its thread was being published") if changed else None


def is_open(case: Case) -> bool:
    """Tell whether something of the item is still to be published, or changed where it is."""
    rows = case.place.rows
    if any(step(case) for step in (*_NEVER_MIND, _done)):
        return False
    if not rows or any(row.status is not Status.SENT for row in rows):
        return not (_too_old(case) or _over(case))
    if case.said.lack is not None:  # it was published as a translation
        return False
    return _follows_edits(case) and any(row.fingerprint != fingerprint(case.said.item) for row in rows)


def _follows_edits(case: Case) -> bool:
    return case.follower.on_edit is OnEdit.EDIT and case.follower.capabilities.edit


def _edited(case: Case) -> Action:
    """Decide what follows a change of an item that has been published."""
    if not _follows_edits(case):
        return case.skip("already sent; edits are not followed here")
    if case.follower.off:
        return case.skip(f"already sent; its edit: {case.follower.off}")
    if any(row.digest for row in case.place.rows):
        return case.skip("already sent, in a digest with others; its edit is not followed")
    if objection := case.objection():
        return case.skip(f"already sent; its edit: {objection.reason}")
    if until := case.retry_at(Status.SENT):
        return case.skip(f"already sent; its edit is tried again at {moment(until)}")
    return Edit(place=case.place, item=case.said.item)


def _shared_elsewhere(case: Case) -> Action | None:
    reason = sharing.elsewhere(case.item, case.follower)
    return case.refuse(reason) if reason else None


def _too_old(case: Case) -> Action | None:
    max_age = case.follower.pace.max_age
    if noticed(case.item) >= case.around.now - max_age:
        return None
    return case.refuse(f"older than max_age ({max_age.days} days)" if max_age.days else "older than max_age")


def _over(case: Case) -> Action | None:
    until = case.item.directives.until
    if until is None or case.around.now < until:
        return None
    return case.refuse(f"its time was over at {moment(until)}, says the page")


def _objected(case: Case) -> Action | None:
    objection = case.objection()
    return case.hold(objection.reason, objection.until) if objection else None


def _untranslated(case: Case) -> Action | None:
    lack = case.said.lack
    if lack is None:
        return None
    return case.refuse(lack.reason) if lack.ends else case.hold(lack.reason, lack.until)


def _pictureless(case: Case) -> Action | None:
    if case.said.item.media or not case.follower.capabilities.needs_media:
        return None
    return case.hold(
        f"{case.follower.network} takes no post without a picture: add image=File:... and alt=... to the item"
    )


def _tried_before(case: Case) -> Action | None:
    until = case.retry_at(Status.PENDING)
    if until is None:
        return None
    error = next((row.error for row in case.place.rows if row.error), "it failed")
    reason = f"tried again at {moment(until)}: {error}"
    return Wait(place=case.place, item=case.said.item, reason=reason, until=until)


# In this order: what is done is never judged again, and an old item is not held but passed over.
_STEPS = (
    _begun_to_retract,
    _meant_for_others,
    _done,
    _skipped,
    _sent,
    _shared_elsewhere,
    _too_old,
    _over,
    _switched_off,
    _objected,
    _untranslated,
    _pictureless,
    _tried_before,
)
_NEVER_MIND = (_begun_to_retract, _meant_for_others, _skipped)  # whatever has been sent
PASSED_OVER = (*_NEVER_MIND, _too_old, _over)  # in whatever language


def decided(case: Case) -> Action:
    """Return what is to be done: the answer of the first step that has one, else that it goes out."""
    for step in _STEPS:
        if action := step(case):
            return action
    if url := case.item.directives.share:
        return Share(place=case.place, item=case.item, url=url)
    return Publish(place=case.place, item=case.said.item)
