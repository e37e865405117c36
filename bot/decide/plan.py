"""The plan: items x channels x ledger, each place with one action and each refusal with its reason.

Pure: what the channel already shows is adopted afterwards (match.py), what is composed comes later still.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.decide import sharing
from bot.decide.actions import (
    Action,
    Adopt,
    Edit,
    GoesOut,
    Hold,
    Place,
    Publish,
    Retract,
    Share,
    Skip,
    Wait,
)
from bot.decide.gate import Surroundings, Verdict, moment, trusted
from bot.decide.match import noticed
from bot.decide.pace import in_order, oldest_first, paced, rationed
from bot.decide.rules import obvious, verdict
from bot.decide.versions import version, wants_translation
from bot.errors import PlanRefused
from bot.model import OnEdit, Status
from bot.news.identity import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from bot.decide.gate import Verdict
    from bot.decide.versions import Version
    from bot.decide.views import Circumstances, View
    from bot.model import Delivery, Follower, Item

GONE = "no longer on the page"
HALF_RETRACTED = "a part of its thread has been deleted"


def plan(views: Sequence[View], followers: Sequence[Follower], around: Circumstances) -> tuple[Action, ...]:
    """Decide for every item and channel; publishing actions come oldest news first.

    Raises:
        PlanRefused: a page was blanked, or more new items than ``max_new_items`` would go out at once.
    """
    if not around.force:
        for view in views:
            _refuse_blanked(view)
    actions = [
        action
        for view in views
        for follower in followers
        for action in _page_on_channel(view, follower, around)
    ]
    if not around.force:
        _refuse_flood(actions, around)
    ordered = in_order(actions, {view.title: view.items for view in views})
    ordered = rationed(ordered, around.gate.max_items_per_day, around.out_today)
    return paced(ordered, followers, now=around.now, last_sent=around.last_sent, sent_today=around.sent_today)


def untranslated(
    view: View, followers: Sequence[Follower], around: Circumstances
) -> Mapping[str, frozenset[str]]:
    """Return the items, by language, of which a translation must be known before anything is decided."""
    wanted: dict[str, set[str]] = {}
    for follower in followers:
        for case in _cases(view, follower, around):
            language = wants_translation(case.item, case.place.rows, follower, around.now)
            if language is not None and not any(step(case) for step in _PASSED_OVER):
                wanted.setdefault(language, set()).add(case.item.key)
    return {language: frozenset(keys) for language, keys in wanted.items()}


def undecided(view: View, followers: Sequence[Follower], around: Circumstances) -> frozenset[str]:
    """Return the keys of the items of which the gate has to be asked, and the wiki before that.

    Those are the ones that may go out, or be edited, on some channel, and that nothing obvious holds.
    """
    keys = set()
    for follower in followers:
        for case in _cases(view, follower, around):
            if _is_open(case) and obvious(case.item, _surroundings(case)) is None:
                keys.add(case.item.key)
    return frozenset(keys)


def pictured(view: View, followers: Sequence[Follower], around: Circumstances) -> frozenset[str]:
    """Return the items whose pictures must be known before anything is decided: not those that are final."""
    return frozenset(
        case.item.key
        for follower in followers
        for case in _cases(view, follower, around)
        if case.item.media and case.item.directives.share is None and _is_open(case)
    )


def _refuse_blanked(view: View) -> None:
    known = [item for item in view.memory.items if item.present] if view.memory else []
    if known and not view.items:
        raise PlanRefused(
            f"{view.title}: no item was found where there were {len(known)}. If the page was blanked or its "
            "layout broken, mend it and nothing is lost; if it is meant to be empty, run once with --force.",
            by=f"blanked:{view.title}",
        )


def _refuse_flood(actions: Iterable[Action], around: Circumstances) -> None:
    """Refuse more new items than allowed, not counting what an earlier plan has queued already."""
    new = {
        (action.place.site, action.place.page, action.place.item)
        for action in actions
        if isinstance(action, GoesOut) and all(row.status is Status.HELD for row in action.place.rows)
    }
    limit = max(around.gate.max_new_items, around.backfill)
    if len(new) > limit:
        raise PlanRefused(
            f"{len(new)} new items would go out at once, more than gate.max_new_items = {limit}. Look at "
            "them with --simulate --force; if they are right, run once with --force; if not, mend the page, "
            "or take them as done with 'adopt'.",
            by="flood",
        )


def _page_on_channel(view: View, follower: Follower, around: Circumstances) -> Iterable[Action]:
    cases = {case.item.key: case for case in _cases(view, follower, around)}
    for item in view.items:
        if item.key in cases:
            yield _item_on_channel(cases[item.key])
        else:
            reason = "stood on the page before this channel began to follow it"
            yield Adopt(place=_place(view, follower, item.key), item=item, reason=reason)
    present = {item.key for item in view.items}
    for key, gone in _rows_of(view, follower).items():
        if key in present:
            continue
        place = _place(view, follower, key, gone)
        statuses = {row.status for row in gone}
        if Status.PENDING in statuses:  # what waits of a thread is held before what is out is looked at
            yield Hold(place=place, reason=GONE)
        elif action := _taken_back(place, view, follower, around):
            yield action
        elif Status.HELD in statuses:
            # Reported until it would be too old anyway; it stays in the ledger.
            is_past = max(row.updated_at for row in gone) < around.now - follower.pace.max_age
            yield Skip(place=place, reason=GONE) if is_past else Hold(place=place, reason=GONE)


def _cases(view: View, follower: Follower, around: Circumstances) -> Iterable[_Case]:
    """Yield what is to be decided, which is not what stood on the page before the channel followed it."""
    rows = _rows_of(view, follower)
    first_time = view.memory is None or follower.name not in view.memory.channels
    old = _stood_before(view.items, around) if first_time else frozenset()
    for item in view.items:
        if item.key in rows or item.key not in old:
            place = _place(view, follower, item.key, rows.get(item.key, ()))
            yield _Case(
                item=item,
                said=version(item, place.rows, follower, view.translations.get(item.key, {}), now=around.now),
                place=place,
                view=view,
                follower=follower,
                around=around,
            )


def _rows_of(view: View, follower: Follower) -> Mapping[str, tuple[Delivery, ...]]:
    """Return the channel's rows by item, each item's by part."""
    rows = sorted((row for row in view.rows if _counts(row, follower)), key=lambda row: row.item)
    return {
        key: tuple(sorted(group, key=lambda row: row.part))
        for key, group in groupby(rows, key=lambda row: row.item)
    }


def _place(view: View, follower: Follower, key: str, rows: tuple[Delivery, ...] = ()) -> Place:
    return Place(site=view.site.name, page=view.title, item=key, channel=follower.name, rows=rows)


def _taken_back(place: Place, view: View, follower: Follower, around: Circumstances) -> Action | None:
    """Retract what was published and reverted in time; the revert has to settle like any edit."""
    if _half_retracted(place):
        return Retract(place=place, reason=HALF_RETRACTED)
    revert = view.reverts.get(place.item)
    out = [row for row in place.rows if row.status is Status.SENT]
    if revert is None or not out or any(row.status is Status.SENDING for row in place.rows):
        return None
    published = min(row.claimed_at for row in out if row.claimed_at)
    if revert.saved_at - published > follower.pace.retract_within:
        return None
    by = revert.editor or "somebody"
    settles = revert.saved_at + around.gate.settle
    known = Surroundings(gate=around.gate, now=around.now, evidence=view.evidence)
    if settles > around.now and not trusted(revert.editor, known):
        return Skip(place=place, reason=f"reverted by {by}; deleted at {moment(settles)} if that stands")
    if by_hand := _not_deletable(follower, out):
        return Skip(place=place, reason=f"reverted by {by}; {by_hand}")
    return Retract(place=place, reason=f"the edit that brought it was reverted by {by}")


def _not_deletable(follower: Follower, out: Iterable[Delivery]) -> str | None:
    if any(row.digest for row in out):
        return "it went out in a digest, with others: correct it by hand"
    return None if follower.capabilities.delete else "this network cannot delete: delete it by hand"


def _half_retracted(place: Place) -> bool:
    """Tell whether the deletion of a thread was interrupted."""
    return {Status.SENT, Status.RETRACTED} <= {row.status for row in place.rows}


def _counts(row: Delivery, follower: Follower) -> bool:
    """Leave out the other channels' rows, and those of parts that a thread has lost."""
    return row.channel == follower.name and not (row.part > 0 and row.status is Status.ADOPTED)


