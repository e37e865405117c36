"""Publishing one item on one channel: claim, publish, settle, part by part.

Each transition is committed before the next step begins: the claim before the request leaves, the receipt as
soon as it is here. What can go wrong is sorted by what may have happened (bot/errors.py), and after anything
but a refusal of one very post the channel rests until the next run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import AmbiguousError, ChannelError, PageError, PictureError, RejectedError
from bot.model import Status
from bot.sync.desk import outgoing, wording
from bot.sync.failure import ask, fail, put_off, record, rest
from bot.sync.purse import FREE
from bot.sync.rows import rows
from bot.sync.share import changed_meanwhile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from bot.decide.actions import Place, Publish
    from bot.model import Attachment, Delivery, Item, Post
    from bot.sync.desk import Desk


def publish(desk: Desk, action: Publish) -> None:
    """Publish the item, or what is missing of its thread.

    Nothing is begun or continued where the month's budget has no room for all that is missing.

    Raises:
        Rest: the channel can do no more in this run.
        PlanRefused: the stop page says so.
    """
    place, item = action.place, action.item
    try:
        post = desk.compose(item)
    except RejectedError as error:
        status, said = fail(desk, rows(desk, place, 1)[0], str(error))
        desk.report(place, "publish", status, error=said)
        return
    parts = rows(desk, place, len(post.parts))
    work = _Work(desk=desk, place=place, item=item, post=post, costs=desk.purse.costs(post))
    missing = [row for row in parts if row.status is not Status.SENT]
    if missing and (changed := changed_meanwhile(desk, missing[0], None)):
        status, said = fail(desk, missing[0], changed)
        work.report(status, error=said)
        return
    if missing and (refused := desk.purse.objection(work.price(missing))):
        desk.wait(place, missing[0], refused)
        return
    try:
        attachments = desk.fetch(place, post)
    except PictureError as error:
        desk.hold(place, missing, str(error))
        return
    except PageError as error:
        put_off(desk, missing[:1], str(error))
        work.report(Status.PENDING, error=str(error))
        return
    previous: Delivery | None = None
    for row in parts:
        if row.status is Status.SENT:
            previous = row
            continue
        replying_to = previous.remote_id if previous else None
        previous = work.send(row, attachments, replying_to)
        if previous is None:
            return
    work.report(Status.SENT, url=previous.url if previous else None, charged=missing)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Work:
    """One item on its way out; ``costs`` are those of its post's parts."""

    desk: Desk
    place: Place
    item: Item
    post: Post
    costs: tuple[Decimal, ...]

    def price(self, parts: Iterable[Delivery]) -> Decimal:
        return sum((self.costs[row.part] for row in parts), FREE)

    def report(
        self,
        status: Status,
        *,
        url: str | None = None,
        error: str | None = None,
        charged: Iterable[Delivery] = (),
    ) -> None:
        self.desk.report(
            self.place,
            "publish",
            status,
            post=self.post,
            url=url,
            error=error,
            cost=self.price(charged),
        )

    def send(
        self, row: Delivery, attachments: tuple[Attachment, ...], replying_to: str | None
    ) -> Delivery | None:
        """Claim, publish, settle; ``None`` when the network refused this very post."""
        desk = self.desk
        desk.go_on()
        message = outgoing(desk, row, self.post, row.part, self.item, attachments, replying_to)
        try:
            message = desk.identified(message)
        except ChannelError as error:
            self._failed(row, error)
            return None
        pictures = desk.purse.pictures(self.post) if row.part == 0 else FREE
        claimed = desk.ledger.claim(
            row,
            wording=wording(message, self.item),
            chosen_id=message.remote_id,
            cost=self.costs[row.part] - pictures or None,
            pictures=pictures or None,
            now=desk.now(),
        )
        desk.herald.say(f"{desk.channel.name}: publishing {self.item.key}")
        try:
            receipt = ask(desk, lambda: desk.channel.publish(message))
        except ChannelError as error:
            self._failed(claimed, error)
            return None
        return desk.ledger.settle(claimed, Status.SENT, now=desk.now(), receipt=receipt)

    def _failed(self, row: Delivery, error: ChannelError) -> None:
        """Record what an error leaves; return where the next item may go out all the same, else rest."""
        status, said = record(self.desk, [row], error)[row.id]
        self.report(status, error=said, charged=[row] if isinstance(error, AmbiguousError) else ())
        rest(self.desk, [row], error)
