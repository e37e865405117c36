"""The plan: items x channels x ledger, each place with one action and each refusal with its reason.

Pure: what the channel already shows is adopted afterwards (match.py), what is composed comes later still.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from bot.decide.actions import (
    Action,
    Adopt,
    GoesOut,
    Hold,
    Place,
    Retract,
    Skip,
)
from bot.decide.case import HALF_RETRACTED, PASSED_OVER, Case, decided, half_retracted, is_open, surroundings
from bot.decide.gate import Surroundings, moment, trusted
from bot.decide.pace import in_order, oldest_first, paced, rationed
from bot.decide.rules import obvious
from bot.decide.versions import version, wants_translation
from bot.errors import PlanRefused
from bot.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.decide.views import Circumstances, View
    from bot.model import Delivery, Follower, Item

GONE = "no longer on the page"


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
            if language is not None and not any(step(case) for step in PASSED_OVER):
                wanted.setdefault(language, set()).add(case.item.key)
    return {language: frozenset(keys) for language, keys in wanted.items()}


def undecided(view: View, followers: Sequence[Follower], around: Circumstances) -> frozenset[str]:
    """Return the keys of the items of which the gate has to be asked, and the wiki before that.

    Those are the ones that may go out, or be edited, on some channel, and that nothing obvious holds.
    """
    keys = set()
    for follower in followers:
        for case in _cases(view, follower, around):
            if is_open(case) and obvious(case.item, surroundings(case)) is None:
                keys.add(case.item.key)
    return frozenset(keys)


def pictured(view: View, followers: Sequence[Follower], around: Circumstances) -> frozenset[str]:
    """Return the items whose pictures must be known before anything is decided: not those that are final."""
    return frozenset(
        case.item.key
        for follower in followers
        for case in _cases(view, follower, around)
        if case.item.media and case.item.directives.share is None and is_open(case)
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
            yield decided(cases[item.key])
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


def _cases(view: View, follower: Follower, around: Circumstances) -> Iterable[Case]:
    """Yield what is to be decided, which is not what stood on the page before the channel followed it."""
    rows = _rows_of(view, follower)
    first_time = view.memory is None or follower.name not in view.memory.channels
    old = _stood_before(view.items, around) if first_time else frozenset()
    for item in view.items:
        if item.key in rows or item.key not in old:
            place = _place(view, follower, item.key, rows.get(item.key, ()))
            yield Case(
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
    if half_retracted(place):
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