def _stood_before(items: tuple[Item, ...], around: Circumstances) -> frozenset[str]:
    """Return the keys of the items to adopt at the first sight of a page.

    Not those that the page itself says are still to come: nobody can have published them.
    """
    newest = oldest_first(items)[-around.backfill :] if around.backfill else ()
    backfilled = {item.key for item in newest}
    return frozenset(
        item.key
        for item in items
        if item.key not in backfilled
        and item.directives.hold is None
        and (item.directives.not_before is None or item.directives.not_before <= around.now)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    """One item on one channel, with all that is needed to decide it; ``said`` is the item as said there."""

    item: Item
    said: Version
    place: Place
    view: View
    follower: Follower
    around: Circumstances

    def has(self, *statuses: Status) -> bool:
        return any(row.status in statuses for row in self.place.rows)

    def objection(self) -> Verdict | None:
        """Ask the gate, about a translation too."""
        around = _surroundings(self)
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
        return Skip(place=self.place, item=self.said.item, reason=reason)

    def hold(self, reason: str, until: datetime | None = None) -> Hold:
        return Hold(place=self.place, item=self.said.item, reason=reason, until=until)

    def refuse(self, reason: str) -> Action:
        """Skip what was never queued; hold what was, so that the ledger says why it does not go out."""
        return self.hold(reason) if self.has(Status.PENDING, Status.HELD) else self.skip(reason)


def _surroundings(case: _Case) -> Surroundings:
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


def _switched_off(case: _Case) -> Action | None:
    return case.hold(case.follower.off) if case.follower.off else None


def _skipped(case: _Case) -> Action | None:
    reason = case.item.directives.skip
    if reason is None:
        return None
    return case.refuse(f"skipped on the page: {reason}" if reason else "skipped on the page (directive skip)")


def _meant_for_others(case: _Case) -> Action | None:
    wanted = case.item.directives.channels
    if wanted is None or case.follower.name in wanted or case.follower.network in wanted:
        return None
    return case.refuse("meant for other channels")


def _begun_to_retract(case: _Case) -> Action | None:
    """Finish the deletion of a thread, though its item has come back."""
    return Retract(place=case.place, reason=HALF_RETRACTED) if _half_retracted(case.place) else None


def _done(case: _Case) -> Action | None:
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


def _sent(case: _Case) -> Action | None:
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


def _is_open(case: _Case) -> bool:
    """Tell whether something of the item is still to be published, or changed where it is."""
    rows = case.place.rows
    if any(step(case) for step in (*_NEVER_MIND, _done)):
        return False
    if not rows or any(row.status is not Status.SENT for row in rows):
        return not (_too_old(case) or _over(case))
    if case.said.lack is not None:  # it was published as a translation
        return False
    return _follows_edits(case) and any(row.fingerprint != fingerprint(case.said.item) for row in rows)


def _follows_edits(case: _Case) -> bool:
    return case.follower.on_edit is OnEdit.EDIT and case.follower.capabilities.edit


def _edited(case: _Case) -> Action:
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


def _shared_elsewhere(case: _Case) -> Action | None:
    reason = sharing.elsewhere(case.item, case.follower)
    return case.refuse(reason) if reason else None


def _too_old(case: _Case) -> Action | None:
    max_age = case.follower.pace.max_age
    if noticed(case.item) >= case.around.now - max_age:
        return None
    return case.refuse(f"older than max_age ({max_age.days} days)" if max_age.days else "older than max_age")


def _over(case: _Case) -> Action | None:
    until = case.item.directives.until
    if until is None or case.around.now < until:
        return None
    return case.refuse(f"its time was over at {moment(until)}, says the page")


def _objected(case: _Case) -> Action | None:
    objection = case.objection()
    return case.hold(objection.reason, objection.until) if objection else None


def _untranslated(case: _Case) -> Action | None:
    lack = case.said.lack
    if lack is None:
        return None
    return case.refuse(lack.reason) if lack.ends else case.hold(lack.reason, lack.until)


def _pictureless(case: _Case) -> Action | None:
    if case.said.item.media or not case.follower.capabilities.needs_media:
        return None
    return case.hold(
        f"{case.follower.network} takes no post without a picture: add image=File:... and alt=... to the item"
    )


def _tried_before(case: _Case) -> Action | None:
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
_PASSED_OVER = (*_NEVER_MIND, _too_old, _over)  # in whatever language


def _item_on_channel(case: _Case) -> Action:
    for step in _STEPS:
        if action := step(case):
            return action
    if url := case.item.directives.share:
        return Share(place=case.place, item=case.item, url=url)
    return Publish(place=case.place, item=case.said.item)
