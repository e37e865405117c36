"""One channel's work in one run: read back, claim, publish, settle; oldest news first.

Each transition is committed before the next step begins: the claim before the request leaves, the receipt as
soon as it is here. What can go wrong is sorted by what may have happened (bot/errors.py), and after anything
but a refusal of one very post the channel rests until the next run.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.compose.post import compose
from bot.decide.actions import Action, Edit, Hold, Publish, Retract
from bot.decide.keys import idempotency_key
from bot.decide.match import earliest_sign, noticed, posted_by_hand
from bot.errors import (
    AmbiguousError,
    ChannelError,
    CredentialsError,
    PageError,
    PermanentError,
    PlanRefused,
    RateLimited,
    RejectedError,
)
from bot.model import NewDelivery, Outcome, Outgoing, Receipt, Refusal, Status, Trouble
from bot.news.identity import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.channels.base import Channel
    from bot.config import ChannelConfig
    from bot.decide.actions import Place
    from bot.model import Attachment, Delivery, Item, Post
    from bot.sync.herald import Herald
    from bot.sync.limit import TimeLimit
    from bot.wiki.base import Source

log = logging.getLogger(__name__)

LONGEST_WAIT = timedelta(hours=6)  # between two tries, however often one has failed
RESOLVED = {Status.FAILED, Status.IN_DOUBT, Status.ADOPTED, Status.RETRACTED}
BY_HAND = "somebody posted it there by hand"
SHORTER = "the item has become shorter"
REFUSED_EDIT = timedelta(days=1)  # until an edit that the network refused is tried again


_Task = Publish | Edit | Retract


class _Rest(Exception):  # noqa: N818 - it is no error but the end of this channel's work in this run
    """The channel rests until the next run; ``reported`` when the item at hand has its outcome already."""

    def __init__(self, reason: str, *, reported: bool = False) -> None:
        self.reported = reported
        super().__init__(reason)


@dataclass(kw_only=True, slots=True)
class ChannelWork:
    """One channel in one run. ``sources`` says where a page's files come from."""

    herald: Herald
    channel: Channel
    sources: Mapping[str, Source]
    limit: TimeLimit
    outcomes: list[Outcome] = field(default_factory=list)
    held: list[Refusal] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    refusal: str | None = None

    def do(self, actions: Sequence[Action]) -> None:
        """Carry out the plan's actions for this channel; what went wrong is among the troubles."""
        left = [action for action in actions if isinstance(action, _Task)]
        try:
            adopted = self._adopt_posted_by_hand(actions)
            left = [action for action in left if action.place not in adopted]
            while left:
                match left[0]:
                    case Publish() as action:
                        self._publish(action)
                    case Edit() as action:
                        self._edit(action)
                    case Retract() as action:
                        self._retract(action)
                del left[0]
        except _Rest as rest:
            self._leave(left[1:] if rest.reported else left, str(rest))
        except PlanRefused as refused:
            self.refusal = str(refused)
            self._leave(left, self.refusal)
        except ChannelError as error:
            self._trouble(str(error))
            self._leave(left, f"the channel rests until the next run: {error}")

    @property
    def _config(self) -> ChannelConfig:
        return self.herald.channel_config(self.channel.name)

    def _go_on(self) -> None:
        """Stop before a request when the run is to end, its time is over, or the wiki says so."""
        if late := self.limit.why_stop():
            raise _Rest(late)
        if reason := self.herald.stop_page():
            raise PlanRefused(reason)

    def _adopt_posted_by_hand(self, actions: Sequence[Action]) -> frozenset[Place]:
        """Adopt what a person has posted there already, be it due or held; return the places."""
        open_actions = [
            action
            for action in actions
            if isinstance(action, Publish | Hold) and action.item and _untouched(action.place)
        ]
        if not open_actions or not self.channel.capabilities.read_back:
            return frozenset()
        items = [action.item for action in open_actions if action.item]
        try:
            posts = self.channel.recent(earliest_sign((), items, now=self.herald.clock()))
        except ChannelError:
            if any(isinstance(action, Publish) for action in open_actions):
                raise
            return frozenset()  # nothing is about to be posted twice: the next run looks again
        taken = set(self.herald.ledger.remote_ids(self.channel.name))
        adopted = set()
        for action in open_actions:
            post = posted_by_hand(action.item, posts, taken=taken) if action.item else None
            if post is None:
                continue
            taken.add(post.receipt.remote_id)
            self.herald.ledger.settle(
                self._rows(action.place, 1)[0],
                Status.ADOPTED,
                now=self.herald.clock(),
                receipt=post.receipt,
                error=BY_HAND,
                detail=BY_HAND,
            )
            self._report(
                action.place, "adopt", Status.ADOPTED, post=None, url=post.receipt.url, error=BY_HAND
            )
            adopted.add(action.place)
        return frozenset(adopted)

    def _publish(self, action: Publish) -> None:
        place, item = action.place, action.item
        try:
            post = self._compose(item)
        except RejectedError as error:
            self._fail(self._rows(place, 1)[0], place, None, str(error))
            return
        try:
            attachments = self._fetch(place, post)
        except PageError as error:
            row = self._rows(place, 1)[0]
            self._put_off(row, str(error))
            self._report(place, "publish", Status.PENDING, post=post, error=str(error))
            return
        receipt: Receipt | None = None
        replying_to: str | None = None
        for number, row in enumerate(self._rows(place, len(post.parts))):
            if row.status is Status.SENT:
                replying_to = row.remote_id
                continue
            outgoing = _outgoing(row.key, post, number, item, attachments, replying_to)
            receipt = self._send(row, outgoing, item, place, post)
            if receipt is None:
                return
            replying_to = receipt.remote_id
        self._report(place, "publish", Status.SENT, post=post, url=receipt.url if receipt else None)

    def _send(
        self, row: Delivery, outgoing: Outgoing, item: Item, place: Place, post: Post
    ) -> Receipt | None:
        """Claim, publish, settle; ``None`` when the network refused this very post."""
        self._go_on()
        ledger, clock = self.herald.ledger, self.herald.clock
        claimed = ledger.claim(
            row,
            text=outgoing.part.text,
            link=outgoing.link,
            fingerprint=fingerprint(item),
            revision=item.provenance.revision if item.provenance else None,
            editor=", ".join(item.provenance.editors) if item.provenance else None,
            now=clock(),
        )
        self.herald.say(f"{self.channel.name}: publishing {item.key}")
        try:
            receipt = self.channel.publish(outgoing)
        except ChannelError as error:
            self._after(error, claimed, place, post)
            return None
        except Exception as error:
            # A channel lets nothing but ChannelErrors out; if one does, the post may be public all the same.
            log.debug("unexpected error of channel %s", self.channel.name, exc_info=True)
            message = f"unexpected {type(error).__name__} in the channel's code; please report it"
            self._after(AmbiguousError(message), claimed, place, post)
            return None
        ledger.settle(claimed, Status.SENT, now=clock(), receipt=receipt)
        return receipt

    def _after(self, error: ChannelError, claimed: Delivery, place: Place, post: Post) -> None:
        """Record what an error leaves; return where the next item may go out all the same, else rest."""
        message = str(error)
        if isinstance(error, PermanentError) and not isinstance(error, CredentialsError):
            self._fail(claimed, place, post, message)
            return
        if isinstance(error, AmbiguousError):
            self.herald.ledger.note_error(claimed, error=message, retry_at=None, now=self.herald.clock())
            self._report(place, "publish", Status.SENDING, post=post, error=message)
        elif self._given_up(claimed):
            self._fail(claimed, place, post, f"given up after {self._config.delivery.give_up}: {message}")
        else:
            self._put_off(claimed, message, error)
            self._report(place, "publish", Status.PENDING, post=post, error=message)
        self._trouble(message, told=claimed.error == message)
        raise _Rest(f"the channel rests until the next run: {message}", reported=True)

    def _put_off(self, row: Delivery, message: str, error: ChannelError | None = None) -> None:
        """Leave a delivery pending, with its next time; mended credentials are worth a try at once."""
        now = self.herald.clock()
        if isinstance(error, RateLimited):
            retry_at: datetime | None = error.retry_at
        elif isinstance(error, CredentialsError):
            retry_at = None
        else:
            retry_at = now + self._backoff(row.attempts)
        if row.status is Status.PENDING:
            self.herald.ledger.note_error(row, error=message, retry_at=retry_at, now=now)
        else:
            self.herald.ledger.settle(row, Status.PENDING, now=now, error=message, retry_at=retry_at)

    def _backoff(self, attempts: int) -> timedelta:
        """Return how long to wait after so many tries: doubling, with jitter against marching in step."""
        first = self._config.delivery.retry
        doublings = min(max(attempts - 1, 0), 16)  # beyond, LONGEST_WAIT rules anyway
        wait: timedelta = min(first * 2**doublings, LONGEST_WAIT)
        return wait * (1 + self.herald.jitter() / 4)

    def _given_up(self, row: Delivery) -> bool:
        """Tell whether the first try is so long ago that there is to be no other."""
        tries: list[datetime] = []
        for event in self.herald.ledger.events(row.id):
            if event.after is Status.SENDING:
                tries.append(event.at)
            elif event.before in RESOLVED:  # a person said: try again
                tries.clear()
        return bool(tries) and self.herald.clock() - tries[0] >= self._config.delivery.give_up

    def _edit(self, action: Edit) -> None:
        place, item = action.place, action.item
        try:
            post = self._compose(item)
            if len(post.parts) != len(place.rows):
                raise RejectedError(
                    f"it was {len(place.rows)} messages and would now be {len(post.parts)}: edit it by hand"
                )
            attachments = self._fetch(place, post)
            replying_to: str | None = None
            for number, row in enumerate(place.rows):
                outgoing = _outgoing(row.key, post, number, item, attachments, replying_to)
                self._go_on()
                receipt = self.channel.edit(Receipt(remote_id=row.remote_id or "", url=row.url), outgoing)
                self.herald.ledger.edited(
                    row,
                    text=outgoing.part.text,
                    link=outgoing.link,
                    fingerprint=fingerprint(item),
                    revision=item.provenance.revision if item.provenance else None,
                    editor=", ".join(item.provenance.editors) if item.provenance else None,
                    receipt=receipt,
                    now=self.herald.clock(),
                )
                replying_to = receipt.remote_id
        except (ChannelError, PageError) as error:
            self._edit_failed(place, error)
            return
        self._report(place, "edit", Status.SENT, post=post, url=place.rows[0].url)

    def _edit_failed(self, place: Place, error: ChannelError | PageError) -> None:
        """Put an edit off; whatever happened, it is safe to repeat."""
        now = self.herald.clock()
        message = f"the edit did not reach the channel: {error}"
        refused = isinstance(error, PermanentError)
        for row in place.rows:
            retry_at = now + (REFUSED_EDIT if refused else self._backoff(row.attempts))
            self.herald.ledger.note_error(row, error=message, retry_at=retry_at, now=now)
        self._trouble(f"{place.item}: {message}")
        if isinstance(error, ChannelError) and not isinstance(error, RejectedError):
            raise _Rest(f"the channel rests until the next run: {error}", reported=True)

    def _retract(self, action: Retract) -> None:
        """Delete what was published, the end of a thread first; safe to repeat, whatever happens."""
        place = action.place
        for row in reversed(place.rows):
            self._go_on()
            try:
                self.channel.delete(Receipt(remote_id=row.remote_id or "", url=row.url))
            except ChannelError as error:
                message = f"{place.item} could not be deleted: {error}"
                self.herald.ledger.note_error(row, error=message, retry_at=None, now=self.herald.clock())
                self._trouble(message)
                self._report(place, "retract", Status.SENT, post=None, url=row.url, error=message)
                raise _Rest(f"the channel rests until the next run: {error}", reported=True) from error
            self.herald.ledger.settle(
                row, Status.RETRACTED, now=self.herald.clock(), error=action.reason, detail=action.reason
            )
        self._report(place, "retract", Status.RETRACTED, post=None, error=action.reason)

    def _compose(self, item: Item) -> Post:
        config = self._config
        return compose(
            item,
            channel=config.name,
            network=config.network,
            style=config.style,
            limits=self.channel.limits(),
        )

    def _fetch(self, place: Place, post: Post) -> tuple[Attachment, ...]:
        source = self.sources[place.page]
        return tuple(source.fetch(media) for media in post.media)

    def _rows(self, place: Place, parts: int) -> tuple[Delivery, ...]:
        """Return the ledger's rows for this many parts, as they are now, ready to be claimed.

        Those that are missing are made, pending; parts that the item has lost since an earlier try are
        closed, and opened again where it has got them back.
        """
        ledger, now = self.herald.ledger, self.herald.clock()
        rows = ledger.create(
            [
                NewDelivery(
                    site=place.site,
                    page=place.page,
                    item=place.item,
                    channel=place.channel,
                    part=part,
                    status=Status.PENDING,
                    key=idempotency_key(place.site, place.page, place.item, place.channel, part),
                )
                for part in range(max(parts, len(place.rows)))
            ],
            now=now,
        )
        for row in rows[parts:]:
            if row.status is Status.PENDING:
                ledger.settle(row, Status.ADOPTED, now=now, error=SHORTER, detail=SHORTER)
        return tuple(
            ledger.settle(row, Status.PENDING, now=now) if row.status is Status.ADOPTED else row
            for row in rows[:parts]
        )

    def _fail(self, row: Delivery, place: Place, post: Post | None, message: str) -> None:
        self.herald.ledger.settle(row, Status.FAILED, now=self.herald.clock(), error=message)
        self._report(place, "publish", Status.FAILED, post=post, error=message)

    def _leave(self, actions: Sequence[_Task], reason: str) -> None:
        self.held += [
            Refusal(
                page=action.place.page, item=action.place.item, channel=action.place.channel, reason=reason
            )
            for action in actions
        ]

    def _trouble(self, message: str, *, told: bool = False) -> None:
        """Tell of a trouble; one that the operator was told of in an earlier run fails no other run."""
        self.troubles.append(Trouble(message=message, channel=self.channel.name, failure=not told))

    def _report(
        self,
        place: Place,
        action: str,
        status: Status,
        *,
        post: Post | None,
        url: str | None = None,
        error: str | None = None,
    ) -> None:
        self.outcomes.append(
            Outcome(
                page=place.page,
                item=place.item,
                channel=place.channel,
                network=self._config.network,
                action=action,
                status=status,
                post=post,
                url=url,
                error=error,
            )
        )


def _untouched(place: Place) -> bool:
    """Tell whether nothing of the item has been published on the channel."""
    return all(row.status is not Status.SENT for row in place.rows)


def _outgoing(
    key: str,
    post: Post,
    number: int,
    item: Item,
    attachments: tuple[Attachment, ...],
    replying_to: str | None,
) -> Outgoing:
    return Outgoing(
        key=key,
        part=post.parts[number],
        dated=noticed(item),
        link=post.link,
        attachments=attachments if number == 0 else (),
        content_warning=post.content_warning,
        language=post.language,
        reply_to=replying_to,
    )
