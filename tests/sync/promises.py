"""What must be true after every step, whatever has happened; and what must become true when all is quiet."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.model import FOREVER, OnEdit, Status
from tests.sync.newsroom import ALL, OLD, marker_of
from tests.sync.stage import KINDS

if TYPE_CHECKING:
    from bot.model import Delivery, RunReport
    from tests.channels.memory import MemoryPost
    from tests.sync.mortal import Network
    from tests.sync.stage import Stage

# Said here once more, independently of bot/ledger/transitions.py.
MAY_FOLLOW = {
    None: {"pending", "held", "adopted"},
    "pending": {"pending", "sending", "held", "adopted", "failed"},
    "held": {"held", "pending", "adopted", "failed"},
    "sending": {"sending", "sent", "pending", "failed", "in_doubt"},
    "in_doubt": {"in_doubt", "sent", "pending", "adopted"},
    "failed": {"pending", "adopted"},
    "adopted": {"pending"},
    "sent": {"sent", "retracted"},
    "retracted": {"pending"},
}
BY_A_PERSON = "a person says"
FIRST_SIGHT = "stood on the page before"


class BrokenPromiseError(AssertionError):
    """The engine has broken a promise."""


def promise(kept: object, message: str) -> None:
    """Insist that it is kept."""
    if not kept:
        raise BrokenPromiseError(message)


def always(stage: Stage) -> None:
    """Check what must be true at any time."""
    rows = stage.ledger.deliveries()
    for network in stage.networks.values():
        nothing_is_there_twice(network)
        no_post_is_two_deliveries([row for row in rows if row.channel == network.name])
    markers = one_item_each(stage)
    for row in rows:
        rows_tell_the_truth(stage, row, markers.get(row.item))
        if row.id in stage.touched:
            transitions_are_allowed(stage, row)
    promise(not stage.objections, "; ".join(stage.objections))
    stage.touched.clear()


def nothing_is_there_twice(network: Network) -> None:
    """Each news is there once, or as one thread in which each part is there once."""
    ours = [post for post in network.posts if post.key is not None]
    keys = Counter(post.key for post in ours)
    promise(all(times == 1 for times in keys.values()), f"{network.name}: twice, with one key: {keys}")
    threads: dict[str, list[MemoryPost]] = {}
    for post in ours:
        threads.setdefault(marker_of(post.text), []).append(post)
    for marker, posts in threads.items():
        chain = [None, *(post.remote_id for post in posts)]
        follows = [post.reply_to for post in posts] == chain[:-1]
        promise(follows, f"{network.name}: {marker} is there twice: {[post.text for post in posts]}")


def no_post_is_two_deliveries(rows: list[Delivery]) -> None:
    """No two deliveries have the same post for their own, unless a person said so."""
    ids = Counter(
        row.remote_id for row in rows if row.remote_id and not (row.error or "").startswith(BY_A_PERSON)
    )
    promise(all(times == 1 for times in ids.values()), f"one post is two deliveries: {ids}")


def one_item_each(stage: Stage) -> dict[str, str]:
    """Return the news of each item key; an edit makes no new item, and no item swallows another."""
    memory = stage.memory
    markers = {item.key: marker_of(item.text) for item in memory.items} if memory else {}
    promise(len(set(markers.values())) == len(markers), f"a news has become two items: {markers}")
    return markers


def rows_tell_the_truth(stage: Stage, row: Delivery, marker: str | None) -> None:
    """What a settled row says is so on the network."""
    network = stage.networks[row.channel]
    told = f"{row.channel}: {row.item} part {row.part} is {row.status} ({row.error})"
    ours = [post for post in network.posts if post.key == row.key]
    mine = next((post for post in network.posts if post.remote_id == row.remote_id), None)
    capabilities = network.capabilities
    match row.status:
        case Status.SENT:
            # Of a death between a deletion and its being written down the next run learns by deleting again.
            promise(mine or row.remote_id in network.deleted, f"{told}, but it is not there")
            promise(mine is None or marker in {None, marker_of(mine.text)}, f"{told}: another news is there")
        case Status.PENDING | Status.HELD:
            # Where a post can be repeated safely and nobody can look whether it is there, nothing is known of
            # an interrupted one; it is public at most once all the same.
            unknown = capabilities.idempotent == FOREVER and not capabilities.read_back
            promise(not ours or (unknown and row.key in network.lost), f"{told}, but it is public")
        case Status.FAILED | Status.RETRACTED:
            promise(not ours, f"{told}, but it is public")
        case Status.IN_DOUBT:
            readable = capabilities.read_back
            promise(not readable, f"{told}, and one could have looked")
            promise(row.key in network.lost, f"{told}, and nothing was lost")
        case Status.ADOPTED:
            adopted_for_a_reason(stage, row, marker, told=told)
        case Status.SENDING:
            pass


def adopted_for_a_reason(stage: Stage, row: Delivery, marker: str | None, *, told: str) -> None:
    """It was there before the bot, or somebody else posted it, or a person says so."""
    reason = row.error or ""
    if reason.startswith(BY_A_PERSON):
        return
    ours = [post for post in stage.networks[row.channel].posts if post.key == row.key]
    promise(not ours, f"{told}, but we have published it")
    if row.remote_id:
        by_hand, _ = stage.by_hand.get((row.channel, row.remote_id), (None, None))
        promise(by_hand is not None and marker in {None, by_hand}, f"{told}, but nobody did")
    elif reason.startswith(FIRST_SIGHT):
        promise(marker is None or marker in stage.before[row.channel], f"{told}, but it came later")


def transitions_are_allowed(stage: Stage, row: Delivery) -> None:
    """The events of a row are a path through the table, and end where the row is."""
    events = stage.ledger.events(row.id)
    path = [None, *(event.after for event in events)]
    promise([event.before for event in events] == path[:-1], f"{row.item}: the events have a gap: {path}")
    promise(path[-1] is row.status, f"{row.item}: the events end at {path[-1]}, the row is {row.status}")
    for before, after in pairwise(path):
        promise(after in MAY_FOLLOW[before], f"{row.item}: from {before} to {after}")


def nothing_ends_silently(stage: Stage, report: RunReport, channels: set[str]) -> None:
    """After a whole run each news on the page has a row or a reason on each channel that was served."""
    if report.refusal is not None or any(problem.page for problem in report.problems):
        return
    known = {item.key: marker_of(item.text) for item in stage.memory.items if item.present}  # type: ignore[union-attr]  # a run that refused nothing remembers the page
    promise(
        set(known.values()) == {*stage.newsroom.page, OLD.marker},
        f"on the page: {stage.newsroom.page}; {known}",
    )
    places = {(row.channel, row.item) for row in stage.ledger.deliveries()}
    places |= {(refusal.channel, refusal.item) for refusal in (*report.held, *report.skipped)}
    for channel in channels:
        for key in known:
            promise((channel, key) in places, f"{channel}: not a word of {key}")


def all_is_settled(stage: Stage) -> None:
    """When nothing disturbs any more, each news has come to its end on each channel, for a good reason."""
    keys = {item.key: marker_of(item.text) for item in stage.memory.items}  # type: ignore[union-attr]  # likewise
    for network in stage.networks.values():
        rows = stage.ledger.deliveries(channel=network.name)
        for key, marker in keys.items():
            parts = [row for row in rows if row.item == key]
            promise(parts or marker not in stage.newsroom.page, f"{network.name}: not a word of {marker}")
            for row in parts:
                promise(_ended(stage, network, row, marker, parts), f"{network.name}: {marker}: {row}")
            if OLD.marker != marker in stage.newsroom.page:
                edits_have_arrived(stage, network, marker, parts)


def _ended(stage: Stage, network: Network, row: Delivery, marker: str, parts: list[Delivery]) -> bool:
    """Tell whether a row has come to an end, for a reason that its history explains."""
    reason = row.error or ""
    form = stage.newsroom.page.get(marker)
    if form is None:
        held = reason == "no longer on the page"
    else:
        held = form.held or reason == "edited while its thread was being published"
        held = held or (reason.startswith("it was reverted by") and stage.newsroom.is_disputed(marker))
    earlier = {part.status for part in parts if part.part < row.part}
    waits_for_a_person = bool(earlier & {Status.FAILED, Status.IN_DOUBT, Status.RETRACTED})
    return {
        Status.SENT: True,  # that these tell the truth has been checked
        Status.ADOPTED: True,
        Status.IN_DOUBT: True,
        Status.RETRACTED: all(part.status is not Status.SENT for part in parts),
        Status.FAILED: row.key in network.refused or reason.startswith("given up"),
        Status.HELD: held or waits_for_a_person,
        Status.PENDING: waits_for_a_person,
        Status.SENDING: False,
    }[row.status]


def edits_have_arrived(stage: Stage, network: Network, marker: str, parts: list[Delivery]) -> None:
    """A single post that can be edited says what the page says."""
    form, news = stage.newsroom.page[marker], ALL[marker]
    follows = network.capabilities.edit and KINDS[network.name][1].get("on_edit") is not OnEdit.IGNORE
    if not follows or form.held or len(parts) != 1 or parts[0].status is not Status.SENT:
        return
    if stage.newsroom.is_disputed(marker):
        return
    post = next((post for post in network.posts if post.remote_id == parts[0].remote_id), None)
    if post is None:
        # Deleted after a revert by a process that died before it wrote that down, and back on the page before
        # the next run. It is not posted again, as nothing is that was retracted; only its row says sent.
        return
    said = post.text
    promise(said.startswith(news.opening(form).strip()), f"{network.name}: {marker} still says {said!r}")
